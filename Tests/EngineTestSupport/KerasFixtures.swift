public import Config
import Foundation

/// Results of real Keras that lie beside the repository: too big for it, and shared with other projects.
///
/// Their folder is named by `RUNEXP_KERAS_FIXTURES`, else it is `../shared/keras/fixtures` as seen from the
/// package. Where there is none, tests say that they checked nothing.
public struct KerasFixtures {
  /// The cases of `scalars/<name>.json`; empty if the file is not there.
  public let cases: [ConfigNode]
  private let name: String
  private var checked = 0
  /// The classes of cases that could not be checked, each once.
  public private(set) var unchecked: [String] = []

  public init(_ name: String) {
    self.name = name
    let bytes = FileManager.default.contents(atPath: "\(Self.folder)/scalars/\(name).json")
    cases = bytes.flatMap { try? ConfigNode(json: Array($0)) }?["cases"]?.list ?? []
  }

  /// Runs `check` on every case; it says whether there was something to compare.
  public mutating func each(_ check: (ConfigNode) throws -> Bool) rethrows {
    for fixture in cases {
      if try check(fixture) {
        checked += 1
      } else {
        let word = ["class_name", "callback", "tag"].lazy.compactMap { fixture[$0]?.string }.first ?? "?"
        if !unchecked.contains(word) { unchecked.append(word) }
      }
    }
    print(
      cases.isEmpty
        ? "\(name): nothing checked, no fixtures in \(Self.folder)"
        : "\(name): \(checked) checked" + (unchecked.isEmpty ? "" : ", none of \(unchecked)"))
  }

  public static let folder: String = {
    if let named = ProcessInfo.processInfo.environment["RUNEXP_KERAS_FIXTURES"] { return named }
    let package = URL(fileURLWithPath: #filePath).appending(path: "../../..").standardized
    return package.appending(path: "../shared/keras/fixtures").standardized.path
  }()
}

extension ConfigNode {
  /// A number; Keras's fixtures write those that JSON lacks as words.
  public var number: Double {
    switch content {
    case .int(let value): Double(value)
    case .double(let value): value
    case .bool(let value): value ? 1 : 0
    case .string("inf"): .infinity
    case .string("-inf"): -.infinity
    default: .nan
    }
  }

  /// The numbers of nested lists, one after another.
  public var numbers: [Double] { list.map { $0.flatMap(\.numbers) } ?? [number] }
  public var floats: [Float] { numbers.map { Float($0) } }
  /// The sizes of nested lists.
  public var sizes: [Int] { list.map { [$0.count] + ($0.first?.sizes ?? []) } ?? [] }
}

/// How far a result is from what is expected: relative, or absolute below 1e-3; 0 where both are not numbers.
public func distance(_ found: Double, _ expected: Double) -> Double {
  if found == expected || (found.isNaN && expected.isNaN) { return 0 }
  let difference = abs(found - expected) / max(abs(expected), 1e-3)
  return difference.isNaN ? .infinity : difference
}

/// The largest distance of two lists; infinite if their lengths differ.
public func distance(_ found: [Double], _ expected: [Double]) -> Double {
  found.count == expected.count ? zip(found, expected).map { distance($0, $1) }.max() ?? 0 : .infinity
}
