import Analysis
package import Config
package import Diagnostics
import GraphEngine
import Plotting
import Reporting
import TensorCore
package import Training

/// The numerics of one training, as people and programs read them.
package struct NumericsReport {
  package let cell: String
  package let model: String
  package let batchSize: Int
  package let directions: Int
  package let numerics: GradientNumerics

  /// Whether every gradient is a number, and the slope of the loss.
  package var isRight: Bool { !diagnostics.contains { $0.severity == .error } }

  /// A table with a line for each parameter, and how it was made.
  package var text: String {
    var layer = ""
    let rows = numerics.parameters.map { parameter in
      let parts = parameter.path.split(separator: "/").dropFirst()
      let own = parts.dropLast().joined(separator: "/")
      defer { layer = own }
      return [
        own == layer ? "" : own, String(parts.last ?? ""),
        shapeText(parameter.value.type.shape(batch: numerics.batch)), text(parameter.norm),
        text(parameter.precision), text(parameter.slopeError),
        parameter.findings.map(\.rawValue).joined(separator: ", "),
      ]
    }
    let table = ReportTable(
      header: ["layer", "parameter", "shape", "|gradient|", "float32", "differences", ""], rows: rows,
      alignments: [.left, .left, .left, .right, .right, .right, .left])
    return "\(cell): loss \(NumberText.significant(numerics.double, digits: 6))\n\n\(table.text)\n\n"
      + TextTable.wrapped(caption)
  }

  /// How it was measured.
  private var caption: String {
    let distance = abs(numerics.single - numerics.double) / abs(numerics.double)
    let some =
      numerics.batch < batchSize
      ? "the first \(numerics.batch) of the \(batchSize) samples" : "all \(numerics.batch) samples"
    return """
      With the start weights and \(some) of the first batch. float32: how far the engine's gradient is from the same in \
      float64, relative to its length; of the loss \(text(distance)). differences: how far the gradient is from central \
      differences of the loss in float64, at most, along \(directions) random direction\(directions == 1 ? "" : "s").
      """
  }

  private func text(_ number: Double) -> String {
    if number.isNaN { return "–" }
    return NumberText.significant(number, digits: abs(number) < 1e-4 ? 1 : 3)
  }

  package var json: ConfigNode {
    let parameters = numerics.parameters.map { parameter -> ConfigNode in
      [
        "path": parameter.path.config,
        "shape": parameter.value.type.shape(batch: numerics.batch).config,
        "gradient_norm": number(parameter.norm), "float32_difference": number(parameter.precision),
        "slope_difference": number(parameter.slopeError),
        "findings": parameter.findings.map(\.rawValue).config,
      ]
    }
    return [
      "cell": cell.config, "model": model.config, "samples": numerics.batch.config,
      "batch_size": batchSize.config, "directions": directions.config,
      "loss_float32": number(numerics.single), "loss_float64": number(numerics.double),
      "parameters": ConfigNode(.list(parameters)), "ok": isRight.config,
    ]
  }

  /// A number without the last digits, which differ between machines; `null` for what JSON has no number for.
  private func number(_ value: Double) -> ConfigNode {
    guard value.isFinite else { return nil }
    let scale = value == 0 ? 1 : Double(sign: .plus, exponent: 20 - value.exponent, significand: 1)
    let rounded = (value * scale).rounded() / scale
    return (rounded.isFinite ? rounded : value).config
  }

  /// What is suspicious, with the layer it was found in; what has one cause is said once.
  package var diagnostics: [Diagnostic] {
    var found: [Diagnostic] = []
    for parameter in numerics.parameters {
      let span = parameter.value.graph.nodes[parameter.value.id].origin
      for finding in parameter.findings {
        switch finding {
        case .wrong: found.append(.wrongGradient(parameter.path, parameter.slopeError, at: span))
        case .kink: found.append(.kink(parameter.path, at: span))
        case .dead: found.append(.deadParameter(parameter.path, at: span))
        case .imprecise, .infinite: break
        }
      }
    }
    let lossy = numerics.parameters.filter { $0.findings.contains(.imprecise) }
    if let worst = lossy.max(by: { $0.precision < $1.precision }) {
      found.append(.lostDigits(worst, others: lossy.count - 1, numerics.lossyPlace))
    }
    if let first = numerics.parameters.first(where: { $0.findings.contains(.infinite) }) {
      let what = numerics.single.isFinite ? "the gradient of '\(first.path)'" : "the loss"
      found.append(.infinite(what, numerics.infinitePlace))
    }
    return found
  }
}

extension Diagnostic {
  /// E0394: a gradient that is not the slope of the loss.
  fileprivate static func wrongGradient(_ path: String, _ error: Double, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0394",
      "the gradient of '\(path)' is not the slope of the loss: differences are off by \(NumberText.percent(error))",
      at: span.map { Label($0, "belongs to this") },
      help:
        "one of the operations from here to the loss has a derivative that is not its own; please report it")
  }

  /// E0394: a gradient where there are several.
  fileprivate static func kink(_ path: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0394", "the loss has a kink where '\(path)' starts: the gradient is one of several",
      severity: .warning, at: span.map { Label($0, "belongs to this") },
      help:
        "as relu has where its input is exactly 0; close by the gradient is right, and training gets there soon"
    )
  }

  /// E0395: a gradient with few digits.
  fileprivate static func lostDigits(
    _ worst: GradientNumerics.Parameter, others: Int, _ place: GradientNumerics.Place?
  ) -> Diagnostic {
    let more = others == 0 ? "" : ", and those of \(others) more parameter\(others == 1 ? "" : "s")"
    return Diagnostic(
      "E0395",
      "float32 loses digits of the gradient of '\(worst.path)'\(more): it is \(NumberText.percent(worst.precision)) off",
      severity: .warning, at: place?.label("loses them first"),
      help: "look for small differences of large numbers, and for exp and log of extreme ones")
  }

  /// E0395: a loss or a gradient that is not a number.
  fileprivate static func infinite(_ what: String, _ place: GradientNumerics.Place?) -> Diagnostic {
    Diagnostic(
      "E0395", "\(what) is not a number", at: place?.label("gives the first that is none"),
      help: "a division by 0, a log or root of what is not positive? are there gaps in the data?")
  }

  /// E0396: a parameter that training does not change.
  fileprivate static func deadParameter(_ path: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0396", "the gradient of '\(path)' is 0: training does not change it",
      severity: .warning, at: span.map { Label($0, "belongs to this") },
      help:
        "is what it computes used? units that are all 0, stop_gradient, round, argmax and comparisons let nothing through"
    )
  }
}

extension GradientNumerics.Place {
  /// The place in the file, and what the operation there does.
  fileprivate func label(_ what: String) -> Diagnostic.Label? {
    origin.map { Diagnostic.Label($0, "'\(op.replacing("_", with: " "))' \(what)") }
  }
}
