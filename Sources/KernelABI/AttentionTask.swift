/// Attention of all heads, as its kernels see it: `softmax(scale · q · kᵀ) · v` for each sample and head.
///
/// Row-major: queries (batch, queries, heads, size), keys (batch, keys, heads, size), values and results with their own
/// size.
public struct AttentionTask {
  public typealias In = UnsafePointer<Float>
  public typealias Out = UnsafeMutablePointer<Float>

  public var heads: Int
  public var queries: Int
  public var keys: Int
  public var size: Int
  public var valueSize: Int
  public var scale: Float
  /// Whether no query sees keys that come after its own place.
  public var isCausal = false
  public var q: In
  public var k: In
  public var v: In
  /// Where a query may look, not 0: floats from one sample and one query to the next, keys side by side.
  public var mask: In?
  public var maskSample = 0
  public var maskQuery = 0
  /// Forward: the result.
  public var y: Out?
  /// Backward: the gradient of the result, and those of queries, keys and values.
  public var dy: In?
  public var dq: Out?
  public var dk: Out?
  public var dv: Out?

  public init(
    heads: Int, queries: Int, keys: Int, size: Int, valueSize: Int, scale: Float, q: In, k: In, v: In
  ) {
    (self.heads, self.queries, self.keys) = (heads, queries, keys)
    (self.size, self.valueSize, self.scale) = (size, valueSize, scale)
    (self.q, self.k, self.v) = (q, k, v)
  }

  /// The longest sequence of keys whose weights for one query fit a worker's memory.
  public static let mostKeys = 98_304

  /// Into how many blocks of queries a head is cut; the weights of one block are in memory at a time.
  public var blocks: Int {
    // What lies above the diagonal is left out block by block.
    let rows = min(isCausal ? 32 : 64, max(1, Self.mostKeys / keys))
    return (queries + rows - 1) / rows
  }
}
