import Analysis
package import Config
package import Datasets
import GraphEngine
import Kernels
import Layers
import Plotting
import Reporting
package import Training

/// The program of a training step, to be looked at.
package struct ProgramView {
  private let name: String
  private let className: String
  private let parameters: Int
  private let batch: Int
  private let lines: [Program.Line]
  private let arena: Int
  private let leastArena: Int

  /// - Throws: `Diagnostic` E03xx if the data do not fit the model.
  package init(_ built: BuiltModel, _ settings: CompileSettings, part: DataPart) throws {
    let state = TrainingState(settings, slab: built.slab, pathStart: built.kerasPathStart, kernels: kernels)
    let program = try StepProgram(
      built, settings, part: part, batch: part.count, state: state, pool: WorkerPool(threads: 1),
      kernels: kernels
    ).program
    name = built.model.name
    className = built.model.className
    parameters = built.parameterCount
    batch = program.batch
    lines = program.lines
    arena = program.arena.count
    leastArena = program.leastArena
  }

  private var flops: Int { lines.map(\.flops).reduce(0, +) }
  private var bytes: Int { lines.map { $0.bytesRead + $0.bytesWritten }.reduce(0, +) }

  /// The steps as a table, and what they sum up to.
  package var text: String {
    let rows = lines.enumerated().map { number, line in
      [
        "\(number + 1)", line.purpose.layer.isEmpty ? "(model)" : line.purpose.layer,
        line.purpose.direction.rawValue,
        line.name + (line.updatesWeights ? " + update" : ""), operands(line),
        line.shapeText + (line.layout == .panels ? " in panels" : ""),
        line.flops > 0 ? NumberText.grouped(line.flops) : "", NumberText.grouped(line.bytesRead),
        NumberText.grouped(line.bytesWritten), line.offset.map { NumberText.grouped(4 * $0) } ?? "–",
      ]
    }
    let table = ReportTable(
      header: ["#", "layer", "way", "step", "operands", "result", "flops", "read", "written", "arena"],
      rows: rows,
      alignments: [.right, .left, .left, .left, .left, .left, .right, .right, .right, .right])
    let plural = batch == 1 ? "" : "s"
    return """
      \(name) (\(className)): a training step of \(batch) sample\(plural), \(lines.count) steps

      \(table.text)

      Floating-point operations of products: \(NumberText.grouped(flops)), \(NumberText.grouped(flops / batch)) a sample
      Bytes read and written: \(NumberText.grouped(bytes))
      Arena: \(NumberText.grouped(4 * arena)) bytes; at one time at least \(NumberText.grouped(4 * leastArena)) are needed
      Parameters: \(NumberText.grouped(parameters))
      """
  }

  private func operands(_ line: Program.Line) -> String {
    line.operands.map(shapeText).joined(separator: ", ")
  }

  /// The same for programs.
  package var json: ConfigNode {
    let steps = lines.enumerated().map { number, line -> ConfigNode in
      [
        "number": (number + 1).config, "layer": line.purpose.layer.config,
        "direction": line.purpose.direction.rawValue.config, "op": line.name.config,
        "operands": line.operands.config, "result": line.shape.config,
        "layout": (line.layout == .panels ? "panels" : "row_major").config, "flops": line.flops.config,
        "bytes_read": line.bytesRead.config, "bytes_written": line.bytesWritten.config,
        "arena_offset": line.offset.map { 4 * $0 }?.config ?? nil,
        "updates_weights": line.updatesWeights.config,
      ]
    }
    return [
      "model": name.config, "class_name": className.config, "batch": batch.config,
      "steps": ConfigNode(.list(steps)), "flops": flops.config, "flops_per_sample": (flops / batch).config,
      "bytes": bytes.config, "arena_bytes": (4 * arena).config, "least_arena_bytes": (4 * leastArena).config,
      "parameters": parameters.config,
    ]
  }
}
