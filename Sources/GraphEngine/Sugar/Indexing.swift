public import Diagnostics
import TensorCore

/// What is taken of one axis, by Python's rules: negative places count from the end, ends may lie outside.
public enum AxisSlice: Sendable, Hashable {
  /// The whole axis; the only choice for a batch axis.
  case all
  /// `from:to:by` of Python, any of them left out; a negative step goes backwards.
  case range(from: Int? = nil, to: Int? = nil, by: Int = 1)
  /// One element; the axis vanishes.
  case at(Int)
}

/// What a pad puts around an axis.
public enum PadMode: Sendable, Hashable {
  case constant(Float)
  /// Mirrored at the edge elements, which are not repeated.
  case reflect
  /// Mirrored with the edge elements repeated.
  case symmetric
}

extension Value {
  /// Parts of the first axes; those that are not mentioned stay whole.
  ///
  /// Keras: `x[:, 1:-1, ::2]`, `keras.ops.slice`.
  /// - Throws: E0301 if a batch axis is cut, a place does not exist or a step is 0.
  public func sliced(_ slices: AxisSlice...) throws(Diagnostic) -> Value { try sliced(slices) }

  /// The same with a list.
  public func sliced(_ slices: [AxisSlice]) throws(Diagnostic) -> Value {
    let maps = try graph.checked(self) { () throws(ShapeError) in
      guard slices.count <= type.rank else {
        throw ShapeError("\(type) has no \(slices.count) axes to slice", hint: "it has \(type.rank)")
      }
      var maps = [AxisMap](repeating: .whole, count: type.rank)
      for (axis, slice) in slices.enumerated() where slice != .all {
        let size = try type.size(of: axis, to: "cut")
        let map = try slice.map(size, axis, of: type)
        maps[axis] = map == .range(start: 0, step: 1, count: size) ? .whole : map
      }
      return maps
    }
    let dropped = slices.indices.filter { if case .at = slices[$0] { true } else { false } }
    let part = try rearranged(maps)
    return try part.reshaped(
      to: part.type.dims.indices.filter { !dropped.contains($0) }.map { part.type.dims[$0] })
  }

  /// An axis cut into parts of these sizes.
  ///
  /// Keras: `keras.ops.split`.
  /// - Throws: E0301 if the sizes do not add up to the axis.
  public func split(_ sizes: [Int], axis: Int = -1) throws(Diagnostic) -> [Value] {
    let place = try graph.checked(self) { () throws(ShapeError) in
      let place = try type.axis(axis)
      let total = try type.size(of: place, to: "split")
      guard sizes.allSatisfy({ $0 >= 0 && $0 <= total }), sizes.reduce(0, +) == total else {
        throw ShapeError(
          "axis \(place) of \(type) cannot be split into \(sizes)", hint: "the sizes must add up to \(total)")
      }
      return place
    }
    var (start, parts): (Int, [Value]) = (0, [])
    for size in sizes {
      parts.append(try rearranged(place, .range(start: start, step: 1, count: size)))
      start += size
    }
    return parts
  }

  /// An axis cut into equal parts.
  ///
  /// Keras: `keras.ops.split` with a number of sections.
  public func split(into sections: Int, axis: Int = -1) throws(Diagnostic) -> [Value] {
    let size = try graph.checked(self) { () throws(ShapeError) in
      let total = try type.size(of: try type.axis(axis), to: "split")
      guard sections > 0, total % sections == 0 else {
        throw ShapeError(
          "an axis of \(total) elements cannot be split into \(sections) equal parts",
          hint: "split([…]) takes sizes that differ")
      }
      return total / sections
    }
    return try split([Int](repeating: size, count: sections), axis: axis)
  }

