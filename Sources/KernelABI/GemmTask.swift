/// One matrix product, or one thread's block of it: `c = a · b`, with what is done to each element on its way out.
///
/// Every element of `c` is one chain of fused multiply-adds in increasing `k`, whatever the blocking, the
/// instruction set or the number of threads.
public struct GemmTask {
  /// How the right-hand matrix lies in memory.
  public enum RightLayout: Sendable {
    /// Element (k, j) at `b[k * bRow + j * bColumn]`.
    case strided
    /// Panels of 16 columns, `bPanel` floats apart: element (k, j) at `b[j/16 * bPanel + k * 16 + j % 16]`.
    case panels
    /// The transpose of a matrix in panels: element (k, j) at `b[k/16 * bPanel + j * 16 + k % 16]`.
    case transposedPanels
  }

  /// What is done to an element whose sum is complete.
  public enum Finish: Sendable {
    case store, relu
    /// Adds the element of a second matrix.
    case add
    /// Leaves 0 where the element of a second matrix is not above 0.
    case keepWherePositive
  }

  public var m: Int
  public var n: Int
  public var k: Int
  public var a: UnsafePointer<Float>
  public var aRow: Int
  public var aColumn: Int
  public var b: UnsafePointer<Float>
  public var bLayout = RightLayout.strided
  public var bRow = 0
  public var bColumn = 1
  public var bPanel = 0
  public var c: UnsafeMutablePointer<Float>
  /// Floats between two rows of `c`; ignored where `c` lies in panels.
  public var cRow: Int
  /// When not 0, `c` lies in panels of 16 columns, this many floats apart.
  public var cPanel = 0
  /// Added to every row, before ``finish``.
  public var bias: UnsafePointer<Float>?
  public var finish = Finish.store
  /// Where the second matrix of ``finish`` lies, laid out as `c`: floats from an element of `c` to its own.
  public var beside = 0
  /// What the product is scaled by before it is added to `c`; 0 where `c` is only stored.
  ///
  /// `c = c + alpha · (a · b)`, each product rounded before it is added, as if it had been stored. Only for
  /// `k` up to ``longestFusedDepth``: a longer sum passes through `c` on its way.
  public var alpha: Float = 0

  public init(
    m: Int, n: Int, k: Int, a: UnsafePointer<Float>, aRow: Int, aColumn: Int, b: UnsafePointer<Float>,
    c: UnsafeMutablePointer<Float>, cRow: Int
  ) {
    self.m = m
    self.n = n
    self.k = k
    self.a = a
    self.aRow = aRow
    self.aColumn = aColumn
    self.b = b
    self.c = c
    self.cRow = cRow
  }

  /// Whether the chains go on from what `c` holds.
  public var accumulates = false

  public static let longestFusedDepth = 384

  /// Floats of working memory that one call needs, whatever its sizes.
  public static let ownWorkspace = 1 << 18

  /// Floats of a worker's memory: that of a product, and as many for whoever calls it.
  public static let workspace = 1 << 19
}
