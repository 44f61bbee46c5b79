/// A run written up: what it produced cell by cell, and how it was made.
public struct Report: Sendable, Equatable {
  public var title: String
  /// The name of the run: `mlp-1`.
  public var run: String
  public var status: ReportStatus
  /// A few things to know at first sight, such as when, how long and with which seed.
  public var facts: [ReportFact]
  public var cells: [ReportCell]
  public var provenance: Provenance

  public init(
    title: String, run: String, status: ReportStatus, facts: [ReportFact] = [], cells: [ReportCell] = [],
    provenance: Provenance = Provenance()
  ) {
    self.title = title
    self.run = run
    self.status = status
    self.facts = facts
    self.cells = cells
    self.provenance = provenance
  }
}

/// How a run or a cell ended.
public enum ReportStatus: String, Sendable, CaseIterable {
  case finished, running, failed, interrupted, skipped
}

/// A name and what is known under it: `seed`, `42`.
public struct ReportFact: Sendable, Equatable {
  public var name: String
  public var value: String
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// One cell of the experiment with what it produced.
public struct ReportCell: Sendable, Equatable {
  /// Counts from 1, as on the console.
  public var index: Int
  /// What kind of cell it is: `train`.
  public var keyword: String
  /// What it is called: `mlp`; may be empty.
  public var name: String
  public var status: ReportStatus
  /// Nil when the cell did not run.
  public var seconds: Double?
  public var blocks: [ReportBlock]
  /// The cell as it was written; may be empty.
  public var source: String

  public init(
    index: Int, keyword: String, name: String = "", status: ReportStatus = .finished, seconds: Double? = nil,
    blocks: [ReportBlock] = [], source: String = ""
  ) {
    self.index = index
    self.keyword = keyword
    self.name = name
    self.status = status
    self.seconds = seconds
    self.blocks = blocks
    self.source = source
  }

  /// How long it took, or nil when that is not worth saying.
  var durationText: String? {
    guard let seconds, seconds >= 0.01 else { return nil }
    return DurationText.text(seconds)
  }

  /// A cell of prose speaks for itself: neither its keyword nor its time is worth a label.
  var isProse: Bool {
    status == .finished && !blocks.isEmpty
      && blocks.allSatisfy { block in
        switch block {
        case .prose, .heading: true
        default: false
        }
      }
  }
}

/// How a run was made: enough to make it again and to see whether it came out the same.
public struct Provenance: Sendable, Equatable {
  /// A file of data with the hash of its bytes.
  public struct DataHash: Sendable, Equatable {
    public var name: String
    public var sha256: String
    /// A few words, such as `55,000 rows`.
    public var detail: String
    public init(name: String, sha256: String, detail: String = "") {
      self.name = name
      self.sha256 = sha256
      self.detail = detail
    }
  }

  /// A file shown whole, such as the resolved experiment.
  public struct Listing: Sendable, Equatable {
    public var title: String
    public var text: String
    public var language: String
    public init(title: String, text: String, language: String = "yaml") {
      self.title = title
      self.text = text
      self.language = language
    }
  }

  /// The command as typed.
  public var command: String
  /// Machine, versions, git commit, durations.
  public var facts: [ReportFact]
  public var data: [DataHash]
  /// Commands that make the run again, one a line.
  public var reproduce: [String]
  public var listings: [Listing]

  public init(
    command: String = "", facts: [ReportFact] = [], data: [DataHash] = [], reproduce: [String] = [],
    listings: [Listing] = []
  ) {
    self.command = command
    self.facts = facts
    self.data = data
    self.reproduce = reproduce
    self.listings = listings
  }
}
