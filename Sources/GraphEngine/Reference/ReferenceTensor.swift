public import TensorCore

/// Numbers in double precision, row by row: what ``Op/reference(_:_:)`` computes with.
///
/// Whole numbers and truth values are numbers like all others.
public struct ReferenceTensor: Sendable, Equatable {
  public let shape: [Int]
  public var numbers: [Double]

  /// - Precondition: there are as many numbers as the shape has places.
  public init(_ shape: [Int], _ numbers: [Double]) {
    precondition(shape.reduce(1, *) == numbers.count, "\(numbers.count) numbers do not fill \(shape)")
    self.shape = shape
    self.numbers = numbers
  }

  public init(_ shape: [Int], repeating number: Double = 0) {
    self.shape = shape
    numbers = Array(repeating: number, count: shape.reduce(1, *))
  }

  /// The numbers of a tensor, exactly; whole numbers are given as their bit patterns.
  public init(_ tensor: Tensor, _ element: ElementType = .float32) {
    let numbers = tensor.elements.map {
      element != .float32 ? Double(Int32(bitPattern: $0.bitPattern)) : Double($0)
    }
    self.init(tensor.shape, numbers)
  }

  /// Each number made from its place.
  init(_ shape: [Int], at place: ([Int]) -> Double) {
    self.init(shape)
    Self.eachPlace(of: shape) { index, i in numbers[i] = place(index) }
  }

  /// Goes through all places, the last axis the fastest.
  static func eachPlace(of shape: [Int], _ body: (_ index: [Int], _ i: Int) -> Void) {
    var index = shape.map { _ in 0 }
    for i in 0..<shape.reduce(1, *) {
      body(index, i)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
        axis -= 1
      }
    }
  }

  var count: Int { numbers.count }
  /// The last axis, and the product of all others.
  var columns: Int { shape.last ?? 1 }
  var rows: Int { shape.dropLast().reduce(1, *) }

  /// The number at a place, or with `shape[axis]` numbers a step further.
  subscript(index: [Int]) -> Double { numbers[Self.offset(of: index, in: shape)] }

  /// Where a place lies among the numbers of a shape.
  static func offset(of index: [Int], in shape: [Int]) -> Int {
    var offset = 0
    for axis in shape.indices { offset = offset * shape[axis] + index[axis] }
    return offset
  }

  func map(_ function: (Double) -> Double) -> ReferenceTensor {
    ReferenceTensor(shape, numbers.map(function))
  }

  /// Number by number with another tensor of the same shape.
  func combined(_ other: ReferenceTensor, _ function: (Double, Double) -> Double) -> ReferenceTensor {
    ReferenceTensor(shape, zip(numbers, other.numbers).map(function))
  }

  /// Repeated by NumPy's rules: axes are aligned at the last, one of size 1 has its number everywhere.
  func broadcast(to result: [Int]) -> ReferenceTensor {
    if shape == result { return self }
    let missing = result.count - shape.count
    return ReferenceTensor(result) { index in
      var offset = 0
      for axis in shape.indices {
        offset = offset * shape[axis] + (shape[axis] == 1 ? 0 : index[missing + axis])
      }
      return numbers[offset]
    }
  }

  /// Each row by a function of it.
  func mapRows(_ function: ([Double]) -> [Double]) -> ReferenceTensor {
    var result: [Double] = []
    for row in 0..<rows { result += function(self.row(row)) }
    return ReferenceTensor(shape, result)
  }

  func row(_ row: Int) -> [Double] { Array(numbers[row * columns..<(row + 1) * columns]) }

  /// The numbers along neighbouring axes, in order, for each place of the others.
  func runs(along axes: Range<Int>) -> [[Double]] {
    places(along: axes).map { $0.map { numbers[$0] } }
  }

  /// Where the numbers along neighbouring axes lie.
  func places(along axes: Range<Int>) -> [[Int]] {
    let outer = shape[..<axes.lowerBound].reduce(1, *)
    let count = shape[axes].reduce(1, *)
    let inner = shape[axes.upperBound...].reduce(1, *)
    return (0..<outer * inner).map { place in
      (0..<count).map { (place / inner * count + $0) * inner + place % inner }
    }
  }

  /// The axis that a number means: -1 is the last.
  func axis(_ axis: Int) -> Int { axis < 0 ? axis + shape.count : axis }

  /// The same with one place of an index changed.
  static func index(_ index: [Int], with place: Int, at axis: Int) -> [Int] {
    var index = index
    index[axis] = place
    return index
  }
}

/// A number of whole numbers; what was taken from outside of them is NaN, whose bits are a whole number, too.
func referenceWhole(_ number: Double) -> Int {
  Int(exactly: number) ?? Int(Float.nan.bitPattern)
}

/// Sums of products: `Σ a(i, p) · b(p, j)` over p, for m rows and n columns.
@inline(__always)
func referenceProduct(
  m: Int, n: Int, k: Int, _ a: (_ i: Int, _ p: Int) -> Double, _ b: (_ p: Int, _ j: Int) -> Double
) -> [Double] {
  var result = [Double](repeating: 0, count: m * n)
  for i in 0..<m {
    for p in 0..<k {
      let factor = a(i, p)
      for j in 0..<n { result[i * n + j] += factor * b(p, j) }
    }
  }
  return result
}

extension RandomStream {
  /// The stream of the step whose number is an int64 in the memory of two floats.
  func at(words: ReferenceTensor) -> RandomStream {
    let halves = words.numbers.map { UInt64(Float($0).bitPattern) }
    return at(step: halves[0] | halves[1] << 32)
  }
}
