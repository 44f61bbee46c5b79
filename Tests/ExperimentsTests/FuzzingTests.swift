import ExperimentSamples
import Foundation
import Fuzzing
import Testing

@Suite struct FuzzingTests {
  private let texts = WrongExperiment.all.map(\.text) + [goodExperiment, goodGraph, goodScript, goodStateful]

  private func wrong(_ fuzzer: any Fuzzer, _ count: UInt64) throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    return try FuzzRun(fuzzer, in: folder).run(0..<count).wrong
  }

  @Test func `damaged experiments are experiments or diagnostics`() throws {
    let fuzzer = ExperimentFuzzer(texts, dataFolder: repository.appending(path: "experiments/data"))
    #expect(try wrong(fuzzer, 150) == [])
  }

  @Test func `damaged bodies are bodies or diagnostics`() throws {
    #expect(try wrong(BodyFuzzer(texts), 400) == [])
  }

  @Test func `what doubles with every line ends soon`() throws {
    #expect(try wrong(BoundsFuzzer(), 24) == [])
  }

  @Test func `logs that nobody wrote are read or refused`() throws {
    #expect(try wrong(LogFuzzer(), 200) == [])
  }

  @Test func `damaged reports are reports or diagnostics`() throws {
    #expect(try wrong(ReportFuzzer(), 400) == [])
  }

  @Test func `damaged tables are tables or diagnostics`() throws {
    let iris = repository.appending(path: "experiments/data/iris.csv")
    #expect(try wrong(TableFuzzer([iris]), 400) == [])
  }

  @Test func `damaged IDX files are IDX files or diagnostics`() throws {
    #expect(try wrong(IDXFuzzer(), 1000) == [])
  }
}
