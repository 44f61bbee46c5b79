public import Config
public import Diagnostics
import GraphEngine
import TensorCore

/// One axis or several, as Keras's settings give them: `-1`, or `[1, 2]`.
public struct Axes: ConfigConvertible, Hashable {
  /// As written; negative ones count from the end.
  public var numbers: [Int]
  private var isList: Bool

  public static let last = Axes(-1)

  public init(_ axis: Int) {
    numbers = [axis]
    isList = false
  }
  public init(_ axes: [Int]) {
    numbers = axes
    isList = true
  }

  public static var expectation: String { "an axis, or a list of axes" }

  public init(config: ConfigNode) throws(Diagnostic) {
    if config.list != nil { self.init(try [Int](config: config)) } else { self.init(try Int(config: config)) }
  }

  public var config: ConfigNode { isList ? numbers.config : numbers[0].config }
  public static var jsonSchema: ConfigNode { ["type": ["integer", "array"]] }

  /// The axes of a batch, which is axis 0 itself, counted from the first, in order.
  /// - Throws: E0301 if there is no such axis, or if it is the batch.
  func resolved(for type: TensorType, _ layer: String) throws(Diagnostic) -> [Int] {
    var found: Set<Int> = []
    for number in numbers {
      let axis = number < 0 ? number + type.rank : number
      guard type.dims.indices.contains(axis), axis > 0 else {
        throw Diagnostic(
          "E0301", "\(layer): \(type) has no axis \(number) beside the batch",
          help: "axes count from 0, which is the batch; -1 is the last")
      }
      found.insert(axis)
    }
    return found.sorted()
  }

  /// A parameter with a number for each place along the axes of a value.
  struct Extent {
    let axes: [Int]
    /// Of the parameter.
    let shape: [Int]
    /// Of the parameter beside the value: 1 along all other axes.
    let dims: [Dim]
  }

  /// - Throws: E0301 if there is no such axis, E0303 if one has no size that is known before running.
  func extent(in x: Value, for layer: String) throws(Diagnostic) -> Extent {
    let axes = try resolved(for: x.type, layer)
    var dims = x.type.dims.map { _ in Dim.size(1) }
    var shape: [Int] = []
    for axis in axes {
      guard case .size(let size) = x.type.dims[axis] else { throw .unknownAxis(layer, x) }
      dims[axis] = .size(size)
      shape.append(size)
    }
    return Extent(axes: axes, shape: shape, dims: dims)
  }
}

extension Axes {
  /// What Keras 3 writes of a layer into an `.h5` file and cannot read: none, or several.
  static let unreadableInH5: @Sendable (ConfigNode) -> String? = { config in
    guard let axes = config["axis"], axes.isAbsent || (axes.list?.count ?? 0) > 1 else { return nil }
    return "the axes"
  }
}
