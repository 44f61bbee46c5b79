import Diagnostics
import ExpLanguage
import GraphEngine
import TensorCore

/// The methods of Python's lists, mappings, tuples and texts, and of TensorFlow's tensors and shapes.
enum Methods {
  static let ofTensors = ["get_shape"]
  private static let ofLists = ["append", "extend", "insert", "pop", "reverse", "copy", "index", "count"]
  private static let ofTuples = ["index", "count", "as_list", "rank"]
  private static let ofMappings = ["items", "keys", "values", "get", "update"]
  private static let ofTexts = ["lower", "upper", "startswith", "endswith"]

  private static func names(for value: TraceValue) -> [String] {
    switch value {
    case .list: ofLists
    case .tuple: ofTuples
    case .dictionary: ofMappings
    case .string: ofTexts
    case .tensor: ofTensors
    default: []
    }
  }

  static func exists(_ name: String, for value: TraceValue) -> Bool { names(for: value).contains(name) }

  static func help(for value: TraceValue) -> String? {
    let names = names(for: value)
    return names.isEmpty ? nil : "it has " + names.map { "." + $0 }.joined(separator: ", ")
  }
}

extension Tracer {
  func call(
    method name: String, of receiver: TraceValue, _ arguments: [TraceValue], _ range: Range<Int>
  ) throws -> TraceValue {
    try spend(at: range)
    let result: TraceValue? =
      switch receiver {
      case .list(let list): try call(name, of: list, arguments, range)
      case .tuple(let items): call(name, of: items, arguments)
      case .dictionary(let dictionary): try call(name, of: dictionary, arguments, range)
      case .string(let text): call(name, of: text, arguments)
      case .tensor(let tensor): arguments.isEmpty ? .tuple(tensor.type.dims.map(TraceValue.dim)) : nil
      default: nil
      }
    if let result { return result }
    throw Diagnostic(
      "E0322", "'.\(name)' does not take these arguments", at: span(range).map { .init($0, "called here") },
      help: "it is Python's method of \(receiver.kindName)")
  }

  private func call(
    _ name: String, of list: TraceList, _ arguments: [TraceValue], _ range: Range<Int>
  ) throws -> TraceValue? {
    switch (name, arguments.count) {
    case ("append", 1): list.items.append(arguments[0])
    case ("extend", 1):
      let items = try elements(arguments[0], range)
      try spend(items.count, at: range)
      list.items += items
    case ("insert", 2):
      guard let place = arguments[0].whole else { return nil }
      let count = list.items.count
      list.items.insert(arguments[1], at: min(max(place < 0 ? max(place, -count) + count : place, 0), count))
    case ("pop", 0), ("pop", 1):
      let place = arguments.first ?? .int(-1)
      return list.items.remove(at: try position(place, count: list.items.count, range))
    case ("reverse", 0): list.items.reverse()
    case ("copy", 0): return .list(list.items)
    default: return call(name, of: list.items, arguments)
    }
    return TraceValue.none
  }

  private func call(_ name: String, of items: [TraceValue], _ arguments: [TraceValue]) -> TraceValue? {
    switch (name, arguments.count) {
    case ("index", 1): items.firstIndex { $0.equals(arguments[0]) }.map { .int($0) }
    case ("count", 1): .int(items.filter { $0.equals(arguments[0]) }.count)
    case ("as_list", 0): .list(items)
    default: nil
    }
  }

  private func call(
    _ name: String, of dictionary: TraceDictionary, _ arguments: [TraceValue], _ range: Range<Int>
  ) throws -> TraceValue? {
    switch (name, arguments.count) {
    case ("items", 0): return .list(dictionary.entries.map { .tuple([$0.key, $0.value]) })
    case ("keys", 0): return .list(dictionary.entries.map(\.key))
    case ("values", 0): return .list(dictionary.entries.map(\.value))
    case ("get", 1), ("get", 2):
      return dictionary[arguments[0]] ?? (arguments.count == 2 ? arguments[1] : TraceValue.none)
    case ("update", 1):
      guard case .dictionary(let other) = arguments[0] else { return nil }
      try spend(other.entries.count, at: range)
      for entry in other.entries { dictionary[entry.key] = entry.value }
      return TraceValue.none
    default: return nil
    }
  }

  private func call(_ name: String, of text: String, _ arguments: [TraceValue]) -> TraceValue? {
    switch (name, arguments.first) {
    case ("lower", nil): .string(text.lowercased())
    case ("upper", nil): .string(text.uppercased())
    case ("startswith", .string(let part)): .bool(text.hasPrefix(part))
    case ("endswith", .string(let part)): .bool(text.hasSuffix(part))
    default: nil
    }
  }
}
