/// One compiled set of kernels.
///
/// Entries are plain function pointers: no context, no retain.
///
/// Unless said otherwise counts are in elements, matrices are row-major without gaps, and outputs may be the
/// same memory as inputs of the same shape.
public struct KernelTable: Sendable {
  public typealias In = UnsafePointer<Float>
  public typealias Out = UnsafeMutablePointer<Float>
  public typealias Labels = UnsafePointer<Int32>
  public typealias Window = UnsafePointer<SlidingWindow>

  public let name: StaticString

  /// Runs a ``GemmTask`` with ``GemmTask/workspace`` floats of working memory.
  public let gemm: @Sendable (UnsafePointer<GemmTask>, Out) -> Void
  /// Row-major to panels of 16 columns, and back: source, target, rows, columns.
  public let toPanels: @convention(c) @Sendable (In, Out, Int, Int) -> Void
  public let fromPanels: @convention(c) @Sendable (In, Out, Int, Int) -> Void

  /// ``UnaryFunction``, x, y, count, parameter.
  public let unary: @convention(c) @Sendable (Int32, In, Out, Int, Float) -> Void
  /// ``UnaryFunction``, x, y, gradient of y, gradient of x, count, parameter.
  public let unaryGradient: @convention(c) @Sendable (Int32, In, In, In, Out, Int, Float) -> Void
  /// ``BinaryFunction``, a, floats to its next row and column, b, the same, y, rows, columns.
  ///
  /// An operand's columns are 1 apart, or 0 where it repeats along a row.
  public let binaryRows: @convention(c) @Sendable (Int32, In, Int, Int, In, Int, Int, Out, Int, Int) -> Void
  /// The same of whole numbers; truth values are floats all the same.
  public let integerRows:
    @convention(c) @Sendable (
      Int32, Labels, Int, Int, Labels, Int, Int, UnsafeMutablePointer<Int32>, Int, Int
    ) -> Void
  /// x, y, count, scale, offset: `y = scale · x + offset`.
  public let affine: @convention(c) @Sendable (In, Out, Int, Float, Float) -> Void

  /// Σ x in a fixed tree: x, count.
  public let sum: @convention(c) @Sendable (In, Int) -> Float
  /// Σ over the rows, each column in order: x, y, rows, columns, columns in a row of x.
  public let sumRows: @convention(c) @Sendable (In, Out, Int, Int, Int) -> Void
  /// Σ of each row in a fixed tree: x, y, rows, columns.
  public let sumColumns: @convention(c) @Sendable (In, Out, Int, Int) -> Void
  /// ``ReduceFunction`` over the rows, each column in order: x, y, rows, columns, columns in a row of x.
  public let reduceRows: @convention(c) @Sendable (Int32, In, Out, Int, Int, Int) -> Void
  /// ``ReduceFunction`` of each row in a fixed tree: x, y, rows, columns.
  public let reduceColumns: @convention(c) @Sendable (Int32, In, Out, Int, Int) -> Void

  /// Softmax of each row: x, y, rows, columns.
  public let softmax: @convention(c) @Sendable (In, Out, Int, Int) -> Void
  /// y, gradient of y, gradient of x, rows, columns.
  public let softmaxGradient: @convention(c) @Sendable (In, In, Out, Int, Int) -> Void
  /// Cross-entropy of softmax: logits, softmax of them, labels, losses, rows, columns.
  public let sparseCrossEntropy: @convention(c) @Sendable (In, In, Labels, Out, Int, Int) -> Void
  /// Softmax, labels, gradient of the losses, gradient of the logits, rows, columns.
  public let sparseCrossEntropyGradient: @convention(c) @Sendable (In, Labels, In, Out, Int, Int) -> Void
  /// The same for a distribution a row as target: logits, softmax, targets, losses, rows, columns.
  public let crossEntropy: @convention(c) @Sendable (In, In, In, Out, Int, Int) -> Void
  /// Softmax, targets, gradient of the losses, gradient of the logits, rows, columns.
  public let crossEntropyGradient: @convention(c) @Sendable (In, In, In, Out, Int, Int) -> Void
  /// Cross-entropy of the sigmoid of x with targets t: x, t, y, count.
  public let binaryCrossEntropy: @convention(c) @Sendable (In, In, Out, Int) -> Void
  /// x, t, gradient of y, gradient of x, count.
  public let binaryCrossEntropyGradient: @convention(c) @Sendable (In, In, In, Out, Int) -> Void

