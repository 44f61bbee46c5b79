public import TensorCore

/// Random numbers that are drawn anew in every training step: nothing is stored, number *i* of a step follows from the
/// stream, the step and *i*.
///
/// Keras: `keras.random.normal`, `uniform`, `truncated_normal`. Operand: the step (one int64 in two floats' memory).
public struct RandomNumbers: Op {
  public enum Distribution: Hashable, Sendable {
    /// From `lower` up to but without `upper`.
    case uniform(lower: Float, upper: Float)
    case normal(mean: Float, deviation: Float)
    /// Normal, cut off at two deviations.
    case truncatedNormal(mean: Float, deviation: Float)
  }

  public static let name = "random"
  let distribution: Distribution
  let dims: [Dim]
  let key: SIMD2<UInt32>
  let position: SIMD2<UInt32>

  public init(_ distribution: Distribution, _ dims: [Dim], stream: RandomStream) {
    self.distribution = distribution
    self.dims = dims
    key = stream.key
    position = stream.stream
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard operands[0].dims == [.size(2)] else {
      throw ShapeError("random numbers need the number of the step, found \(operands[0])")
    }
    return TensorType(dims)
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil] }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 60 * result.reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (y, count) = (site.output.pointer, site.output.count)
    let stream = RandomStream(key: key, stream: position)
    let step = UnsafeRawPointer(site.inputs[0].pointer)
    return { worker in
      let now = stream.at(step: step.load(as: UInt64.self))
      let share = worker.share(of: count, grain: 16)
      for i in share { y[i] = number(i, of: now) }
    }
  }

  private func number(_ i: Int, of now: RandomStream) -> Float {
    switch distribution {
    case .uniform(let lower, let upper): now.uniform(i) * (upper - lower) + lower
    case .normal(let mean, let deviation): now.normal(i) * deviation + mean
    case .truncatedNormal(let mean, let deviation): now.truncatedNormal(i) * deviation + mean
    }
  }
}

extension RandomNumbers {
  /// The numbers that the engine draws.
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let now = RandomStream(key: key, stream: position).at(words: operands[0])
    return ReferenceTensor(shape, (0..<shape.reduce(1, *)).map { Double(number($0, of: now)) })
  }
}