  /// More elements before and after each axis.
  ///
  /// Keras: `keras.ops.pad`.
  /// - Parameter widths: one pair an axis; (0, 0) for a batch axis.
  /// - Throws: E0301 if a width is negative or a mirror would need more than there is.
  public func padded(
    _ widths: [(before: Int, after: Int)], _ mode: PadMode = .constant(0)
  ) throws(Diagnostic) -> Value {
    let maps = try graph.checked(self) { () throws(ShapeError) in
      guard widths.count == type.rank else {
        throw ShapeError("\(widths.count) widths do not fit \(type)", hint: "give one pair an axis")
      }
      var maps = [AxisMap](repeating: .whole, count: type.rank)
      for (axis, width) in widths.enumerated() where width != (0, 0) {
        let size = try type.size(of: axis, to: "padded")
        guard width.before >= 0, width.after >= 0 else {
          throw ShapeError("a pad cannot be negative: \(width.before), \(width.after)", hint: "use sliced")
        }
        if let longest = mode.longest(size), Swift.max(width.before, width.after) > longest {
          throw ShapeError(
            "axis \(axis) of \(type) has too few elements to mirror \(width.before) and \(width.after)",
            hint: "at most \(longest) on each side")
        }
        maps[axis] = .padded(before: width.before, after: width.after, mode.edge)
      }
      return maps
    }
    if case .constant(let fill) = mode { return try rearranged(maps, fill: fill) }
    return try rearranged(maps)
  }

  /// Every element of an axis several times in a row.
  ///
  /// Keras: `keras.ops.repeat`, `keras.layers.UpSampling1D`.
  public func repeated(_ times: Int, axis: Int) throws(Diagnostic) -> Value {
    try rearranged(axis, .repeated(try notNegative(times)))
  }

  /// The whole value several times along each axis; new axes in front if there are more numbers than axes.
  ///
  /// Keras: `keras.ops.tile`.
  public func tiled(_ times: [Int]) throws(Diagnostic) -> Value {
    let extra = Swift.max(0, times.count - type.rank)
    let x = try reshaped(to: [Dim](repeating: .size(1), count: extra) + type.dims)
    var maps = [AxisMap](repeating: .whole, count: x.type.rank - times.count)
    for count in times { maps.append(count == 1 ? .whole : .tiled(try notNegative(count))) }
    return try x.rearranged(maps)
  }

  /// The elements of axes in reverse order.
  ///
  /// Keras: `keras.ops.flip`.
  public func flipped(_ axes: [Int]) throws(Diagnostic) -> Value {
    let maps = try graph.checked(self) { () throws(ShapeError) in
      var maps = [AxisMap](repeating: .whole, count: type.rank)
      for axis in try type.axes(axes) {
        let size = try type.size(of: axis, to: "reversed")
        maps[axis] = .range(start: size - 1, step: -1, count: size)
      }
      return maps
    }
    return try rearranged(maps)
  }

  /// Everything moved along an axis; what falls off one end comes in at the other.
  ///
  /// Keras: `keras.ops.roll`.
  public func rolled(_ shift: Int, axis: Int) throws(Diagnostic) -> Value {
    try rearranged(axis, .rolled(shift))
  }

  /// The elements of an axis that whole numbers name; their shape stands in its place.
  ///
  /// Keras: `keras.ops.take`. Negative numbers count from the end; one outside gives NaN.
  public func taking(_ indices: Value, axis: Int) throws(Diagnostic) -> Value {
    try graph.apply(Take(axis: axis), self, indices)
  }

  /// The same with indices that are known already.
  /// - Throws: E0301 if one is outside.
  public func taking(_ indices: [Int], axis: Int) throws(Diagnostic) -> Value {
    let places = try graph.checked(self) { () throws(ShapeError) in
      let size = try type.size(of: try type.axis(axis), to: "indexed")
      var places: [Int32] = []
      for index in indices {
        guard index < size, index >= -size else {
          throw ShapeError("axis \(axis) of \(type) has no element \(index)", hint: "it has \(size)")
        }
        places.append(Int32(clamping: index < 0 ? index + size : index))
      }
      return places
    }
    return try rearranged(axis, .indices(places))
  }

