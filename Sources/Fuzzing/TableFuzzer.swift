import Config
import Datasets
import Diagnostics
public import Foundation

/// Damages CSV files, reads them as training data in several ways, and as rows to predict on.
public struct TableFuzzer: Fuzzer {
  public static let name = "csv"
  public static let fileName = "case.csv"

  private let originals: [[UInt8]]

  /// - Parameter files: sound tables to start from, beside some of every kind.
  public init(_ files: [URL] = []) throws {
    originals = try files.map { [UInt8](try Data(contentsOf: $0)) } + Self.kinds.map { Array($0.utf8) }
  }

  private static let kinds = [
    "a,b,y\n1,2,3\n4,5,6\n7,8,9\n", "a;b;y\n1,5;2;p\n-3,25;4;q\n", "a\tb\ty\n1\t2\t3\n",
    "a,b,y\n\"1,234.5\",$1,p\n\"2,000,000\",$2.5,q\n",
    "a,b,y\n5%,2024-01-31,1\n6 %,2024-02-29T12:00:01.5Z,0\n",
    "a,b,y\nNA,\"x\"\"y\",1\n?,\"l\n1\",2\nNULL,,3\n,NaN,4\n", ",a,b,y\n0,1,u,p\n1,2,v,q\n",
    "\u{FEFF}a,b,y\r\n1e308,-0,1\r\n1e-400,+.5,2\r\n", "a,b,y\n\u{A0}1,é,1\n2\u{3000},e\u{301},2\n",
    "y,a,b\n" + (0..<40).map { "\($0),id\($0),\($0) kg\n" }.joined(),
  ]

  private static let pieces: [[UInt8]] =
    [
      ",", ";", "\t", "|", "\"", "\"\"", "\n", "\r", "\r\n", " ", "#", "-", "+", ".", "e", "E", "%", "$", "€",
      "\u{0}",
      "\u{FEFF}", "\u{A0}", "NA", "NULL", "?", "inf", "1e999", "0x1F", "2024-13-99",
      "9999-12-31T23:59:60+99:99",
      "1,234", "99999999999999999999999999", "٣", "y", "a",
    ].map { Array($0.utf8) } + [
      [0xFF, 0xFE], [0xFE, 0xFF], [0xC3], [0xE2, 0x80], [0xED, 0xA0, 0x80], [0x80],
    ]

  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    var bytes = random.pick(originals) ?? []
    for _ in 0...random.below(6) where !bytes.isEmpty { damage(&bytes, &random) }
    switch random.below(24) {
    // UTF-16, with its mark.
    case 0:
      bytes = String(decoding: bytes, as: UTF8.self).utf16.reduce(into: [0xFF, 0xFE]) {
        $0 += [UInt8($1 & 255), UInt8($1 >> 8)]
      }
    case 1: bytes.removeLast(random.below(bytes.count))
    case 2: bytes = Array(repeatElement(bytes, count: 1 + random.below(200)).joined())
    default: break
    }
    return bytes
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    let place = random.below(bytes.count)
    switch random.below(6) {
    case 0: bytes[place] = UInt8(random.below(256))
    case 1: bytes.remove(at: place)
    case 2:
      let end = min(bytes.count, place + 1 + random.below(40))
      bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
    case 3:
      let piece = random.pick(Self.pieces) ?? []
      bytes.insert(
        contentsOf: repeatElement(piece, count: [1, 2, 40, 3000][random.below(4)]).joined(), at: place)
    default: bytes.insert(contentsOf: random.pick(Self.pieces) ?? [], at: place)
    }
  }

  private static let settings: [ConfigNode] = [
    [:], ["fill_missing": "median", "standardize": true, "shuffle": true, "split": ["validation": 0.3]],
    [
      "types": ["a": "number", "b": "date"], "fill_missing": 0, "scale": 0.5, "unknown_categories": "zeros",
      "split": ["test": 1],
    ],
    ["decimal": ",", "missing": ["-", -999, nil], "drop": [""], "fill_missing": "mean"],
    ["types": ["a": "category", "y": "category"], "one_hot": ["b"], "missing": [], "encoding": "latin-1"],
    ["features": ["w": ["a"], "d": ["a", "b"]], "classes": ["p", "q", "NA"], "encoding": "utf-16"],
  ]

  public func read(_ path: String) throws -> Bool {
    var isRight = false
    let folder = URL(filePath: path).deletingLastPathComponent().path
    for (i, more) in Self.settings.enumerated() {
      let separator: ConfigNode = [",", ";", "\t"][i % 3]
      let entries: [ConfigNode.Entry] = [
        .init("csv", ["train": path.config, "separator": separator]), .init("target", "y"),
      ]
      let node = ConfigNode(.map(entries + (more.entries ?? [])))
      do {
        var bag = DiagnosticBag()
        guard let settings = DataSettings.decode(node, into: &bag) else { throw bag.all[0] }
        let set = try Dataset("d", settings, in: DataEnvironment(FileAccess(base: folder)))
        let shape = try set.inspect()
        let data = try set.load()
        try check(data, shape)
        let kept = try Preparation(config: try ConfigNode(json: data.preparation.config.json))
        guard kept == data.preparation else {
          throw Broken(text: "the preparation is another one when read again")
        }
        _ = try RawRows(path, kept)
        isRight = true
      } catch is Diagnostic {}
    }
    return isRight
  }

  private struct Broken: Error { var text: String }

  /// What was inspected is what was loaded, and no number is infinite.
  private func check(_ data: PreparedData, _ shape: DataShape) throws {
    guard shape.features.map(\.rowShape) == data.train.features.map(\.rowShape),
      shape.trainCount == data.train.count
    else { throw Broken(text: "checked \(shape), loaded another shape") }
    for column in data.train.features + data.train.targets {
      guard case .floats(let numbers) = column.storage else { continue }
      if !numbers.allSatisfy(\.isFinite) {
        throw Broken(text: "'\(column.name)' has numbers that are not finite")
      }
    }
  }
}
