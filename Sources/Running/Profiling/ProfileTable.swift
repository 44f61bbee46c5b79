import Analysis
import GraphEngine
import Kernels
import Plotting
import Reporting
import Training

extension StepProfile {
  private static let mostSteps = 10

  /// The layers, then what is none, the sum and the whole step.
  var layerTable: ReportTable {
    func row(_ name: String, _ parts: [Double?], _ time: Double, flops: Double = 0) -> [String] {
      [name] + parts.map { $0.map(text) ?? "" } + [text(time), share(time)] + speed(flops, time)
    }
    let none = [Double?](repeating: nil, count: Graph.Purpose.Direction.allCases.count)
    var rows = layers.map { layer in
      row(
        layer.name, Graph.Purpose.Direction.allCases.map { layer.times[$0] }, layer.time, flops: layer.flops)
    }
    rows.append(row(threads > 1 ? "(waiting at barriers)" : "(between steps)", none, waiting))
    if threads > 1 { rows.append(row("(waking threads)", none, starting)) }
    rows.append(row("the program", none, whole, flops: flops))
    rows.append(row("around it", none, around))
    rows.append(row("a step", none, whole + around, flops: flops))
    return ReportTable(
      header: ["layer", "forward", "backward", "update", unit, "share", "GFLOP/s", "of peak"], rows: rows,
      alignments: [.left] + Array(repeating: .right, count: 7), caption: caption)
  }

  /// The ten steps of the program that take longest.
  var stepTable: ReportTable {
    let longest = steps.sorted { ($1.time, $0.number) < ($0.time, $1.number) }.prefix(Self.mostSteps)
    let rows = longest.map { step in
      let line = step.line
      return [
        "\(step.number)", line.purpose.layer, line.purpose.direction.rawValue,
        line.name + (line.updatesWeights ? " + update" : ""), line.shapeText, text(step.time),
        share(step.time),
      ] + speed(step.flops, step.time) + [step.time > 0 ? fixed(step.bytes / step.time, 1) : ""]
    }
    return ReportTable(
      header: ["#", "layer", "way", "step", "result", unit, "share", "GFLOP/s", "of peak", "GB/s"],
      rows: rows,
      alignments: [.right, .left, .left, .left, .left] + Array(repeating: .right, count: 5),
      caption: "The \(rows.count) longest of \(steps.count) steps.")
  }

  /// Both tables for a terminal.
  package var text: String {
    [layerTable, stepTable].map { table in
      var bare = table
      bare.caption = ""
      return bare.text + "\n\n" + TextTable.wrapped(table.caption)
    }.joined(separator: "\n\n")
  }

  /// How it was measured.
  private var caption: String {
    let count = costs.times.runs
    let plural = count == 1 ? "" : "s"
    let which = costs.times.isWarm ? "after the first \(StepTimes.warmUp)" : "the first, which are slower"
    let workers = threads == 1 ? "on 1 thread" : "a time is the mean of \(threads) threads"
    return """
      Means over \(NumberText.grouped(count)) step\(plural) of \(costs.batch) samples, \(which); \(workers). GFLOP/s are \
      those of products. The peak, \(fixed(peak / 1e9, 0)) GFLOP/s, is a loop of multiply-adds on registers, measured \
      right after the training.
      """
  }

  /// Steps of milliseconds need no thousandths of them.
  private var isLong: Bool { whole + around >= 1e7 }
  private var unit: String { isLong ? "ms" : "µs" }
  private func text(_ time: Double) -> String { isLong ? fixed(time / 1e6, 2) : fixed(time / 1e3, 1) }
  private func fixed(_ value: Double, _ decimals: Int) -> String {
    NumberText.fixed(value, decimals: decimals)
  }

  private func share(_ time: Double) -> String {
    whole + around > 0 ? NumberText.percent(time / (whole + around), decimals: 1) : ""
  }

  private func speed(_ flops: Double, _ time: Double) -> [String] {
    guard flops > 0, time > 0 else { return ["", ""] }
    return [
      fixed(flops / time, 1), peak > 0 ? NumberText.percent(flops / time * 1e9 / peak, decimals: 0) : "",
    ]
  }
}

extension Program.Line {
  /// The result's shape, or the runs of numbers that are updated.
  var shapeText: String {
    guard name == "update" else { return Running.shapeText(shape) }
    return shape.count > 3
      ? "\(NumberText.grouped(shape.reduce(0, +))) in \(shape.count) runs"
      : shape.map(String.init).joined(separator: " + ")
  }
}

/// A shape as tables write it: `32×300`, and `1` for a single number.
func shapeText(_ shape: [Int]) -> String {
  shape.isEmpty ? "1" : shape.map(String.init).joined(separator: "×")
}
