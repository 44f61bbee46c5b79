import KernelABI

// Convolution without a matrix of patches. A row of x is packed once for all the taps that see it: the places of a row
// of y, some at a time as the tiles take them, each with the taps that lie side by side. The packed rows of a tile lie
// one after another, so that the rows that a window sees are one run of k.

/// Working memory: a scratch tile, then B, a row with its padding, and the packed rows.
let convolutionRight = 2048, convolutionLine = 2048 + 262_160, convolutionPacked = 264_208 + 32_784
let mostRight = 262_144

/// Sums of k that a tile makes at once, and columns of B that are packed at once.
private let depthBlock = 512, columnBlock = 512

/// How `count` rows of a tile's operand are cut: `taller` tiles of `height + 1`, the others of `height`.
struct TileCut {
  let tiles: Int
  let height: Int
  let taller: Int

  init(_ count: Int) {
    tiles = (count + tileRows - 1) / tileRows
    height = count / tiles
    taller = count % tiles
  }

  @inline(__always) func rows(_ tile: Int) -> Int { tile < taller ? height + 1 : height }
  @inline(__always) func first(_ tile: Int) -> Int { tile * height + (tile < taller ? tile : taller) }
}

/// A row of x with what lies beyond its ends; `nil` where the row itself does.
func paddedLine(_ w: SlidingWindow, _ image: In, _ row: Int, _ line: Out) -> In? {
  if row < 0 || row >= w.height.input { return nil }
  let (axis, channels) = (w.width, w.channels)
  let source = image + row * axis.input * channels
  let reach = (axis.output - 1) * axis.stride + axis.window
  if axis.padding == 0 && reach <= axis.input { return source }
  let before = axis.padding * channels
  let within = (reach - axis.padding < axis.input ? reach - axis.padding : axis.input) * channels
  clear(line, before)
  for i in 0..<within { line[before + i] = source[i] }
  clear(line + before + within, reach * channels - before - within)
  return In(line)
}

/// A part of the taps: rows of x from `row` on, floats of the first one left out, rows of B from `right` on.
private struct Chunk {
  var row: Int
  var skip: Int
  var right: Int
  var depth: Int
}

extension Compiled {
  /// Places of y in the bands from and to, counted over all samples.
  static func convolve(_ task: UnsafePointer<ConvolutionTask>, _ first: Int, _ last: Int, _ workspace: Out) {
    let t = task.pointee
    let w = t.window
    let taps = w.width.window * w.channels
    let patch = w.height.window * taps
    let cut = TileCut(w.width.output)
    let bands = ConvolutionTask.bands(w)
    let panels = (t.filters + 15) / 16
    // B is read where it lies in panels, packed once if there is room, or each time that it is needed.
    let isInPlace = t.rightPanel > 0 && !t.isMirrored
    let isPackedOnce = !isInPlace && patch * panels * 16 <= mostRight
    let packedRight = workspace + convolutionRight
    if isPackedOnce {
      for q in 0..<panels { packRight(t, 0, patch, 16 * q, packedRight + q * patch * 16) }
    }
    let joins = w.height.dilation == 1 && patch <= depthBlock
    let pieces = joins ? 1 : (taps + depthBlock - 1) / depthBlock
    let chunks = joins ? 1 : w.height.window * pieces
    for unit in first..<last {
      let (image, band) = (unit / bands, unit % bands)
      let top = w.height.output * band / bands
      let rows = w.height.output * (band + 1) / bands - top
      let seen = ConvolutionTask.seen(w, rows: rows)
      let packed = workspace + convolutionPacked
      packRows(w, t.x + image * w.sampleCount, top, seen, cut, taps, workspace + convolutionLine, packed)
      let y = t.y + (image * w.height.output + top) * w.width.output * t.filters
      for number in 0..<chunks {
        var chunk = Chunk(row: 0, skip: 0, right: 0, depth: patch)
        if !joins {
          let (tap, piece) = (number / pieces, number % pieces)
          let from = taps * piece / pieces
          chunk = Chunk(
            row: tap * w.height.dilation, skip: from, right: tap * taps + from,
            depth: taps * (piece + 1) / pieces - from)
        }
        let isFinal = number == chunks - 1
        var j = 0
        while j < t.filters {
          let columns = columnBlock < t.filters - j ? columnBlock : t.filters - j
          var (right, vector) = (In(packedRight), 16 * chunk.depth)
          if isInPlace {
            (right, vector) = (t.right + j / 16 * t.rightPanel + chunk.right * 16, t.rightPanel)
          } else if isPackedOnce {
            (right, vector) = (In(packedRight) + (j / 16 * patch + chunk.right) * 16, 16 * patch)
          } else {
            var q = 0
            while q < columns {
              packRight(t, chunk.right, chunk.depth, j + q, packedRight + q * chunk.depth)
              q += 16
            }
          }
          var run = TileRun(
            tiles: 0, k: chunk.depth, a: packed, aStep: 0, b: right, bNext: 16, bVector: vector, bStep: 0,
            c: y + j,
            cRow: t.filters, cVector: 16, cStep: w.width.output * t.filters, continues: number > 0,
            bias: isFinal ? t.bias.map { $0 + j } : nil, biasStep: 0,
            finish: isFinal ? t.finish : .store, beside: t.beside, alpha: 0)
          runBand(w, &run, chunk, cut, taps, seen, top, rows, columns, joins, workspace)
          j += columns
        }
      }
    }
  }
}

