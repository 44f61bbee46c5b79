import Datasets
import Analysis
package import Experiments
import Files
import Foundation

/// Where things are on this machine.
package enum Places {
  /// The folder that runs are written to: what was asked for, `RUNEXP_REPORTS`, `reports` beside the `experiments`
  /// folder that the file is in, or `reports` in the working folder.
  package static func reports(_ asked: String?, for file: String? = nil) -> String {
    if let asked { return asked }
    if let folder = environment("RUNEXP_REPORTS") { return folder }
    if let file {
      let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
      if folder.lastPathComponent == "experiments" {
        return relative(folder.deletingLastPathComponent().appendingPathComponent("reports").path)
      }
    }
    return "reports"
  }

  package static func environment(_ name: String) -> String? {
    let value = ProcessInfo.processInfo.environment[name] ?? ""
    return value.isEmpty ? nil : value
  }

  /// What `RUNEXP_THREADS` says, where it says something sensible.
  package static var threads: Int? {
    environment("RUNEXP_THREADS").flatMap(Int.init).map { max(1, min(256, $0)) }
  }

  /// A path as short as it can be said from here.
  package static func relative(_ path: String) -> String {
    let here = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }

  /// The folder for what can be made again at any time, as the XDG Base Directory Specification says; `RUNEXP_CACHE`
  /// names another.
  package static var cache: String? {
    environment("RUNEXP_CACHE") ?? environment("XDG_CACHE_HOME").map { $0 + "/runexp" }
      ?? environment("HOME").map { $0 + "/.cache/runexp" }
  }

  /// Folders that may hold what comes with the program, `share` of an installation first, then the repository the
  /// program was built in.
  private static var roots: [String] {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = program.deletingLastPathComponent()
    var found = [folder.deletingLastPathComponent().appendingPathComponent("share/runexp").path]
    for _ in 0..<5 where folder.path != "/" {
      folder.deleteLastPathComponent()
      found.append(folder.path)
    }
    return environment("RUNEXP_SHARE").map { [$0] + found } ?? found
  }

  /// The small data sets that come with the program.
  package static var dataFolders: [String] {
    roots.map { $0 + "/experiments/data" }.filter { FileManager.default.fileExists(atPath: $0) }
  }

  /// The folder of the fonts that came with the program: those of a package for machines without fonts.
  package static let fonts: String? = {
    let places = [environment("RUNEXP_SHARE"), roots.first { $0.hasSuffix("/share/runexp") }]
    return places.compactMap { $0.map { $0 + "/fonts" } }.first { access($0 + "/fonts.conf", R_OK) == 0 }
  }()

  /// Has Cairo find these fonts, unless the user named settings of fonts.
  package static func useOwnFonts() {
    if let fonts { setenv("FONTCONFIG_FILE", fonts + "/fonts.conf", 0) }
  }

  /// The codes that have a long text.
  package static var codes: [String] {
    let pages = roots.lazy.compactMap {
      try? FileManager.default.contentsOfDirectory(atPath: "\($0)/docs/errors")
    }
    return (pages.first ?? []).filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }.sorted()
  }

  /// The long text of an error code.
  package static func explanation(_ code: String) -> String? {
    for root in roots {
      if let text = try? String(contentsOfFile: "\(root)/docs/errors/\(code).md", encoding: .utf8) {
        return text
      }
    }
    return nil
  }
}

extension ExperimentRequest {
  /// A request that finds what is on this machine.
  /// - Parameter text: what it says, where that is not read from the file.
  package init(path: String, text: [UInt8]? = nil, reports: String) {
    self.init(path: path, text: text)
    earlier.folder = reports
    files.searchFolders = Places.dataFolders
    files.dataFolder = Places.environment("RUNEXP_DATA").map { URL(fileURLWithPath: $0).path }
    shapes = DataShapeCache(folder: Places.cache, program: fileStamp("/proc/self/exe"))
    earlier.choose = { try? NamedRuns(in: reports).run($0) }
  }
}
