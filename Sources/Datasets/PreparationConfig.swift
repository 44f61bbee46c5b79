public import Config
public import Diagnostics

/// A preparation as it stands in a model's file.
extension Preparation: ConfigConvertible {
  public static var expectation: String { "how data were prepared" }

  public var config: ConfigNode {
    var entries: [ConfigNode.Entry] = [
      .init("inputs", .list(inputs.map(\.config))), .init("targets", .list(targets.map(\.config))),
    ]
    if separator != UInt8(ascii: ",") {
      entries.append(.init("separator", String(decoding: [separator], as: UTF8.self).config))
    }
    return ConfigNode(.map(entries))
  }

  /// - Throws: E0421 for what no runexp has written.
  public init(config: ConfigNode) throws(Diagnostic) {
    var (inputs, targets): ([Input], [Target]) = ([], [])
    for node in config["inputs"]?.list ?? [] { inputs.append(try Input(node)) }
    for node in config["targets"]?.list ?? [] { targets.append(try Target(node)) }
    guard !inputs.isEmpty else { throw .damagedPreparation("it has no inputs") }
    self.init(inputs: inputs, targets: targets)
    guard let separator = config["separator"] else { return }
    guard let text = separator.string, text.utf8.count == 1, let byte = text.utf8.first,
      !"\"\r\n".utf8.contains(byte)
    else { throw .damagedPreparation("its separator is no character") }
    self.separator = byte
  }
}

extension Preparation.Input {
  fileprivate var config: ConfigNode {
    var entries: [ConfigNode.Entry] = [.init("name", name.config), .init("shape", shape.config)]
    if scale != 1 { entries.append(.init("scale", Double(scale).config)) }
    if offset != 0 { entries.append(.init("offset", Double(offset).config)) }
    if let columns { entries.append(.init("columns", .list(columns.map(\.config)))) }
    return ConfigNode(.map(entries))
  }

  fileprivate init(_ node: ConfigNode) throws(Diagnostic) {
    guard let name = node["name"]?.string, let shape = node["shape"].flatMap({ try? [Int](config: $0) }),
      let size = Self.size(shape)
    else { throw .damagedPreparation("an input has no name or no shape") }
    self.init(name, shape: shape)
    scale = Float(try node.number("scale") ?? 1)
    offset = Float(try node.number("offset") ?? 0)
    guard let list = node["columns"]?.list else { return }
    var columns: [Preparation.Encoding] = []
    for column in list { columns.append(try Preparation.Encoding(column)) }
    guard columns.reduce(0, { $0 + $1.width }) == size else {
      throw .damagedPreparation("the columns of '\(name)' do not fill the shape \(shape)")
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

extension Preparation.Encoding {
  fileprivate var config: ConfigNode {
    var entries: [ConfigNode.Entry] = [.init("name", name.config)]
    switch kind {
    case .numbers(let fill, let mean, let deviation):
      if let fill { entries.append(.init("fill", fill.config)) }
      if mean != 0 || deviation != 1 {
        entries += [.init("mean", mean.config), .init("deviation", deviation.config)]
      }
    case .categories(let names, let canBeMissing):
      entries.append(.init("categories", names.config))
      if canBeMissing { entries.append(.init("can_be_missing", true)) }
    }
    return ConfigNode(.map(entries))
  }

  fileprivate init(_ node: ConfigNode) throws(Diagnostic) {
    guard let name = node["name"]?.string else { throw .damagedPreparation("a column has no name") }
    self.name = name
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
  }
}

extension Preparation.Target {
  fileprivate var config: ConfigNode {
    var entries: [ConfigNode.Entry] = [.init("name", name.config), .init("columns", columns.config)]
    if let classes { entries.append(.init("classes", classes.config)) }
    return ConfigNode(.map(entries))
  }

  fileprivate init(_ node: ConfigNode) throws(Diagnostic) {
    guard let name = node["name"]?.string, let columns = node["columns"].flatMap({ try? [String](config: $0) })
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
