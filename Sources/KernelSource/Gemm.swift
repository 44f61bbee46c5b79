import KernelABI

/// Blocks of the product: k so that a tile's rows of A stay in the first-level cache, rows and columns so that
/// the packed blocks stay in the second.
private let depthBlock = GemmTask.longestFusedDepth, columnBlock = 512, blockFloats = 43_008

/// Working memory: a scratch tile, then packed B (`depthBlock × columnBlock`, plus a vector), then packed A.
private let packedB = 2048, packedA = 2048 + 200_000

func gemm(_ task: UnsafePointer<GemmTask>, _ workspace: Out) {
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

/// The right-hand block as the tiles read it.
private struct Right {
  var base: In
  var next: Int
  var vector: Int
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
      cVector: g.cPanel == 0 ? 16 : g.cPanel, cStep: 0, continues: first > 0,
      bias: isFinal ? g.bias.map { $0 + j } : nil, biasStep: 0, relu: isFinal && g.relu,
      alpha: isFinal ? g.alpha : 0)
    // Few rows: each part of B is read once, for all rows. Many: each part of A stays for all columns.
    if g.m <= 64 || g.cPanel != 0 {
      runDown(&run, taller, height, tiles, columns, g.cPanel != 0, workspace)
    } else {
      runAlong(&run, taller, height, tiles, columns, workspace)
    }
  }
}

private func prepareRight(
  _ g: GemmTask, _ j: Int, _ columns: Int, _ first: Int, _ depth: Int, _ target: Out
) -> Right {
  switch g.bLayout {
  case .panels:
    return Right(base: g.b + j / 16 * g.bPanel + first * 16, next: 16, vector: g.bPanel)
  case .transposedPanels:
    var q = 0
    while q < columns {
      packFromTransposedPanels(j + q, g.n, first, depth, g.b, g.bPanel, target + q * depth)
      q += 16
    }
  case .strided:
    let source = g.b + first * g.bRow + j * g.bColumn
    // Read in place when rows are contiguous, whole, and used by few tiles.
    if g.bColumn == 1 && g.m <= 64 && columns % 16 == 0 && g.alpha == 0 {
      return Right(base: source, next: g.bRow, vector: 16)
    }
    var q = 0
    while q < columns {
      pack(min(16, columns - q), 16, depth, source + q * g.bColumn, g.bColumn, g.bRow, target + q * depth)
      q += 16
    }
  }
  return Right(base: target, next: 16, vector: 16 * depth)
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
private func runDown(
  _ run: inout TileRun, _ taller: Int, _ height: Int, _ tiles: Int, _ columns: Int, _ isPadded: Bool,
  _ scratch: Out
) {
  let (a, b, c, bias) = (run.a, run.b, run.c, run.bias)
  var q = 0
  while q < columns {
    let vectors = min(tileVectors, (columns - q + 15) / 16)
    let width = min(16 * vectors, columns - q)
    run.b = b + q / 16 * run.bVector
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
      if width == 16 * vectors || isPadded {
        runTiles(rows, vectors, run)
      } else {
        runPartialTiles(rows, vectors, width, run, scratch)
      }
      row += count * rows
    }
    q += 16 * vectors
  }
}

/// Rows outside, columns inside.
private func runAlong(
  _ run: inout TileRun, _ taller: Int, _ height: Int, _ tiles: Int, _ columns: Int, _ scratch: Out
) {
  let (a, b, c, bias) = (run.a, run.b, run.c, run.bias)
  let wide = columns / (16 * tileVectors)
  run.bStep = tileVectors * run.bVector
  run.cStep = tileVectors * run.cVector
  run.biasStep = tileVectors * 16
  var row = 0
  for t in 0..<tiles {
    let rows = t < taller ? height + 1 : height
    run.a = a + row * run.k
    run.tiles = wide
    run.b = b
    run.c = c + row * run.cRow
    run.bias = bias
    if wide > 0 { runTiles(rows, tileVectors, run) }
    var q = wide * 16 * tileVectors
    while q < columns {
      let width = min(16, columns - q)
      run.tiles = 1
      run.b = b + q / 16 * run.bVector
      run.c = c + row * run.cRow + q / 16 * run.cVector
      run.bias = bias.map { $0 + q }
      if width == 16 { runTiles(rows, 1, run) } else { runPartialTiles(rows, 1, width, run, scratch) }
      q += 16
    }
    row += rows
  }
}
