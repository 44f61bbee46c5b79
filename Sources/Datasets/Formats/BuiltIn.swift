internal import Config
internal import Diagnostics
internal import Foundation
internal import RunEvents

/// Data sets that are known by name.
enum BuiltInSource {
  private enum Place: Sendable {
    /// IDX files in a folder: below `RUNEXP_DATA`, or where the system's package puts them.
    ///
    /// Who made them has a page on the web.
    case idxFolder(package: String?, installed: String?, url: String)
    /// A table that comes with the program.
    case table(target: String, shape: [Int]?)
  }

  private struct Entry: Sendable {
    var name: String
    var place: Place
    var classes: [String]
  }

  private static let all = [
    Entry(
      name: "fashion-mnist",
      place: .idxFolder(
        package: "dataset-fashion-mnist", installed: "/usr/share/datasets/fashion-mnist",
        url: "https://github.com/zalandoresearch/fashion-mnist"),
      classes: [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot",
      ]),
    Entry(
      name: "mnist",
      place: .idxFolder(
        package: nil, installed: nil, url: "http://yann.lecun.com/exdb/mnist/"),
      classes: (0...9).map { "\($0)" }),
    Entry(name: "digits", place: .table(target: "digit", shape: [8, 8]), classes: (0...9).map { "\($0)" }),
    Entry(
      name: "iris", place: .table(target: "species", shape: nil),
      classes: ["setosa", "versicolor", "virginica"]),
  ]

  static let format = DataFormat(
    key: "source", doc: "A data set by its name: \(all.map(\.name).joined(separator: ", ")).", open: open)

  private static func open(_ node: ConfigNode, _ settings: DataSettings, _ environment: DataEnvironment)
    throws(Diagnostic) -> any RawSource
  {
    let name = try node.text()
    guard let entry = all.first(where: { $0.name == name }) else {
      throw .unknownWord(name, in: all.map(\.name), at: node.span, what: "data set")
    }
    switch entry.place {
    case .idxFolder(let package, let installed, let url):
      let candidates = [environment.files.dataFolder.map { $0 + "/" + name }, installed].compactMap { $0 }
        .map { DataPath($0, span: node.span) }
      guard let folder = candidates.first(where: \.isFolder) else {
        throw .notInstalled(name, package: package, span: node.span)
      }
      var source = try IDXSource.inFolder(folder, settings)
      if source.classNames == nil { source.classNames = entry.classes }
      let place = URL(fileURLWithPath: folder.path).deletingLastPathComponent().path
      source.root = RunInput(.dataSet, name: name, place: place, url: url)
      return source
    case .table(let target, let shape):
      let candidates = environment.files.searchFolders.map {
        DataPath($0 + "/\(name).csv", span: node.span)
      }
      guard let file = candidates.first(where: \.exists) else {
        throw .notFound(name, span: node.span)
      }
      var complete = settings
      if complete.target.isAbsent { complete.target = ConfigNode(.string(target)) }
      if complete.features.isAbsent, complete.shape == nil { complete.shape = shape }
      if complete.classes.isEmpty { complete.classes = entry.classes.map { ConfigNode(.string($0)) } }
      var source = CSVSource(
        train: file, test: nil, separator: UInt8(ascii: ","), settings: complete, in: environment)
      source.root = RunInput(.dataSet, name: name, place: String(file.path.dropLast(name.utf8.count + 5)))
      return source
    }
  }
}

extension Diagnostic {
  /// E0413: a data set that has to be fetched first.
  fileprivate static func notInstalled(_ name: String, package: String?, span: SourceSpan?) -> Diagnostic {
    let folder = "set RUNEXP_DATA to a folder that has a folder '\(name)' with the four files in it"
    return Diagnostic(
      "E0413", "the data set '\(name)' is not on this machine", at: span.map { Label($0, "not found") },
      help: package.map { "apt-get install \($0), or \(folder)" } ?? folder)
  }

  /// E0413: a data set that should have come with the program.
  fileprivate static func notFound(_ name: String, span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0413", "the file '\(name).csv' is not on this machine", at: span.map { Label($0, "not found") },
      help: "it belongs to runexp's source, in experiments/data")
  }
}
