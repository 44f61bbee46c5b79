public import Config
public import Diagnostics
public import KernelABI

/// A recurrent layer of any cell, or of several on top of each other.
///
/// Weights: those of its cells, each below the cell's name. States: those of each cell in order. Keras:
/// `keras.layers.RNN` with `SimpleRNNCell`, `LSTMCell`, `GRUCell` or a list of them (`StackedRNNCells`).
public struct RNN: CellLayer, Configurable {
  public var cell: CellSetting
  /// How it walks; what a cell has is the cell's.
  public var settings = RecurrentSettings(1)
  public var cells: [RecurrentCell] { cell.cells }

  public init(_ cell: CellSetting) { self.cell = cell }

  public static let schema = Schema(
    "RNN", "A recurrent layer of any cell.", prototype: Self(CellSetting(LSTMCell(1))),
    fields: [Field("cell", \.cell, "The cell, as {LSTMCell: {units: 8}}, or a list of cells.").required]
      + RecurrentSettings.fields(
        without: RecurrentSettings.cellKeys.union(["activity_regularizer", "seed"]), at: \Self.settings))

  public static let dialects = KerasDialects(.recurrent) { dialects in
    let ofCell = dialects.keras3.attributes
    dialects.keras3.attributes = { CellSetting.stackedAttributes(of: $0, $1) ?? ofCell($0, $1) }
  }
}

/// A cell as the setting of a layer.
public protocol CellType: Configurable {
  var settings: RecurrentSettings { get set }
  var kind: RecurrentTask.Kind { get }
  /// How the files of each Keras say it.
  static var dialects: KerasDialects { get }
}

extension CellType {
  public static var dialects: KerasDialects { .recurrentCell }
  fileprivate static var name: String { schema.name }
  fileprivate var className: String { Self.name }
  fileprivate var config: ConfigNode { Self.schema.encode(self) }
}

/// The cell of ``SimpleRNN``.
///
/// Keras: `keras.layers.SimpleRNNCell`.
public struct SimpleRNNCell: CellType {
  public var settings: RecurrentSettings
  public var kind: RecurrentTask.Kind { .simple }
  public init(_ units: Int) { settings = RecurrentSettings(units) }

  public static let schema = Schema(
    "SimpleRNNCell", "The cell of SimpleRNN.", prototype: Self(1),
    fields: RecurrentSettings.cellFields(
      without: ["recurrent_activation", "unit_forget_bias", "reset_after"], at: \Self.settings))
}

/// The cell of ``LSTM``.
///
/// Keras: `keras.layers.LSTMCell`.
public struct LSTMCell: CellType {
  public var settings: RecurrentSettings
  public var kind: RecurrentTask.Kind { .lstm }
  public init(_ units: Int) { settings = RecurrentSettings(units) }

  public static let schema = Schema(
    "LSTMCell", "The cell of LSTM.", prototype: Self(1),
    fields: RecurrentSettings.cellFields(without: ["reset_after"], at: \Self.settings))
}

/// The cell of ``GRU``.
///
/// Keras: `keras.layers.GRUCell`.
public struct GRUCell: CellType {
  public var settings: RecurrentSettings
  public var kind: RecurrentTask.Kind { settings.resetAfter ? .gru : .gruResetBefore }
  public init(_ units: Int) { settings = RecurrentSettings(units) }

  public static let schema = Schema(
    "GRUCell", "The cell of GRU.", prototype: Self(1),
    fields: RecurrentSettings.cellFields(without: ["unit_forget_bias"], at: \Self.settings))

  public static let dialects = KerasDialects(.recurrentCell) { $0.keras2.meant = GRU.meantByKeras2 }
}

/// A cell, or cells on top of each other, as they are written: with names, which their weights have.
public struct CellSetting: ConfigConvertible {
  /// One cell with what Keras's layers have in common.
  private struct Named: Sendable {
    var name: String
    var isTrainable = true
    var type: any CellType

    var config: ConfigNode {
      let common: [ConfigNode.Entry] = [
        .init("name", name.config), .init("trainable", isTrainable.config), .init("dtype", .float32Policy),
      ]
      let own = type.config.entries ?? []
      return ["class_name": type.className.config, "config": ConfigNode(.map(common + own))]
    }
  }

  private var list: [Named]
  /// The name of the stack, and whether it is trained, if there is one.
  private var stack: (name: String, isTrainable: Bool)?

  public init(_ cell: any CellType) { list = [Named(name: "cell", type: cell)] }

