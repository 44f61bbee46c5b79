import EngineTestSupport
import GraphEngine
import KernelABI
import TensorCore

private func by(_ dims: [Int], _ numbers: Numbers = .signed) -> OpCase.Operand {
  ([.batch] + dims.map { .size($0) }, numbers, true)
}
private func kernel(_ sizes: Int..., numbers: Numbers = .signed) -> OpCase.Operand {
  (sizes.map { .size($0) }, numbers, true)
}

private func applied(
  _ name: String, _ op: some Op, _ operands: @escaping @Sendable (Int) -> [OpCase.Operand]
) -> OpCase { OpCase(name, operands) { try $0[0].graph.apply(op, $0) } }

extension OpCase {
  /// Windows over one to three axes, with every way to move.
  static let windows: [OpCase] = [
    applied("conv1d", Convolution(WindowRule([3]))) { [by([5, $0]), kernel(3, $0, 2)] }
      .rounding("convolution", "convolution_input", "convolution_kernel") { .products($0.depth) },
    applied("conv1d causal", Convolution(WindowRule([3], dilation: [2], padding: .causal))) {
      [by([6, $0]), kernel(3, $0, 3)]
    },
    applied("conv2d", Convolution(WindowRule([3, 2]))) { [by([4, 5, $0]), kernel(3, 2, $0, 5)] },
    applied("conv2d same", Convolution(WindowRule([3, 3], padding: .same))) {
      [by([4, 3, $0]), kernel(3, 3, $0, 2)]
    },
    applied("conv2d strides", Convolution(WindowRule([3, 3], strides: [2, 3], padding: .same))) {
      [by([5, 7, 2]), kernel(3, 3, 2, $0)]
    },
    applied("conv2d dilation", Convolution(WindowRule([2, 3], dilation: [3, 2], padding: .same))) {
      [by([5, 6, $0]), kernel(2, 3, $0, 2)]
    },
    applied("conv2d leaves a rest", Convolution(WindowRule([2, 2], strides: [3, 3]))) {
      [by([7, 6, 3]), kernel(2, 2, 3, $0)]
    },
    // Rows long enough to be read where they lie.
    applied("conv2d rows", Convolution(WindowRule([3, 3]))) { [by([5, 9, $0]), kernel(3, 3, $0, 5)] },
    applied("conv2d rows same", Convolution(WindowRule([3, 4], padding: .same))) {
      [by([4, 14, 3]), kernel(3, 4, 3, $0)]
    },
    applied("conv2d rows strides", Convolution(WindowRule([3, 3], strides: [2, 2], padding: .same))) {
      [by([9, 15, $0]), kernel(3, 3, $0, 2)]
    },
    applied("conv2d rows dilation", Convolution(WindowRule([2, 3], dilation: [2, 1], padding: .same))) {
      [by([5, 8, $0]), kernel(2, 3, $0, 18)]
    },
    applied("conv2d rows that rest", Convolution(WindowRule([2, 2], strides: [3, 1]))) {
      [by([9, 7, $0]), kernel(2, 2, $0, 4)]
    },
    applied("conv1d rows causal", Convolution(WindowRule([5], padding: .causal))) {
      [by([14, $0]), kernel(5, $0, 3)]
    },
    applied("conv1d rows of many channels", Convolution(WindowRule([3], padding: .same))) {
      [by([8, 200]), kernel(3, 200, $0)]
    },
    applied("conv2d rows of many channels", Convolution(WindowRule([3, 3]))) {
      [by([4, 8, 70]), kernel(3, 3, 70, $0)]
    },
    applied("conv2d of many rows", Convolution(WindowRule([2, 3]))) { _ in
      [by([700, 8, 8]), kernel(2, 3, 8, 2)]
    },
    applied("conv2d of points", Convolution(WindowRule([1, 1]))) { [by([3, 2, $0]), kernel(1, 1, $0, 4)] },
    applied("conv2d of some points", Convolution(WindowRule([1, 1], strides: [2, 2]))) {
      [by([3, 4, $0]), kernel(1, 1, $0, 4)]
    },
    applied("conv2d groups", Convolution(WindowRule([2, 2], padding: .same), groups: 3)) {
      [by([3, 3, 3 * $0]), kernel(2, 2, $0, 6)]
    },
    applied("conv3d", Convolution(WindowRule([2, 2, 2], strides: [1, 2, 1], padding: .same))) {
      [by([3, 3, 2, $0]), kernel(2, 2, 2, $0, 2)]
    },
    applied(
      "transposed convolution",
      ConvolutionInput(WindowRule([3, 3], strides: [2, 2], padding: .same), axes: [.size(6), .size(4)])
    ) { [by([3, 2, 4]), kernel(3, 3, $0, 4)] },
    applied("convolution kernel", ConvolutionKernel(WindowRule([2, 2]))) {
      [by([4, 4, $0]), by([3, 3, 2])]
    },
    applied(
      "depthwise", DepthwiseConvolution(WindowRule([3, 2], strides: [2, 2], padding: .same), multiplier: 1)
    ) { [by([4, 3, $0]), kernel(3, 2, $0, 1)] }
    .rounding("depthwise_convolution") { .products($0.depth) },
    applied("depthwise, several", DepthwiseConvolution(WindowRule([3]), multiplier: 2)) {
      [by([5, $0]), kernel(3, $0, 2)]
    },
    applied("max pool", Pooling(.maximum, WindowRule([2, 3], strides: [2, 2]))) {
      [by([5, 4, $0], .spaced)]
    }
    .rounding("maximum_pooling_gradient") { _ in .products(9) },
    applied("max pool that overlaps", Pooling(.maximum, WindowRule([3], padding: .same))) {
      [by([5, $0], .spaced)]
    },
    applied("average pool", Pooling(.mean, WindowRule([3, 2], strides: [2, 2], padding: .same))) {
      [by([5, 4, $0])]
    }
    // The windows of the cases have at most eight taps; the largest of one is not rounded.
    .rounding("pooling") { "\($0.op)".contains("maximum") ? .none : .products(9) }
    .rounding("mean_pooling_gradient") { _ in .products(9) },
    applied("average pool of bodies", Pooling(.mean, WindowRule([2, 2, 2], strides: [2, 2, 2]))) {
      [by([3, 4, 3, $0])]
    },
    OpCase(
      "convolution with bias and relu",
      {
        [by([4, 4, 2], .positive), kernel(3, 3, 2, $0, numbers: .positive), kernel($0, numbers: .positive)]
      },
      {
        let y = try $0[0].graph.apply(Convolution(WindowRule([3, 3])), $0[0], $0[1])
        return try y.graph.apply(Unary(.relu), y.graph.apply(AddBias(), y, $0[2]))
      }),
  ]
}
