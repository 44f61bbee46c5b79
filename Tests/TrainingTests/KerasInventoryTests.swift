import Config
import Diagnostics
import EngineTestSupport
import Foundation
import Layers
import Losses
import Optimizers
import Testing
import Training

/// Every class of Keras's core, with its arguments and their defaults, of the list beside the repository.
@Suite struct KerasInventoryTests {
  /// One line of the list.
  struct Line {
    let kind: String
    let name: String
    /// Names, and what they are if they are left out.
    let arguments: [(name: String, value: ConfigNode?)]
    let aliases: [String]

    init(_ columns: [Substring]) {
      kind = String(columns[0])
      name = String(columns[1])
      let parts = columns[2].split(separator: "[aliases: ")
      let written = parts.first.map { $0.split(separator: "  (").first ?? $0 } ?? ""
      arguments = Self.pieces(String(written)).map { piece in
        let sides = piece.split(separator: "=", maxSplits: 1)
        // `nil` alone would be a node that says so.
        return (String(sides[0]), sides.count > 1 ? Self.literal(String(sides[1])) : Optional.none)
      }.filter { !$0.name.hasPrefix("*") && !$0.name.isEmpty }
      aliases = parts.dropFirst().first.map { Self.pieces(String($0.dropLast())) } ?? []
    }

    /// What stands between the commas outside of parentheses.
    private static func pieces(_ text: String) -> [String] {
      var (pieces, depth) = ([""], 0)
      var isQuoted = false
      for letter in text {
        if letter == "'" { isQuoted.toggle() }
        if "([".contains(letter) { depth += 1 }
        if ")]".contains(letter) { depth -= 1 }
        if letter == "," && depth == 0 && !isQuoted {
          pieces.append("")
        } else if letter != " " || depth > 0 {
          pieces[pieces.count - 1].append(letter)
        }
      }
      return pieces.filter { !$0.isEmpty }
    }

    /// A value as Python writes it.
    private static func literal(_ text: String) -> ConfigNode {
      let json = text.replacing("'", with: "\"").replacing("None", with: "null").replacing(
        "True", with: "true"
      )
      .replacing("False", with: "false").replacing("(", with: "[").replacing(")", with: "]")
      return (try? ConfigNode(json: json)) ?? .init(.string(text))
    }
  }

  private static let lines: [Line] = {
    let path = URL(fileURLWithPath: KerasFixtures.folder).appending(path: "../inventory.tsv").standardized
      .path
    let bytes = FileManager.default.contents(atPath: path)
    let text = bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let rows = text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    return rows.filter { $0.count == 5 && $0[4] == "core" }.map { Line($0) }
  }()

  /// What is no setting of a member: how it is called, or in which numbers it computes.
  private static let beside: Set = ["name", "dtype", "x", "y_true", "y_pred"]

  /// Arguments that have no place here, each with the reason.
  private static let exempt: [String: String] = [
    "lora_rank": "fine-tuning of what was trained elsewhere", "lora_alpha": "belongs to lora_rank",
    "quantization_config": "numbers are of single precision", "use_cudnn": "there is one implementation",
    "flash_attention": "there is one implementation", "synchronized": "there is one device",
    "renorm": "Keras 3.15 has it, no file of Keras 2 or before does", "renorm_clipping": "belongs to renorm",
    "renorm_momentum": "belongs to renorm", "weights": "start weights come from files, with a 'load' cell",
    "batch_size": "models take any batch", "batch_shape": "models take any batch",
    "sparse": "tensors are dense", "ragged": "tensors are dense", "tensor": "a file has no tensors",
    "input_tensor": "a file has no tensors", "optional": "inputs are always given",
    "shape": "an input has one; Keras takes batch_shape otherwise",
  ]

  /// The settings of a member with their defaults.
  /// - Returns: `nil` if it is not known.
  private func defaults(_ line: Line) -> ConfigNode? {
    func first<M>(_ registry: Registry<M>) -> ConfigNode? { registry.find(line.name)?.defaults }
    switch line.kind {
    case "layer": return line.name == "Input" ? InputLayer.schema.defaults : first(LayerRegistry.all)
    case "activation": return (try? Activation(config: line.name.config)).map { _ in .init(.map([])) }
    case "initializer": return try? Initializer(config: line.name.config).config["config"]
    case "regularizer": return line.name == "Regularizer" ? .init(.map([])) : first(Regularizer.all)
    case "constraint": return first(Constraint.all)
    case "loss", "loss-function": return first(LossRegistry.all)
    case "metric": return first(MetricRegistry.all)
    case "optimizer": return first(OptimizerRegistry.all)
    case "schedule": return first(ScheduleRegistry.all)
    case "callback":
      let isExplained = CallbackRegistry.withoutMeaning.contains { $0.name == line.name }
      return isExplained ? .init(.map([])) : first(CallbackRegistry.all)
    default: return nil
    }
  }

  @Test func `all of Keras's core is known by its names, arguments and defaults`() {
    var counts: [String: Int] = [:]
    for line in Self.lines {
      guard let defaults = defaults(line) else {
        Issue.record("\(line.kind) \(line.name) is not known")
        continue
      }
      counts[line.kind, default: 0] += 1
      // What a name stands for has no arguments in a file, and what does nothing needs none.
      if line.kind == "activation"
        || CallbackRegistry.withoutMeaning.contains(where: { $0.name == line.name })
      {
        continue
      }
      for (name, value) in line.arguments where !Self.beside.contains(name) {
        if Self.exempt[name] != nil { continue }
        guard let own = defaults[name] else {
          Issue.record("\(line.kind) \(line.name) has no setting '\(name)'")
          continue
        }
        if let value, !isSame(own, value) {
          Issue.record("\(line.kind) \(line.name): '\(name)' is \(own.json), in Keras \(value.json)")
        }
      }
    }
    let words = counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
    print("Keras's core: \(Self.lines.isEmpty ? "nothing checked, no inventory" : words)")
  }

  /// Whether two defaults mean the same: numbers by value, one for each axis as one for all, members by their names.
  private func isSame(_ own: ConfigNode, _ keras: ConfigNode) -> Bool {
    if own == keras || own.json == keras.json { return true }
    // What Keras takes where nothing is said.
    if keras == nil && ["linear", "channels_last"].contains(own.string) { return true }
    if let names = own["class_name"]?.string, let word = keras.string {
      let key = { (text: String) in text.replacing("_", with: "").lowercased() }
      return key(names) == key(word) || (names == "RandomUniform" && word == "uniform")
    }
    if let ownList = own.list, let kerasList = keras.list, ownList.count == kerasList.count {
      return zip(ownList, kerasList).allSatisfy(isSame)
    }
    if let list = own.list, !list.isEmpty, keras.list == nil { return list.allSatisfy { isSame($0, keras) } }
    if let list = keras.list, !list.isEmpty, own.list == nil { return list.allSatisfy { isSame(own, $0) } }
    return !own.number.isNaN && own.number == keras.number
  }

  @Test func `every other spelling of Keras's core is known`() {
    for line in Self.lines {
      for alias in line.aliases {
        switch line.kind {
        case "initializer": #expect((try? Initializer(config: alias.config)) != nil, "\(alias)")
        case "regularizer": #expect(Regularizer.all.find(alias) != nil, "\(alias)")
        case "constraint": #expect(Constraint.all.find(alias) != nil, "\(alias)")
        default: break
        }
      }
    }
  }
}
