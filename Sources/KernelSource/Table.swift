public import KernelABI

#if KERNEL_AVX512
  private let variant: StaticString = "avx512"
#elseif KERNEL_AVX2
  private let variant: StaticString = "avx2"
#else
  private let variant: StaticString = "baseline"
#endif

/// The only entry of this module.
///
/// Call it only after the processor was found to have the instructions.
public func makeKernelTable() -> KernelTable {
  KernelTable(
    name: variant, gemm: gemm, toPanels: toPanels, fromPanels: fromPanels, unary: unary,
    unaryGradient: unaryGradient, binaryRows: binaryRows, integerRows: integerRows,
    affine: affine, sum: sum, sumRows: sumRows,
    sumColumns: sumColumns, reduceRows: reduceRows, reduceColumns: reduceColumns,
    softmax: softmax, softmaxGradient: softmaxGradient,
    sparseCrossEntropy: sparseCrossEntropy, sparseCrossEntropyGradient: sparseCrossEntropyGradient,
    crossEntropy: crossEntropy, crossEntropyGradient: crossEntropyGradient,
    binaryCrossEntropy: binaryCrossEntropy, binaryCrossEntropyGradient: binaryCrossEntropyGradient,
    gatherPatches: gatherPatches, scatterPatches: scatterPatches,
    convolve: convolve, convolveKernel: convolveKernel,
    maxPool: maxPool, maxPoolGradient: maxPoolGradient, maxPoolPick: maxPoolPick, averagePool: averagePool,
    averagePoolGradient: averagePoolGradient, depthwise: depthwise, depthwiseInput: depthwiseInput,
    depthwiseKernel: depthwiseKernel,
    recurrent: recurrent, recurrentGradient: recurrentGradient,
    attention: attention, attentionGradient: attentionGradient, normalizeRows: normalizeRows,
    normalizeRowsGradient: normalizeRowsGradient, normalizeRowsParameters: normalizeRowsParameters,
    columnMoments: columnMoments, columnSums: columnSums,
    dropout: dropout, bytesToFloats: bytesToFloats, update: update,
    sumOfSquares: sumOfSquares, multiplyAdd: multiplyAdd)
}
