public import Config
public import Diagnostics

/// A preparation as it stands in a model's file.
extension Preparation: ConfigConvertible {
  public static var expectation: String { "how data were prepared" }

  public var config: ConfigNode {
    var entries: [ConfigNode.Entry] = [
      .init("inputs", .list(inputs.map(\.config))), .init("targets", .list(targets.map(\.config))),
    ]
    entries += format.entries
    return ConfigNode(.map(entries))
  }

  /// - Throws: E0421 for what no runexp has written.
  public init(config: ConfigNode) throws(Diagnostic) {
    var (inputs, targets): ([Input], [Target]) = ([], [])
    for node in config["inputs"]?.list ?? [] { inputs.append(try Input(node)) }
    for node in config["targets"]?.list ?? [] { targets.append(try Target(node)) }
    guard !inputs.isEmpty else { throw .damagedPreparation("it has no inputs") }
    self.init(inputs: inputs, targets: targets, format: try Format(config))
  }
}

extension Preparation.Format {
  /// What differs from the defaults.
  fileprivate var entries: [ConfigNode.Entry] {
    let standard = Preparation.Format()
    var entries: [ConfigNode.Entry] = []
    if separator != standard.separator {
      entries.append(.init("separator", String(decoding: [separator], as: UTF8.self).config))
    }
    if encoding != standard.encoding { entries.append(.init("encoding", encoding.config)) }
    if let words = missing.given { entries.append(.init("missing", words.config)) }
    if unknownCategories != standard.unknownCategories {
      entries.append(.init("unknown_categories", unknownCategories.config))
    }
    return entries
  }

  fileprivate init(_ node: ConfigNode) throws(Diagnostic) {
    self.init()
    if let separator = node["separator"] {
      guard let text = separator.string, text.utf8.count == 1, let byte = text.utf8.first,
        !"\"\r\n".utf8.contains(byte)
      else { throw .damagedPreparation("its separator is no character") }
      self.separator = byte
    }
    if let encoding = node["encoding"] {
      guard let known = try? TextEncoding(config: encoding) else {
        throw .damagedPreparation("its encoding is not known")
      }
      self.encoding = known
    }
    if let missing = node["missing"] {
      guard let words = try? [String](config: missing) else {
        throw .damagedPreparation("its words for missing values are no texts")
      }
      self.missing = MissingWords(words)
    }
    if let unknown = node["unknown_categories"] {
      guard let known = try? UnknownCategories(config: unknown) else {
        throw .damagedPreparation("what becomes of unknown categories is not known")
      }
      unknownCategories = known
    }
  }
}

extension Preparation.Input {
  fileprivate var config: ConfigNode {
    var entries: [ConfigNode.Entry] = [.init("name", name.config), .init("shape", shape.config)]
    if scaling.mean != 0 { entries.append(.init("mean", scaling.mean.config)) }
    if scaling.deviation != 1 { entries.append(.init("deviation", scaling.deviation.config)) }
    if scaling.scale != 1 { entries.append(.init("scale", scaling.scale.config)) }
    if let columns { entries.append(.init("columns", .list(columns.map(\.config)))) }
    return ConfigNode(.map(entries))
  }

  fileprivate init(_ node: ConfigNode) throws(Diagnostic) {
    guard let name = node["name"]?.string, let shape = node["shape"].flatMap({ try? [Int](config: $0) }),
      let size = Self.size(shape)
    else { throw .damagedPreparation("an input has no name or no shape") }
    self.init(name, shape: shape)
    scaling = try Scaling(node)
    guard let list = node["columns"]?.list else { return }
    var columns: [Preparation.Encoding] = []
    for column in list { columns.append(try Preparation.Encoding(column)) }
    guard columns.reduce(0, { $0 + $1.width }) == size else {
      throw .damagedPreparation("the columns of '\(name)' do not fill the shape \(shape)")
    }
    let texts = columns.count { $0.kind == .texts }
    guard texts == 0 || texts == columns.count else {
      throw .damagedPreparation("'\(name)' mixes texts and numbers")
    }
    self.columns = columns
  }

  /// How many numbers a shape has, if it can be one.
  private static func size(_ shape: [Int]) -> Int? {
    var size = 1
    for dim in shape {
      let (product, isTooLarge) = size.multipliedReportingOverflow(by: dim)
      guard dim > 0, !isTooLarge, product < 1 << 40 else { return nil }
      size = product
    }
    return size
  }
}

