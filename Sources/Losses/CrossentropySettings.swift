import Config

/// A cross-entropy, which may be told that predictions are logits, and where the classes are.
protocol Crossentropy: PlainLoss {
  var fromLogits: Bool { get set }
  var axis: Int { get set }
}

/// A cross-entropy whose targets may be made less sure.
protocol SmoothedCrossentropy: Crossentropy {
  var labelSmoothing: Double { get set }
}

extension Crossentropy {
  static var logitsField: Field<Self> {
    Field("from_logits", \.fromLogits, "Whether predictions are logits instead of probabilities.")
  }

  static func axisField(_ doc: String) -> Field<Self> { Field("axis", \.axis, doc) }
}

extension SmoothedCrossentropy {
  /// The schema of such a loss: the settings that all have, then its own.
  /// - Parameters:
  ///   - smoothing: what smoothing does to targets.
  ///   - axis: what the axis is.
  static func smoothedSchema(
    _ name: String, _ summary: String, smoothing: String, axis: String, _ own: Field<Self>...
  ) -> Schema<Self> {
    let shared = [
      logitsField,
      Field<Self>("label_smoothing", \.labelSmoothing, smoothing, check: within(0...1)),
      axisField(axis),
    ]
    return lossSchema(name, summary, prototype: Self(), fields: shared + own)
  }
}
