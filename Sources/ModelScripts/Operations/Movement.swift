import GraphEngine
import TensorCore

/// Other shapes, other orders, parts and joins.
enum Movement {
  static let all: [Operation] = shapes + joins + parts + orders

  private static func operation(
    _ name: String, also aliases: [String] = [], _ parameters: [Operation.Parameter], _ summary: String,
    body: @escaping @Sendable (Arguments, Value) throws -> Value
  ) -> Operation {
    Operation(name, also: aliases, parameters, summary) { .tensor(try body($0, try $0.tensor("x"))) }
  }

  private static let shapes: [Operation] = [
    operation("reshape", ["x", "shape"], "The same numbers with other axes; -1 is what is left.") {
      try $1.reshaped(to: try $0.shape(of: $1.type))
    },
    operation("expand_dims", ["x", "axis"], "New axes of size 1, at their places in the result.") {
      arguments, x in
      let axes = try arguments.ints("axis")
      let rank = x.type.rank + axes.count
      let places = axes.map { $0 < 0 ? $0 + rank : $0 }
      guard Set(places).count == axes.count, places.allSatisfy((0..<rank).contains) else {
        throw arguments.mismatch("axis", "different places among the \(rank) axes of the result")
      }
      return try places.sorted().reduce(x) { try $0.expandingDimensions(at: $1) }
    }.with(["axis": "-1"], in: .backend),
    operation("squeeze", ["x", "axis=None"], "Without axes of size 1.") {
      try $1.squeezed(try $0.axes())
    },
    operation("ravel", also: ["flatten"], ["x"], "All axes as one; of a batch they are not.") {
      arguments, x in
      if x.type.rank == 1 { return x }
      guard x.type.dims.allSatisfy({ if case .size = $0 { true } else { false } }) else {
        throw arguments.flattensBatch()
      }
      return try x.reshaped(to: [.size(x.type.sampleCount)])
    },
    operation("batch_flatten", ["x"], "All axes as one, the first aside.") { _, x in
      let first = x.type.dims.first ?? .size(1)
      let count = x.type.dims.dropFirst().reduce(1) { if case .size(let size) = $1 { $0 * size } else { $0 } }
      return try x.reshaped(to: [first, .size(count)])
    },
    operation("broadcast_to", ["x", "shape"], "Repeated along axes of size 1 and new ones in front.") {
      try $1.broadcast(to: try $0.shape())
    },
    operation(
      "transpose", also: ["permute_dims", "permute_dimensions"], ["x", "axes=None"],
      "The axes in another order; in reverse if none is given."
    ) {
      let axes = try $0.axes("axes")
      if let axes, axes.count != $1.type.rank {
        throw $0.mismatch("axes", "a list of all \($1.type.rank) axes")
      }
      return try $1.transposed(axes)
    },
    operation("swapaxes", ["x", "axis1", "axis2"], "Two axes change places.") {
      try $1.swappingAxes(try $0.int("axis1"), try $0.int("axis2"))
    },
    operation("matrix_transpose", ["x"], "The last two axes change places.") {
      try $1.swappingAxes(-1, -2)
    },
    operation("moveaxis", ["x", "source", "destination"], "One axis moves, the others keep their order.") {
      try $1.movingAxis(try $0.int("source"), to: try $0.int("destination"))
    },
  ]

  private static let joins: [Operation] = [
    // A bare name means the function of keras.layers, as in the code of most models.
    Operation(
      "concatenate", ["xs", "axis=-1"], "Joins tensors along an axis."
    ) { .tensor(try Value.concatenate(try $0.tensors("xs"), axis: try $0.int("axis"))) }
    .with(["axis": "0"], in: .kerasOps, .numPy),
    Operation("concat", ["xs", "axis"], "Joins tensors along an axis.") {
      .tensor(try Value.concatenate(try $0.tensors("xs"), axis: try $0.int("axis")))
    },
    Operation("stack", ["xs", "axis=0"], "Tensors side by side along a new axis.") {
      .tensor(try Value.stack(try $0.tensors("xs"), axis: try $0.int("axis")))
    },
    Operation("repeat", ["x", "repeats", "axis=None"], "Every element of an axis several times.") {
      let (x, axis) = try $0.alongAxis()
      return .tensor(try x.repeated(try $0.int("repeats"), axis: axis))
    },
    operation("repeat_elements", ["x", "repeats", "axis"], "Every element of an axis several times.") {
      try $1.repeated(try $0.int("repeats"), axis: try $0.int("axis"))
    },
    operation(
      "backend.repeat", also: ["K.repeat"], ["x", "n"], "A vector for each sample several times, as steps."
    ) {
      try $1.expandingDimensions(at: 1).repeated(try $0.int("n"), axis: 1)
    },
    operation("tile", ["x", "repeats"], "The whole several times along each axis.") {
      try $1.tiled(try $0.ints("repeats"))
    },
    operation(
      "pad", ["x", "pad_width", "mode='constant'", "constant_values=0"], "More elements around each axis."
    ) {
      try $1.padded(try widths($0, $1.type.rank), try mode($0))
    },
  ]

