/// A convolution over one or two axes that reads its input where it lies, as the kernels see it.
///
/// `y = x ∗ kernel`, or with ``isMirrored`` the way back, in which x is the gradient of the result and y that of the
/// input. Every element of y is one chain of fused multiply-adds over taps and channels of x, in order. The gradient
/// of the kernel is a chain over positions, in order.
public struct ConvolutionTask {
  public typealias In = UnsafePointer<Float>
  public typealias Out = UnsafeMutablePointer<Float>

  /// How the window moves over x; one plane, one group.
  public var window: SlidingWindow
  /// Channels of y.
  public var filters: Int
  public var x: In
  /// The kernel (window…, channels, filters).
  ///
  /// Mirrored it is (window…, filters, channels) and read from its last tap to its first. In the gradient of the kernel
  /// this is the gradient of the result.
  public var right: In
  /// Floats between the kernel's panels; 0 where it lies row by row.
  public var rightPanel = 0
  public var isMirrored = false
  public var y: Out
  /// In the gradient of the kernel: floats between the panels of y; 0 where it lies row by row.
  public var yPanel = 0
  /// Added at every place, before ``finish``.
  public var bias: In?
  public var finish = GemmTask.Finish.store
  /// Where the second operand of ``finish`` lies, laid out as y: floats from an element of y to its own.
  public var beside = 0

  public init(_ window: SlidingWindow, filters: Int, x: In, right: In, y: Out) {
    (self.window, self.filters, self.x, self.right, self.y) = (window, filters, x, right, y)
  }

  /// Fewer places in a row make tiles too small to keep the processor busy.
  private static let shortestRow = 6
  /// Floats of a row of x with its padding.
  public static let longestLine = 1 << 15
  /// Floats of the packed rows that one row of places sees, and of those that are packed at once if there are more.
  public static let mostPacked = 190_000, packedAtOnce = 98_304

  /// Whether the kernels for this can be used: a question of shapes alone.
  public static func takes(_ window: SlidingWindow) -> Bool {
    let width = window.width
    return window.depth.input == 1 && window.depth.window == 1 && window.shownChannels == window.channels
      && width.dilation == 1 && width.output >= shortestRow && !window.showsEachElement
      && ((width.output - 1) * width.stride + width.window) * window.channels <= longestLine
      && packed(window, rows: 1) <= mostPacked
  }

  /// Rows of x that so many rows of y see.
  public static func seen(_ window: SlidingWindow, rows: Int) -> Int {
    (rows - 1) * window.height.stride + (window.height.window - 1) * window.height.dilation + 1
  }

  private static func packed(_ window: SlidingWindow, rows: Int) -> Int {
    let taps = window.width.window * window.channels
    // Tiles, of three rows or more, are 16 floats apart.
    return window.width.output * seen(window, rows: rows) * taps + 16 * (window.width.output + taps / 3 + 1)
  }

  /// How many bands of rows a sample is cut into, so that what they see stays in the second-level cache.
  public static func bands(_ window: SlidingWindow) -> Int {
    let rows = window.height.output
    var bands = 1
    while bands < rows && packed(window, rows: (rows + bands - 1) / bands) > packedAtOnce { bands += 1 }
    return bands
  }
}
