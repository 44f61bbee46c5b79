import Config
import GraphEngine
import TensorCore

/// What an operation of a mask gives: a mask, or a step on the way to one.
enum RecordedMask {
  /// (batch, steps), or numbers that were compared one by one.
  case mask(Value)
  /// All steps count.
  case everything
  /// A mask with an axis of size 1 behind it.
  case column(Value)
  /// A mask, or that everything counts, for each feature of a sequence.
  case wide(Value?, of: Value)
  case zeros(like: Value)
  case joined([RecordedMask], axis: Int)

  /// - Returns: `nil` for an operation that no mask of layers is made of, or whose operands are not known.
  init?(of entry: ConfigNode, _ known: [String: RecordedMask], _ trace: MaskTrace) throws {
    guard let inbound = entry["inbound_nodes"]?.list, inbound.count == 1,
      let arguments = inbound[0]["args"]?.list,
      let first = arguments.first
    else { return nil }
    func mask(_ node: ConfigNode) -> RecordedMask? {
      guard node["class_name"]?.string == "__keras_tensor__" else { return nil }
      return node.histories.first?.source.flatMap { known[$0] }
    }
    func value(_ node: ConfigNode) throws -> Value? {
      guard node["class_name"]?.string == "__keras_tensor__", let history = node.histories.first else {
        return nil
      }
      return (try? trace.value(history)) ?? nil
    }
    let axis = (entry["config"]?["axis"]).flatMap { try? Int(config: $0) }
    switch entry["class_name"]?.string {
    case "NotEqual":
      guard arguments.count == 2, let x = try value(first), let number = try? Double(config: arguments[1])
      else {
        return nil
      }
      self = .mask(try x .!= Float(number))
    case "Any":
      guard axis == -1, let operand = mask(first), let any = try operand.anyFeature else { return nil }
      self = any
    case "LogicalOr":
      guard arguments.count == 2, let a = mask(first), let b = mask(arguments[1]) else { return nil }
      switch (a, b) {
      case (.mask(let a), .mask(let b)): self = .mask(try a .| b)
      case (.everything, _), (_, .everything): self = .everything
      case (.column(let own), .zeros(let x)) where own.type.dims == x.type.dims.dropLast():
        self = .wide(own, of: x)
      default: return nil
      }
    case "ExpandDims":
      guard axis == -1, case .mask(let own) = mask(first) else { return nil }
      self = .column(own)
    case "ZerosLike":
      guard let x = try value(first) else { return nil }
      self = .zeros(like: x)
    case "OnesLike":
      guard let x = try value(first) else { return nil }
      self = .wide(nil, of: x)
    case "Concatenate":
      let parts = (first.list ?? []).compactMap(mask)
      guard let axis, !parts.isEmpty, parts.count == first.list?.count else { return nil }
      self = .joined(parts, axis: axis)
    case "ConvertToTensor":
      guard let own = mask(first) else { return nil }
      self = own
    default: return nil
    }
  }

  /// The steps at which any feature counts.
  private var anyFeature: RecordedMask? {
    get throws {
      switch self {
      case .mask(let own): return own.type.rank > 1 ? .mask(try own.any(over: [-1])) : nil
      case .wide(let own, _): return own.map { .mask($0) } ?? .everything
      case .joined(let parts, let axis):
        var masks: [(own: Value?, sequence: Value)] = []
        for case .wide(let own, let sequence) in parts { masks.append((own, sequence)) }
        guard masks.count == parts.count, masks.allSatisfy({ $0.sequence.type.rank == 3 }) else { return nil }
        let known = masks.compactMap(\.own)
        switch axis {
        case -1, 2:
          guard known.count == masks.count, let first = known.first else { return .everything }
          return .mask(try known.dropFirst().reduce(first) { try $0 .| $1 })
        case -2, 1:
          let all = masks.map { $0.own ?? $0.sequence.graph.constant(1, Array($0.sequence.type.dims[..<2])) }
          return .mask(try Value.concatenate(all, axis: 1))
        default: return nil
        }
      default: return nil
      }
    }
  }
}
