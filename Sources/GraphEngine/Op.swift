public import KernelABI
public import TensorCore

/// One primitive: everything the engine knows of it, shape rule, derivative and kernel, in one type.
///
/// To add an op, write one file in `Ops/` with a struct that conforms. Nothing lists the ops: a node holds its
/// op, and the compiler, the differentiator and the eager evaluator only call these requirements.
public protocol Op: Hashable, Sendable {
  static var name: String { get }
  /// The name in dumps and profiles, where it says more than that of the type: which elementwise function.
  var name: String { get }

  /// The result type, or why these operands do not fit.
  func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType

  /// Builds the gradient of each operand from the gradient of the result; `nil` where there is none.
  func pullback(_ context: PullbackContext) throws -> [Value?]

  /// Binds the kernel to memory that will not move. Called once per program, not once per step.
  func bind(_ site: BindSite) -> Step

  /// The result in double precision, of this shape: plain loops written from the definition, without kernels.
  ///
  /// It is what tests and ``ReferenceEvaluator`` hold the kernels against. Ops that only passes make are never asked.
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor

  /// Does it take texts? All other ops would compute with their numbers, which mean nothing.
  var takesTexts: Bool { get }
  /// May the result be written over operand 0?
  var canReuseFirstOperand: Bool { get }
  /// Is the result operand 0 itself, or a part of it, seen with another shape?
  var isAlias: Bool { get }
  /// Where an alias begins in operand 0, of this shape.
  func aliasOffset(_ operand: [Int]) -> Int
  /// Can this operand, a parameter, be read where it lies in panels?
  func readsPanels(_ operand: Int) -> Bool
  /// Can the result be written in panels?
  var writesPanels: Bool { get }
  /// Can the result be added to weights on its way out (``BindSite/update``)?
  var updatesWeights: Bool { get }
  /// Rows of operand 0 up to which it can.
  var longestFusedSum: Int { get }
  /// The floating-point operations of a product, multiplications and additions each counted; 0 for what is none.
  func flops(_ operands: [[Int]], _ result: [Int]) -> Int
  /// About as many operations as take the same time, for deciding on threads.
  func cost(_ operands: [[Int]], _ result: [Int]) -> Int
}

extension Op {
  public var name: String { Self.name }
  public var takesTexts: Bool { false }
  public var canReuseFirstOperand: Bool { false }
  public var isAlias: Bool { false }
  public func aliasOffset(_ operand: [Int]) -> Int { 0 }
  public func readsPanels(_ operand: Int) -> Bool { false }
  public var writesPanels: Bool { false }
  public var updatesWeights: Bool { false }
  public var longestFusedSum: Int { GemmTask.longestFusedDepth }
  public func flops(_ operands: [[Int]], _ result: [Int]) -> Int { 0 }
  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int {
    max(flops(operands, result), result.reduce(1, *))
  }
}

/// How the numbers of a value lie in memory.
public enum Layout: Sendable, Equatable {
  case rowMajor
  /// A matrix in panels of 16 columns, each panel row by row: what the matrix kernels read in sequence.
  /// Missing columns of the last panel are 0.
  case panels

  /// Floats that a tensor takes, rounded up so that whatever follows stays aligned.
  public func footprint(of shape: [Int]) -> Int {
    switch self {
    case .rowMajor: return (shape.reduce(1, *) + 15) & ~15
    case .panels:
      let columns = shape.last ?? 1
      return shape.dropLast().reduce(1, *) * ((columns + 15) & ~15)
    }
  }
}

/// Where the numbers of one value are.
public struct Place {
  public let pointer: UnsafeMutablePointer<Float>
  public let shape: [Int]
  public let layout: Layout

  public init(_ pointer: UnsafeMutablePointer<Float>, _ shape: [Int], _ layout: Layout = .rowMajor) {
    self.pointer = pointer
    self.shape = shape
    self.layout = layout
  }

  /// What an alias shows of it.
  func part(of alias: any Op, _ shown: [Int]) -> Place { Place(pointer + alias.aliasOffset(shape), shown) }

  public var count: Int { shape.reduce(1, *) }
  public var input: UnsafePointer<Float> { UnsafePointer(pointer) }
  /// The same memory as whole numbers, for values of type int32.
  public var labels: UnsafePointer<Int32> { UnsafeRawPointer(pointer).assumingMemoryBound(to: Int32.self) }
  /// The last axis, and the product of all others.
  public var columns: Int { shape.last ?? 1 }
  public var rows: Int { shape.dropLast().reduce(1, *) }
}

/// What an op sees when it is bound: addresses and concrete shapes.
public struct BindSite {
  public let kernels: KernelTable
  public let inputs: [Place]
  public let output: Place
  /// When set, the op adds `-rate ·` its result to these weights, laid out as the result, instead of storing it.
  public let update: FusedUpdate?
}

/// A gradient descent step taken where the gradient is made.
public struct FusedUpdate {
  public let weights: UnsafeMutablePointer<Float>
  public let rate: UnsafePointer<Float>
}

/// One of the threads that run a step together.
public struct Worker {
  public let part: Int
  public let parts: Int
  /// Working memory of this thread, ``GemmTask/workspace`` floats.
  public let workspace: UnsafeMutablePointer<Float>

  package init(part: Int, parts: Int, workspace: UnsafeMutablePointer<Float>) {
    self.part = part
    self.parts = parts
    self.workspace = workspace
  }

  /// This worker's piece of `0 ..< count`, cut at multiples of `grain`.
  ///
  /// Pieces never change what is computed.
  @inline(__always) public func share(of count: Int, grain: Int = 1) -> Range<Int> {
    let grains = (count + grain - 1) / grain
    return min(count, grains * part / parts * grain)..<min(count, grains * (part + 1) / parts * grain)
  }
}

/// A kernel call with its pointers already in place: no allocation, no lookup, no branch on the kind of op.
public typealias Step = (Worker) -> Void

/// What an op needs to build gradients.
public struct PullbackContext {
  public let operands: [Value]
  public let result: Value
  public let gradient: Value
}
