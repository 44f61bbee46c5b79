public import Diagnostics
public import TensorCore

// Seeing a value with other axes, and moving its numbers.

extension Value {
  /// The same numbers with other axes; nothing is moved.
  ///
  /// Keras: `keras.ops.reshape`.
  public func reshaped(to dims: [Dim]) throws(Diagnostic) -> Value {
    dims == type.dims ? self : try graph.apply(Reshape(dims), self)
  }

  /// Repeated along axes of size 1 and along new axes in front.
  ///
  /// Keras: `keras.ops.broadcast_to`.
  public func broadcast(to dims: [Dim]) throws(Diagnostic) -> Value {
    dims == type.dims ? self : try graph.apply(Broadcast(to: dims), self)
  }

  /// A new axis of size 1; -1 makes it the last.
  ///
  /// Keras: `keras.ops.expand_dims`.
  public func expandingDimensions(at axis: Int) throws(Diagnostic) -> Value {
    let place = axis < 0 ? axis + type.rank + 1 : axis
    guard (0...type.rank).contains(place) else {
      throw .shape(
        ShapeError(
          "\(type) has no place \(axis) for a new axis",
          hint: "places go from \(-type.rank - 1) to \(type.rank)"), at: graph.origin, operands: [self])
    }
    var dims = type.dims
    dims.insert(.size(1), at: place)
    return try reshaped(to: dims)
  }

  /// Without axes of size 1: all of them, or those named.
  ///
  /// Keras: `keras.ops.squeeze`.
  public func squeezed(_ axes: [Int]? = nil) throws(Diagnostic) -> Value {
    let chosen = try graph.checked(self) { () throws(ShapeError) in
      guard axes != nil else { return type.dims.indices.filter { type.dims[$0] == .size(1) } }
      let found = try type.axes(axes)
      for axis in found where type.dims[axis] != .size(1) {
        throw ShapeError("axis \(axis) of \(type) is not of size 1", hint: "only such axes can be left out")
      }
      return found
    }
    return try reshaped(to: type.dims.indices.filter { !chosen.contains($0) }.map { type.dims[$0] })
  }

  /// The axes in another order; in reverse if none is given.
  ///
  /// Keras: `keras.ops.transpose`.
  public func transposed(_ permutation: [Int]? = nil) throws(Diagnostic) -> Value {
    let order = permutation ?? type.dims.indices.reversed()
    // Turning back what was turned is no work at all.
    if case .op(let op, let operands) = graph.nodes[id].kind, let earlier = op as? Transpose,
      order.count == type.rank, order.indices.allSatisfy({ order.indices.contains(order[$0]) }),
      order.enumerated().allSatisfy({ earlier.permutation[$0.element] == $0.offset })
    {
      return graph.value(operands[0])
    }
    return try graph.apply(Transpose(order), self)
  }

  /// Two axes change places.
  ///
  /// Keras: `keras.ops.swapaxes`.
  public func swappingAxes(_ first: Int, _ second: Int) throws(Diagnostic) -> Value {
    let (a, b) = try graph.checked(self) { () throws(ShapeError) in
      (try type.axis(first), try type.axis(second))
    }
    var order = Array(type.dims.indices)
    order.swapAt(a, b)
    return a == b ? self : try transposed(order)
  }

  /// One axis moves, the others keep their order.
  ///
  /// Keras: `keras.ops.moveaxis`.
  public func movingAxis(_ source: Int, to target: Int) throws(Diagnostic) -> Value {
    let (from, to) = try graph.checked(self) { () throws(ShapeError) in
      (try type.axis(source), try type.axis(target))
    }
    var order = Array(type.dims.indices)
    order.insert(order.remove(at: from), at: to)
    return from == to ? self : try transposed(order)
  }

  /// Values one behind the other along an axis; whole numbers beside fractions become fractions.
  ///
  /// Keras: `keras.ops.concatenate`.
  public static func concatenate(_ values: [Value], axis: Int = -1) throws(Diagnostic) -> Value {
    guard let first = values.first else { throw .nothingToJoin("concatenate") }
    if values.count == 1 { return first }
    var alike = values
    if values.contains(where: { $0.type.element != first.type.element }) {
      for i in values.indices { alike[i] = try values[i].cast(to: .float32) }
    }
    return try first.graph.apply(Concatenate(axis: axis), alike)
  }

  /// Values of one shape side by side along a new axis.
  ///
  /// Keras: `keras.ops.stack`.
  public static func stack(_ values: [Value], axis: Int = 0) throws(Diagnostic) -> Value {
    guard let first = values.first else { throw .nothingToJoin("stack") }
    let place = axis < 0 ? axis + first.type.rank + 1 : axis
    var columns: [Value] = []
    for value in values { columns.append(try value.expandingDimensions(at: place)) }
    return try concatenate(columns, axis: place)
  }
}

extension Diagnostic {
  /// E0301: an empty list of values, which would have no shape.
  fileprivate static func nothingToJoin(_ what: String) -> Diagnostic {
    Diagnostic("E0301", "there is nothing to \(what)", help: "give at least one value")
  }
}