extension Scaling {
  /// - Throws: E0421 for what no number can be divided by.
  fileprivate init(_ node: ConfigNode) throws(Diagnostic) {
    self.init(
      mean: try node.number("mean") ?? 0, deviation: try node.number("deviation") ?? 1,
      scale: try node.number("scale") ?? 1)
    // Files of earlier versions have `x · scale + offset`.
    if let offset = try node.number("offset"), offset != 0, scale != 0 {
      self.init(mean: -offset / scale, deviation: 1 / scale)
    }
    guard deviation.isFinite, deviation != 0, mean.isFinite else {
      throw .damagedPreparation("an input is scaled by what is no number")
    }
  }
}

extension Preparation.Encoding {
  fileprivate var config: ConfigNode {
    var entries: [ConfigNode.Entry] = [.init("name", name.config)]
    switch kind {
    case .numbers(let fill, let mean, let deviation):
      if let fill { entries.append(.init("fill", fill.config)) }
      if mean != 0 || deviation != 1 {
        entries += [.init("mean", mean.config), .init("deviation", deviation.config)]
      }
      if notation.form != .plain { entries.append(.init("form", notation.form.rawValue.config)) }
      if notation.hasDecimalComma { entries.append(.init("decimal", ",".config)) }
      if !notation.unit.isEmpty { entries.append(.init("unit", notation.unit.config)) }
    case .categories(let names, let canBeMissing):
      entries.append(.init("categories", names.config))
      if canBeMissing { entries.append(.init("can_be_missing", true)) }
    case .texts: entries.append(.init("texts", true))
    }
    return ConfigNode(.map(entries))
  }

  fileprivate init(_ node: ConfigNode) throws(Diagnostic) {
    guard let name = node["name"]?.string else { throw .damagedPreparation("a column has no name") }
    self.name = name
    if node["texts"]?.content == .bool(true) {
      kind = .texts
      return
    }
    if let categories = node["categories"] {
      guard let names = try? [String](config: categories), Set(names).count == names.count, !names.isEmpty
      else { throw .damagedPreparation("the categories of '\(name)' are no names") }
      kind = .categories(names, canBeMissing: node["can_be_missing"]?.content == .bool(true))
      return
    }
    let deviation = try node.number("deviation") ?? 1
    guard deviation > 0 else { throw .damagedPreparation("the deviation of '\(name)' is not positive") }
    kind = .numbers(
      fill: try node.number("fill"), mean: try node.number("mean") ?? 0, deviation: deviation)
    guard let form = NumberNotation.Form(rawValue: node["form"]?.string ?? "plain") else {
      throw .damagedPreparation("how the numbers of '\(name)' are written is not known")
    }
    notation = NumberNotation(
      form, hasDecimalComma: node["decimal"]?.string == ",", unit: node["unit"]?.string ?? "")
  }
}

extension Preparation.Target {
  fileprivate var config: ConfigNode {
    var entries: [ConfigNode.Entry] = [.init("name", name.config), .init("columns", columns.config)]
    if let classes { entries.append(.init("classes", classes.config)) }
    return ConfigNode(.map(entries))
  }

  fileprivate init(_ node: ConfigNode) throws(Diagnostic) {
    guard let name = node["name"]?.string,
      let columns = node["columns"].flatMap({ try? [String](config: $0) })
    else { throw .damagedPreparation("a target has no name or no columns") }
    self.init(name, columns: columns)
    guard let classes = node["classes"] else { return }
    guard let names = try? [String](config: classes), !names.isEmpty else {
      throw .damagedPreparation("the classes of '\(name)' are no names")
    }
    self.classes = names
  }
}

extension ConfigNode {
  fileprivate static func list(_ nodes: [ConfigNode]) -> ConfigNode { ConfigNode(.list(nodes)) }

  fileprivate func number(_ key: String) throws(Diagnostic) -> Double? {
    guard let node = self[key] else { return nil }
    guard let number = try? Double(config: node), number.isFinite else {
      throw .damagedPreparation("'\(key)' is no number")
    }
    return number
  }
}

extension Diagnostic {
  /// E0421: a model's file that says nonsense of how its data were prepared.
  fileprivate static func damagedPreparation(_ reason: String) -> Diagnostic {
    Diagnostic(
      "E0421", "what the model's file says of how data were prepared cannot be followed: \(reason)",
      help: "the file was changed or damaged; save the model again where it was trained")
  }
}
