import Foundation
import RunEvents
import RunLog
import Testing

/// The same file and data: the same bits, for any number of threads and on any instruction set.
@Suite struct DeterminismTests {
  private static let optimizers = [
    "{Adam: {learning_rate: $rate}}", "{SGD: {learning_rate: $rate, momentum: 0.9, nesterov: true}}",
  ]

  /// Everything of a run that must not depend on how it was computed.
  private struct Result: Equatable {
    var files: [String: Data]
    var points: [String]
    var checks: [CheckResult]
    var artifacts: [String]

    init(_ place: Workplace, _ run: String) throws {
      let folder = "reports/\(run)"
      let names = try place.files(folder).filter {
        $0.hasSuffix(".h5") || $0.hasSuffix(".png") || $0.hasSuffix(".exp")
      }
      files = try Dictionary(uniqueKeysWithValues: names.map { ($0, try place.bytes("\(folder)/\($0)")) })
      let log = try RunStore.read(place.folder.appending(path: "\(folder)/run.sqlite").path)
      points = try log.metrics(of: run).flatMap { metric in
        metric.points.map {
          "\(metric.series).\(metric.name) \($0.step) \($0.epoch ?? 0) \($0.value.bitPattern)"
        }
      }
      checks = try log.checks(of: run)
      artifacts = try log.artifacts(of: run).filter {
        !$0.path.hasPrefix("report.")
      }
      .map { "\($0.path) \($0.sha256)" }
    }
  }

  @Test(arguments: optimizers) func `results do not depend on threads or instruction sets`(optimizer: String)
    throws
  {
    let place = try Workplace()
    let text = digits(epochs: "3", optimizer: optimizer, callbacks: "[ModelCheckpoint]")
    try place.write(text, to: "digits.exp")
    let ways = [
      ("1", "avx512"), ("2", "avx512"), ("3", "avx512"), ("2", "avx512"), ("1", "avx2"), ("3", "avx2"),
      ("2", "baseline"),
    ]
    for (threads, set) in ways {
      let outcome = try place.runexp(
        "digits.exp", "-q", "--threads", threads, environment: ["RUNEXP_ISA": set])
      try #require(outcome.status == 0, "\(outcome.err)")
    }
    let first = try Result(place, "digits-1")
    #expect(first.files.count == 9 && first.points.count == 14)
    for number in 2...ways.count {
      let other = try Result(place, "digits-\(number)")
      for name in first.files.keys.sorted() {
        #expect(other.files[name] == first.files[name], "\(name), \(ways[number - 1])")
      }
      #expect(other == first, "\(ways[number - 1])")
    }
  }

  @Test func `another seed gives another result`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    for seed in ["7", "8"] { try place.runexp("digits.exp", "-q", "--seed", seed) }
    #expect(try Result(place, "digits-1").points != Result(place, "digits-2").points)
  }
}
