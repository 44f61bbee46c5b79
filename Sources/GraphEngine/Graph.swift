public import Diagnostics
public import TensorCore

/// A value in a graph: an index and a type.
///
/// Copying it is free and it holds no numbers.
public struct Value {
  public let id: Int
  public let type: TensorType
  public let graph: Graph

  /// The same value, said to be of a more general type: for summaries, not for computing on.
  public func described(as type: TensorType) -> Value { Value(id: id, type: type, graph: graph) }
}

/// What enters a graph from outside.
public enum Leaf: Sendable, Hashable {
  case input(String)
  case parameter(String)
  /// Numbers for each sample of a batch that a model keeps from one batch to the next.
  case state(String)
  /// One number everywhere.
  case constant(Float)
  /// Numbers that were known when the graph was built.
  case table(ConstantTable)
}

/// The numbers of a constant, kept as bits: so that equal constants are one leaf, whatever their element type.
public struct ConstantTable: Sendable, Hashable {
  public let bits: [UInt32]

  public init(_ numbers: [Float]) { bits = numbers.map(\.bitPattern) }
  public init(_ numbers: [Int32]) { bits = numbers.map { UInt32(bitPattern: $0) } }

  func write(to pointer: UnsafeMutablePointer<Float>) {
    for (i, x) in bits.enumerated() { pointer[i] = Float(bitPattern: x) }
  }
}

/// The record of a computation, built by calling layers.
///
/// It belongs to one task and is not `Sendable`.
public final class Graph {
  public struct Node {
    public enum Kind {
      case leaf(Leaf)
      case op(any Op, [Int])
    }
    public var kind: Kind
    public var type: TensorType
    public var origin: SourceSpan?
    public var purpose = Purpose()

    package var operands: [Int] { if case .op(_, let ids) = kind { ids } else { [] } }
    /// Whether its numbers are those of the model, not of a program.
    var isHeldByModel: Bool {
      switch kind {
      case .leaf(.parameter), .leaf(.state): true
      default: false
      }
    }
    package var op: (any Op)? { if case .op(let op, _) = kind { op } else { nil } }
  }

  /// What of a training step a node is there for: profiles add up by it.
  public struct Purpose: Sendable, Hashable {
    public enum Direction: String, Sendable, CaseIterable { case forward, backward, update }

    /// The path of the layer that made the node, as in "encoder/dense"; names in parentheses are not layers', and the
    /// model itself has none.
    public var layer: String
    public var direction: Direction

    public init(_ layer: String = "", _ direction: Direction = .forward) {
      self.layer = layer
      self.direction = direction
    }

    /// The same layer on another way.
    func on(_ direction: Direction) -> Purpose { Purpose(layer, direction) }
  }

  public private(set) var nodes: [Node] = []
  private var leaves: [LeafKey: Int] = [:]
  private var leafNames: Set<Leaf> = []

  /// One leaf may be had with several types: the number 1 as a scalar and as a matrix.
  private struct LeafKey: Hashable {
    var leaf: Leaf
    var type: TensorType
  }

  /// Where in the experiment file the layer being traced was written; errors and profiles point there.
  public var origin: SourceSpan?
  /// What the nodes that are made now are there for.
  public var purpose = Purpose()

  public init() {}

  /// A value from outside; the same leaf is the same value.
  public func leaf(_ leaf: Leaf, _ type: TensorType) -> Value {
    let key = LeafKey(leaf: leaf, type: type)
    if let id = leaves[key] { return value(id) }
    leaves[key] = nodes.count
    leafNames.insert(leaf)
    return append(.leaf(leaf), type)
  }

  public func hasLeaf(_ leaf: Leaf) -> Bool { leafNames.contains(leaf) }

  /// The single way an op enters a graph, eager or traced.
  /// - Throws: `Diagnostic` E0301 if the operands do not fit.
  public func apply(_ op: some Op, _ operands: Value...) throws(Diagnostic) -> Value {
    try apply(op, operands)
  }

  /// The same for operands that are counted only when the graph is built.
  /// - Throws: `Diagnostic` E0301 if the operands do not fit.
  public func apply(_ op: some Op, _ operands: [Value]) throws(Diagnostic) -> Value {
    let type: TensorType
    do throws(ShapeError) {
      if !op.takesTexts, let text = operands.firstIndex(where: { $0.type.element == .text }) {
        throw ShapeError(
          "'\(op.name)' is for numbers, found the texts \(operands[text].type)", operand: text,
          hint: "StringLookup and Hashing make numbers of texts")
      }
      type = try op.infer(operands.map(\.type))
    } catch {
      throw .shape(error, at: origin, operands: operands)
    }
    guard type.sampleCount <= TensorType.largestCount else {
      throw .uncountable("the result \(type)", at: origin)
    }
    return append(.op(op, operands.map(\.id)), type)
  }

  public func value(_ id: Int) -> Value { Value(id: id, type: nodes[id].type, graph: self) }

  private func append(_ kind: Node.Kind, _ type: TensorType) -> Value {
    nodes.append(Node(kind: kind, type: type, origin: origin, purpose: purpose))
    return value(nodes.count - 1)
  }
}

extension Diagnostic {
  /// E0301: a shape rule failed; points at the layer at work and at the one that made the operand at fault.
  static func shape(_ error: ShapeError, at span: SourceSpan?, operands: [Value]) -> Diagnostic {
    let culprit = operands.indices.contains(error.operand) ? operands[error.operand] : nil
    var related: [Label] = []
    if let culprit, let origin = culprit.graph.nodes[culprit.id].origin, origin != span {
      related.append(Label(origin, "this gives \(culprit.type)"))
    }
    return Diagnostic(
      "E0301", error.message, at: span.map { Label($0, "does not fit here") }, related: related,
      help: error.hint)
  }
}