  /// ``SlidingWindow``, x, first position, count, elements of a patch from and to, rows: what the window shows.
  public let gatherPatches: @Sendable (Window, In, Int, Int, Int, Int, Out) -> Void
  /// ``SlidingWindow``, rows, first position, count, elements from and to, x: adds rows to where they were shown.
  public let scatterPatches: @Sendable (Window, In, Int, Int, Int, Int, Out) -> Void
  /// ``ConvolutionTask``, bands from and to, working memory: y.
  public let convolve: @Sendable (UnsafePointer<ConvolutionTask>, Int, Int, Out) -> Void
  /// ``ConvolutionTask``, part, parts, working memory: the gradient of the kernel.
  public let convolveKernel: @Sendable (UnsafePointer<ConvolutionTask>, Int, Int, Out) -> Void
  /// The largest of each window: ``SlidingWindow``, x, y, samples from and to.
  public let maxPool: @Sendable (Window, In, Out, Int, Int) -> Void
  /// ``SlidingWindow``, x, y, gradient of y, gradient of x, samples from and to.
  public let maxPoolGradient: @Sendable (Window, In, In, In, Out, Int, Int) -> Void
  /// What h has where x was largest: ``SlidingWindow``, x, y, h, result, a float for each channel, samples from and to.
  public let maxPoolPick: @Sendable (Window, In, In, In, Out, Out, Int, Int) -> Void
  /// The mean of each window: ``SlidingWindow``, x, y, samples from and to.
  public let averagePool: @Sendable (Window, In, Out, Int, Int) -> Void
  /// ``SlidingWindow``, gradient of y, gradient of x, samples from and to.
  public let averagePoolGradient: @Sendable (Window, In, Out, Int, Int) -> Void
  /// One kernel for each channel: ``SlidingWindow``, x, kernel (taps, channels, multiplier), multiplier, y, samples.
  public let depthwise: @Sendable (Window, In, In, Int, Out, Int, Int) -> Void
  /// ``SlidingWindow``, gradient of y, kernel, multiplier, gradient of x, samples from and to.
  public let depthwiseInput: @Sendable (Window, In, In, Int, Out, Int, Int) -> Void
  /// ``SlidingWindow``, x, gradient of y, multiplier, gradient of the kernel, channels from and to.
  public let depthwiseKernel: @Sendable (Window, In, In, Int, Out, Int, Int) -> Void

  /// ``RecurrentTask``, samples from and to, working memory of a product.
  public let recurrent: @Sendable (UnsafePointer<RecurrentTask>, Int, Int, Out) -> Void
  /// The same backward.
  public let recurrentGradient: @Sendable (UnsafePointer<RecurrentTask>, Int, Int, Out) -> Void

  /// ``AttentionTask``, blocks of queries from and to over all heads and samples, working memory of a product.
  public let attention: @Sendable (UnsafePointer<AttentionTask>, Int, Int, Out) -> Void
  /// The same backward, heads from and to over all samples.
  public let attentionGradient: @Sendable (UnsafePointer<AttentionTask>, Int, Int, Out) -> Void

  /// Rows brought to mean 0 (if the last says so) and deviation 1: x, gamma, beta, y, rows, columns, epsilon.
  public let normalizeRows: @Sendable (In, In?, In?, Out, Int, Int, Float, Bool) -> Void
  /// x, gamma, gradient of y, gradient of x, rows, columns, epsilon, whether centred.
  public let normalizeRowsGradient: @Sendable (In, In?, In, Out, Int, Int, Float, Bool) -> Void
  /// x, gradient of y, gradients of gamma and beta, rows, columns, columns from and to, epsilon, whether centred.
  public let normalizeRowsParameters: @Sendable (In, In, Out, Out, Int, Int, Int, Int, Float, Bool) -> Void
  /// Mean and variance of columns: x, means, variances, rows, columns, columns in a row of x.
  public let columnMoments: @convention(c) @Sendable (In, Out, Out, Int, Int, Int) -> Void
  /// Σ x·g and Σ g of columns: x, g, products, sums, rows, columns, columns in a row of x.
  public let columnSums: @convention(c) @Sendable (In, In, Out, Out, Int, Int, Int) -> Void

