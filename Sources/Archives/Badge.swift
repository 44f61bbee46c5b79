import RunEvents
import RunLog

/// A badge of the ACM for artifacts of papers, version 1.1, and what of it can be seen in an archive.
///
/// Source: https://www.acm.org/publications/policies/artifact-review-and-badging-current
public struct Badge: Sendable, Equatable {
  public struct Item: Sendable, Equatable {
    public var text: String
    /// `nil` where only people can tell.
    public var isMet: Bool?
  }

  public var name: String
  public var items: [Item]

  static func all(
    of run: RecordedRun, in archive: ArchiveReader, _ root: String, isSound: Bool
  ) -> [Badge] {
    func has(_ name: String) -> Bool { archive.contains(root + name) }
    let inputs = run.request?.inputs ?? []
    let isComplete = run.request != nil && inputs.allSatisfy { !$0.place.hasPrefix("/") }
    return [
      Badge(
        name: "Artifacts Available",
        items: [
          Item(text: "a licence says what may be done with it (LICENSE)", isMet: has("LICENSE")),
          Item(text: "a README says what it is", isMet: has("README.md")),
          Item(
            text: "it lies in an archival repository, with an identifier: fill it in after the upload",
            isMet: nil),
        ]),
      Badge(
        name: "Artifacts Evaluated – Functional",
        items: [
          Item(
            text: "documented: README.md, \(RunFile.page)",
            isMet: has("README.md") && has(RunFile.page)),
          Item(text: "consistent: every file is what its hash says", isMet: isSound),
          Item(text: "complete: all data and models that the run read are in it", isMet: isComplete),
          Item(text: "exercisable: the run came to a good end", isMet: run.run.status == .finished),
          Item(text: "exercisable here: 'runexp reproduce' says so", isMet: nil),
        ]),
      Badge(
        name: "Artifacts Evaluated – Reusable",
        items: [
          Item(text: "parameters are described (ro-crate-metadata.json)", isMet: has(ArchiveReader.metadata)),
          Item(
            text: "the experiment explains itself in prose",
            isMet: run.run.cells.contains { $0.keyword == "text" }),
          Item(
            text: "models are saved in a format that others read",
            isMet: run.artifacts.contains { $0.path.hasSuffix(".h5") || $0.path.hasSuffix(".keras") }),
        ]),
      Badge(
        name: "Results Reproduced",
        items: [
          Item(
            text: "somebody else got the same: the output of 'runexp reproduce --json' on another machine",
            isMet: nil)
        ]),
    ]
  }
}
