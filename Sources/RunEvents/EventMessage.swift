import Diagnostics
import Foundation

/// An event as a line of JSON, for pages, parent processes and the tasks of a cluster.
///
/// `{"data":{"name":"loss","series":"mlp","step":40,"value":0.31},"event":"metric","version":1}`. A reader skips events
/// that it does not know, and refuses other versions.
public struct EventMessage: Sendable {
  /// Counted up whenever a field changes its meaning or goes away.
  public static let version = 1

  public var event: RunEvent

  public init(_ event: RunEvent) { self.event = event }

  /// Reads a line that ``line`` wrote.
  /// - Throws: `DecodingError` for what is no event of this version.
  public init(line: some StringProtocol) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    self = try decoder.decode(EventMessage.self, from: Data(line.utf8))
  }

  /// The event as one line, without its end.
  public var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Texts, numbers and lists of them can always be written.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

extension EventMessage: Codable {
  private enum Key: String, CodingKey { case version, event, data }

  private enum Name: String, Codable {
    case runStarted = "run_started"
    case runResumed = "run_resumed"
    case checkpoint
    case cellStarted = "cell_started"
    case cellNote = "cell_note"
    case shown, progress, metric, steps, dataset, artifact, check, diagnostic
    case cellEnded = "cell_ended"
    case runEnded = "run_ended"
  }

  private struct Resumed: Codable {
    var run: RunRecord
    var checkpoint: Int
  }
  private struct Number: Codable { var number: Int }
  private struct Cell: Codable {
    var index: Int
    var keyword: String
    var name: String
  }
  private struct Words: Codable {
    var cell: Int
    var text: String
  }
  private struct Steps: Codable {
    var cell: Int
    var series: String
    var trace: StepTrace
  }
  private struct End: Codable {
    var cell: Int?
    var status: RunStatus
    var seconds: Double
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    func put(_ name: Name, _ data: some Encodable) throws {
      try container.encode(Self.version, forKey: .version)
      try container.encode(name, forKey: .event)
      try container.encode(data, forKey: .data)
    }
    switch event {
    case .runStarted(let run): try put(.runStarted, run)
    case .runResumed(let run, let number): try put(.runResumed, Resumed(run: run, checkpoint: number))
    case .checkpoint(let number): try put(.checkpoint, Number(number: number))
    case .cellStarted(let index, let keyword, let name):
      try put(.cellStarted, Cell(index: index, keyword: keyword, name: name))
    case .cellNote(let cell, let text): try put(.cellNote, Words(cell: cell, text: text))
    case .shown(let cell, let text): try put(.shown, Words(cell: cell, text: text))
    case .progress(let progress): try put(.progress, progress)
    case .metric(let point): try put(.metric, point)
    case .steps(let cell, let series, let trace):
      try put(.steps, Steps(cell: cell, series: series, trace: trace))
    case .dataset(let record): try put(.dataset, record)
    case .artifact(let artifact): try put(.artifact, artifact)
    case .check(let result): try put(.check, result)
    case .diagnostic(let diagnostic): try put(.diagnostic, diagnostic)
    case .cellEnded(let index, let status, let seconds):
      try put(.cellEnded, End(cell: index, status: status, seconds: seconds))
    case .runEnded(let status, let seconds): try put(.runEnded, End(status: status, seconds: seconds))
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let version = try container.decode(Int.self, forKey: .version)
    guard version == Self.version else {
      throw DecodingError.dataCorruptedError(
        forKey: .version, in: container, debugDescription: "events of version \(version)")
    }
    func take<T: Decodable>(_ type: T.Type = T.self) throws -> T {
      try container.decode(T.self, forKey: .data)
    }
    switch try container.decode(Name.self, forKey: .event) {
    case .runStarted: event = .runStarted(try take())
    case .runResumed:
      let found = try take(Resumed.self)
      event = .runResumed(found.run, checkpoint: found.checkpoint)
    case .checkpoint: event = .checkpoint(try take(Number.self).number)
    case .cellStarted:
      let found = try take(Cell.self)
      event = .cellStarted(index: found.index, keyword: found.keyword, name: found.name)
    case .cellNote:
      let found = try take(Words.self)
      event = .cellNote(index: found.cell, text: found.text)
    case .shown:
      let found = try take(Words.self)
      event = .shown(cell: found.cell, text: found.text)
    case .progress: event = .progress(try take())
    case .metric: event = .metric(try take())
    case .steps:
      let found = try take(Steps.self)
      event = .steps(cell: found.cell, series: found.series, found.trace)
    case .dataset: event = .dataset(try take())
    case .artifact: event = .artifact(try take())
    case .check: event = .check(try take())
    case .diagnostic: event = .diagnostic(try take())
    case .cellEnded:
      let found = try take(End.self)
      event = .cellEnded(index: found.cell ?? 0, status: found.status, seconds: found.seconds)
    case .runEnded:
      let found = try take(End.self)
      event = .runEnded(status: found.status, seconds: found.seconds)
    }
  }
}

extension EpochProgress: Codable {
  private enum Key: String, CodingKey { case model, epoch, epochs, step, steps, seconds, metrics, isEpochEnd }

  private struct Metric: Codable {
    var name: String
    var value: Double
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(model, forKey: .model)
    try container.encode(epoch, forKey: .epoch)
    try container.encode(epochs, forKey: .epochs)
    try container.encode(step, forKey: .step)
    try container.encode(steps, forKey: .steps)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(metrics.map { Metric(name: $0.name, value: $0.value) }, forKey: .metrics)
    try container.encode(isEpochEnd, forKey: .isEpochEnd)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      model: try container.decode(String.self, forKey: .model),
      epoch: try container.decode(Int.self, forKey: .epoch),
      epochs: try container.decode(Int.self, forKey: .epochs),
      step: try container.decode(Int.self, forKey: .step),
      steps: try container.decode(Int.self, forKey: .steps),
      seconds: try container.decode(Double.self, forKey: .seconds),
      metrics: try container.decode([Metric].self, forKey: .metrics).map { ($0.name, $0.value) },
      isEpochEnd: try container.decode(Bool.self, forKey: .isEpochEnd))
  }
}
