import KernelABI

/// Blocks of the product: k so that a tile's rows of A stay in the first-level cache, rows and columns so that
/// the packed blocks stay in the second.
private let depthBlock = GemmTask.longestFusedDepth, columnBlock = 512, blockFloats = 43_008

/// Working memory: a scratch tile, then packed B (`depthBlock × columnBlock`, plus a vector), then packed A.
private let packedB = 2048, packedA = 2048 + 200_000

extension Compiled {
  static func gemm(_ task: UnsafePointer<GemmTask>, _ workspace: Out) {
    let g = task.pointee
    if g.m <= 0 || g.n <= 0 { return }
    let depthBlocks = max(1, (g.k + depthBlock - 1) / depthBlock)
    var j = 0
    while j < g.n {
      let columns = min(columnBlock, g.n - j)
      for block in 0..<depthBlocks {
        let first = g.k * block / depthBlocks
        multiply(g, j, columns, first, g.k * (block + 1) / depthBlocks - first, workspace)
      }
      j += columns
    }
  }
}

/// The right-hand block as the tiles read it: floats to the next k and to the next vector of columns.
private struct Right {
  var base: In
  var next: Int
  var vector: Int
  /// The last vector, if it is not whole, lies apart.
  var tail: In
  var tailNext: Int
}

/// `c[:, j ..< j + columns] (+)= a[:, first ..< first + depth] · b`.
private func multiply(_ g: GemmTask, _ j: Int, _ columns: Int, _ first: Int, _ depth: Int, _ workspace: Out) {
  let isFinal = first + depth == g.k
  let right = prepareRight(g, j, columns, first, depth, workspace + packedB)
  let rowBlock = max(tileRows, blockFloats / max(1, depth))
  let rowBlocks = (g.m + rowBlock - 1) / rowBlock
  for block in 0..<rowBlocks {
    let top = g.m * block / rowBlocks
    let rows = g.m * (block + 1) / rowBlocks - top
    let tiles = (rows + tileRows - 1) / tileRows
    // Balanced heights: `taller` tiles of `height + 1` rows, then the rest of `height`.
    let height = rows / tiles
    let taller = rows % tiles
    packLeft(g, top, height, taller, tiles, first, depth, workspace + packedA)
    let c = g.cPanel == 0 ? g.c + top * g.cRow + j : g.c + j / 16 * g.cPanel + top * 16
    var run = TileRun(
      tiles: 0, k: depth, a: workspace + packedA, aStep: 0, b: right.base, bNext: right.next,
      bVector: right.vector, bStep: 0, c: c, cRow: g.cPanel == 0 ? g.cRow : 16,
      cVector: g.cPanel == 0 ? 16 : g.cPanel, cStep: 0, continues: first > 0 || g.accumulates,
      bias: isFinal ? g.bias.map { $0 + j } : nil, biasStep: 0,
      finish: isFinal ? g.finish : .store, beside: g.beside, alpha: isFinal ? g.alpha : 0)
    // Rows without gaps, and nothing of C that counts yet: a tile may write beyond its columns.
    // Rows shorter than a vector overlap within a tile, so that what is added would be added twice.
    let isOpen =
      g.cPanel == 0 && g.cRow == g.n && g.n <= columnBlock && !run.continues && run.alpha == 0
      && (run.finish != .add || g.n >= 16)
    let end = isOpen ? g.c + g.m * g.n : nil
    // Few rows: each part of B is read once, for all rows. Many: each part of A stays for all columns.
    if g.m <= 64 || g.cPanel != 0 {
      runDown(&run, right, taller, height, tiles, columns, g.cPanel != 0, end, workspace)
    } else {
      runAlong(&run, right, taller, height, tiles, columns, end, workspace)
    }
  }
}

