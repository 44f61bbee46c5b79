import Archives
import Diagnostics
import Files
public import Foundation
import RunEvents
import RunLog

/// Damages archives of runs, and makes hostile ones, then checks and unpacks them.
public struct ArchiveFuzzer: Fuzzer {
  public static let name = "archives"
  public static let fileName = "case.zip"

  private let original: Data
  /// The files of the sound archive that damage starts from.
  public let members: [(name: String, data: Data)]

  /// Starts from the archive of a small run that never ran.
  public init() throws {
    let bytes = try TemporaryFolder.with { folder in
      try Self.writeRun(in: folder + "/small-1")
      let writer = ArchiveWriter(Program(version: "0", sha256: sha256(of: [])), ArchiveWriter.Options())
      _ = try writer.write([folder + "/small-1"], to: folder + "/small.zip")
      return try Data(contentsOf: URL(filePath: folder + "/small.zip"))
    }
    original = bytes
    members = storedMembers(bytes)
  }

  /// A folder as a run leaves it.
  private static func writeRun(in folder: String) throws {
    let files = [
      "data.csv": "a,b\n1,2\n", "model.txt": "weights", RunFile.experiment: "cells: []\n",
      RunFile.resolved: "cells: []\n",
    ]
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, text) in files.sorted(by: { $0.key < $1.key }) {
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
    func hash(_ name: String) -> String { sha256(of: (files[name] ?? "").utf8) }
    let input = RunInput(.data, name: "data.csv", place: folder + "/data.csv")
    let request = RunRequest(experiment: "\(folder)/\(RunFile.experiment)", inputs: [input])
    try Data(request.json.utf8).write(to: URL(filePath: "\(folder)/\(RunFile.request)"))
    let process = ProcessIdentity(host: "fuzz", bootID: "", pid: 1, startTicks: 0)
    let store = try RunStore(path: RunFolder.log(in: folder), process: process)
    let record = RunRecord(
      name: "small-1", experiment: "small", title: "Small", seed: 1, startedAt: 1e9,
      command: ["runexp", "small.exp"],
      parameters: [.init(name: "rate", json: "0.1")], environment: [.init("runexp", "0")],
      source: "cells: []\n",
      resolved: "cells: []\n")
    let data = DatasetRecord.File(path: input.place, bytes: 8, sha256: hash("data.csv"))
    let model = Artifact(
      path: "model.txt", mediaType: "text/plain", bytes: 7, sha256: hash("model.txt"), caption: "A model",
      cell: 0)
    try store.append([
      .runStarted(record), .cellStarted(index: 0, keyword: "data", name: "d"),
      .dataset(DatasetRecord(name: "d", files: [data], parts: [.init(name: "train", count: 1)])),
      .metric(MetricPoint(series: "m", name: "loss", epoch: 1, step: 1, value: 0.5)), .artifact(model),
      .check(CheckResult(expression: "1 > 0", passed: true, found: "1")),
      .cellEnded(index: 0, status: .finished, seconds: 1), .runEnded(status: .finished, seconds: 1),
    ])
    try store.close()
  }

  /// One damaged archive: bytes of the whole or of one member, or members with names that lead elsewhere.
  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    guard !members.isEmpty, !random.once(in: 4) else { return damaged([UInt8](original), &random) }
    var builder = ZipBuilder(members.map { ($0.name, $0.data) })
    let index = random.below(builder.members.count)
    switch random.below(6) {
    case 0: builder.members[index].name = random.pick(Self.names) ?? ""
    case 1: builder.members.remove(at: index)
    case 2: builder.members.append(builder.members[random.below(builder.members.count)])
    case 3: builder.members[index].claimedSize = UInt32(truncatingIfNeeded: random.next())
    default:
      // A log and its description are what is read most of.
      let wanted = random.pick([
        RunFile.log, "ro-crate-metadata.json", "manifest-sha256.txt", RunFile.request,
      ])
      let place = builder.members.firstIndex { $0.name == wanted } ?? index
      builder.members[place].data = Data(damaged([UInt8](builder.members[place].data), &random))
    }
    return [UInt8](builder.data)
  }

  private static let names = [
    "../\(RunFile.log)", "/tmp/\(RunFile.log)", "a/../../b", "C:\\x", "a\\..\\b", "a//b", "./a", "",
    "a\u{0}b",
    "\(RunFile.log)/x",
    String(repeating: "x", count: 300), "ro-crate-metadata.json/", "\u{1B}[2J",
  ]

  private func damaged(_ data: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = data
    if random.once(in: 8) { bytes.removeLast(random.below(bytes.count)) }
    guard !bytes.isEmpty else { return [] }
    for _ in 0...random.below(6) {
      let place = random.below(bytes.count)
      bytes[place] =
        random.pick([0, 0xFF, bytes[place] ^ 1 << UInt8(random.below(8)), UInt8(random.below(256))]) ?? 0
    }
    return bytes
  }

  public func read(_ path: String) throws -> Bool {
    do {
      let isSound = try Verification(archive: path).isSound
      try TemporaryFolder.with { folder in
        let unpacked = try UnpackedArchive(path, run: nil, into: folder)
        _ = try RecordedRun(folder: unpacked.folder)
      }
      return isSound
    } catch is Diagnostic {
      return false
    }
  }
}
