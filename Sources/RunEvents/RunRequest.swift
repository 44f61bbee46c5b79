import Foundation

/// What an experiment reads beside itself: a file, or files of a folder, under the name that the experiment uses.
public struct RunInput: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// A path of a `data` or `predict` cell.
    case data
    /// A data set that is known by its name.
    case dataSet = "data_set"
    /// The file of a model.
    case model
    /// An earlier run.
    case run
  }

  public var kind: Kind
  /// As the experiment says it: a path, the name of a data set or of a run.
  public var name: String
  /// Where it is: a file, or the folder that ``files`` are in.
  public var place: String
  /// The files that are read of a folder, relative to it; empty where `place` is the file itself.
  public var files: [String]
  /// A page on the web that says where it is from; its files may be packed in another way there.
  public var url: String?

  public init(_ kind: Kind, name: String, place: String, files: [String] = [], url: String? = nil) {
    self.kind = kind
    self.name = name
    self.place = place
    self.files = files
    self.url = url
  }

  /// Where each of its files is.
  public var paths: [String] { files.isEmpty ? [place] : files.map { "\(place)/\($0)" } }
}

/// How a run was asked for: what neither its experiment nor its log says, kept in its folder.
///
/// With it a run can be made again elsewhere: in an archive the places of the inputs are relative to the file.
public struct RunRequest: Sendable, Equatable, Codable {
  /// The experiment file, absolute.
  public var experiment: String
  public var isQuick: Bool
  /// The index of the last cell to run.
  public var until: Int?
  /// What the runs are called, if not as the file says.
  public var name: String?
  /// The name of the run or sweep that it belongs to.
  public var parent: String?
  /// The runs that `latest` and `best(…)` meant, by their words.
  public var chosenRuns: [String: String]
  public var inputs: [RunInput]

  private enum CodingKeys: String, CodingKey {
    case experiment, until, name, parent, inputs
    case isQuick = "quick"
    case chosenRuns = "chosen_runs"
  }

  public init(
    experiment: String, isQuick: Bool = false, until: Int? = nil, name: String? = nil,
    parent: String? = nil, chosenRuns: [String: String] = [:], inputs: [RunInput] = []
  ) {
    self.experiment = experiment
    self.isQuick = isQuick
    self.until = until
    self.name = name
    self.parent = parent
    self.chosenRuns = chosenRuns
    self.inputs = inputs
  }

  /// Reads what ``json`` wrote; `nil` if it is something else.
  public init?(json: [UInt8]) {
    guard let request = try? JSONDecoder().decode(RunRequest.self, from: Data(json)) else { return nil }
    self = request
  }

  /// Reads the file in a run's folder; `nil` if there is none.
  public init?(inFolder folder: String) {
    guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(RunFile.request)") else { return nil }
    self.init(json: [UInt8](bytes))
  }

  /// As a file, always the same for the same request.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Texts, numbers and lists of them can always be written.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
  }
}