  /// Philox key (low, high), stream position, index of the first element, rate, x, y, count.
  public let dropout: @convention(c) @Sendable (UInt32, UInt32, UInt64, Int, Float, In, Out, Int) -> Void
  /// Bytes to floats, `scale · x + offset`: source, target, count, scale, offset.
  public let bytesToFloats: @convention(c) @Sendable (UnsafePointer<UInt8>, Out, Int, Float, Float) -> Void

  /// ``UpdateRule``, weights, gradients, slots, first index, count, numbers of the step.
  public let update: @convention(c) @Sendable (Int32, Out, Out, UnsafePointer<Out>, Int, Int, In) -> Void
  /// Σ x² in a fixed tree: x, count.
  public let sumOfSquares: @convention(c) @Sendable (In, Int) -> Float

  /// A number of rounds of ``roundFlops`` operations on registers alone, to see what the machine can do.
  public let multiplyAdd: @convention(c) @Sendable (Int) -> Float
  /// Floating-point operations of a round: 48 multiply-adds of 16 numbers.
  public static var roundFlops: Int { 48 * 16 * 2 }

  public init(
    name: StaticString,
    gemm: @escaping @Sendable (UnsafePointer<GemmTask>, Out) -> Void,
    toPanels: @escaping @convention(c) @Sendable (In, Out, Int, Int) -> Void,
    fromPanels: @escaping @convention(c) @Sendable (In, Out, Int, Int) -> Void,
    unary: @escaping @convention(c) @Sendable (Int32, In, Out, Int, Float) -> Void,
    unaryGradient: @escaping @convention(c) @Sendable (Int32, In, In, In, Out, Int, Float) -> Void,
    binaryRows: @escaping @convention(c) @Sendable (Int32, In, Int, Int, In, Int, Int, Out, Int, Int) -> Void,
    integerRows:
      @escaping @convention(c) @Sendable (
        Int32, Labels, Int, Int, Labels, Int, Int, UnsafeMutablePointer<Int32>, Int, Int
      ) -> Void,
    affine: @escaping @convention(c) @Sendable (In, Out, Int, Float, Float) -> Void,
    sum: @escaping @convention(c) @Sendable (In, Int) -> Float,
    sumRows: @escaping @convention(c) @Sendable (In, Out, Int, Int, Int) -> Void,
    sumColumns: @escaping @convention(c) @Sendable (In, Out, Int, Int) -> Void,
    reduceRows: @escaping @convention(c) @Sendable (Int32, In, Out, Int, Int, Int) -> Void,
    reduceColumns: @escaping @convention(c) @Sendable (Int32, In, Out, Int, Int) -> Void,
    softmax: @escaping @convention(c) @Sendable (In, Out, Int, Int) -> Void,
    softmaxGradient: @escaping @convention(c) @Sendable (In, In, Out, Int, Int) -> Void,
    sparseCrossEntropy: @escaping @convention(c) @Sendable (In, In, Labels, Out, Int, Int) -> Void,
    sparseCrossEntropyGradient: @escaping @convention(c) @Sendable (In, Labels, In, Out, Int, Int) -> Void,
    crossEntropy: @escaping @convention(c) @Sendable (In, In, In, Out, Int, Int) -> Void,
    crossEntropyGradient: @escaping @convention(c) @Sendable (In, In, In, Out, Int, Int) -> Void,
    binaryCrossEntropy: @escaping @convention(c) @Sendable (In, In, Out, Int) -> Void,
    binaryCrossEntropyGradient: @escaping @convention(c) @Sendable (In, In, In, Out, Int) -> Void,
    gatherPatches: @escaping @Sendable (Window, In, Int, Int, Int, Int, Out) -> Void,
    scatterPatches: @escaping @Sendable (Window, In, Int, Int, Int, Int, Out) -> Void,
    convolve: @escaping @Sendable (UnsafePointer<ConvolutionTask>, Int, Int, Out) -> Void,
    convolveKernel: @escaping @Sendable (UnsafePointer<ConvolutionTask>, Int, Int, Out) -> Void,
    maxPool: @escaping @Sendable (Window, In, Out, Int, Int) -> Void,
    maxPoolGradient: @escaping @Sendable (Window, In, In, In, Out, Int, Int) -> Void,
    maxPoolPick: @escaping @Sendable (Window, In, In, In, Out, Out, Int, Int) -> Void,
    averagePool: @escaping @Sendable (Window, In, Out, Int, Int) -> Void,
    averagePoolGradient: @escaping @Sendable (Window, In, Out, Int, Int) -> Void,
    depthwise: @escaping @Sendable (Window, In, In, Int, Out, Int, Int) -> Void,
    depthwiseInput: @escaping @Sendable (Window, In, In, Int, Out, Int, Int) -> Void,
    depthwiseKernel: @escaping @Sendable (Window, In, In, Int, Out, Int, Int) -> Void,
    recurrent: @escaping @Sendable (UnsafePointer<RecurrentTask>, Int, Int, Out) -> Void,
    recurrentGradient: @escaping @Sendable (UnsafePointer<RecurrentTask>, Int, Int, Out) -> Void,
    attention: @escaping @Sendable (UnsafePointer<AttentionTask>, Int, Int, Out) -> Void,
    attentionGradient: @escaping @Sendable (UnsafePointer<AttentionTask>, Int, Int, Out) -> Void,
    normalizeRows: @escaping @Sendable (In, In?, In?, Out, Int, Int, Float, Bool) -> Void,
    normalizeRowsGradient: @escaping @Sendable (In, In?, In, Out, Int, Int, Float, Bool) -> Void,
    normalizeRowsParameters:
      @escaping @Sendable (In, In, Out, Out, Int, Int, Int, Int, Float, Bool) -> Void,
    columnMoments: @escaping @convention(c) @Sendable (In, Out, Out, Int, Int, Int) -> Void,
    columnSums: @escaping @convention(c) @Sendable (In, In, Out, Out, Int, Int, Int) -> Void,
    dropout: @escaping @convention(c) @Sendable (UInt32, UInt32, UInt64, Int, Float, In, Out, Int) -> Void,
    bytesToFloats: @escaping @convention(c) @Sendable (UnsafePointer<UInt8>, Out, Int, Float, Float) -> Void,
    update: @escaping @convention(c) @Sendable (Int32, Out, Out, UnsafePointer<Out>, Int, Int, In) -> Void,
    sumOfSquares: @escaping @convention(c) @Sendable (In, Int) -> Float,
    multiplyAdd: @escaping @convention(c) @Sendable (Int) -> Float
  ) {
    self.name = name
    self.gemm = gemm
    self.toPanels = toPanels
    self.fromPanels = fromPanels
    self.unary = unary
    self.unaryGradient = unaryGradient
    self.binaryRows = binaryRows
    self.integerRows = integerRows
    self.affine = affine
    self.sum = sum
    self.sumRows = sumRows
    self.sumColumns = sumColumns
    self.reduceRows = reduceRows
    self.reduceColumns = reduceColumns
    self.softmax = softmax
    self.softmaxGradient = softmaxGradient
    self.sparseCrossEntropy = sparseCrossEntropy
    self.sparseCrossEntropyGradient = sparseCrossEntropyGradient
    self.crossEntropy = crossEntropy
    self.crossEntropyGradient = crossEntropyGradient
    self.binaryCrossEntropy = binaryCrossEntropy
    self.binaryCrossEntropyGradient = binaryCrossEntropyGradient
    self.gatherPatches = gatherPatches
    self.scatterPatches = scatterPatches
    self.convolve = convolve
    self.convolveKernel = convolveKernel
    self.maxPool = maxPool
    self.maxPoolGradient = maxPoolGradient
    self.maxPoolPick = maxPoolPick
    self.averagePool = averagePool
    self.averagePoolGradient = averagePoolGradient
    self.depthwise = depthwise
    self.depthwiseInput = depthwiseInput
    self.depthwiseKernel = depthwiseKernel
    self.recurrent = recurrent
    self.recurrentGradient = recurrentGradient
    self.attention = attention
    self.attentionGradient = attentionGradient
    self.normalizeRows = normalizeRows
    self.normalizeRowsGradient = normalizeRowsGradient
    self.normalizeRowsParameters = normalizeRowsParameters
    self.columnMoments = columnMoments
    self.columnSums = columnSums
    self.dropout = dropout
    self.bytesToFloats = bytesToFloats
    self.update = update
    self.sumOfSquares = sumOfSquares
    self.multiplyAdd = multiplyAdd
  }
}
