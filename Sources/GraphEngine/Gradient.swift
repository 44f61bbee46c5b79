import KernelABI
import Diagnostics

extension Graph {
  /// Extends the graph with the gradient of the scalar `loss` for each of `targets`.
  ///
  /// Gradients are ordinary nodes: they are shape-checked, fused and planned like any other, and those that
  /// nothing needs vanish with the other dead code.
  public func gradients(of loss: Value, for targets: [Value]) throws -> [Value] {
    let outer = (origin: origin, purpose: purpose)
    defer {
      origin = outer.origin
      purpose = outer.purpose
    }
    let wanted = dependents(of: targets.map(\.id), until: loss.id)
    var gradient: [Int: Value] = [loss.id: leaf(.constant(1), loss.type)]
    for id in stride(from: loss.id, through: 0, by: -1) where wanted.contains(id) {
      guard let incoming = gradient[id], case .op(let op, let operands) = nodes[id].kind else { continue }
      origin = nodes[id].origin
      purpose = nodes[id].purpose.on(.backward)
      let context = PullbackContext(operands: operands.map(value), result: value(id), gradient: incoming)
      for (operand, piece) in zip(operands, try op.pullback(context)) where wanted.contains(operand) {
        guard let piece else { continue }
        gradient[operand] = try gradient[operand].map { try apply(Binary(.add), $0, piece) } ?? piece
      }
    }
    return targets.map { gradient[$0.id] ?? leaf(.constant(0), $0.type) }
  }

  /// The nodes through which a change of `sources` reaches `end`.
  private func dependents(of sources: [Int], until end: Int) -> Set<Int> {
    var reached = Set(sources)
    for id in 0...end where nodes[id].operands.contains(where: reached.contains) { reached.insert(id) }
    return reached
  }
}

extension Diagnostic {
  /// E0308: an op that cannot be trained through.
  static func noDerivative(_ op: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0308", "\(op) has no derivative", at: span.map { Label($0, "training would need it here") },
      help: "use it in metrics, or outside the path from the weights to the loss")
  }

  /// E0309: a derivative of a derivative that the engine does not have.
  static func noSecondDerivative(_ op: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0309", "\(op) has no second derivative", at: span.map { Label($0, "differentiated twice here") },
      help: "the gradient of a gradient is available for sums, products, shapes and simple functions only")
  }
}
