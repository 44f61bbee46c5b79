import Diagnostics
import Foundation
import Fuzzing
import HDF5Files
import Testing

/// Numbers that are stored in chunks: what the library wrote comes back, and what it would believe is refused.
@Suite struct ChunkTests {
  /// What reading `x` gives: numbers, or the code of the diagnostic.
  private func read(
    _ file: ChunkedFile, _ make: (ChunkedFile, String) -> Void
  ) -> (numbers: [Float]?, code: String?) {
    let path = FileManager.default.temporaryDirectory.appending(path: "chunk-\(UUID().uuidString).h5").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    make(file, path)
    do throws(Diagnostic) {
      return (try H5File(reading: path).root().dataset("x").floats(), nil)
    } catch {
      return (nil, error.code)
    }
  }

  private func code(
    _ filters: [ChunkedFile.Filter], _ bytes: [UInt8], mask: UInt32 = 0, _ shape: [Int] = [4, 3]
  ) -> String? {
    read(ChunkedFile(shape, chunk: shape, filters)) { file, path in
      file.write(to: path, chunks: [(shape.map { _ in 0 }, bytes, mask)])
    }.code
  }

  private static let pipelines: [[ChunkedFile.Filter]] = [
    [], [.deflate], [.shuffle], [.fletcher32], [.shuffle, .deflate], [.deflate, .fletcher32],
    [.fletcher32, .deflate], [.shuffle, .fletcher32], [.shuffle, .deflate, .fletcher32],
    [.fletcher32, .shuffle, .deflate], [.deflate, .shuffle],
  ]

  @Test(arguments: pipelines, [[7], [5, 3], [3, 4, 5]])
  func `numbers that the library stored come back`(filters: [ChunkedFile.Filter], shape: [Int]) {
    let numbers = (0..<shape.reduce(1, *)).map { Float($0) * 1.25 - 3 }
    for chunk in [shape, shape.map { _ in 1 }, shape.map { min($0, 2) }, shape.map { min($0, 4) }] {
      let found = read(ChunkedFile(shape, chunk: chunk, filters)) { $0.write(to: $1, numbers: numbers) }
      #expect(found.numbers == numbers, "\(filters) in \(chunk): \(found.code ?? "")")
    }
  }

  @Test(arguments: [[0, 0], [255, 255], [0, 255, 255], [1], [0, 0, 0, 1, 128]] as [[UInt8]])
  func `a checksum is the library's for bytes at the extremes`(pattern: [UInt8]) {
    let bytes = (0..<40).map { pattern[$0 % pattern.count] }
    let numbers = stride(from: 0, to: 40, by: 4).map { start in
      Float(bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
    let found = read(ChunkedFile([10], chunk: [10], [.fletcher32])) { $0.write(to: $1, numbers: numbers) }
    #expect(found.numbers?.map(\.bitPattern) == numbers.map(\.bitPattern), "\(found.code ?? "")")
  }

  @Test func `a chunk that was never written holds the fill value`() {
    let found = read(ChunkedFile([5], chunk: [2])) { file, path in
      file.write(to: path, chunks: [([2], [0, 0, 128, 63, 0, 0, 0, 64], 0)])
    }
    #expect(found.numbers == [0, 0, 1, 2, 0])
  }

  @Test func `a filter that a chunk skipped is skipped`() {
    let bytes = [UInt8](repeating: 0, count: 48)
    #expect(code([.deflate], bytes, mask: 1) == nil)
    #expect(code([.shuffle, .deflate], deflated(bytes), mask: 1) == nil)
    #expect(code([.shuffle, .deflate], bytes, mask: 3) == nil)
  }

  @Test func `a chunk that becomes less or more than it should is refused`() {
    let sizes = [0, 1, 8, 47, 49, 96, 300 << 10]
    for size in sizes { #expect(code([.deflate], deflated([UInt8](repeating: 1, count: size))) == "E0605") }
  }

  @Test func `a chunk that skipped its filter has its own size`() {
    for size in [1, 8, 47, 49, 4800] {
      #expect(code([.deflate], [UInt8](repeating: 1, count: size), mask: 1) == "E0605")
      #expect(code([.shuffle], [UInt8](repeating: 1, count: size)) == "E0605")
      #expect(code([], [UInt8](repeating: 1, count: size)) == "E0605")
    }
  }

  @Test func `a chunk shorter than its checksum, or of a wrong one, is refused`() {
    for size in [1, 3, 4, 12, 48, 52, 100] {
      #expect(code([.fletcher32], [UInt8](repeating: 1, count: size)) == "E0605")
    }
  }

  @Test func `noise in the place of compressed bytes is refused`() {
    for seed in 1...20 as ClosedRange<UInt8> {
      #expect(code([.deflate], (0..<60).map { $0 &* seed &+ seed }) == "E0605")
    }
  }

  @Test func `a filter twice, and one that is not known, are refused before anything is unpacked`() {
    let bomb = deflated(deflated([UInt8](repeating: 0, count: 8 << 20)))
    #expect(code([.deflate, .deflate], bomb) == "E0604")
    #expect(code([.shuffle, .shuffle], bomb) == "E0604")
    #expect(code([.nbit], [UInt8](repeating: 255, count: 40)) == "E0604")
    #expect(code([.scaleOffset], [31, 0, 0, 0, 8] + [UInt8](repeating: 255, count: 40)) == "E0604")
    #expect(code([.fletcher32, .deflate, .fletcher32], bomb) == "E0604")
  }

  @Test func `a chunk far larger than the numbers in it is refused`() {
    var file = ChunkedFile([4], chunk: [1 << 26], [.deflate])
    file.largest = [1 << 30]
    let found = read(file) { $0.write(to: $1, chunks: []) }
    #expect(found.code == "E0605")
  }

  @Test func `more chunks than the file can list are refused`() {
    let found = read(ChunkedFile([1000, 1000], chunk: [1, 1])) { $0.write(to: $1, chunks: []) }
    #expect(found.code == "E0605")
  }

  @Test func `damaged chunks are read or refused`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "chunks-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try FuzzRun(ChunkFuzzer(), in: folder).run(0..<400)
    #expect(result.wrong == [])
    #expect(result.right > 20 && result.right < 380)
  }
}
