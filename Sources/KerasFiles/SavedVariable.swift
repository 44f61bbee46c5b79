public import Diagnostics
public import GraphEngine
public import HDF5Files
public import TensorCore

/// A variable with the path it is stored under: `sequential/dense/kernel`, in Keras 2 `dense/kernel:0`.
///
/// Its numbers stay where they are, in a file or in a model, until they are read or written one variable at a time:
/// what is read goes straight to where the model has it. An archive made from a model belongs to the task that owns it.
public struct SavedVariable: Equatable {
  public var path: String
  /// The type in the file, in which it is written again.
  public var element: H5Element
  /// Empty for a single number.
  public let shape: [Int]
  private let source: Source

  private enum Source {
    case tensor(Tensor)
    /// A whole-number scalar keeps all its bits: step counters outgrow single precision.
    case integer(Int64)
    case repeated(Float)
    case stored(StoredNumbers)
    case held(HeldNumbers)
  }

  public init(_ path: String, _ tensor: Tensor, element: H5Element = .float32) {
    self.init(path, shape: tensor.shape, element, .tensor(tensor))
  }

  public init(_ path: String, _ number: Int64, element: H5Element = .int64) {
    self.init(path, shape: [], element, .integer(number))
  }

  /// One number in every place.
  public init(_ path: String, repeating number: Float, shape: [Int]) {
    self.init(path, shape: shape, .float32, .repeated(number))
  }

  /// The numbers of a dataset, which keeps its file open.
  init(_ path: String, _ dataset: consuming H5Dataset) {
    let (shape, element) = (dataset.shape, dataset.element)
    self.init(path, shape: shape, element, .stored(StoredNumbers(dataset)))
  }

  /// What a parameter, or what stands for it in `run`, is when the variable is written.
  public init(_ path: String, of parameter: String, in slab: ParameterSlab, _ run: AlignedBuffer? = nil) {
    let shape = slab.entry(parameter).spec.shape
    self.init(path, shape: shape, .float32, .held(HeldNumbers(slab: slab, run: run, parameter: parameter)))
  }

  private init(_ path: String, shape: [Int], _ element: H5Element, _ source: Source) {
    self.path = path
    self.shape = shape
    self.element = element
    self.source = source
  }

  /// How many numbers there are.
  public var count: Int { shape.reduce(1, *) }

  /// The number of a whole-number scalar; `nil` for other variables.
  public var integer: Int64? { if case .integer(let number) = source { number } else { nil } }

  /// The numbers, a counter as a tensor of one.
  /// - Throws: E0605 if the file does not give them.
  public func tensor() throws(Diagnostic) -> Tensor {
    if case .tensor(let tensor) = source { return tensor }
    var elements = [Float](repeating: 0, count: count)
    try elements.withUnsafeMutableBufferPointer { numbers throws(Diagnostic) in try read(into: numbers) }
    return Tensor(shape, elements)
  }

  /// Puts the numbers, in row order, where they are wanted.
  /// - Parameter numbers: has room for ``count`` of them.
  /// - Throws: E0605 if the file does not give them.
  public func read(into numbers: UnsafeMutableBufferPointer<Float>) throws(Diagnostic) {
    switch source {
    case .stored(let stored): try stored.dataset.read(into: numbers)
    default:
      try withNumbers { own throws(Diagnostic) in
        precondition(own.count == numbers.count, "\(own.count) numbers do not fill \(numbers.count)")
        _ = numbers.update(fromContentsOf: own)
      }
    }
  }

  /// Lends the numbers in row order, without a copy where they lie so.
  private func withNumbers(
    _ body: (UnsafeBufferPointer<Float>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    switch source {
    case .tensor(let tensor): try tensor.elements.lend(body)
    case .integer(let number): try [Float(number)].lend(body)
    case .repeated(let number): try [Float](repeating: number, count: count).lend(body)
    case .stored: try tensor().elements.lend(body)
    case .held(let held): try held.slab.withNumbers(of: held.parameter, in: held.run, body)
    }
  }

  /// Writes the variable under `path`.
  /// - Throws: E0606 if it cannot be written, E0605 if it cannot be read.
  func write(in group: borrowing H5Group, at path: String) throws(Diagnostic) {
    if let integer { return try group.write([integer], shape: [], to: path, as: element) }
    try withNumbers { numbers throws(Diagnostic) in
      try group.write(numbers, shape: shape, to: path, as: element)
    }
  }

  public static func == (first: SavedVariable, second: SavedVariable) -> Bool {
    first.path == second.path && first.element == second.element && first.shape == second.shape
      && first.integer == second.integer && (try? first.tensor()) == (try? second.tensor())
  }
}

extension [Float] {
  fileprivate func lend(
    _ body: (UnsafeBufferPointer<Float>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try withUnsafeBufferPointer { numbers throws(Diagnostic) in try body(numbers) }
  }
}

/// Numbers that are still in their file.
private final class StoredNumbers {
  let dataset: H5Dataset
  init(_ dataset: consuming H5Dataset) { self.dataset = dataset }
}

/// Numbers that a model has.
private struct HeldNumbers {
  let slab: ParameterSlab
  let run: AlignedBuffer?
  let parameter: String
}
