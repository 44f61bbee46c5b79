import Config
import Diagnostics
import Layers

/// What lookups learned before they were saved, which a `.keras` file holds as texts beside the weights.
enum Vocabularies {
  /// The text of a member of the file; `nil` if there is none.
  typealias Reader = (_ name: String) throws(Diagnostic) -> String?
  /// What a layer learned beside, by its place among the weights: how rare each text or number is.
  typealias Frequencies = (_ place: String) throws(Diagnostic) -> [Double]?

  /// Deeper nesting is damage, not a model.
  private static let deepest = 32

  /// The configuration with the vocabularies as settings of their layers.
  static func filled(
    _ node: ConfigNode, at path: String = "", depth: Int = 0, _ frequencies: Frequencies, _ read: Reader
  ) throws(Diagnostic) -> ConfigNode {
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
      let name = className.snakeCased
      let count = counts[name, default: 0]
      counts[name] = count + 1
      let place = path + "layers/" + name + (count == 0 ? "" : "_\(count)")
      let inner = try Self.filled(layer, at: place + "/", depth: depth + 1, frequencies, read)
      filled.append(try weighed(lookup(inner, at: place, read), at: place, frequencies))
    }
    return node.with(["config": config.with(["layers": ConfigNode(.list(filled))])])
  }

  private static func kind(of layer: ConfigNode) -> KerasDialects.Vocabulary? {
    LayerRegistry.dialects(of: layer["class_name"]?.string ?? "")?.keras3.vocabulary
  }

  private static func weighed(_ layer: ConfigNode, at place: String, _ frequencies: Frequencies)
    throws(Diagnostic) -> ConfigNode
  {
    guard kind(of: layer) != nil, let config = layer["config"], config["output_mode"]?.string == "tf_idf",
      config["idf_weights"]?.isAbsent ?? true, let found = try frequencies(place)
    else { return layer }
    // What pads the vectors belongs to no text.
    let count = config["vocabulary"]?.list?.count ?? found.count
    return layer.with(["config": config.with(["idf_weights": found.prefix(count).map(\.self).config])])
  }

  private static func lookup(_ layer: ConfigNode, at place: String, _ read: Reader) throws(Diagnostic)
    -> ConfigNode
  {
    guard let kind = kind(of: layer), let config = layer["config"], config["vocabulary"]?.isAbsent ?? true,
      let text = try read("assets/\(place)/vocabulary.txt")
    else { return layer }
    if kind == .texts {
      let words = lines(text, config["vocabulary_size"].flatMap { try? Int(config: $0) }).config
      return layer.with(["config": config.with(["vocabulary": words])])
    }
    let lines = text.split(whereSeparator: \.isNewline)
    let numbers = lines.compactMap { Int($0) }
    guard numbers.count == lines.count, !numbers.isEmpty else { return layer }
    return layer.with(["config": config.with(["vocabulary": numbers.config])])
  }

  /// The lines of a text without the empty ones at its end: an empty one before may be the text that is masked.
  /// - Parameter count: how many there are, if that is known: the last may be the empty text.
  private static func lines(_ text: String, _ count: Int?) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let count, count > 0, lines.count >= count { return Array(lines.prefix(count)) }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
