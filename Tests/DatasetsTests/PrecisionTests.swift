import Config
import Diagnostics
import Foundation
import Testing

@testable import Datasets

/// Data are prepared in double precision, and rounded once.
@Suite struct PrecisionTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// 60 numbers from a start on, as they should be when standardized.
  private func standardized(_ start: Double, _ step: Double) -> [Float] {
    let numbers = (0..<60).map { start + step * Double($0) }
    let mean = numbers.reduce(0) { $0 + ($1 - start) } / 60
    let deviation = (numbers.reduce(0) { $0 + pow($1 - start - mean, 2) } / 60).squareRoot()
    return numbers.map { Float(($0 - start - mean) / deviation) }
  }

  private func isNear(_ found: [Float], _ wanted: [Float]) -> Bool {
    found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 2e-5 }
  }

  @Test(arguments: [
    (1_700_000_000.0, 7.0), (1_700_000_000_000, 1000), (20_240_101, 1), (48.137154, 1e-7), (1e15, 1),
  ])
  func `numbers that 32 bits cannot tell apart are standardized`(start: Double, step: Double) throws {
    let rows = (0..<60).map { "\(start + step * Double($0)),1\n" }.joined()
    try folder.write("t.csv", "t,y\n" + rows)
    let data = try dataset(["csv": "t.csv", "target": "y", "standardize": true], in: folder).load()
    let wanted = standardized(start, step)
    #expect(isNear(data.train.matrix.map { $0[0] }, wanted))
    let kept = try Preparation(config: ConfigNode(json: data.preparation.config.json))
    #expect(kept == data.preparation)
    #expect(try RawRows(folder.path + "/t.csv", kept).part.matrix == data.train.matrix)
  }

  @Test func `dates are as exact as their seconds`() throws {
    let rows = (0..<60).map { "2024-01-01T12:00:\($0 < 10 ? "0" : "")\($0),1\n" }.joined()
    try folder.write("t.csv", "t,y\n" + rows)
    let settings: ConfigNode = ["csv": "t.csv", "target": "y", "standardize": true, "types": ["t": "date"]]
    #expect(isNear(try dataset(settings, in: folder).load().train.matrix.map { $0[0] }, standardized(0, 1)))
  }

  /// The numbers in big-endian order.
  private func bytes<T: FixedWidthInteger>(_ numbers: [T]) -> [UInt8] {
    numbers.flatMap { number in withUnsafeBytes(of: number.bigEndian) { Array($0) } }
  }

  @Test(arguments: [0x0C, 0x0D, 0x0E] as [UInt8])
  func `IDX files of large numbers are standardized`(type: UInt8) throws {
    let (start, step) = type == 0x0D ? (16_000_000.0, 4.0) : (1_700_000_000.0, 1.0)
    let numbers = (0..<60).map { start + step * Double($0) }
    let data =
      switch type {
      case 0x0C: bytes(numbers.map { Int32($0) })
      case 0x0D: bytes(numbers.map { Float($0).bitPattern })
      default: bytes(numbers.map(\.bitPattern))
      }
    try folder.write("i", idx([60, 1], data, type: type))
    try folder.write("l", idx([60], (0..<60).map { $0 / 30 }))
    let settings: ConfigNode = ["idx": ["train": ["images": "i", "labels": "l"]], "standardize": true]
    let set = try dataset(settings, in: folder).load()
    #expect(isNear(set.train.matrix.map { $0[0] }, standardized(0, 1)))
    let kept = try Preparation(config: ConfigNode(json: set.preparation.config.json))
    #expect(try RawRows(folder.path + "/i", kept).part.matrix == set.train.matrix)
  }

  @Test func `bytes that hardly differ are standardized exactly`() throws {
    let pixels = (0..<200).map { UInt8($0 == 17 ? 201 : 200) }
    try folder.write("i", idx([200, 1], pixels))
    try folder.write("l", idx([200], (0..<200).map { UInt8($0 % 2) }))
    let settings: ConfigNode = ["idx": ["train": ["images": "i", "labels": "l"]], "standardize": true]
    let column = try dataset(settings, in: folder).load().train.matrix.map { $0[0] }
    #expect(column[0] == Float(-0.005 / (0.005 * 0.995).squareRoot()))
    #expect(column[17] == Float(0.995 / (0.005 * 0.995).squareRoot()))
  }

  @Test func `a preparation of an earlier version scales as it did`() throws {
    let old = try ConfigNode(
      json: #"{"inputs": [{"name": "a", "shape": [1], "scale": 0.5, "offset": -2.0}]}"#)
    #expect(try Preparation(config: old).inputs[0].scaling.value(10) == 3)
    let scaled = try ConfigNode(json: #"{"inputs": [{"name": "a", "shape": [1], "scale": 0.25}]}"#)
    #expect(try Preparation(config: scaled).inputs[0].scaling.value(10) == 2.5)
  }

  @Test func `numbers that lose their digits are worth a warning`() throws {
    let rows = (0..<60).map { "\(1_700_000_000 + $0),\(1_700_000_000 + $0),\($0)\n" }.joined()
    try folder.write("t.csv", "t,u,y\n" + rows)
    func warnings(_ more: ConfigNode) throws -> [String] {
      let node = ConfigNode(.map([.init("csv", "t.csv")] + (more.entries ?? [])))
      return try dataset(node, in: folder).load().warnings.map(\.message)
    }
    #expect(try warnings(["target": "y"]).count == 2)
    #expect(try warnings(["target": "y", "standardize": true]).isEmpty)
    #expect(try warnings(["target": "u", "standardize": true]).count == 1)
  }

  @Test func `numbers of IDX files that lose their digits are worth a warning, too`() throws {
    try folder.write("l", idx([60], (0..<60).map { UInt8($0 % 2) }))
    func warnings(_ more: ConfigNode, _ number: (Int) -> Double) throws -> [String?] {
      let numbers = (0..<60).flatMap { [number($0), 0.5] }.map(\.bitPattern)
      try folder.write("i", idx([60, 2], bytes(numbers), type: 0x0E))
      let files: ConfigNode = ["train": ["images": "i", "labels": "l"]]
      let node = ConfigNode(.map([.init("idx", files)] + (more.entries ?? [])))
      return try dataset(node, in: folder).load().warnings.map(\.code)
    }
    #expect(try warnings([:]) { 1e9 + Double($0) } == ["E0426"])
    #expect(try warnings(["scale": 1e-8]) { 2e9 + Double($0) } == ["E0426"])
    #expect(try warnings(["standardize": true]) { 1e9 + Double($0) }.isEmpty)
    #expect(try warnings([:]) { Double($0) * 0.1 }.isEmpty)
  }

  @Test func `a number beyond the floats is none`() throws {
    try folder.write("t.csv", "a,y\n1,1\n1e39,2\n2,3\n")
    #expect(failure(["csv": "t.csv", "target": "y"], in: folder)?.code == "E0409")
  }

  @Test(arguments: [Double.nan, .infinity, 1e300])
  func `numbers of IDX files that are not finite are refused`(number: Double) throws {
    try folder.write("i", idx([2, 1], bytes([number.bitPattern, Double(1).bitPattern]), type: 0x0E))
    try folder.write("l", idx([2], [0, 1]))
    #expect(failure(["idx": ["train": ["images": "i", "labels": "l"]]], in: folder)?.code == "E0431")
  }
}
