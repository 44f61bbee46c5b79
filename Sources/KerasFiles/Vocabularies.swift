import Config
import Diagnostics
import Layers

/// What lookups learned before they were saved, which a `.keras` file holds as texts beside the weights.
enum Vocabularies {
  /// The text of a member of the file; `nil` if there is none.
  typealias Reader = (_ name: String) throws(Diagnostic) -> String?

  /// Deeper nesting is damage, not a model.
  private static let deepest = 32

  /// The configuration with the vocabularies as settings of their layers.
  static func filled(_ node: ConfigNode, at path: String = "", depth: Int = 0, _ read: Reader)
    throws(Diagnostic) -> ConfigNode
  {
    guard depth < deepest, ["Sequential", "Functional", "Model"].contains(node["class_name"]?.string),
      let config = node["config"], let layers = config["layers"]?.list
    else { return node }
    var counts: [String: Int] = [:]
    var filled: [ConfigNode] = []
    for layer in layers {
      // What is no layer is not counted among them.
      guard layer["module"]?.string?.hasPrefix("keras.src.ops.") != true,
        let className = layer["class_name"]?.string
      else {
        filled.append(layer)
        continue
      }
      let name = LayerRegistry.snakeCase(className)
      let count = counts[name, default: 0]
      counts[name] = count + 1
      let place = path + "layers/" + name + (count == 0 ? "" : "_\(count)")
      let inner = try Self.filled(layer, at: place + "/", depth: depth + 1, read)
      filled.append(try lookup(inner, at: place, read))
    }
    return node.with(["config": config.with(["layers": ConfigNode(.list(filled))])])
  }

  private static func lookup(_ layer: ConfigNode, at place: String, _ read: Reader) throws(Diagnostic)
    -> ConfigNode
  {
    guard let name = layer["class_name"]?.string, ["IntegerLookup", "StringLookup"].contains(name),
      let config = layer["config"], config["vocabulary"]?.isAbsent ?? true,
      let text = try read("assets/\(place)/vocabulary.txt")
    else { return layer }
    if name == "StringLookup" {
      let words = lines(text).config
      return layer.with(["config": config.with(["vocabulary": words])])
    }
    let lines = text.split(whereSeparator: \.isNewline)
    let numbers = lines.compactMap { Int($0) }
    guard numbers.count == lines.count, !numbers.isEmpty else { return layer }
    return layer.with(["config": config.with(["vocabulary": numbers.config])])
  }

  /// The lines of a text without the empty ones at its end: an empty one before may be the text that is masked.
  private static func lines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
