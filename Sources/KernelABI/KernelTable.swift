/// What every compiled set of kernels has.
///
/// A kernel is a line here, which says what it is given, and a function of the same name in `KernelSource`; a set
/// without it does not compile. There is nothing to be made or copied: a set is a type, and calling one of its kernels
/// is a jump through the type's table.
///
/// Unless said otherwise counts are in elements, matrices are row-major without gaps, and outputs may be the
/// same memory as inputs of the same shape.
public protocol KernelSet: Sendable {
  typealias In = UnsafePointer<Float>
  typealias Out = UnsafeMutablePointer<Float>
  typealias Labels = UnsafePointer<Int32>
  typealias Window = UnsafePointer<SlidingWindow>

  /// The instruction set: "avx2".
  static var name: StaticString { get }

  /// Runs a ``GemmTask`` with ``GemmTask/workspace`` floats of working memory.
  static func gemm(_ task: UnsafePointer<GemmTask>, _ workspace: Out)
  /// Row-major to panels of 16 columns, and back: source, target, rows, columns.
  static func toPanels(_ source: In, _ target: Out, _ rows: Int, _ columns: Int)
  static func fromPanels(_ source: In, _ target: Out, _ rows: Int, _ columns: Int)

  /// ``UnaryFunction``, x, y, count, parameter.
  static func unary(_ function: Int32, _ x: In, _ y: Out, _ count: Int, _ parameter: Float)
  /// ``UnaryFunction``, x, y, gradient of y, gradient of x, count, parameter.
  static func unaryGradient(
    _ function: Int32, _ x: In, _ y: In, _ g: In, _ d: Out, _ count: Int, _ parameter: Float)
  /// ``BinaryFunction``, a, floats to its next row and column, b, the same, y, rows, columns.
  ///
  /// An operand's columns are 1 apart, or 0 where it repeats along a row.
  static func binaryRows(
    _ function: Int32, _ a: In, _ aRow: Int, _ aColumn: Int, _ b: In, _ bRow: Int, _ bColumn: Int, _ y: Out,
    _ rows: Int, _ columns: Int)
  /// The same of whole numbers; truth values are floats all the same.
  static func integerRows(
    _ function: Int32, _ a: Labels, _ aRow: Int, _ aColumn: Int, _ b: Labels, _ bRow: Int, _ bColumn: Int,
    _ y: UnsafeMutablePointer<Int32>, _ rows: Int, _ columns: Int)
  /// x, y, count, scale, offset: `y = scale · x + offset`.
  static func affine(_ x: In, _ y: Out, _ count: Int, _ scale: Float, _ offset: Float)

  /// Σ x in a fixed tree: x, count.
  static func sum(_ x: In, _ count: Int) -> Float
  /// Σ over the rows, each column in order: x, y, rows, columns, columns in a row of x.
  static func sumRows(_ x: In, _ y: Out, _ rows: Int, _ columns: Int, _ stride: Int)
  /// Σ of each row in a fixed tree: x, y, rows, columns.
  static func sumColumns(_ x: In, _ y: Out, _ rows: Int, _ columns: Int)
  /// ``ReduceFunction`` over the rows, each column in order: x, y, rows, columns, columns in a row of x.
  static func reduceRows(_ function: Int32, _ x: In, _ y: Out, _ rows: Int, _ columns: Int, _ stride: Int)
  /// ``ReduceFunction`` of each row in a fixed tree: x, y, rows, columns.
  static func reduceColumns(_ function: Int32, _ x: In, _ y: Out, _ rows: Int, _ columns: Int)

