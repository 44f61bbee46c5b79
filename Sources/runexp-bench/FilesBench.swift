import ArgumentParser
import Foundation
import GraphEngine
import KerasFiles
import Layers
import TensorCore
import Training

/// `runexp-bench files`: how fast model files are written and read, and what memory it takes.
struct FilesBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "files", abstract: "Times writing and reading of a large model file.",
    discussion: """
      Prints a line for each kind of file: milliseconds of writing and of reading (the shortest of the repeats, the \
      disk's part included), and the most memory that either took beside the model, in MB.
      """)

  @Option(help: "The size of the model's weights in MB.")
  var megabytes = 100

  @Option(help: "How often each file is written and read.")
  var repeats = 5

  @Option(help: "Where the files go; they are removed again.")
  var folder = NSTemporaryDirectory()

  func validate() throws {
    guard megabytes > 0 && repeats > 0 else {
      throw ValidationError("megabytes and repeats must be above zero")
    }
  }

  func run() throws {
    let built = try BuiltModel(Self.model(megabytes: megabytes), seed: 1)
    print("kind          write ms  read ms  write MB  read MB")
    for name in ["model.h5", "model.keras", "model.weights.h5"] {
      let path = "\(folder)/runexp-bench-\(ProcessInfo.processInfo.processIdentifier)-\(name)"
      defer { try? FileManager.default.removeItem(atPath: path) }
      var (writes, reads): ([Cost], [Cost]) = ([], [])
      for _ in 0..<repeats {
        writes.append(try Cost.of { try built.save(to: path) })
        reads.append(
          try Cost.of {
            if name.hasSuffix(".weights.h5") {
              try built.loadWeights(from: path)
            } else {
              _ = try ModelFile.load(path, seed: 1)
            }
          })
      }
      // What is read is a model of its own, of which only what is beside it counts.
      let own = name.hasSuffix(".weights.h5") ? 0 : Double(built.slab.storage.count * 4) / 1e6
      let milliseconds = [writes, reads].map { Int((($0.map(\.seconds).min() ?? 0) * 1000).rounded()) }
      let memory = [
        writes.map(\.megabytes).max() ?? 0, max(0, (reads.map(\.megabytes).max() ?? 0) - own),
      ]
      .map { Int($0.rounded()) }
      print(
        name.padded(18), "\(milliseconds[0])".padded(8), "\(milliseconds[1])".padded(9), memory[0], memory[1])
    }
  }

  /// Four equal matrices and one much larger than they, of which models are made.
  private static func model(megabytes: Int) -> Sequential {
    let width = max(16, Int((Double(megabytes) * 1e6 / 4 / 5).squareRoot()))
    let layers = (0..<3).map { NamedLayer("dense_\($0)", Dense(width)) }
    return Sequential("model", input: [width], layers + [NamedLayer("wide", Dense(2 * width))])
  }
}

/// What something took.
private struct Cost {
  var seconds: Double
  /// Resident memory at the most, above what there was before.
  var megabytes: Double

  static func of(_ body: () throws -> Void) throws -> Cost {
    // The kernel starts to count the peak anew.
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    let before = memory("VmRSS")
    let start = ContinuousClock.now
    try body()
    let took = (ContinuousClock.now - start) / .milliseconds(1) / 1000
    return Cost(seconds: took, megabytes: memory("VmHWM") - before)
  }

  /// A line of the process's status, in MB.
  private static func memory(_ key: String) -> Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") } ?? ""
    return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) * 1024 / 1e6
  }
}

extension String {
  func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
