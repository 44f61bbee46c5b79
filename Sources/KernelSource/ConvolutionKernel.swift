import KernelABI

/// Sums of k that a tile makes at once, and columns of B that are packed at once.
private let depthBlock = 384, columnBlock = 512

extension Compiled {
  /// The gradient of a convolution's kernel: this worker's part of the taps that lie side by side or, if there are few, of
  /// the filters.
  ///
  /// Rows of x are packed once for all rows of the window, in the order in which one of them sees them.
  static func convolveKernel(
    _ task: UnsafePointer<ConvolutionTask>, _ part: Int, _ parts: Int, _ workspace: Out
  ) {
    let t = task.pointee
    let (w, n) = (t.window, t.filters)
    let taps = w.width.window * w.channels
    let places = w.width.output
    let cut = TileCut(taps)
    let panels = (n + 15) / 16
    let sharesTaps = cut.tiles >= parts
    let tiles = sharesTaps ? cut.tiles * part / parts..<cut.tiles * (part + 1) / parts : 0..<cut.tiles
    let own = sharesTaps ? 0..<panels : panels * part / parts..<panels * (part + 1) / parts
    if tiles.isEmpty || own.isEmpty { return }
    let bands = ConvolutionTask.bands(w)
    let (right, line, packed) = (
      workspace + convolutionRight, workspace + convolutionLine, workspace + convolutionPacked
    )
    var isFirst = true
    for unit in 0..<w.batch * bands {
      let (image, band) = (unit / bands, unit % bands)
      let top = w.height.output * band / bands
      let rows = w.height.output * (band + 1) / bands - top
      let seen = ConvolutionTask.seen(w, rows: rows)
      packColumns(w, t.x + image * w.sampleCount, top, seen, cut, tiles, line, packed)
      let g = t.right + (image * w.height.output + top) * places * n
      let pieces = (rows * places + depthBlock - 1) / depthBlock
      for piece in 0..<pieces {
        let from = rows * places * piece / pieces
        let depth = rows * places * (piece + 1) / pieces - from
        var j = own.lowerBound * 16
        let end = min(n, own.upperBound * 16)
        while j < end {
          let columns = min(columnBlock, end - j)
          var q = 0
          while q < columns {
            let source = g + from * n + j + q
            pack(min(16, columns - q), 16, depth, source, 1, n, right + q * depth)
            q += 16
          }
          for tap in 0..<w.height.window {
            var run = TileRun(
              tiles: 0, k: depth, a: packed, aStep: 0, b: right, bNext: 16, bVector: 16 * depth, bStep: 0,
              c: t.y,
              cRow: t.yPanel > 0 ? 16 : n, cVector: t.yPanel > 0 ? t.yPanel : 16, cStep: 0,
              continues: !isFirst,
              bias: nil, biasStep: 0, finish: .store, beside: 0, alpha: 0)
            let row = place(of: tap * w.height.dilation, among: seen, w.height.stride)
            runColumn(
              t, &run, cut, tiles, tap * taps, row * places + from, seen * places, j, columns, workspace)
          }
          j += columns
        }
        isFirst = false
      }
    }
  }
}

/// Where a row of x is among those packed: first those that the window's first row sees, then those of the next.
@inline(__always) private func place(of row: Int, among seen: Int, _ stride: Int) -> Int {
  let turn = row % stride
  let longer = seen % stride
  return turn * (seen / stride) + (turn < longer ? turn : longer) + row / stride
}

/// The tiles of one row of the window, of whose `packed` places those from `from` on are summed over.
private func runColumn(
  _ t: ConvolutionTask, _ run: inout TileRun, _ cut: TileCut, _ tiles: Range<Int>, _ tap: Int, _ from: Int,
  _ packed: Int, _ j: Int, _ columns: Int, _ scratch: Out
) {
  let (left, right) = (run.a, run.b)
  var q = 0
  while q < columns {
    let whole = (columns - q) / 16
    let vectors = whole == 0 ? 1 : min(tileVectors, whole)
    run.b = right + q * run.k
    var tile = tiles.lowerBound
    while tile < tiles.upperBound {
      // Equal tiles run together: their packed rows are as far apart as their rows of the result.
      let height = cut.rows(tile)
      let end = height > cut.height ? min(cut.taller, tiles.upperBound) : tiles.upperBound
      run.tiles = end - tile
      run.a = left + cut.first(tile) * packed + from * height + 16 * tile
      run.aStep = height * packed + 16
      let m = tap + cut.first(tile)
      run.c = t.y + (t.yPanel > 0 ? m * 16 + (j + q) / 16 * t.yPanel : m * run.cRow + j + q)
      run.cStep = height * run.cRow
      if whole > 0 || t.yPanel > 0 {
        runTiles(height, vectors, run)
      } else {
        runPartialTiles(height, columns - q, run, scratch)
      }
      tile = end
    }
    q += 16 * vectors
  }
}

/// Packs the rows of x that a band sees: for each tile of taps all places of a row.
private func packColumns(
  _ w: SlidingWindow, _ image: In, _ top: Int, _ seen: Int, _ cut: TileCut, _ tiles: Range<Int>, _ line: Out,
  _ target: Out
) {
  let (places, step) = (w.width.output, w.width.stride * w.channels)
  // In the order in which they lie: packing writes a little beyond each.
  var at = 0
  for turn in 0..<w.height.stride {
    var row = turn
    while row < seen {
      let source = paddedLine(w, image, top * w.height.stride - w.height.padding + row, line)
      for tile in tiles {
        let height = cut.rows(tile)
        let to = target + (cut.first(tile) * seen + at * height) * places + 16 * tile
        if let source {
          pack(height, height, places, source + cut.first(tile), 1, step, to)
        } else {
          clear(to, height * places)
        }
      }
      at += 1
      row += w.height.stride
    }
  }
}