  /// Softmax of each row: x, y, rows, columns.
  static func softmax(_ x: In, _ y: Out, _ rows: Int, _ columns: Int)
  /// y, gradient of y, gradient of x, rows, columns.
  static func softmaxGradient(_ y: In, _ g: In, _ dx: Out, _ rows: Int, _ columns: Int)
  /// Cross-entropy of softmax: logits, softmax of them, labels, losses, rows, columns.
  static func sparseCrossEntropy(
    _ z: In, _ p: In, _ labels: Labels, _ losses: Out, _ rows: Int, _ columns: Int)
  /// Softmax, labels, gradient of the losses, gradient of the logits, rows, columns.
  static func sparseCrossEntropyGradient(
    _ p: In, _ labels: Labels, _ g: In, _ dz: Out, _ rows: Int, _ columns: Int)
  /// The same for a distribution a row as target: logits, softmax, targets, losses, rows, columns.
  static func crossEntropy(_ z: In, _ p: In, _ t: In, _ losses: Out, _ rows: Int, _ columns: Int)
  /// Softmax, targets, gradient of the losses, gradient of the logits, rows, columns.
  static func crossEntropyGradient(_ p: In, _ t: In, _ g: In, _ dz: Out, _ rows: Int, _ columns: Int)
  /// Cross-entropy of the sigmoid of x with targets t: x, t, y, count.
  static func binaryCrossEntropy(_ x: In, _ t: In, _ y: Out, _ count: Int)
  /// x, t, gradient of y, gradient of x, count.
  static func binaryCrossEntropyGradient(_ x: In, _ t: In, _ g: In, _ dx: Out, _ count: Int)

  /// ``SlidingWindow``, x, first position, count, elements of a patch from and to, rows: what the window shows.
  static func gatherPatches(
    _ window: Window, _ x: In, _ first: Int, _ count: Int, _ low: Int, _ high: Int, _ rows: Out)
  /// ``SlidingWindow``, rows, first position, count, elements from and to, x: adds rows to where they were shown.
  static func scatterPatches(
    _ window: Window, _ rows: In, _ first: Int, _ count: Int, _ low: Int, _ high: Int, _ x: Out)
  /// ``ConvolutionTask``, bands from and to, working memory: y.
  static func convolve(_ task: UnsafePointer<ConvolutionTask>, _ first: Int, _ last: Int, _ workspace: Out)
  /// ``ConvolutionTask``, part, parts, working memory: the gradient of the kernel.
  static func convolveKernel(
    _ task: UnsafePointer<ConvolutionTask>, _ part: Int, _ parts: Int, _ workspace: Out)
  /// The largest of each window: ``SlidingWindow``, x, y, samples from and to.
  static func maxPool(_ window: Window, _ x: In, _ y: Out, _ first: Int, _ last: Int)
  /// ``SlidingWindow``, x, y, gradient of y, gradient of x, samples from and to.
  static func maxPoolGradient(
    _ window: Window, _ x: In, _ y: In, _ g: In, _ dx: Out, _ first: Int, _ last: Int)
  /// What h has where x was largest: ``SlidingWindow``, x, y, h, result, a float for each channel, samples from and to.
  static func maxPoolPick(
    _ window: Window, _ x: In, _ y: In, _ h: In, _ result: Out, _ open: Out, _ first: Int, _ last: Int)
  /// The mean of each window: ``SlidingWindow``, x, y, samples from and to.
  static func averagePool(_ window: Window, _ x: In, _ y: Out, _ first: Int, _ last: Int)
  /// ``SlidingWindow``, gradient of y, gradient of x, samples from and to.
  static func averagePoolGradient(_ window: Window, _ g: In, _ dx: Out, _ first: Int, _ last: Int)
  /// One kernel for each channel: ``SlidingWindow``, x, kernel (taps, channels, multiplier), multiplier, y, samples.
  static func depthwise(
    _ window: Window, _ x: In, _ k: In, _ multiplier: Int, _ y: Out, _ first: Int, _ last: Int)
  /// ``SlidingWindow``, gradient of y, kernel, multiplier, gradient of x, samples from and to.
  static func depthwiseInput(
    _ window: Window, _ g: In, _ k: In, _ multiplier: Int, _ dx: Out, _ first: Int, _ last: Int)
  /// ``SlidingWindow``, x, gradient of y, multiplier, gradient of the kernel, channels from and to.
  static func depthwiseKernel(
    _ window: Window, _ x: In, _ g: In, _ multiplier: Int, _ dk: Out, _ first: Int, _ last: Int)

