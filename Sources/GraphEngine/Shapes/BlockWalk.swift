import KernelABI

/// Operands of any shapes that repeat to the shape of one result, walked together as blocks of rows.
///
/// A row is a run of the result over which every operand goes on by 1 or stays where it is.
struct BlockWalk {
  /// A block of the result, or, with fewer columns than a row has, a piece of one row.
  struct Place {
    var row: Int
    var column: Int
    var rows: Int
    var columns: Int
  }

  /// Rows that lie one behind the other for every operand, and the length of a row.
  private let rows: Int
  let columns: Int
  private let totalRows: Int
  /// Axes before those rows, and every operand's steps along them.
  private let sizes: [Int]
  private let steps: [[Int]]
  private let rowSteps: [Int]
  private let columnSteps: [Int]

  init(_ shapes: [[Int]], to result: [Int]) {
    var (all, steps) = collapse(result, shapes.map { broadcastStrides($0, to: result) })
    while all.count < 2 {
      all.insert(1, at: 0)
      for i in steps.indices { steps[i].insert(0, at: 0) }
    }
    let last = all.count - 1
    rows = all[last - 1]
    columns = all[last]
    rowSteps = steps.map { $0[last - 1] }
    columnSteps = steps.map { $0[last] }
    sizes = Array(all[..<(last - 1)])
    self.steps = steps
    totalRows = all.dropLast().reduce(1, *)
  }

  /// The numbers of an operand in a block.
  @inline(__always)
  func input(_ operand: Int, _ base: UnsafePointer<Float>, at place: Place) -> BlockInput {
    let (row, column) = (rowSteps[operand], columnSteps[operand])
    var (first, rest) = (place.row % rows * row + place.column * column, place.row / rows)
    for axis in sizes.indices.reversed() {
      first += rest % sizes[axis] * steps[operand][axis]
      rest /= sizes[axis]
    }
    return BlockInput(pointer: base + first, row: row, column: column)
  }

  /// Calls for each block that falls to a worker, none of more than `most` numbers.
  @inline(__always)
  func forEach(_ worker: Worker, most: Int = .max, _ body: (Place) -> Void) {
    guard totalRows > 0 && columns > 0 else { return }
    let splitsColumns = totalRows < 4 * worker.parts && columns >= 16 * worker.parts
    let wide = splitsColumns ? worker.share(of: columns, grain: 16) : 0..<columns
    let share = splitsColumns ? 0..<totalRows : worker.share(of: totalRows)
    let isWhole = wide.count == columns && columns <= most
    let mostRows = isWhole ? max(1, most / columns) : 1
    var place = Place(row: share.lowerBound, column: 0, rows: 0, columns: 0)
    while place.row < share.upperBound {
      place.rows = min(rows - place.row % rows, share.upperBound - place.row, mostRows)
      place.column = wide.lowerBound
      while place.column < wide.upperBound {
        place.columns = min(wide.upperBound - place.column, most)
        body(place)
        place.column += place.columns
      }
      place.row += place.rows
    }
  }
}

/// An operand in a block: its first number, and the steps to its next row and column.
struct BlockInput {
  var pointer: UnsafePointer<Float>
  var row: Int
  var column: Int

  /// The same memory as whole numbers, for values of type int32.
  var labels: UnsafePointer<Int32> { UnsafeRawPointer(pointer).assumingMemoryBound(to: Int32.self) }
}

extension Worker {
  /// Working memory for the operands of a block, before that for numbers (``numbers``).
  var blockInputs: UnsafeMutablePointer<BlockInput> {
    UnsafeMutableRawPointer(workspace).assumingMemoryBound(to: BlockInput.self)
  }
  var numbers: UnsafeMutablePointer<Float> { workspace + 4096 }
}