  private static func widths(_ arguments: Arguments, _ rank: Int) throws -> [(before: Int, after: Int)] {
    let wrong = arguments.mismatch("pad_width", "one pair of whole numbers for each of \(rank) axes")
    func pair(_ value: TraceValue) throws -> (before: Int, after: Int) {
      if let width = value.whole { return (width, width) }
      guard let items = value.sequence, items.count == 2, let before = items[0].whole,
        let after = items[1].whole
      else { throw wrong }
      return (before, after)
    }
    guard let items = arguments["pad_width"].sequence else {
      return Array(repeating: try pair(arguments["pad_width"]), count: rank)
    }
    if items.count == 2, items.allSatisfy({ $0.whole != nil }) {
      return Array(repeating: try pair(arguments["pad_width"]), count: rank)
    }
    guard items.count == rank else { throw wrong }
    return try items.map(pair)
  }

  private static func mode(_ arguments: Arguments) throws -> PadMode {
    switch try arguments.string("mode").lowercased() {
    case "constant": return .constant(try arguments.float("constant_values"))
    case "reflect": return .reflect
    case "symmetric": return .symmetric
    default: throw arguments.mismatch("mode", "'constant', 'reflect' or 'symmetric'")
    }
  }

  /// An axis cut into equal parts.
  /// - Parameter name: what the number of parts is called.
  private static func equal(_ sections: Int, _ name: String, _ arguments: Arguments) throws -> TraceValue {
    let (x, axis) = (try arguments.tensor("x"), try arguments.int("axis"))
    guard sections > 0 else { throw arguments.mismatch(name, "a positive number") }
    // Of nothing there are as many parts as anybody asks for.
    if x.type.dims[circular: axis] == .size(0) { try arguments.spend(sections) }
    return .list(try x.split(into: sections, axis: axis).map { .tensor($0) })
  }

  private static let parts: [Operation] = [
    Operation(
      "split", ["x", "indices_or_sections", "axis=0"],
      "An axis cut into equal parts, or before the places of a list."
    ) { arguments in
      let (x, axis) = (try arguments.tensor("x"), try arguments.int("axis"))
      if let sections = arguments["indices_or_sections"].whole {
        return try equal(sections, "indices_or_sections", arguments)
      }
      let cuts = try arguments.ints("indices_or_sections")
      guard case .size(let size)? = x.type.dims[circular: axis] else {
        throw arguments.mismatch("axis", "an axis of known size")
      }
      let places = [0] + cuts + [size]
      return .list(
        try x.split(zip(places, places.dropFirst()).map { $1 - $0 }, axis: axis).map { .tensor($0) })
    },
    Operation(
      "tf.split", ["x", "num_or_size_splits", "axis=0"],
      "An axis cut into equal parts, or parts of these sizes."
    ) {
      if let sections = $0["num_or_size_splits"].whole {
        return try equal(sections, "num_or_size_splits", $0)
      }
      let (x, axis) = (try $0.tensor("x"), try $0.int("axis"))
      return .list(try x.split(try $0.ints("num_or_size_splits"), axis: axis).map { .tensor($0) })
    },
    Operation("unstack", ["x", "num=None", "axis=0"], "A list of the parts along an axis.") { arguments in
      let (x, axis) = (try arguments.tensor("x"), try arguments.int("axis"))
      guard case .size(let size)? = x.type.dims[circular: axis] else {
        throw arguments.mismatch("axis", "an axis of known size")
      }
      try arguments.spend(size)
      return .list(try x.split(into: size, axis: axis).map { .tensor(try $0.squeezed([axis])) })
    },
    operation("slice", ["x", "start_indices", "shape"], "A part by its first places and its sizes.") {
      let (starts, sizes) = (try $0.ints("start_indices"), $0["shape"].sequence ?? [])
      guard starts.count == $1.type.rank, sizes.count == starts.count else {
        throw $0.mismatch("shape", "a list with one size for each of \($1.type.rank) axes")
      }
      return try $1.sliced(
        zip(starts, sizes).map { start, size in
          guard let count = size.whole, count >= 0 else { return .all }
          return .range(from: start, to: start + min(count, 1 << 40), by: 1)
        })
    },
    Operation("take", ["x", "indices", "axis=None"], "Elements of an axis by whole numbers.") {
      let (source, axis) = try $0.alongAxis()
      return .tensor(try take($0, from: source, axis))
    },
    Operation(
      "gather", also: ["embedding_lookup"], ["params", "indices", "axis=0"],
      "Elements of an axis by whole numbers."
    ) {
      let axis = $0.isNone("axis") ? 0 : try $0.int("axis")
      return .tensor(try take($0, from: try $0.tensor("params"), axis))
    },
    Operation(
      "take_along_axis", ["x", "indices", "axis=None"], "Each position's elements by its own indices."
    ) {
      let (source, axis) = try $0.alongAxis()
      let indices = try $0.tensor("indices")
      let places = $0.isNone("axis") ? try $0.flattened(indices) : indices
      return .tensor(try source.taking(places.cast(to: .int32), along: axis))
    }.with(["axis": "-1"], in: .numPy),
    operation(
      "one_hot", ["x", "num_classes", "axis=-1"], "A new axis with a 1 where a whole number says."
    ) {
      let classes = try $0.int("num_classes")
      guard classes > 0 else { throw $0.mismatch("num_classes", "a positive number") }
      return try $1.oneHot(classes, axis: try $0.int("axis"))
    },
    operation("tril", ["x", "k=0"], "The lower triangle of each matrix.") {
      try $1.lowerTriangle(try $0.int("k"))
    },
    operation("triu", ["x", "k=0"], "The upper triangle of each matrix.") {
      try $1.upperTriangle(try $0.int("k"))
    },
    operation(
      "diagonal", ["x", "offset=0", "axis1=0", "axis2=1"], "A diagonal of the matrices of two axes."
    ) {
      try matrices($0, $1).diagonal(try $0.int("offset"))
    },
    operation("diag_part", ["x", "k=0"], "A diagonal of each matrix of the last two axes.") {
      try $1.diagonal(try $0.int("k"))
    },
    operation("diag", ["x", "k=0"], "A matrix with a vector as diagonal, or a matrix's diagonal.") {
      switch $1.type.rank {
      case 1: try $1.onDiagonal(try $0.int("k"))
      case 2: try $1.diagonal(try $0.int("k"))
      default: throw $0.mismatch("x", "a vector or a matrix")
      }
    },
    operation("linalg.diag", ["x", "k=0"], "Matrices with the vectors of the last axis as diagonals.") {
      try $1.onDiagonal(try $0.int("k"))
    },
    operation("diagflat", ["x", "k=0"], "A matrix with all elements as its diagonal.") {
      guard $1.type.dims.allSatisfy({ if case .size = $0 { true } else { false } }) else {
        throw $0.mismatch("x", "of known size; the samples of a batch are not put on one diagonal")
      }
      return try $1.reshaped(to: [.size($1.type.sampleCount)]).onDiagonal(try $0.int("k"))
    },
    operation(
      "trace", ["x", "offset=0", "axis1=0", "axis2=1"],
      "The sum of a diagonal of the matrices of two axes."
    ) {
      try matrices($0, $1).trace(try $0.int("offset"))
    }.with(["axis1": "-2", "axis2": "-1"], in: .tensorFlow),
  ]

