import Glibc
import KernelABI
import Kernels
public import TensorCore

/// A parameter that a layer declared: name, shape, whether it is trained, and how the engine likes it to lie.
public struct ParameterSpec: Sendable {
  /// Unique in a model: its name, those of ``owner`` and the parameter's own.
  public var path: String
  /// The layer it is of: names from the outermost model down to the layer or the part of it, the model's own left out.
  public var owner: [String]
  public var shape: [Int]
  public var isTrainable: Bool
  public var layout: Layout

  public init(
    _ path: String, _ shape: [Int], of owner: [String] = [], isTrainable: Bool = true,
    layout: Layout = .rowMajor
  ) {
    self.path = path
    self.owner = owner
    self.shape = shape
    self.isTrainable = isTrainable
    self.layout = layout
  }

  /// What its owner calls it: `kernel`.
  public var name: String { String(path.split(separator: "/").last ?? "") }
  /// Its owner as it is named by people: `encoder/dense`.
  public var ownerName: String { owner.joined(separator: "/") }
  /// Its path below the model: `encoder/dense/kernel`.
  public var pathInModel: String { owner.isEmpty ? name : owner.parameterPath + "/" + name }
}

/// All numbers of a model in one run of memory, those that are trained first.
///
/// Gradients and optimizer slots lie in runs of the same layout, so that an optimizer step is one flat kernel
/// call. Outside the engine tensors are row-major, whatever they are here.
public final class ParameterSlab {
  public struct Entry: Sendable {
    public let spec: ParameterSpec
    public let offset: Int
    public var footprint: Int { spec.layout.footprint(of: spec.shape) }
  }

  /// In the order they were declared.
  public let entries: [Entry]
  /// The trained parameters are the first `trainableCount` floats.
  public let trainableCount: Int
  public let storage: AlignedBuffer
  private let index: [String: Int]

  public init(_ specs: [ParameterSpec]) {
    entries = Self.entries(of: specs)
    trainableCount = entries.filter(\.spec.isTrainable).map(\.footprint).reduce(0, +)
    storage = AlignedBuffer(entries.map(\.footprint).reduce(0, +))
    index = Dictionary(uniqueKeysWithValues: specs.enumerated().map { ($1.path, $0) })
  }

  /// Where each parameter lies, in the order they were declared.
  public static func entries(of specs: [ParameterSpec]) -> [Entry] {
    var next = 0
    var offsets = [Int](repeating: 0, count: specs.count)
    for isTrainable in [true, false] {
      for (i, spec) in specs.enumerated() where spec.isTrainable == isTrainable {
        offsets[i] = next
        next += spec.layout.footprint(of: spec.shape)
      }
    }
    return zip(specs, offsets).map { Entry(spec: $0, offset: $1) }
  }

  public func entry(_ path: String) -> Entry {
    guard let i = index[path] else {
      preconditionFailure("no parameter \(path) among \(index.keys.sorted())")
    }
    return entries[i]
  }

  /// Where a parameter is in `base`, a run of memory laid out like this slab.
  func place(_ path: String, in base: UnsafeMutablePointer<Float>) -> Place {
    let entry = entry(path)
    return Place(base + entry.offset, entry.spec.shape, entry.spec.layout)
  }

  /// The numbers of a parameter, or of what stands for it in `run`: a gradient, an optimizer slot.
  public func tensor(_ path: String, in run: AlignedBuffer? = nil) -> Tensor {
    Tensor(entry(path).spec.shape, withNumbers(of: path, in: run) { Array($0) })
  }

  public func set(_ path: String, _ tensor: Tensor, in run: AlignedBuffer? = nil) {
    let shape = entry(path).spec.shape
    precondition(tensor.shape == shape, "\(path) has shape \(shape), not \(tensor.shape)")
    fill(path, in: run) { numbers in
      for (i, x) in tensor.elements.enumerated() { numbers[i] = x }
    }
  }

  /// Lends the numbers of a parameter in row order: where they lie if they lie so, otherwise a copy.
  public func withNumbers<T, E: Error>(
    of path: String, in run: AlignedBuffer? = nil, _ body: (UnsafeBufferPointer<Float>) throws(E) -> T
  ) throws(E) -> T {
    let place = place(path, in: (run ?? storage).pointer)
    guard place.layout == .panels else {
      return try body(UnsafeBufferPointer(start: place.pointer, count: place.count))
    }
    let copy = UnsafeMutablePointer<Float>.allocate(capacity: max(1, place.count))
    defer { copy.deallocate() }
    kernels.fromPanels(place.input, copy, place.rows, place.columns)
    return try body(UnsafeBufferPointer(start: copy, count: place.count))
  }

  /// Has `write` set every number of a parameter in row order: where it lies if it lies so, otherwise through a copy.
  ///
  /// If `write` throws, the parameter may hold part of what it wrote.
  public func fill<E: Error>(
    _ path: String, in run: AlignedBuffer? = nil,
    _ write: (UnsafeMutableBufferPointer<Float>) throws(E) -> Void
  ) throws(E) {
    let place = place(path, in: (run ?? storage).pointer)
    guard place.layout == .panels else {
      return try write(UnsafeMutableBufferPointer(start: place.pointer, count: place.count))
    }
    // Zeros that cost nothing: pages of a large block are cleared when they are first written.
    guard let zeros = calloc(max(1, place.count), MemoryLayout<Float>.stride) else {
      preconditionFailure("no memory for \(place.count) numbers")
    }
    defer { free(zeros) }
    let copy = zeros.bindMemory(to: Float.self, capacity: max(1, place.count))
    try write(UnsafeMutableBufferPointer(start: copy, count: place.count))
    kernels.toPanels(copy, place.pointer, place.rows, place.columns)
  }
}
