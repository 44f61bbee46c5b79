import GraphEngine
import TensorCore

/// Other shapes, other orders, parts and joins.
enum Movement {
  static let all: [Operation] = shapes + joins + parts + orders

  private static func operation(
    _ name: String, _ aliases: [String] = [], _ parameters: [Operation.Parameter], _ summary: String,
    _ body: @escaping @Sendable (Arguments, Value) throws -> Value
  ) -> Operation {
    Operation(name, aliases, parameters, summary) { .tensor(try body($0, try $0.tensor("x"))) }
  }

  private static let shapes: [Operation] = [
    operation("reshape", [], ["x", "shape"], "The same numbers with other axes; -1 is what is left.") {
      try $1.reshaped(to: try $0.shape(of: $1.type))
    },
    operation("expand_dims", [], ["x", "axis"], "New axes of size 1.") { arguments, x in
      try arguments.ints("axis").sorted().reduce(x) { try $0.expandingDimensions(at: $1) }
    },
    operation("squeeze", [], ["x", "axis=None"], "Without axes of size 1.") {
      try $1.squeezed(try $0.axes())
    },
    operation("ravel", ["flatten", "batch_flatten"], ["x"], "All axes as one, the batch aside.") { _, x in
      let batch: [Dim] = x.type.dims.first == .batch ? [.batch] : []
      return try x.reshaped(to: batch + [.size(x.type.sampleCount)])
    },
    operation("broadcast_to", [], ["x", "shape"], "Repeated along axes of size 1 and new ones in front.") {
      try $1.broadcast(to: try $0.shape())
    },
    operation(
      "transpose", ["permute_dims", "permute_dimensions"], ["x", "axes=None"],
      "The axes in another order; in reverse if none is given."
    ) {
      let axes = try $0.axes("axes")
      if let axes, axes.count != $1.type.rank {
        throw $0.mismatch("axes", "a list of all \($1.type.rank) axes")
      }
      return try $1.transposed(axes)
    },
    operation("swapaxes", [], ["x", "axis1", "axis2"], "Two axes change places.") {
      try $1.swappingAxes(try $0.int("axis1"), try $0.int("axis2"))
    },
    operation("matrix_transpose", [], ["x"], "The last two axes change places.") {
      try $1.swappingAxes(-1, -2)
    },
    operation("moveaxis", [], ["x", "source", "destination"], "One axis moves, the others keep their order.")
    {
      try $1.movingAxis(try $0.int("source"), to: try $0.int("destination"))
    },
  ]

