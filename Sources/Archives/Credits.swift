import Config
import Diagnostics
import ExpLanguage
import Foundation

/// Who made an experiment, and what may be done with it, as far as it is known.
struct Credits {
  struct Author: Equatable {
    var name: String
    /// A URL, best an ORCID.
    var id: String?
    var affiliation: String?
  }

  var authors: [Author] = []
  /// The identifier of a licence in SPDX's list.
  var licence: String?
  var title: String?
  var doi: String?
  /// `LICENSE` and `CITATION.cff`, if they were found.
  var licenceFile: String?
  var citationFile: String?

  /// Nobody and nothing.
  init() {}

  /// Looks beside the experiment, and above it up to the root of its repository; where there is none, in the folder
  /// above alone, since what lies further up belongs to something else.
  /// - Parameter experiment: the path of the file.
  init(near experiment: String) {
    let files = FileManager.default
    let licences = ["LICENSE", "LICENCE", "COPYING"].flatMap { [$0, "\($0).md", "\($0).txt"] }
    for folder in Self.folders(above: experiment) {
      let names = ((try? files.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      licenceFile = licenceFile ?? names.first(where: licences.contains).map { "\(folder)/\($0)" }
      citationFile = citationFile ?? names.first { $0 == "CITATION.cff" }.map { "\(folder)/\($0)" }
    }
    if let citationFile, let bytes = files.contents(atPath: citationFile) { read([UInt8](bytes)) }
  }

  private static func folders(above experiment: String) -> [String] {
    var folder = URL(fileURLWithPath: experiment).deletingLastPathComponent()
    var folders: [String] = []
    while folders.count < 32 {
      folders.append(folder.path)
      if FileManager.default.fileExists(atPath: folder.path + "/.git") { return folders }
      if folder.path == "/" { break }
      folder.deleteLastPathComponent()
    }
    return Array(folders.prefix(2))
  }

  /// Takes what is needed from a CITATION.cff; a file that is none says nothing.
  private mutating func read(_ citation: [UInt8]) {
    var sources = SourceFiles()
    var bag = DiagnosticBag()
    guard let file = try? sources.add(path: "CITATION.cff", bytes: citation),
      let node = readYAML(file, in: sources, into: &bag)
    else { return }
    title = node["title"]?.string
    licence = node["license"]?.string ?? node["license"]?.list?.first?.string
    doi = node["doi"]?.string
    authors = (node["authors"]?.list ?? []).compactMap { entry in
      let names = ["given-names", "name-particle", "family-names", "name-suffix"].compactMap {
        entry[$0]?.string
      }
      let name = names.isEmpty ? entry["name"]?.string : names.joined(separator: " ")
      let id = entry["orcid"]?.string ?? entry["website"]?.string
      return name.map { Author(name: $0, id: id, affiliation: entry["affiliation"]?.string) }
    }
  }

  /// What somebody said on the command line goes first.
  /// - Parameter author: a name, perhaps with an ORCID or URL in angle brackets behind it.
  mutating func set(author: [String], licence: String?) {
    if !author.isEmpty {
      authors = author.map { text in
        guard let match = text.wholeMatch(of: /\s*([^<>]+?)\s*<([^<>\s]+)>\s*/) else {
          return Author(name: text)
        }
        let id = String(match.2)
        return Author(name: String(match.1), id: id.contains(":") ? id : "https://orcid.org/\(id)")
      }
    }
    self.licence = licence ?? self.licence
  }
}