  /// Each position's elements along an axis by its own indices.
  ///
  /// Keras: `keras.ops.take_along_axis`.
  public func taking(_ indices: Value, along axis: Int) throws(Diagnostic) -> Value {
    try graph.apply(TakeAlong(axis: axis), self, indices)
  }

  /// A new axis of `classes` elements with a 1 where this whole number says.
  ///
  /// Keras: `keras.ops.one_hot`.
  public func oneHot(_ classes: Int, axis: Int = -1) throws(Diagnostic) -> Value {
    try graph.apply(OneHot(classes: classes), cast(to: .int32)).movingAxis(-1, to: axis)
  }

  /// The lower triangle of each matrix.
  ///
  /// Keras: `keras.ops.tril`.
  public func lowerTriangle(_ diagonal: Int = 0) throws(Diagnostic) -> Value {
    try graph.apply(Triangle(.lower, diagonal: diagonal), self)
  }

  /// The upper triangle of each matrix.
  ///
  /// Keras: `keras.ops.triu`.
  public func upperTriangle(_ diagonal: Int = 0) throws(Diagnostic) -> Value {
    try graph.apply(Triangle(.upper, diagonal: diagonal), self)
  }

  /// One diagonal of each matrix (the last two axes), which becomes the last axis.
  ///
  /// Keras: `keras.ops.diagonal`; `keras.ops.diag` of a matrix.
  public func diagonal(_ offset: Int = 0) throws(Diagnostic) -> Value {
    let (rows, columns) = try matrixSize("cut")
    let start = offset < 0 ? -offset * columns : offset
    let count = Swift.max(0, Swift.min(rows + Swift.min(0, offset), columns - Swift.max(0, offset)))
    let flat = try reshaped(to: type.dims.dropLast(2) + [.size(rows * columns)])
    return try flat.rearranged(-1, .range(start: count > 0 ? start : 0, step: columns + 1, count: count))
  }

  /// Square matrices that are 0 but for one diagonal, which is this value's last axis.
  ///
  /// Keras: `keras.ops.diag` of a vector, `keras.ops.diagflat`.
  public func onDiagonal(_ offset: Int = 0) throws(Diagnostic) -> Value {
    let size = try graph.checked(self) { () throws(ShapeError) in
      try type.size(of: try type.axis(-1), to: "put on a diagonal")
    }
    let side = size + Swift.abs(offset)
    let start = offset < 0 ? -offset * side : offset
    let flat = try rearranged(-1, .spread(start: start, step: side + 1, size: side * side))
    return try flat.reshaped(to: type.dims.dropLast() + [.size(side), .size(side)])
  }

  /// The sum of a diagonal of each matrix.
  ///
  /// Keras: `keras.ops.trace`.
  public func trace(_ offset: Int = 0) throws(Diagnostic) -> Value { try diagonal(offset).sum(over: [-1]) }

  /// The places of the elements along an axis in increasing order: int32.
  ///
  /// Keras: `keras.ops.argsort`.
  public func argumentsSorted(axis: Int = -1, descending: Bool = false) throws(Diagnostic) -> Value {
    let last = try movingAxis(axis, to: -1)
    return try graph.apply(ArgumentSort(descending: descending, ofWholes: type.element == .int32), last)
      .movingAxis(-1, to: axis)
  }

  /// The elements along an axis in increasing order; equal ones keep theirs, NaN comes last.
  ///
  /// Keras: `keras.ops.sort`.
  public func sorted(axis: Int = -1, descending: Bool = false) throws(Diagnostic) -> Value {
    try taking(argumentsSorted(axis: axis, descending: descending), along: axis)
  }

