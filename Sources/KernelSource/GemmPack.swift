// Rearranging blocks of the operands of a matrix product into the order in which the tiles read them.

/// `target[k * width + r] = source[r * row + k * column]` for `r < rows`, 0 for `rows <= r < width`, all `k < depth`.
///
/// May write up to 15 floats past `target[depth * width]`.
@inline(never)
func pack(_ rows: Int, _ width: Int, _ depth: Int, _ source: In, _ row: Int, _ column: Int, _ target: Out) {
  // Full-width loads may touch what lies between the rows, never what lies behind the last one.
  if row == 1 && width <= 16 {
    packContiguous(rows, width, depth, source, column, target)
  } else if column == 1 && width >= 6 && width <= 16 && depth >= 16 {
    packTransposed(rows, width, depth, source, row, target)
  } else {
    for k in 0..<depth {
      for r in 0..<rows { target[k * width + r] = source[r * row + k * column] }
      for r in rows..<max(rows, width) { target[k * width + r] = 0 }
    }
  }
}

/// All ones in the first `count` lanes.
@inline(__always) private func firstLanes(_ count: Int) -> IntLanes {
  let places = IntLanes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  return (places &- IntLanes(repeating: Int32(truncatingIfNeeded: count))) &>> IntLanes(repeating: 31)
}

@inline(__always) private func keep(_ lanes: IntLanes, of v: Lanes) -> Lanes {
  unsafeBitCast(bits(v) & lanes, to: Lanes.self)
}

/// Rows that already lie side by side, copied with full-width stores that overlap; the last k are copied by element,
/// where a full-width load would leave the source.
@inline(__always)
private func packContiguous(
  _ rows: Int, _ width: Int, _ depth: Int, _ source: In, _ column: Int, _ target: Out
) {
  var (from, to) = (source, target)
  let reach = (depth - 1) * column + rows - 16
  let wide = reach < 0 ? 0 : column == 0 ? depth : min(depth, reach / column + 1)
  let lanes = firstLanes(rows)
  for _ in 0..<wide {
    store(keep(lanes, of: load(from)), to)
    to += width
    from += column
  }
  for _ in wide..<max(wide, depth) {
    for r in 0..<rows { to[r] = from[r] }
    for r in rows..<max(rows, width) { to[r] = 0 }
    to += width
    from += column
  }
}

/// Rows along which k runs: blocks of 16 × 16 are transposed in registers, the last block perhaps again in part.
///
/// Lanes beyond `width` are overwritten by the next k.
@inline(__always)
private func packTransposed(
  _ rows: Int, _ width: Int, _ depth: Int, _ source: In, _ row: Int, _ target: Out
) {
  let lanes = firstLanes(rows)
  var k = 0
  while true {
    var x = InlineArray<16, Lanes>(repeating: Lanes())
    for r in 0..<16 { x[unchecked: r] = load(source + (r < rows ? r : rows - 1) * row + k) }
    transpose(&x)
    for r in 0..<16 { store(keep(lanes, of: x[unchecked: r]), target + (k + r) * width) }
    if k + 16 >= depth { return }
    k = min(k + 16, depth - 16)
  }
}

/// Sixteen columns `j ..< j + 16` of the transpose of a matrix in panels, of which there are `columns`.
@inline(never)
func packFromTransposedPanels(
  _ j: Int, _ columns: Int, _ first: Int, _ depth: Int, _ source: In, _ panel: Int, _ target: Out
) {
  var k = first
  while k < first + depth {
    let block = source + k / 16 * panel
    let skip = k % 16
    let take = min(16 - skip, first + depth - k)
    var x = InlineArray<16, Lanes>(repeating: Lanes())
    for r in 0..<16 { x[unchecked: r] = load(block + (j + r < columns ? j + r : columns - 1) * 16) }
    transpose(&x)
    for r in 0..<take { store(x[unchecked: skip + r], target + (k - first + r) * 16) }
    k += take
  }
}

/// Rows that are turned at a time: then both sides stay within few pages.
private let rowBlock = 32

extension Compiled {
  /// Row-major to panels of 16 columns; the columns missing in the last panel are 0.
  static func toPanels(_ source: In, _ target: Out, _ rows: Int, _ columns: Int) {
    let whole = columns / 16 * 16
    var first = 0
    while first < rows {
      let last = first + rowBlock < rows ? first + rowBlock : rows
      var j = 0
      while j < whole {
        let panel = target + j * rows
        for r in first..<last { store(load(source + r * columns + j), panel + r * 16) }
        j += 16
      }
      if whole < columns {
        let panel = target + whole * rows
        for r in first..<last {
          store(Lanes(), panel + r * 16)
          for q in whole..<columns { panel[r * 16 + q - whole] = source[r * columns + q] }
        }
      }
      first = last
    }
  }

  static func fromPanels(_ source: In, _ target: Out, _ rows: Int, _ columns: Int) {
    let whole = columns / 16 * 16
    var first = 0
    while first < rows {
      let last = first + rowBlock < rows ? first + rowBlock : rows
      var j = 0
      while j < whole {
        let panel = source + j * rows
        for r in first..<last { store(load(panel + r * 16), target + r * columns + j) }
        j += 16
      }
      let panel = source + whole * rows
      for r in first..<last {
        for q in whole..<columns { target[r * columns + q] = panel[r * 16 + q - whole] }
      }
      first = last
    }
  }
}
