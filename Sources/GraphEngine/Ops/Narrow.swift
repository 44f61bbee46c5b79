public import Diagnostics
public import TensorCore

/// The same numbers as a type of fewer bits has them: whole numbers wrapped around, fractions rounded to the nearest, halves
/// to the even one.
///
/// Keras: `keras.ops.cast` to these types, on TensorFlow. Operand and result are int32 for types of whole numbers, float32
/// for the others; what is too large for a type of fractions is infinite.
public struct Narrow: Op {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case int8, uint8, int16, uint16, float16, bfloat16

    /// What holds its numbers in a graph.
    public var element: ElementType { self == .float16 || self == .bfloat16 ? .float32 : .int32 }
  }

  public static let name = "narrow"
  public let kind: Kind
  public var name: String { "narrow_\(kind)" }
  public init(to kind: Kind) { self.kind = kind }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(kind.element, for: name)
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [kind.element == .float32 ? try c.gradient.graph.apply(self, c.gradient) : nil]
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 4 * result.reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (x, y, count, kind) = (site.inputs[0], site.output.pointer, site.output.count, kind)
    if kind.element == .float32 {
      return { worker in
        for i in worker.share(of: count, grain: 16) { y[i] = Float(kind.rounded(Double(x.input[i]))) }
      }
    }
    let whole = UnsafeMutableRawPointer(y).assumingMemoryBound(to: Int32.self)
    return { worker in
      for i in worker.share(of: count, grain: 16) { whole[i] = kind.wrapped(x.labels[i]) }
    }
  }
}

extension Narrow.Kind {
  @inline(__always) func wrapped(_ x: Int32) -> Int32 {
    switch self {
    case .int8: Int32(Int8(truncatingIfNeeded: x))
    case .uint8: Int32(UInt8(truncatingIfNeeded: x))
    case .int16: Int32(Int16(truncatingIfNeeded: x))
    case .uint16: Int32(UInt16(truncatingIfNeeded: x))
    case .float16, .bfloat16: x
    }
  }

  /// The nearest number of a type of fractions; numbers below the normal ones keep as many bits as they have left.
  @inline(__always) public func rounded(_ x: Double) -> Double {
    guard self == .float16 || self == .bfloat16, x.isFinite, x != 0 else { return x }
    let (bits, least, largest) = self == .float16 ? (10, -14, 65504.0) : (7, -126, 0x1.FEp127)
    let step = Double(sign: .plus, exponent: Swift.max(Int(x.exponent), least) - bits, significand: 1)
    let nearest = (x / step).rounded(.toNearestOrEven) * step
    return nearest.magnitude <= largest ? nearest : nearest * .infinity
  }

  /// What the result of two types has in Keras; `nil` if that is int32 or float32.
  static func common(_ a: Narrow.Kind, _ b: Narrow.Kind) -> Narrow.Kind? {
    if a == b { return a }
    if a.element != b.element { return a.element == .float32 ? a : b }
    switch (a, b) {
    case (.uint8, .uint16), (.uint16, .uint8): return .uint16
    case (.int8, .int16), (.int16, .int8), (.uint8, .int16), (.int16, .uint8), (.int8, .uint8),
      (.uint8, .int8):
      return .int16
    default: return nil
    }
  }
}

extension Value {
  /// The same numbers as a type of fewer bits has them.
  ///
  /// Keras: `keras.ops.cast`.
  public func narrowed(to kind: Narrow.Kind) throws(Diagnostic) -> Value {
    if kind.element == .float32 {
      return try graph.apply(Narrow(to: kind), cast(to: .float32))
    }
    var whole = self
    if type.element == .float32 {
      // As on TensorFlow, which goes by way of int32, what does not fit that becomes 0.
      whole = try Value.select(abs() .< 0x1p31, self, 0).cast(to: .int32)
    }
    return try graph.apply(Narrow(to: kind), whole)
  }

  /// The type of fewer bits that the numbers were cast to, however they have been moved since.
  public var narrowKind: Narrow.Kind? {
    var kind: Narrow.Kind?
    var (open, seen) = ([id], Set([id]))
    while let next = open.popLast() {
      guard let op = graph.nodes[next].op else { return nil }
      guard let narrow = op as? Narrow else {
        // So many ways are enough: each is asked for again with every op.
        guard seen.count < 64, let moved = Self.moved(op, graph.nodes[next].operands) else { return nil }
        open += moved.filter { seen.insert($0).inserted }
        continue
      }
      guard kind == nil || kind == narrow.kind else { return nil }
      kind = narrow.kind
    }
    return kind
  }

  /// Where the numbers of the result come from, if an op only moves or chooses them.
  private static func moved(_ op: some Op, _ operands: [Int]) -> [Int]? {
    switch Swift.type(of: op).name {
    case "reshape", "rearrange", "transpose", "broadcast", "repeat_last", "stop_gradient", "take",
      "take_along_axis":
      return Array(operands.prefix(1))
    case "select": return Array(operands.dropFirst())
    case "concatenate": return operands
    case "integer_reduce" where op.name.hasSuffix("imum"): return Array(operands.prefix(1))
    default: return nil
    }
  }

  /// What a function of two values would have in Keras where one or both are of a type of fewer bits.
  ///
  /// - Parameter other: `nil` for a plain number, which takes the value's type; a fraction beside whole numbers does not.
  public static func narrowKind(_ value: Value, with other: Value?, isFraction: Bool = false) -> Narrow.Kind?
  {
    let own = value.narrowKind
    guard let other else { return own.flatMap { isFraction && $0.element == .int32 ? nil : $0 } }
    switch (own, other.narrowKind) {
    case (nil, nil): return nil
    case (let a?, let b?): return .common(a, b)
    case (let kind?, nil): return other.type.element == .int32 && kind.element == .float32 ? kind : nil
    case (nil, let kind?): return value.type.element == .int32 && kind.element == .float32 ? kind : nil
    }
  }
}

extension Narrow {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].map { number in
      kind.element == .float32
        ? kind.rounded(number) : Double(kind.wrapped(Int32(truncatingIfNeeded: referenceWhole(number))))
    }
  }
}
