public import KernelABI

/// All that is known of an elementwise function of two values beside its kernels, as ``UnaryDescription`` is of one value.
public struct BinaryDescription: Sendable {
  /// Operands, result and gradient of the result.
  struct Application {
    let a, b, y, g: Value
  }

  /// What the function is of whole numbers of 32 bits.
  enum Whole: Sendable {
    /// A fraction, so that it is no function of whole numbers.
    case fraction
    /// What it is of fractions.
    case same
    /// Something of its own.
    case of(@Sendable (Int, Int) -> Double)
  }

  public let function: BinaryFunction
  /// What `keras.ops` calls it, and other spellings.
  public let names: [String]
  /// What it computes, in a sentence.
  public let summary: String
  /// The function by its definition, in double precision.
  let value: @Sendable (_ a: Double, _ b: Double) -> Double
  let whole: Whole
  /// The gradients of both operands in the shape of the result; `nil` where it is flat.
  let slopes: @Sendable (Application) throws -> (Value?, Value?)
  /// Work for a number, in additions.
  let cost: Int

  init(
    _ function: BinaryFunction, _ names: String..., means summary: String,
    value: @escaping @Sendable (Double, Double) -> Double, whole: Whole = .same, cost: Int = 1,
    slopes: @escaping @Sendable (Application) throws -> (Value?, Value?) = { _ in (nil, nil) }
  ) {
    self.function = function
    self.names = names
    self.summary = summary
    self.value = value
    self.whole = whole
    self.slopes = slopes
    self.cost = cost
  }

  /// A comparison or a logical function.
  init(
    _ function: BinaryFunction, _ names: String..., means summary: String,
    holds: @escaping @Sendable (Double, Double) -> Bool
  ) {
    self.function = function
    self.names = names
    self.summary = summary
    value = { holds($0, $1) ? 1 : 0 }
    whole = .same
    slopes = { _ in (nil, nil) }
    cost = 1
  }

  public static let all: [BinaryDescription] = arithmetic + truths

  /// The same, each at its number.
  fileprivate static let table: [BinaryDescription] = BinaryFunction.allCases.map { function in
    guard let found = all.first(where: { $0.function == function }) else {
      preconditionFailure("the function \(function) is not described")
    }
    return found
  }
}

extension BinaryFunction {
  /// What is known of it.
  public var described: BinaryDescription { BinaryDescription.table[Int(rawValue)] }

  /// Whether whole numbers give a whole number or a truth value.
  public var isWhole: Bool { if case .fraction = described.whole { false } else { true } }

  /// The function by its definition, in double precision.
  func value(_ a: Double, _ b: Double) -> Double { described.value(a, b) }

  /// The function of whole numbers of 32 bits, which wrap around; a division by 0 gives 0.
  func value(whole x: Double, _ y: Double) -> Double {
    let (a, b) = (referenceWhole(x), referenceWhole(y))
    return switch described.whole {
    case .of(let whole): whole(a, b)
    case .same, .fraction: described.value(Double(a), Double(b))
    }
  }
}
