import Foundation
import Testing

@testable import Archives

@Suite struct CreditsTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "runexp-\(UUID().uuidString)")

  private func credits(_ files: [String: String]) throws -> Credits {
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return Credits(near: folder.appending(path: "repository/experiments/a.exp").path)
  }

  @Test func `what lies above the experiment counts, up to the root of the repository`() throws {
    let found = try credits([
      "LICENSE": "outside", "repository/.git/HEAD": "", "repository/CITATION.cff": "title: Inside\n",
      "repository/experiments/a.exp": "",
    ])
    #expect(found.title == "Inside" && found.licenceFile == nil)
  }

  @Test func `without a repository no more than the folder above counts`() throws {
    let found = try credits(["LICENSE": "outside", "repository/experiments/a.exp": ""])
    #expect(found.licenceFile == nil)
  }

  @Test func `the nearest licence is the one`() throws {
    let found = try credits([
      "repository/.git/HEAD": "", "repository/LICENSE": "", "repository/experiments/LICENSE.txt": "",
    ])
    #expect(found.licenceFile?.hasSuffix("experiments/LICENSE.txt") == true)
  }

  @Test func `a citation file that is none says nothing`() throws {
    let found = try credits(["repository/.git/HEAD": "", "repository/CITATION.cff": "- [\u{0}"])
    #expect(found.authors == [] && found.licence == nil)
  }

  @Test func `names on the command line go before those of the file`() throws {
    var found = try credits([
      "repository/.git/HEAD": "", "repository/CITATION.cff": "license: MIT\nauthors: [{name: A Group}]\n",
    ])
    #expect(found.authors == [.init(name: "A Group")] && found.licence == "MIT")
    found.set(author: ["Ada Lovelace <0000-0002-1825-0097>", "Bob"], licence: nil)
    let ada = Credits.Author(name: "Ada Lovelace", id: "https://orcid.org/0000-0002-1825-0097")
    #expect(found.authors == [ada, .init(name: "Bob")] && found.licence == "MIT")
  }
}
