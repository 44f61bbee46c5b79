import Foundation
import ModelScripts
import Testing

/// How ops are written elsewhere.
@Suite struct OpFormTests {
  /// Ops that a body can make and no layer of Keras does; a model with one of them is written with its body alone.
  private static let withoutLayer: Set<String> = [
    "AddBias", "ArgumentExtreme", "ArgumentSort", "BatchMatMul", "BinaryCrossEntropy",
    "BinaryCrossEntropyGradient", "Broadcast", "Cast", "Chain", "ColumnAffine", "ColumnMoments",
    "ColumnMomentsSlopes", "ColumnSums", "Convolution", "ConvolutionInput", "ConvolutionKernel",
    "CrossEntropy", "CrossEntropyGradient", "Cumulate", "DepthwiseConvolution", "Dropout", "Fill",
    "FusedAttention", "FusedAttentionGradient", "IntegerBinary", "IntegerCumulate", "IntegerMatMul",
    "IntegerReduce", "MapTexts", "MapWhole", "MatMul", "Matches", "MaximumPoolingGradient",
    "MaximumPoolingPick", "MeanAll", "MeanPoolingGradient", "Narrow", "OneHot", "PickClass",
    "PlaceClass", "Pooling", "ProductGradient", "RandomNumbers", "Rearrange", "RecurrentGradient",
    "RecurrentKernelGradient", "RecurrentScan", "RecurrentStates", "Reduce", "RepeatLast",
    "RowNormalization", "RowNormalizationGradient", "RowNormalizationWeights", "Select",
    "SoftmaxGradient", "SparseCrossEntropy", "SparseCrossEntropyGradient", "SpreadAlong",
    "SpreadTaken", "StopGradient", "SumAll", "SumByMap", "SumLast", "SumLeading", "Take",
    "TakeAlong", "Triangle", "UnaryGradient",
  ]

  @Test func `every op says how it is written elsewhere, or is known to be written nowhere`() throws {
    let folder = URL(filePath: #filePath).appending(path: "../../../Sources/GraphEngine/Ops").standardized
    let declared = try FileManager.default.contentsOfDirectory(atPath: folder.path).flatMap { file in
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      return text.matches(of: #/struct (\w+): (?:Op|Pointwise)\b/#).map { String($0.1) }
    }
    #expect(declared.count > 40)
    let written = OpForm.all.map(\.op)
    #expect(Set(written).count == written.count)
    #expect(Set(declared).subtracting(written) == Self.withoutLayer)
    #expect(Set(written).isSubset(of: declared))
  }
}
