// Rearranging blocks of the operands of a matrix product into the order in which the tiles read them.

/// `target[k * width + r] = source[r * row + k * column]` for `r < rows`, 0 for `rows <= r < width`, all `k < depth`.
///
/// May write up to 15 floats past `target[depth * width]`.
@inline(never)
func pack(_ rows: Int, _ width: Int, _ depth: Int, _ source: In, _ row: Int, _ column: Int, _ target: Out) {
  if row == 1 && rows == width && width <= 16 {
    packContiguous(width, depth, source, column, target)
  } else if column == 1 && rows == width && width >= 6 && width <= 16 {
    packTransposed(width, depth, source, row, target)
  } else {
    for k in 0..<depth {
      for r in 0..<rows { target[k * width + r] = source[r * row + k * column] }
      for r in rows..<max(rows, width) { target[k * width + r] = 0 }
    }
  }
}

/// Rows that already lie side by side. Narrow ones are copied with full-width stores that overlap; the last k is
/// copied by element, since a full-width load there could leave the source.
@inline(__always)
private func packContiguous(_ width: Int, _ depth: Int, _ source: In, _ column: Int, _ target: Out) {
  var (from, to) = (source, target)
  let wide = width == 16 ? depth : column >= 16 ? depth - 1 : 0
  for _ in 0..<max(0, wide) {
    store(load(from), to)
    to += width
    from += column
  }
  for _ in max(0, wide)..<depth {
    for r in 0..<width { to[r] = from[r] }
    to += width
    from += column
  }
}

/// Rows along which k runs: blocks of 16 × 16 are transposed in registers. Surplus lanes repeat the last row and
/// are overwritten by the next k.
@inline(__always)
private func packTransposed(_ width: Int, _ depth: Int, _ source: In, _ row: Int, _ target: Out) {
  var k = 0
  while k + 16 <= depth {
    var x = InlineArray<16, Lanes>(repeating: Lanes())
    for r in 0..<16 { x[unchecked: r] = load(source + (r < width ? r : width - 1) * row + k) }
    transpose(&x)
    for r in 0..<16 { store(x[unchecked: r], target + (k + r) * width) }
    k += 16
  }
  while k < depth {
    for r in 0..<width { target[k * width + r] = source[r * row + k] }
    k += 1
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

/// Row-major to panels of 16 columns; the columns missing in the last panel are 0.
func toPanels(_ source: In, _ target: Out, _ rows: Int, _ columns: Int) {
  var j = 0
  while j < columns {
    let width = min(16, columns - j)
    let panel = target + j * rows
    for r in 0..<rows {
      for q in 0..<width { panel[r * 16 + q] = source[r * columns + j + q] }
      for q in width..<16 { panel[r * 16 + q] = 0 }
    }
    j += 16
  }
}

func fromPanels(_ source: In, _ target: Out, _ rows: Int, _ columns: Int) {
  for r in 0..<rows {
    for j in 0..<columns { target[r * columns + j] = source[j / 16 * 16 * rows + r * 16 + j % 16] }
  }
}
