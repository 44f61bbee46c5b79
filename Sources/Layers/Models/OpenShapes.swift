import Config
import Diagnostics
import GraphEngine
import TensorCore

/// Models with inputs of unknown length.
///
/// A graph has a size for every axis, so such a model is traced anew for each shape that its data have. Before there
/// are data it is traced for two lengths, and a far longer one: what is different in them depends on the length, and is shown as `None`.
extension Model {
  /// Whether an input has an axis whose length comes with the data.
  public var isOpen: Bool { inputs.contains { $0.type.isOpen } }

  /// Lengths to try a model with.
  ///
  /// They can be halved several times without a rest; later ones are long enough for deep stacks of windows, can be
  /// divided by 3, 5 and 7, too, and leave something where thousands are cut off.
  private static var lengths: [(Int, Int)] {
    [(16, 24), (64, 96), (256, 384), (512, 768), (6720, 10_080), (32_768, 49_152)]
  }

  /// Does something for inputs of two lengths, the first two that the model can take.
  /// - Throws: what is thrown for the longest that a sample can have.
  func atTwoLengths<T>(_ body: ([TensorType]) throws -> T) throws -> (T, T) {
    let found = try atLengths(body)
    return (found.short, found.long)
  }

  /// The same, and for a far longer length, if the model can take one: what windows leave of two lengths may be the same.
  func atLengths<T>(_ body: ([TensorType]) throws -> T) throws -> (short: T, long: T, far: T?) {
    func made(_ length: Int) throws -> T { try body(inputs.map { $0.type.with(length: length) }) }
    var mistake: (error: any Error, length: Int)?
    for (one, other) in Self.lengths {
      do {
        let (short, long) = (try made(one), try made(other))
        let far = try? made(max(1536, other * 4))
        return (short, long, far ?? (try? made(max(384, other * 2))))
      } catch {
        // No length makes fewer layers.
        if (error as? Diagnostic)?.code == "E0397" { throw error }
        // That pictures of this size are too large says nothing of the model.
        if mistake == nil || (error as? Diagnostic)?.code != "E0314" { mistake = (error, other) }
      }
    }
    guard let mistake, var diagnostic = mistake.error as? Diagnostic else {
      throw mistake?.error ?? Diagnostic.noLengths
    }
    let tried = "an axis of unknown length was taken to be \(mistake.length) long"
    diagnostic.help = (diagnostic.help.map { $0 + "; " } ?? "") + tried
    throw diagnostic
  }
}

extension Trace {
  /// The model called on inputs of two lengths.
  /// - Throws: E0375 if a weight depends on the length; what is wrong at every length.
  init(
    open model: any Model, phase: LayerScope.Phase, seed: UInt64, semantics: Semantics,
    assuming assumed: [Bool]
  ) throws {
    func trace(_ types: [TensorType]) throws -> Trace {
      try Trace(model, phase: phase, seed: seed, semantics: semantics, assuming: assumed, taking: types)
    }
    let (short, long, far) = try model.atLengths(trace)
    let differing = [long, far].compactMap(\.self).first { short.changedParameter(in: $0) != nil }
    if let differing, let (spec, origin) = short.changedParameter(in: differing) {
      // Which axis it is: one of them alone makes the difference.
      let types = short.inputs.map(\.type)
      for (i, input) in model.inputs.enumerated() {
        for axis in input.type.dims.indices where input.type.dims[axis] == .unknown {
          var own = types
          own[i].dims[axis] = differing.inputs[i].type.dims[axis]
          if let other = try? trace(own), short.changedParameter(in: other)?.spec.path != spec.path {
            continue
          }
          throw Diagnostic.openParameter(spec, input.name, axis: axis, at: origin)
        }
      }
      throw Diagnostic.openParameter(spec, model.inputs[0].name, axis: 1, at: origin)
    }
    let widened = short.widened(by: long)
    self = far.map(widened.widened) ?? widened
  }

  /// The first parameter that another trace has not, or with another shape, and the layer that declares it.
  private func changedParameter(in other: Trace) -> (spec: ParameterSpec, origin: SourceSpan?)? {
    let shapes = Dictionary(
      other.scope.parameters.map { ($0.spec.path, $0.spec.shape) }, uniquingKeysWith: { first, _ in first })
    guard let found = scope.parameters.first(where: { shapes[$0.spec.path] != $0.spec.shape }) else {
      return nil
    }
    let node = graph.nodes.first {
      if case .leaf(.parameter(found.spec.path)) = $0.kind { true } else { false }
    }
    return (found.spec, node?.origin)
  }
}

extension Diagnostic {
  /// E0375: a weight whose shape would come with the data.
  static func openParameter(
    _ weight: ParameterSpec, _ input: String, axis: Int, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0375",
      "the shape of '\(weight.name)' of '\(weight.ownerName)' depends on axis \(axis) of '\(input)', which is of unknown length",
      at: span.map { Label($0, "its weights need a size") },
      help:
        "give the axis a size, or end it before: with a GlobalAveragePooling layer, or the last step of an LSTM"
    )
  }

  /// E0314: no lengths to try; there always are some.
  fileprivate static var noLengths: Diagnostic { .uncountable("an input of unknown length", at: nil) }
}