  private static let joins: [Operation] = [
    Operation(
      "concatenate", ["concat"], ["xs", "axis=None"],
      "Tensors one behind the other along an axis: the last, or the first of tensors without samples."
    ) {
      let tensors = try $0.tensors("xs")
      // Keras's operation takes the first axis, its layer the last; samples cannot be meant.
      let isOfSamples = tensors.contains { $0.type.dims.first == .batch }
      let axis = try $0.isNone("axis") ? (isOfSamples ? -1 : 0) : $0.int("axis")
      return .tensor(try Value.concatenate(tensors, axis: axis))
    },
    Operation("stack", [], ["xs", "axis=0"], "Tensors side by side along a new axis.") {
      .tensor(try Value.stack(try $0.tensors("xs"), axis: try $0.int("axis")))
    },
    operation(
      "repeat", ["repeat_elements"], ["x", "repeats", "axis"], "Every element of an axis several times."
    ) {
      try $1.repeated(try $0.int("repeats"), axis: try $0.int("axis"))
    },
    operation("tile", [], ["x", "repeats"], "The whole several times along each axis.") {
      try $1.tiled(try $0.ints("repeats"))
    },
    operation(
      "pad", [], ["x", "pad_width", "mode='constant'", "constant_values=0"], "More elements around each axis."
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

  private static let parts: [Operation] = [
    Operation(
      "split", [], ["x", "indices_or_sections", "axis=0"],
      "An axis cut into equal parts, or before the places of a list."
    ) { arguments in
      let (x, axis) = (try arguments.tensor("x"), try arguments.int("axis"))
      if let sections = arguments["indices_or_sections"].whole {
        guard sections > 0 else { throw arguments.mismatch("indices_or_sections", "a positive number") }
        return .list(try x.split(into: sections, axis: axis).map { .tensor($0) })
      }
      let cuts = try arguments.ints("indices_or_sections")
      guard case .size(let size)? = x.type.dims[circular: axis] else {
        throw arguments.mismatch("axis", "an axis of known size")
      }
      let places = [0] + cuts + [size]
      return .list(
        try x.split(zip(places, places.dropFirst()).map { $1 - $0 }, axis: axis).map { .tensor($0) })
    },
    Operation("unstack", [], ["x", "num=None", "axis=0"], "A list of the parts along an axis.") { arguments in
      let (x, axis) = (try arguments.tensor("x"), try arguments.int("axis"))
      guard case .size(let size)? = x.type.dims[circular: axis] else {
        throw arguments.mismatch("axis", "an axis of known size")
      }
      try arguments.spend(size)
      return .list(try x.split(into: size, axis: axis).map { .tensor(try $0.squeezed([axis])) })
    },
    operation("slice", [], ["x", "start_indices", "shape"], "A part by its first places and its sizes.") {
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
    operation(
      "take", ["gather", "embedding_lookup"], ["x1", "x", "axis=0"], "Elements of an axis by whole numbers."
    ) { arguments, places in
      let source = try arguments.tensor("x1")
      let axis = arguments.isNone("axis") ? 0 : try arguments.int("axis")
      if let known = try? arguments.ints("x") {
        return arguments["x"].whole != nil
          ? try source.taking(known, axis: axis).squeezed([axis]) : try source.taking(known, axis: axis)
      }
      return try source.taking(places.cast(to: .int32), axis: axis)
    },
    operation("take_along_axis", [], ["x1", "x", "axis=-1"], "Each position's elements by its own indices.") {
      try $0.tensor("x1").taking($1.cast(to: .int32), along: try $0.int("axis"))
    },
    operation(
      "one_hot", [], ["x", "num_classes", "axis=-1"], "A new axis with a 1 where a whole number says."
    ) {
      let classes = try $0.int("num_classes")
      guard classes > 0 else { throw $0.mismatch("num_classes", "a positive number") }
      return try $1.oneHot(classes, axis: try $0.int("axis"))
    },
    operation("tril", [], ["x", "k=0"], "The lower triangle of each matrix.") {
      try $1.lowerTriangle(try $0.int("k"))
    },
    operation("triu", [], ["x", "k=0"], "The upper triangle of each matrix.") {
      try $1.upperTriangle(try $0.int("k"))
    },
    operation("diagonal", ["diag_part"], ["x", "offset=0"], "A diagonal of each matrix.") {
      try $1.diagonal(try $0.int("offset"))
    },
    operation(
      "diag", ["diagflat"], ["x", "k=0"], "A matrix with a vector as diagonal, or a matrix's diagonal."
    ) {
      $1.type.rank == 1 ? try $1.onDiagonal(try $0.int("k")) : try $1.diagonal(try $0.int("k"))
    },
    operation("trace", [], ["x", "offset=0"], "The sum of a diagonal.") {
      try $1.trace(try $0.int("offset"))
    },
  ]

  private static let orders: [Operation] = [
    operation("flip", ["reverse"], ["x", "axis=None"], "The elements of axes in reverse order.") {
      try $1.flipped(try $0.axes() ?? Array($1.type.dims.indices))
    },
    operation("roll", [], ["x", "shift", "axis"], "Everything moved along an axis, around its end.") {
      try $1.rolled(try $0.int("shift"), axis: try $0.int("axis"))
    },
    operation("sort", [], ["x", "axis=-1"], "The elements along an axis in increasing order.") {
      try $1.sorted(axis: try $0.int("axis"))
    },
    operation("argsort", [], ["x", "axis=-1"], "The places of the elements in increasing order.") {
      try $1.argumentsSorted(axis: try $0.int("axis"))
    },
    Operation(
      "top_k", [], ["x", "k=1", "sorted=True"], "The largest elements of the last axis, and their places."
    ) {
      let (values, places) = try $0.tensor("x").largest(try $0.int("k"))
      return .tuple([.tensor(values), .tensor(places)])
    },
  ]
}

extension [Dim] {
  /// The axis that a number means, negative ones from the last.
  subscript(circular axis: Int) -> Dim? {
    let place = axis < 0 ? axis + count : axis
    return indices.contains(place) ? self[place] : nil
  }
}
