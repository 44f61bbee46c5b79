/// A window that slides over samples along up to three axes, with the channels last.
///
/// Axes that are not there have size 1. A *position* is one place of the window, counted over samples, depth, height and
/// width; what the window shows there is a *patch*: its taps in the same order, each with all channels of its group.
public struct SlidingWindow: Sendable, Equatable {
  public struct Axis: Sendable, Equatable {
    public var input = 1
    public var output = 1
    public var window = 1
    public var stride = 1
    /// Elements from one tap to the next.
    public var dilation = 1
    /// Places before the first element that count as 0.
    public var padding = 0
    public init() {}
  }

  public var batch: Int
  public var depth = Axis()
  public var height = Axis()
  public var width = Axis()
  /// Channels of a sample.
  public var channels: Int
  /// The channels that a patch shows.
  public var firstChannel = 0
  public var shownChannels: Int

  public init(batch: Int, channels: Int) {
    self.batch = batch
    self.channels = channels
    shownChannels = channels
  }

  public var positions: Int { batch * samplePositions }
  public var samplePositions: Int { depth.output * height.output * width.output }
  public var taps: Int { depth.window * height.window * width.window }
  public var sampleCount: Int { depth.input * height.input * width.input * channels }
  /// Floats of a patch.
  public var patch: Int { taps * shownChannels }

  /// Whether every patch is one element with its channels, in order: then patches need not be made.
  public var showsEachElement: Bool {
    taps == 1 && shownChannels == channels
      && [depth, height, width].allSatisfy { $0.stride == 1 && $0.padding == 0 && $0.input == $0.output }
  }
}
