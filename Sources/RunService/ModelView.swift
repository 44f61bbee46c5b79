import Config
import Analysis
package import Diagnostics
import Experiments
import Files
import Plots
import Running
import Foundation
package import KerasFiles
package import Layers
import Plotting
import PlottingCairo
import Reporting
package import Training

/// A model from a file, to be looked at: as a table, as JSON, as a drawing.
package struct ModelView {
  package let built: BuiltModel
  /// What the file holds, as a `.h5` would.
  package let archive: KerasArchive

  /// - Throws: E06xx for a file that cannot be read, E0621 for one with layers that there are not.
  package init(_ path: String) throws {
    built = try ModelFile.load(path, seed: 0).built
    archive = path.hasSuffix(".keras") ? KerasArchive(built) : try KerasArchive.read(path)
  }

  package func text(expandingNested isExpanded: Bool) -> String {
    built.fullSummary.text(expandingNested: isExpanded, remark: ", Keras \(archive.kerasVersion)")
  }

  package var json: String { built.fullSummary.json.json }

  /// Draws the model into a PNG, SVG or PDF file, as its name says.
  /// - Throws: E0226 for a file of another name, E0223 for a model of too many boxes, E0905 if it cannot be written.
  package func draw(to path: String, expandingNested isExpanded: Bool) throws {
    guard let format = FigureFormat(path: path) else { throw Diagnostic.noDrawing(path) }
    let figure = try ModelGraph(built.diagram(expandingNested: isExpanded))
    try writeFile(render(figure, as: format), to: path)
  }

  /// The file of a run's model.
  /// - Parameters:
  ///   - files: what the run wrote, relative to its folder.
  ///   - name: the model that is wanted; may be left out where there is one.
  /// - Throws: E0225 if there is no such file or several.
  static func file(of run: String, named name: String?, in files: [String]) throws(Diagnostic) -> String {
    let models = files.filter { file in
      [".h5", ".keras"].contains(where: file.hasSuffix) && !file.hasSuffix(".weights.h5")
    }
    let names = models.map { file in
      String((file.split(separator: "/").last ?? "").reversed().drop { $0 != "." }.dropFirst().reversed())
    }
    if let name {
      if let found = names.firstIndex(of: name) { return models[found] }
      throw .noSavedModel("the run '\(run)' saved no model '\(name)'", names)
    }
    guard models.count == 1 else {
      throw .noSavedModel("the run '\(run)' saved \(models.isEmpty ? "no model" : "several models")", names)
    }
    return models[0]
  }
}

extension ModelSummary {
  /// The table for a terminal: the model's name, its layers, the sums.
  /// - Parameter remark: what else is said of the model behind its class.
  package func text(expandingNested isExpanded: Bool = false, remark: String = "") -> String {
    let table = table(expandingNested: isExpanded)
    return "\(name) (\(className)\(remark))\n\n\(table.text)"
  }
}

extension Diagnostic {
  /// E0225: a run without the model that is asked for.
  fileprivate static func noSavedModel(_ message: String, _ names: [String]) -> Diagnostic {
    Diagnostic(
      "E0225", message,
      help: names.isEmpty
        ? "add '- save: NAME' to the experiment, or '- plot: model_graph' to have it in the report"
        : "name one of them with '--model': \(names.joined(separator: ", "))")
  }

  /// E0226: a drawing into a file that is no picture.
  package static func noDrawing(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0226", "'\(path)' is no name for a drawing",
      help: "end it in .png, .svg or .pdf: '--graph model.png'")
  }
}