private func prepareRight(
  _ g: GemmTask, _ j: Int, _ columns: Int, _ first: Int, _ depth: Int, _ target: Out
) -> Right {
  var right = Right(base: target, next: 16, vector: 16 * depth, tail: target, tailNext: 16)
  var q = 0
  switch g.bLayout {
  case .panels:
    right.base = g.b + j / 16 * g.bPanel + first * 16
    right.vector = g.bPanel
  case .transposedPanels:
    while q < columns {
      packFromTransposedPanels(j + q, g.n, first, depth, g.b, g.bPanel, target + q * depth)
      q += 16
    }
  case .strided:
    let source = g.b + first * g.bRow + j * g.bColumn
    // Whole vectors are read in place when few tiles use them.
    if g.bColumn == 1 && g.m <= 64 && g.alpha == 0 {
      (right.base, right.next, right.vector) = (source, g.bRow, 16)
      q = columns / 16 * 16
      if q < columns { pack(columns - q, 16, depth, source + q, 1, g.bRow, target) }
      return right
    }
    while q < columns {
      pack(min(16, columns - q), 16, depth, source + q * g.bColumn, g.bColumn, g.bRow, target + q * depth)
      q += 16
    }
  }
  right.tail = right.base + columns / 16 * right.vector
  return right
}

private func packLeft(
  _ g: GemmTask, _ top: Int, _ height: Int, _ taller: Int, _ tiles: Int, _ first: Int, _ depth: Int,
  _ target: Out
) {
  var row = 0
  for t in 0..<tiles {
    let rows = t < taller ? height + 1 : height
    pack(
      rows, rows, depth, g.a + (top + row) * g.aRow + first * g.aColumn, g.aRow, g.aColumn,
      target + row * depth)
    row += rows
  }
}

/// Columns outside, rows inside.
///
/// The columns that are no whole vector come first: what they write beyond their row is made after them.
private func runDown(
  _ run: inout TileRun, _ right: Right, _ taller: Int, _ height: Int, _ tiles: Int, _ columns: Int,
  _ isPadded: Bool, _ end: Out?, _ scratch: Out
) {
  let (a, c, bias) = (run.a, run.c, run.bias)
  let tail = columns / 16 * 16
  var q = tail < columns ? tail : 0
  repeat {
    let isWhole = q < tail
    let vectors = isWhole ? min(tileVectors, (tail - q) / 16) : 1
    run.b = isWhole ? right.base + q / 16 * right.vector : right.tail
    run.bNext = isWhole ? right.next : right.tailNext
    run.bias = bias.map { $0 + q }
    let column = c + q / 16 * run.cVector
    var row = 0
    for part in 0..<2 {
      let (count, rows) = part == 0 ? (taller, height + 1) : (tiles - taller, height)
      if count == 0 { continue }
      run.tiles = count
      run.a = a + row * run.k
      run.aStep = rows * run.k
      run.c = column + row * run.cRow
      run.cStep = rows * run.cRow
      if isWhole || isPadded {
        runTiles(rows, vectors, run)
      } else {
        runPartialTiles(rows, columns - q, run, scratch, before: end)
      }
      row += count * rows
    }
    q = isWhole ? q + 16 * vectors : 0
  } while q < tail
}

/// Rows outside, columns inside, those that are no whole vector first.
private func runAlong(
  _ run: inout TileRun, _ right: Right, _ taller: Int, _ height: Int, _ tiles: Int, _ columns: Int,
  _ end: Out?, _ scratch: Out
) {
  let (a, c, bias) = (run.a, run.c, run.bias)
  let tail = columns / 16 * 16
  let wide = columns / (16 * tileVectors)
  run.bStep = tileVectors * right.vector
  run.cStep = tileVectors * run.cVector
  run.biasStep = tileVectors * 16
  var row = 0
  for t in 0..<tiles {
    let rows = t < taller ? height + 1 : height
    run.a = a + row * run.k
    if tail < columns {
      run.tiles = 1
      run.c = c + row * run.cRow + tail / 16 * run.cVector
      run.bias = bias.map { $0 + tail }
      (run.b, run.bNext) = (right.tail, right.tailNext)
      runPartialTiles(rows, columns - tail, run, scratch, before: end)
    }
    run.bNext = right.next
    if wide > 0 {
      run.tiles = wide
      run.b = right.base
      run.c = c + row * run.cRow
      run.bias = bias
      runTiles(rows, tileVectors, run)
    }
    let rest = wide * 16 * tileVectors
    if rest < tail {
      run.tiles = 1
      run.b = right.base + rest / 16 * right.vector
      run.c = c + row * run.cRow + rest / 16 * run.cVector
      run.bias = bias.map { $0 + rest }
      runTiles(rows, 1, run)
    }
    row += rows
  }
}
