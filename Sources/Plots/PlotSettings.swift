import Analysis
import Config
import Diagnostics
import Plotting

// Settings that several kinds of figures have: each is described here once, and a kind lists those it takes.

/// What a figure is about: a model, a part of a data set, or one tried on the other.
struct PlotTopic: Sendable {
  var of = ConfigNode(.null)
  var data = ConfigNode(.null)
  var output: String?
}

/// How large a figure is asked to be.
struct PlotSize: Sendable {
  var width: Double?
  var height: Double?

  var isAsked: Bool { width != nil || height != nil }

  /// The size that was asked for, where it was; the shape stays if only the width was.
  func applied(to standard: Size) -> Size {
    let asked = Size(millimetersWide: width ?? 0, high: height ?? 0)
    return Size(
      width: width == nil ? standard.width : asked.width,
      height: height != nil
        ? asked.height : width == nil ? standard.height : asked.width * standard.height / standard.width)
  }
}

extension Field {
  static func of(_ path: any WritableKeyPath<Root, ConfigNode> & Sendable) -> Field {
    Field("of", path, modelDoc)
  }

  static func data(_ path: any WritableKeyPath<Root, ConfigNode> & Sendable) -> Field {
    Field("data", path, "The part of a data set it is about, such as fashion.test.")
  }

  static func output(_ path: any WritableKeyPath<Root, String?> & Sendable) -> Field {
    Field("output", path, "Which output of a model with several; the first that fits if left out.")
  }

  static func width(_ path: any WritableKeyPath<Root, Double?> & Sendable) -> Field {
    Field("width", path, "Width in millimetres; a column of a journal has about 85.", check: paperLength)
  }

  static func height(_ path: any WritableKeyPath<Root, Double?> & Sendable) -> Field {
    Field("height", path, "Height in millimetres.", check: paperLength)
  }

  static func count(_ path: any WritableKeyPath<Root, Int?> & Sendable) -> Field {
    Field("count", path, "How many samples, or filters.") {
      (1...400).contains($0 ?? 1) ? nil : "must be between 1 and 400"
    }
  }

  static func columns(_ path: any WritableKeyPath<Root, Int?> & Sendable) -> Field {
    Field("columns", path, "Samples side by side.") { ($0 ?? 1) >= 1 ? nil : "must be at least 1" }
  }

  static func bins(_ path: any WritableKeyPath<Root, Int?> & Sendable) -> Field {
    Field("bins", path, "Bars of a histogram; as many as the values are worth if left out.") {
      (2...500).contains($0 ?? 2) ? nil : "must be between 2 and 500"
    }
  }

  static func layer(_ path: any WritableKeyPath<Root, String?> & Sendable) -> Field {
    Field("layer", path, "The layer whose weights or outputs are shown.")
  }

  static func features(_ path: any WritableKeyPath<Root, [ConfigNode]> & Sendable) -> Field {
    Field("features", path, "Columns of the data: those of a histogram, the two of a decision_boundary.")
  }

  static func classes(_ path: any WritableKeyPath<Root, [ConfigNode]> & Sendable) -> Field {
    Field("classes", path, "Names of the classes that have a curve; all if left out.")
  }

  static func logarithmic(_ path: any WritableKeyPath<Root, [ConfigNode]> & Sendable) -> Field {
    Field("log", path, "Axes that go in powers of ten: [x], [y] or [x, y].") {
      $0.allSatisfy { ["x", "y"].contains($0.string) } ? nil : "is a list of x and y"
    }
  }
}

private let modelDoc = "The model it is about."

private let paperLength: @Sendable (Double?) -> String? = { length in
  (30...1000).contains(length ?? 100) ? nil : "must be between 30 and 1000 millimetres"
}

extension CheckContext {
  /// The model that a figure is about, which has to be named.
  mutating func model(toPlot of: ConfigNode) -> ModelInfo? {
    if of.isAbsent && !cell.wrongSettings.contains("of") {
      bag.report(.missingKey("of", of: "plot", doc: modelDoc, at: cell.keywordSpan))
    }
    return model(of)
  }
}
