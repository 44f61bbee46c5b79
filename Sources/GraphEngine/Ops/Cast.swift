public import TensorCore

/// The same numbers as another element type; fractions are cut off, what does not fit becomes the nearest end.
///
/// Keras: `keras.ops.cast`. Whole numbers have no gradient. NaN becomes 0.
public struct Cast: Op {
  public static let name = "cast"
  let element: ElementType
  public init(to element: ElementType) { self.element = element }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard element == .float32 || element == .int32 else {
      throw ShapeError("numbers in a graph are float32 or int32, not \(element.rawValue)")
    }
    guard operands[0].element != element else {
      throw ShapeError("\(operands[0]) is \(element.rawValue) already")
    }
    return TensorType(operands[0].dims, element)
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil] }

  public func bind(_ site: BindSite) -> Step {
    let (x, y, count) = (site.inputs[0], site.output.pointer, site.output.count)
    if element == .float32 {
      return { worker in for i in worker.share(of: count, grain: 16) { y[i] = Float(x.labels[i]) } }
    }
    let whole = UnsafeMutableRawPointer(y).assumingMemoryBound(to: Int32.self)
    return { worker in
      for i in worker.share(of: count, grain: 16) { whole[i] = truncated(x.input[i]) }
    }
  }
}

@inline(__always) private func truncated(_ x: Float) -> Int32 {
  if x >= 2_147_483_648 { return .max }
  if x > -2_147_483_648 { return Int32(x) }
  return x == x ? .min : 0
}

/// The value itself, through which no gradient flows.
///
/// Keras: `keras.ops.stop_gradient`.
public struct StopGradient: Op {
  public static let name = "stop_gradient"
  public init() {}
  public func infer(_ operands: [TensorType]) -> TensorType { operands[0] }
  public func pullback(_ c: PullbackContext) -> [Value?] { [nil] }
  public var isAlias: Bool { true }
  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 0 }
  public func bind(_ site: BindSite) -> Step { { _ in } }
}

extension Cast {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    if element == .float32 { return operands[0].map { Double(referenceWhole($0)) } }
    return operands[0].map { x in
      x.isNaN ? 0 : min(max(x, Double(Int32.min)), Double(Int32.max)).rounded(.towardZero)
    }
  }
}

extension StopGradient {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0]
  }
}
