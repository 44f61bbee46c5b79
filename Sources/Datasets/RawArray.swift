internal import TensorCore

/// The numbers of IDX files as they are: what is prepared is computed from them in double precision.
struct RawArray: Sendable {
  enum Numbers: Sendable {
    case bytes([UInt8])
    case floats([Float])
    case doubles([Double])

    var count: Int {
      switch self {
      case .bytes(let numbers): numbers.count
      case .floats(let numbers): numbers.count
      case .doubles(let numbers): numbers.count
      }
    }

    subscript(index: Int) -> Double {
      switch self {
      case .bytes(let numbers): Double(numbers[index])
      case .floats(let numbers): Double(numbers[index])
      case .doubles(let numbers): numbers[index]
      }
    }

    mutating func append(_ other: Numbers) {
      switch (self, other) {
      case (.bytes(var all), .bytes(let more)):
        self = .bytes([])  // so that `all` is the only owner and grows in place
        all += more
        self = .bytes(all)
      case (.floats(let all), .floats(let more)): self = .floats(all + more)
      case (.doubles(let all), .doubles(let more)): self = .doubles(all + more)
      default: break  // the types of both files were compared
      }
    }
  }

  var name: String
  var rowShape: [Int]
  var numbers: Numbers

  var rowSize: Int { rowShape.reduce(1, *) }

  var shape: DataShape.Array { DataShape.Array(name: name, rowShape: rowShape, element: .float32) }

  /// The numbers as a batch takes them.
  ///
  /// Bytes stay bytes until a batch is filled, unless 32 bits are too few for that: for numbers far from 0 that differ
  /// little.
  func prepared(_ scaling: Scaling, shape: [Int]) -> Column {
    switch numbers {
    case .bytes(let bytes):
      if let (scale, offset) = scaling.inFloats {
        return Column(name, rowShape: shape, .bytes(bytes), scale: scale, offset: offset)
      }
      let table = (0..<256).map { Float(scaling.value(Double($0))) }
      return Column(name, rowShape: shape, .floats(bytes.map { table[Int($0)] }))
    case .floats(let floats):
      let numbers = scaling.isPlain ? floats : floats.map { Float(scaling.value(Double($0))) }
      return Column(name, rowShape: shape, .floats(numbers))
    case .doubles(let doubles):
      return Column(name, rowShape: shape, .floats(doubles.map { Float(scaling.value($0)) }))
    }
  }
}

/// What becomes of a number: `(x - mean) / deviation · scale`.
public struct Scaling: Sendable, Equatable {
  public var mean = 0.0
  public var deviation = 1.0
  public var scale = 1.0

  public init(mean: Double = 0, deviation: Double = 1, scale: Double = 1) {
    self.mean = mean
    self.deviation = deviation
    self.scale = scale
  }

  var isPlain: Bool { self == Scaling() }

  func value(_ number: Double) -> Double { (number - mean) / deviation * scale }

  /// As `x · scale + offset` in 32 bits, if that gives the same for all bytes but for a few units of the last place of 1.
  fileprivate var inFloats: (scale: Float, offset: Float)? {
    let (factor, offset) = (Float(scale / deviation), Float(-mean / deviation * scale))
    let isExact = (0..<256).allSatisfy { byte in
      let exact = value(Double(byte))
      let rounded = Double(Float(byte) * factor + offset)
      return abs(rounded - exact) <= 4e-7 * max(1, abs(exact))
    }
    return isExact ? (factor, offset) : nil
  }
}
