import KernelABI
public import TensorCore

/// A convolution with kernels of its own for each channel: x `(batch, axes…, channels)`, kernel
/// `(window…, channels, multiplier)`, result `(batch, places…, channels · multiplier)`.
///
/// Keras: `keras.ops.depthwise_conv`.
public struct DepthwiseConvolution: Op {
  /// The result, or the gradient of one of the operands: of ``x`` from gradient and kernel, of the kernel from x and gradient.
  enum Part: Hashable, Sendable { case result, input([Dim]), kernel }

  public static let name = "depthwise_convolution"
  let rule: WindowRule
  let multiplier: Int
  let part: Part

  public init(_ rule: WindowRule, multiplier: Int) { self.init(rule, multiplier, .result) }

  private init(_ rule: WindowRule, _ multiplier: Int, _ part: Part) {
    self.rule = rule
    self.multiplier = multiplier
    self.part = part
  }

  private func of(_ part: Part) -> DepthwiseConvolution { .init(rule, multiplier, part) }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    switch part {
    case .input(let axes):
      return TensorType([operands[0].dims[0]] + axes + [operands[1].dims[rule.rank]])
    case .result, .kernel:
      let x = operands[0]
      let places = try rule.check(x, for: name).places
      let channels = try x.size(of: rule.rank + 1, to: "counted as channels")
      let kernel = rule.window.map { Dim.size($0) } + [.size(channels), .size(multiplier)]
      if part == .kernel { return TensorType(kernel) }
      guard operands[1].dims == kernel else {
        throw ShapeError("the kernel must be \(TensorType(kernel)), found \(operands[1])", operand: 1)
      }
      return TensorType([x.dims[0]] + places.map { .size($0) } + [.size(channels * multiplier)])
    }
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (a, b, g) = (c.operands[0], c.operands[1], c.gradient)
    func axes(_ x: Value) -> Part { .input(Array(x.type.dims.dropFirst().dropLast())) }
    switch part {
    case .result: return [try g.graph.apply(of(axes(a)), g, b), try g.graph.apply(of(.kernel), a, g)]
    case .input: return [try g.graph.apply(of(.result), g, b), try g.graph.apply(of(.kernel), g, a)]
    case .kernel: return [try g.graph.apply(of(axes(a)), b, g), try g.graph.apply(of(.result), a, g)]
    }
  }

  public func flops(_ operands: [[Int]], _ result: [Int]) -> Int {
    let places = (part == .result ? result : operands[part == .kernel ? 1 : 0]).reduce(1, *)
    return 2 * rule.window.reduce(1, *) * places
  }

  public func bind(_ site: BindSite) -> Step {
    let (a, b, y, kernels, multiplier) = (
      site.inputs[0], site.inputs[1], site.output, site.kernels, multiplier
    )
    let input: [Int] = if case .input = part { y.shape } else { a.shape }
    switch part {
    case .result, .input:
      let isResult = part == .result
      return rule.step(over: input) { window, samples, _ in
        let (first, last) = (samples.lowerBound, samples.upperBound)
        if isResult {
          kernels.depthwise(window, a.input, b.input, multiplier, y.pointer, first, last)
        } else {
          kernels.depthwiseInput(window, a.input, b.input, multiplier, y.pointer, first, last)
        }
      }
    case .kernel:
      // Every sample adds to it, so it is channels that are shared out.
      let window = rule.sliding(over: input)
      return { worker in
        let share = worker.share(of: window.channels, grain: 16)
        withUnsafePointer(to: window) {
          kernels.depthwiseKernel(
            $0, a.input, b.input, multiplier, y.pointer, share.lowerBound, share.upperBound)
        }
      }
    }
  }
}
