import Foundation
import ModelScripts
import Testing

/// How ops are written elsewhere.
@Suite struct OpFormTests {
  /// Ops that a body can make and no layer of Keras does; a model with one of them is written with its body alone.
  private static let withoutLayer: Set<String> = [
    "ArgumentExtreme", "FusedAttention", "FusedAttentionGradient", "BatchMatMul", "AddBias",
    "SumLeading", "IntegerBinary", "Broadcast", "Cast", "StopGradient", "Chain", "ColumnMoments",
    "ColumnMomentsSlopes", "ColumnAffine", "ColumnSums", "Convolution", "ConvolutionInput",
    "ConvolutionKernel", "SparseCrossEntropy", "SparseCrossEntropyGradient", "CrossEntropy",
    "CrossEntropyGradient", "BinaryCrossEntropy", "BinaryCrossEntropyGradient", "Cumulate",
    "DepthwiseConvolution", "Dropout", "MapTexts", "MapWhole", "MatMul", "Matches", "OneHot",
    "PickClass", "PlaceClass", "Pooling", "MeanPoolingGradient", "MaximumPoolingGradient",
    "MaximumPoolingPick", "RandomNumbers", "Rearrange", "SumByMap", "RecurrentScan",
    "RecurrentStates", "RecurrentGradient", "RecurrentKernelGradient", "SumLast", "RepeatLast",
    "SumAll", "MeanAll", "Fill", "Reduce", "ProductGradient", "RowNormalization",
    "RowNormalizationGradient", "RowNormalizationWeights", "Select", "SoftmaxGradient",
    "ArgumentSort", "Take", "SpreadTaken", "TakeAlong", "SpreadAlong", "Triangle", "UnaryGradient",
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