  /// ``RecurrentTask``, samples from and to, working memory of a product.
  static func recurrent(_ task: UnsafePointer<RecurrentTask>, _ first: Int, _ last: Int, _ workspace: Out)
  /// The same backward.
  static func recurrentGradient(
    _ task: UnsafePointer<RecurrentTask>, _ first: Int, _ last: Int, _ workspace: Out)

  /// ``AttentionTask``, blocks of queries from and to over all heads and samples, working memory of a product.
  static func attention(_ task: UnsafePointer<AttentionTask>, _ first: Int, _ last: Int, _ workspace: Out)
  /// The same backward, heads from and to over all samples.
  static func attentionGradient(
    _ task: UnsafePointer<AttentionTask>, _ first: Int, _ last: Int, _ workspace: Out)

  /// Rows brought to mean 0 (if the last says so) and deviation 1: x, gamma, beta, y, rows, columns, epsilon.
  static func normalizeRows(
    _ x: In, _ gamma: In?, _ beta: In?, _ y: Out, _ rows: Int, _ columns: Int, _ epsilon: Float,
    _ isCentred: Bool)
  /// x, gamma, gradient of y, gradient of x, rows, columns, epsilon, whether centred.
  static func normalizeRowsGradient(
    _ x: In, _ gamma: In?, _ g: In, _ dx: Out, _ rows: Int, _ columns: Int, _ epsilon: Float,
    _ isCentred: Bool)
  /// x, gradient of y, gradients of gamma and beta, rows, columns, columns from and to, epsilon, whether centred.
  static func normalizeRowsParameters(
    _ x: In, _ g: In, _ dGamma: Out, _ dBeta: Out, _ rows: Int, _ columns: Int, _ first: Int, _ last: Int,
    _ epsilon: Float, _ isCentred: Bool)
  /// Mean and variance of columns: x, means, variances, rows, columns, columns in a row of x.
  static func columnMoments(
    _ x: In, _ means: Out, _ variances: Out, _ rows: Int, _ columns: Int, _ stride: Int)
  /// Σ x·g and Σ g of columns: x, g, products, sums, rows, columns, columns in a row of x.
  static func columnSums(
    _ x: In, _ g: In, _ products: Out, _ sums: Out, _ rows: Int, _ columns: Int, _ stride: Int)

  /// Philox key (low, high), stream position, index of the first element, rate, x, y, count.
  static func dropout(
    _ keyLow: UInt32, _ keyHigh: UInt32, _ position: UInt64, _ first: Int, _ rate: Float, _ x: In, _ y: Out,
    _ count: Int)
  /// Bytes to floats, `scale · x + offset`: source, target, count, scale, offset.
  static func bytesToFloats(
    _ x: UnsafePointer<UInt8>, _ y: Out, _ count: Int, _ scale: Float, _ offset: Float)

  /// ``UpdateRule``, weights, gradients, slots, first index, count, numbers of the step.
  static func update(
    _ rule: Int32, _ weights: Out, _ gradients: Out, _ slots: UnsafePointer<Out>, _ start: Int, _ count: Int,
    _ p: In)
  /// Σ x² in a fixed tree: x, count.
  static func sumOfSquares(_ x: In, _ count: Int) -> Float

  /// A number of rounds of ``KernelSet/roundFlops`` operations on registers alone, to see what the machine can do.
  static func multiplyAdd(_ rounds: Int) -> Float
}

extension KernelSet {
  /// Floating-point operations of a round of ``multiplyAdd(_:)``: 48 multiply-adds of 16 numbers.
  public static var roundFlops: Int { 48 * 16 * 2 }
}

/// One compiled set of kernels, chosen where a program starts.
public typealias KernelTable = any KernelSet.Type