/// The tiles of a band, column by column of tiles, for some columns of B.
private func runBand(
  _ w: SlidingWindow, _ run: inout TileRun, _ chunk: Chunk, _ cut: TileCut, _ taps: Int, _ seen: Int,
  _ top: Int,
  _ rows: Int, _ columns: Int, _ joins: Bool, _ scratch: Out
) {
  let (packed, right, c, bias) = (run.a, run.b, run.c, run.bias)
  var q = 0
  while q < columns {
    let whole = (columns - q) / 16
    let vectors = whole == 0 ? 1 : min(tileVectors, whole)
    run.bias = bias.map { $0 + q }
    for tile in 0..<cut.tiles {
      let places = cut.rows(tile)
      let step = places * taps
      let start = packed + cut.first(tile) * taps * seen + 16 * tile + chunk.row * step + chunk.skip * places
      run.aStep = w.height.stride * step
      // Rows of x that lie outside are left out where all taps are one run of k.
      var row = 0
      while row < rows {
        let (low, high) = inside(w, top + row, joins)
        var next = row + 1
        while next < rows && inside(w, top + next, joins) == (low, high) { next += 1 }
        run.tiles = next - row
        run.k = joins ? (high - low) * taps : chunk.depth
        run.a = start + row * run.aStep + low * step
        run.b = right + q / 16 * run.bVector + low * taps * 16
        run.c = c + row * run.cStep + cut.first(tile) * run.cRow + q
        if whole > 0 {
          runTiles(places, vectors, run)
        } else {
          runPartialTiles(places, columns - q, run, scratch)
        }
        row = next
      }
    }
    q += 16 * vectors
  }
}

/// The rows of the window that lie within x at a row of y.
@inline(__always) private func inside(_ w: SlidingWindow, _ row: Int, _ joins: Bool) -> (Int, Int) {
  if !joins { return (0, 0) }
  let above = w.height.padding - row * w.height.stride
  let below = w.height.input + above
  let low = above > 0 ? above : 0
  let high = below < w.height.window ? below : w.height.window
  return low < high ? (low, high) : (0, 0)
}

/// Packs the rows of x that a band sees, for each tile the places of a row with their taps.
private func packRows(
  _ w: SlidingWindow, _ image: In, _ top: Int, _ seen: Int, _ cut: TileCut, _ taps: Int, _ line: Out,
  _ target: Out
) {
  let step = w.width.stride * w.channels
  for row in 0..<seen {
    let source = paddedLine(w, image, top * w.height.stride - w.height.padding + row, line)
    for tile in 0..<cut.tiles {
      let places = cut.rows(tile)
      let to = target + (cut.first(tile) * seen + row * places) * taps + 16 * tile
      if let source {
        pack(places, places, taps, source + cut.first(tile) * step, step, 1, to)
      } else {
        clear(to, places * taps)
      }
    }
  }
}

/// Packs rows `first ..< first + depth` of B, columns from `q` on, as a panel.
private func packRight(_ t: ConvolutionTask, _ first: Int, _ depth: Int, _ q: Int, _ target: Out) {
  let (n, channels) = (t.filters, t.window.channels)
  let columns = n - q < 16 ? n - q : 16
  guard t.isMirrored else { return pack(columns, 16, depth, t.right + first * n + q, 1, n, target) }
  var row = first
  while row < first + depth {
    let skip = row % channels
    let left = first + depth - row
    let count = channels - skip < left ? channels - skip : left
    // The kernel's rows of the opposite tap are columns here.
    let block = (t.window.taps - 1 - row / channels) * n
    let to = target + (row - first) * 16
    if t.rightPanel > 0 {
      packFromTransposedPanels(block + q, block + n, skip, count, t.right, t.rightPanel, to)
    } else {
      pack(columns, 16, count, t.right + (block + q) * channels + skip, channels, 1, to)
    }
    row += count
  }
}