  private static let types: [any CellType.Type] = [SimpleRNNCell.self, LSTMCell.self, GRUCell.self]

  /// Every cell that a file can name.
  public static let registry = Registry<any CellType>(
    "cell", commonKeys: ["name", "trainable", "dtype"], types.map { entry($0) })

  private static func entry<C: CellType>(_ type: C.Type) -> Registry<any CellType>.Entry {
    .init(type) { $0 }
  }

  public static var expectation: String {
    "a cell with its settings, as {LSTMCell: {units: 8}}, or a list of them"
  }
  public static var jsonSchema: ConfigNode { ["type": ["string", "object", "array"]] }

  /// - Throws: what is wrong with a cell; E0302 if two of a stack have one name.
  public init(config: ConfigNode) throws(Diagnostic) {
    let stacked = Self.stackSettings(config)
    guard let nodes = config.list ?? stacked?["cells"]?.list else {
      list = [try Self.cell(config)]
      return
    }
    guard !nodes.isEmpty else { throw .mismatch(config, Self.expectation) }
    list = []
    for node in nodes {
      var cell = try Self.cell(node)
      if Self.name(of: node) == nil {
        let base = cell.name
        var number = 0
        while list.contains(where: { $0.name == cell.name }) {
          number += 1
          cell.name = "\(base)_\(number)"
        }
      } else if list.contains(where: { $0.name == cell.name }) {
        throw .repeatedLayerName(cell.name, at: node.span, earlier: nil)
      }
      list.append(cell)
    }
    let isTrainable = try stacked?["trainable"].map { node throws(Diagnostic) in try Bool(config: node) }
    stack = (stacked?["name"]?.string ?? "stacked_rnn_cells", isTrainable ?? true)
  }

  /// The settings of `StackedRNNCells`, however it is written.
  private static func stackSettings(_ config: ConfigNode) -> ConfigNode? {
    if config["class_name"]?.string == "StackedRNNCells" { return config["config"] }
    return config["StackedRNNCells"]
  }

  private static func cell(_ node: ConfigNode) throws(Diagnostic) -> Named {
    var bag = DiagnosticBag()
    guard let type = registry.decode(node, into: &bag),
      let (written, _, settings) = registry.parts(of: node, into: &bag)
    else { throw bag.all.first ?? .mismatch(node, expectation) }
    var named = Named(name: name(of: node) ?? written.snakeCased, type: type)
    if let trainable = settings["trainable"] { named.isTrainable = try Bool(config: trainable) }
    return named
  }

  private static func name(of node: ConfigNode) -> String? {
    let settings = node["config"] ?? node.entries?.first?.value
    return settings?["name"]?.string
  }

  public var config: ConfigNode {
    guard let stack else { return list[0].config }
    return [
      "class_name": "StackedRNNCells",
      "config": [
        "name": stack.name.config, "trainable": stack.isTrainable.config, "dtype": .float32Policy,
        "cells": ConfigNode(.list(list.map(\.config))),
      ],
    ]
  }

  var cells: [RecurrentCell] {
    list.map { named in
      let path = (stack.map { $0.name + "/" } ?? "") + named.name
      return RecurrentCell(
        path: path, kind: named.type.kind, settings: named.type.settings,
        isTrainable: named.isTrainable && (stack?.isTrainable ?? true), streams: path + "/")
    }
  }
}

// MARK: Dialects

extension CellSetting {
  /// How files say every cell, and a stack of them.
  static let dialects: [String: KerasDialects] = {
    var known = ["StackedRNNCells": KerasDialects.recurrentCell]
    for type in types { known[type.name] = type.dialects }
    return known
  }()

  /// By which attributes Keras 3 holds the cells of a stack, which it counts by class.
  /// - Parameter config: of the layer.
  /// - Returns: `nil` for a layer of one cell.
  fileprivate static func stackedAttributes(of parts: [String], _ config: ConfigNode) -> [String]? {
    guard let stack = stackSettings(config["cell"] ?? nil) else { return nil }
    let (path, rest) = (["cell", "cells"], Array(parts.dropFirst()))
    var counts: [String: Int] = [:]
    for cell in stack["cells"]?.list ?? [] {
      let base = (cell["class_name"]?.string ?? "").snakeCased
      let number = counts[base, default: 0]
      counts[base] = number + 1
      guard cell["config"]?["name"]?.string == rest.first else { continue }
      return path + [number == 0 ? base : "\(base)_\(number)"] + rest.dropFirst()
    }
    return path + rest
  }
}