  /// Elements by whole numbers, which may be known already.
  private static func take(_ arguments: Arguments, from source: Value, _ axis: Int) throws -> Value {
    guard let known = try? arguments.ints("indices") else {
      return try source.taking(arguments.tensor("indices").cast(to: .int32), axis: axis)
    }
    let taken = try source.taking(known, axis: axis)
    return arguments["indices"].whole != nil ? try taken.squeezed([axis]) : taken
  }

  /// The tensor with two axes, the first two unless others are named, as the last ones.
  private static func matrices(_ arguments: Arguments, _ x: Value) throws -> Value {
    let rank = x.type.rank
    let axes = try [arguments.int("axis1"), arguments.int("axis2")].map { $0 < 0 ? $0 + rank : $0 }
    guard axes.allSatisfy((0..<rank).contains), axes[0] != axes[1] else {
      throw arguments.mismatch("axis2", "another axis than 'axis1', of the \(rank) there are")
    }
    guard !axes.contains(where: { x.type.dims[$0] == .batch }) else {
      throw arguments.mismatch(
        "axis1", "given, with 'axis2': the first axis, which is meant otherwise, is the batch")
    }
    return try x.transposed((0..<rank).filter { !axes.contains($0) } + axes)
  }

  private static let orders: [Operation] = [
    operation("flip", also: ["reverse"], ["x", "axis=None"], "The elements of axes in reverse order.") {
      try $1.flipped(try $0.axes() ?? Array($1.type.dims.indices))
    },
    operation("roll", ["x", "shift", "axis=None"], "Everything moved along an axis, around its end.") {
      let (x, axis) = try $0.alongAxis()
      return try x.rolled(try $0.int("shift"), axis: axis).reshaped(to: $1.type.dims)
    }.with(["axis": nil], in: .tensorFlow),
    operation("sort", ["x", "axis=-1"], "The elements along an axis in increasing order.") {
      try $1.sorted(axis: try $0.int("axis"))
    },
    operation("argsort", ["x", "axis=-1"], "The places of the elements in increasing order.") {
      try $1.argumentsSorted(axis: try $0.int("axis"))
    },
    Operation(
      "top_k", ["x", "k", "sorted=True"], "The largest elements of the last axis, and their places."
    ) {
      let (values, places) = try $0.tensor("x").largest(try $0.int("k"))
      return .tuple([.tensor(values), .tensor(places)])
    }.with(["k": "1"], in: .tensorFlow),
  ]
}

extension [Dim] {
  /// The axis that a number means, negative ones from the last.
  subscript(circular axis: Int) -> Dim? {
    let place = axis < 0 ? axis + count : axis
    return indices.contains(place) ? self[place] : nil
  }
}