  /// The `k` largest elements of the last axis in decreasing order, and their places.
  ///
  /// Keras: `keras.ops.top_k`. Of equal elements the first comes first.
  public func largest(_ k: Int) throws(Diagnostic) -> (values: Value, indices: Value) {
    let size = try graph.checked(self) { () throws(ShapeError) in
      let size = try type.size(of: try type.axis(-1), to: "sorted")
      guard k > 0, k <= size else {
        throw ShapeError("\(k) largest of \(size) elements cannot be had", hint: "choose 1 to \(size)")
      }
      return size
    }
    let order = try argumentsSorted(descending: true)
    let indices = k == size ? order : try order.rearranged(-1, .range(start: 0, step: 1, count: k))
    return (try taking(indices, along: -1), indices)
  }

  private func rearranged(_ maps: [AxisMap], fill: Float = 0) throws(Diagnostic) -> Value {
    if maps.allSatisfy({ $0 == .whole }) { return self }
    let bits = type.element == .int32 ? Float(bitPattern: UInt32(bitPattern: Int32(clamping: fill))) : fill
    return try graph.apply(Rearrange(maps, fill: bits), self)
  }

  private func rearranged(_ axis: Int, _ map: AxisMap) throws(Diagnostic) -> Value {
    let place = try graph.checked(self) { () throws(ShapeError) in try type.axis(axis) }
    return try graph.apply(Rearrange(place, of: type.rank, map), self)
  }

  private func notNegative(_ times: Int) throws(Diagnostic) -> Int {
    try graph.checked(self) { () throws(ShapeError) in
      guard times >= 0 else { throw ShapeError("\(type) cannot be repeated \(times) times") }
      return times
    }
  }

  private func matrixSize(_ purpose: String) throws(Diagnostic) -> (rows: Int, columns: Int) {
    try graph.checked(self) { () throws(ShapeError) in
      guard type.rank >= 2 else { throw ShapeError("a diagonal needs a matrix, found \(type)") }
      return (
        try type.size(of: type.rank - 2, to: purpose), try type.size(of: type.rank - 1, to: purpose)
      )
    }
  }
}

extension Int32 {
  /// The nearest whole number; 0 for NaN.
  fileprivate init(clamping x: Float) {
    self = x >= 2_147_483_648 ? .max : x <= -2_147_483_648 ? .min : x == x ? Int32(x) : 0
  }
}

extension PadMode {
  fileprivate var edge: AxisMap.Edge {
    switch self {
    case .constant: .constant
    case .reflect: .reflected
    case .symmetric: .symmetric
    }
  }

  /// The most elements that can be mirrored.
  fileprivate func longest(_ size: Int) -> Int? {
    switch self {
    case .constant: nil
    case .reflect: size - 1
    case .symmetric: size
    }
  }
}

extension AxisSlice {
  fileprivate func map(_ size: Int, _ axis: Int, of type: TensorType) throws(ShapeError) -> AxisMap {
    switch self {
    case .all: return .whole
    case .at(let index):
      guard index < size, index >= -size else {
        throw ShapeError("axis \(axis) of \(type) has no element \(index)", hint: "it has \(size)")
      }
      return .range(start: index < 0 ? index + size : index, step: 1, count: 1)
    case .range(let from, let to, let step):
      guard step != 0, step > -TensorType.largestCount, step < TensorType.largestCount else {
        throw ShapeError(
          "a slice cannot go in steps of \(step)", hint: "1 takes every element, 2 every other")
      }
      // Where a walk in this direction can begin and end.
      let (least, most) = step > 0 ? (0, size) : (-1, size - 1)
      func place(_ i: Int) -> Int { Swift.min(most, Swift.max(least, i < 0 ? i + size : i)) }
      let start = from.map(place) ?? (step > 0 ? 0 : size - 1)
      let end = to.map(place) ?? (step > 0 ? size : -1)
      let distance = step > 0 ? end - start : start - end
      let count = distance > 0 ? (distance - 1) / Swift.abs(step) + 1 : 0
      return .range(start: Swift.max(0, start), step: step, count: count)
    }
  }
}
