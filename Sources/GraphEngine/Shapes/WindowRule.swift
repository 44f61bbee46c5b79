import KernelABI
import TensorCore

/// How a window moves over the axes between the batch and the channels.
public struct WindowRule: Hashable, Sendable {
  public enum Padding: Hashable, Sendable {
    /// The window stays within the input.
    case valid
    /// As many places as elements, divided by the stride, rounded up.
    case same
    /// All padding before the first element, so that no place sees what comes later; one axis only.
    case causal
  }

  public var window: [Int]
  public var strides: [Int]
  public var dilation: [Int]
  public var padding: Padding

  /// - Parameters: a number for each axis; strides and dilation are 1 where left out.
  public init(_ window: [Int], strides: [Int]? = nil, dilation: [Int]? = nil, padding: Padding = .valid) {
    self.window = window
    self.strides = strides ?? window.map { _ in 1 }
    self.dilation = dilation ?? window.map { _ in 1 }
    self.padding = padding
  }

  public var rank: Int { window.count }

  /// Elements from the first to the last tap along an axis.
  private func reach(_ axis: Int) -> Int { (window[axis] - 1) * dilation[axis] + 1 }

  /// Places of the window along an axis of so many elements; below 1 if it does not fit.
  public func places(_ axis: Int, of count: Int) -> Int {
    let stride = strides[axis]
    if padding != .valid { return (count + stride - 1) / stride }
    return count < reach(axis) ? 0 : (count - reach(axis)) / stride + 1
  }

  /// Checks a value of samples with `rank` axes between batch and channels.
  /// - Returns: its axes, and the places of the window along them.
  func check(_ type: TensorType, for name: String, operand: Int = 0) throws(ShapeError) -> (
    axes: [Int], places: [Int]
  ) {
    try type.require(.float32, for: name, operand: operand)
    guard type.rank == rank + 2 else {
      throw ShapeError(
        "\(name) over \(rank) axes needs (batch, \(Self.words[rank - 1]), channels), found \(type)",
        operand: operand,
        hint: type.rank == rank + 1 ? "channels are an axis of their own; Reshape adds one of size 1" : nil)
    }
    var axes: [Int] = []
    for axis in 0..<rank { axes.append(try type.size(of: axis + 1, to: "walked along", operand: operand)) }
    _ = try type.size(of: rank + 1, to: "counted as channels", operand: operand)
    let counted = (0..<rank).map { places($0, of: axes[$0]) }
    if let axis = counted.indices.first(where: { counted[$0] < 1 }) {
      throw ShapeError(
        "a window of \(reach(axis)) does not fit into the \(axes[axis]) elements of axis \(axis + 1) of \(type)",
        operand: operand, hint: "padding \"same\" lets it reach beyond the edge")
    }
    return (axes, counted)
  }

  private static let words = ["steps", "rows, columns", "planes, rows, columns"]

  /// The window as each group of channels sees it.
  func windows(over shape: [Int], groups: Int) -> [SlidingWindow] {
    let size = shape[rank + 1] / groups
    return (0..<groups).map { sliding(over: shape, shown: $0 * size..<($0 + 1) * size) }
  }

  /// The kernels' description of the window on samples of a shape.
  func sliding(over shape: [Int], shown: Range<Int>? = nil) -> SlidingWindow {
    var sliding = SlidingWindow(batch: shape[0], channels: shape[rank + 1])
    if let shown {
      sliding.firstChannel = shown.lowerBound
      sliding.shownChannels = shown.count
    }
    let axes = (0..<rank).map { axis in
      var result = SlidingWindow.Axis()
      result.input = shape[axis + 1]
      result.output = places(axis, of: result.input)
      result.window = window[axis]
      result.stride = strides[axis]
      result.dilation = dilation[axis]
      let missing = max(0, (result.output - 1) * result.stride + reach(axis) - result.input)
      switch padding {
      case .valid: result.padding = 0
      case .same: result.padding = missing / 2
      case .causal: result.padding = reach(axis) - 1
      }
      return result
    }
    sliding.width = axes[rank - 1]
    if rank > 1 { sliding.height = axes[rank - 2] }
    if rank > 2 { sliding.depth = axes[rank - 3] }
    return sliding
  }

  /// A step that shares the samples of windows over a shape out to the workers.
  func step(
    over shape: [Int], _ run: @escaping (UnsafePointer<SlidingWindow>, Range<Int>, Worker) -> Void
  ) -> Step {
    let window = sliding(over: shape)
    return { worker in
      withUnsafePointer(to: window) { run($0, worker.share(of: window.batch), worker) }
    }
  }
}
