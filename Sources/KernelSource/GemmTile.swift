// The innermost part of the matrix product: tiles of C held in registers while k runs.

#if KERNEL_AVX512
  /// Rows of a tile, and vectors of 16 columns in it: 24 accumulators, 2 vectors of B and 1 of A in 32 registers.
  let tileRows = 12, tileVectors = 2
#elseif KERNEL_AVX2
  let tileRows = 6, tileVectors = 1
#elseif arch(arm64)
  let tileRows = 6, tileVectors = 1
#else
  let tileRows = 3, tileVectors = 1
#endif

/// A run of equal tiles, down the rows or along the columns of C.
struct TileRun {
  var tiles: Int
  var k: Int
  /// Packed: the tile's rows of one k side by side.
  var a: In
  var aStep: Int
  /// The first vector of a k, floats to the next k, floats to the second vector.
  var b: In
  var bNext: Int
  var bVector: Int
  var bStep: Int
  var c: Out
  var cRow: Int
  var cVector: Int
  var cStep: Int
  /// C holds the sum over earlier k.
  var continues: Bool
  var bias: In?
  var biasStep: Int
  var relu: Bool
  var alpha: Float
}

enum Tile<let rows: Int, let vectors: Int> {
  @inline(__always) static func run(_ run: TileRun) {
    var (aTile, bTile, cTile, bias) = (run.a, run.b, run.c, run.bias)
    let (bNext, bVector, cRow, cVector) = (run.bNext, run.bVector, run.cRow, run.cVector)
    for _ in 0..<run.tiles {
      var sum = InlineArray<rows, InlineArray<vectors, Lanes>>(
        repeating: InlineArray<vectors, Lanes>(repeating: Lanes()))
      if run.continues {
        for i in 0..<rows {
          for j in 0..<vectors { sum[unchecked: i][unchecked: j] = load(cTile + i * cRow + j * cVector) }
        }
      }
      var (a, b) = (aTile, bTile)
      for _ in 0..<run.k {
        var row = InlineArray<vectors, Lanes>(repeating: Lanes())
        for j in 0..<vectors { row[unchecked: j] = load(b + j * bVector) }
        for i in 0..<rows {
          let x = Lanes(repeating: a[i])
          for j in 0..<vectors {
            sum[unchecked: i][unchecked: j] = fma(x, row[unchecked: j], sum[unchecked: i][unchecked: j])
          }
        }
        a += rows
        b += bNext
      }
      if let add = bias {
        for j in 0..<vectors {
          let v = load(add + 16 * j)
          for i in 0..<rows { sum[unchecked: i][unchecked: j] += v }
        }
        bias = add + run.biasStep
      }
      if run.relu {
        for i in 0..<rows {
          for j in 0..<vectors { sum[unchecked: i][unchecked: j] = relu(sum[unchecked: i][unchecked: j]) }
        }
      }
      if run.alpha != 0 {
        let x = Lanes(repeating: run.alpha)
        for i in 0..<rows {
          for j in 0..<vectors {
            sum[unchecked: i][unchecked: j] = fma(
              x, sum[unchecked: i][unchecked: j], load(cTile + i * cRow + j * cVector))
          }
        }
      }
      for i in 0..<rows {
        for j in 0..<vectors { store(sum[unchecked: i][unchecked: j], cTile + i * cRow + j * cVector) }
      }
      aTile += run.aStep
      bTile += run.bStep
      cTile += run.cStep
    }
  }
}

/// One instance a height: tiles are balanced (32 rows are 11 + 11 + 10), so that none is mostly padding.
@inline(never) func runTiles(_ rows: Int, _ vectors: Int, _ run: TileRun) {
  #if KERNEL_AVX512
    if vectors == 2 {
      switch rows {
      case 1: Tile<1, 2>.run(run)
      case 2: Tile<2, 2>.run(run)
      case 3: Tile<3, 2>.run(run)
      case 4: Tile<4, 2>.run(run)
      case 5: Tile<5, 2>.run(run)
      case 6: Tile<6, 2>.run(run)
      case 7: Tile<7, 2>.run(run)
      case 8: Tile<8, 2>.run(run)
      case 9: Tile<9, 2>.run(run)
      case 10: Tile<10, 2>.run(run)
      case 11: Tile<11, 2>.run(run)
      default: Tile<12, 2>.run(run)
      }
      return
    }
    switch rows {
    case 1: Tile<1, 1>.run(run)
    case 2: Tile<2, 1>.run(run)
    case 3: Tile<3, 1>.run(run)
    case 4: Tile<4, 1>.run(run)
    case 5: Tile<5, 1>.run(run)
    case 6: Tile<6, 1>.run(run)
    case 7: Tile<7, 1>.run(run)
    case 8: Tile<8, 1>.run(run)
    case 9: Tile<9, 1>.run(run)
    case 10: Tile<10, 1>.run(run)
    case 11: Tile<11, 1>.run(run)
    default: Tile<12, 1>.run(run)
    }
  #elseif KERNEL_AVX2 || arch(arm64)
    switch rows {
    case 1: Tile<1, 1>.run(run)
    case 2: Tile<2, 1>.run(run)
    case 3: Tile<3, 1>.run(run)
    case 4: Tile<4, 1>.run(run)
    case 5: Tile<5, 1>.run(run)
    default: Tile<6, 1>.run(run)
    }
  #else
    switch rows {
    case 1: Tile<1, 1>.run(run)
    case 2: Tile<2, 1>.run(run)
    default: Tile<3, 1>.run(run)
    }
  #endif
}

/// A run whose last vector is partly outside C: each tile goes through a full-width scratch tile.
func runPartialTiles(_ rows: Int, _ vectors: Int, _ columns: Int, _ run: TileRun, _ scratch: Out) {
  let width = 16 * vectors
  let bias = scratch + 1024
  if let source = run.bias { for j in 0..<columns { bias[j] = source[j] } }
  var one = run
  one.tiles = 1
  one.c = scratch
  one.cRow = width
  one.cVector = 16
  one.bias = run.bias == nil ? nil : In(bias)
  for t in 0..<run.tiles {
    let c = run.c + t * run.cStep
    one.a = run.a + t * run.aStep
    if run.continues || run.alpha != 0 {
      for i in 0..<rows { for j in 0..<columns { scratch[i * width + j] = c[i * run.cRow + j] } }
    }
    runTiles(rows, vectors, one)
    for i in 0..<rows { for j in 0..<columns { c[i * run.cRow + j] = scratch[i * width + j] } }
  }
}
