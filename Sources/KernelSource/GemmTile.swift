// The innermost part of the matrix product: tiles of C held in registers while k runs.

import KernelABI

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
  var finish: GemmTask.Finish
  var beside: Int
  var alpha: Float
}

/// The sums of the largest tile; smaller ones leave some unused.
///
/// Made by a literal: above nine elements `InlineArray(repeating:)` is a call, and a weak symbol beside.
private typealias Sums = InlineArray<12, InlineArray<2, Lanes>>

/// Sums stay in registers only if every loop over them is unrolled, and the compiler unrolls only loops with a short
/// body: addresses step from row to row, and relu runs over what was stored.
enum Tile<let rows: Int, let vectors: Int> {
  @inline(__always) static func run(_ run: TileRun) {
    var (aTile, bTile, cTile, bias) = (run.a, run.b, run.c, run.bias)
    let (bNext, bVector, cRow, cVector) = (run.bNext, run.bVector, run.cRow, run.cVector)
    let z: InlineArray<2, Lanes> = [Lanes(), Lanes()]
    for _ in 0..<run.tiles {
      var sum: Sums = [z, z, z, z, z, z, z, z, z, z, z, z]
      var c = cTile
      if run.continues {
        for i in 0..<rows {
          for j in 0..<vectors { sum[unchecked: i][unchecked: j] = load(c + j * cVector) }
          c += cRow
        }
      }
      var (a, b) = (aTile, bTile)
      for _ in 0..<run.k {
        var row = z
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
      c = cTile
      if run.alpha != 0 {
        let x = Lanes(repeating: run.alpha)
        for i in 0..<rows {
          for j in 0..<vectors {
            store(fma(x, sum[unchecked: i][unchecked: j], load(c + j * cVector)), c + j * cVector)
          }
          c += cRow
        }
      } else {
        for i in 0..<rows {
          for j in 0..<vectors { store(sum[unchecked: i][unchecked: j], c + j * cVector) }
          c += cRow
        }
        if run.finish != .store { finishTile(run, rows, vectors, cTile) }
      }
      aTile += run.aStep
      bTile += run.bStep
      cTile += run.cStep
    }
  }
}

/// What follows the sum, on a tile that was stored just now.
@inline(never) private func finishTile(_ run: TileRun, _ rows: Int, _ vectors: Int, _ c: Out) {
  for i in 0..<rows {
    for j in 0..<vectors {
      let place = c + i * run.cRow + j * run.cVector
      let sum = load(place)
      switch run.finish {
      case .store: break
      case .relu: store(relu(sum), place)
      case .add: store(sum + load(place + run.beside), place)
      case .keepWherePositive:
        store(Lanes().replacing(with: sum, where: load(place + run.beside) .> Lanes()), place)
      }
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

/// A run of tiles of one vector that is partly outside C: each tile goes through a full-width scratch tile.
///
/// - Parameter end: up to where a tile may write beyond its columns, since what is there is still to be made.
func runPartialTiles(_ rows: Int, _ columns: Int, _ run: TileRun, _ scratch: Out, before end: Out? = nil) {
  let (beside, bias) = (scratch + 512, scratch + 1024)
  if let source = run.bias { copy(1, columns, source, 16, bias, 16) }
  var one = run
  one.tiles = 1
  one.c = scratch
  one.cRow = 16
  one.bias = run.bias == nil ? nil : In(bias)
  for t in 0..<run.tiles {
    let c = run.c + t * run.cStep
    one.a = run.a + t * run.aStep
    if let end, c + (rows - 1) * run.cRow + 16 <= end {
      (one.c, one.cRow, one.beside) = (c, run.cRow, run.beside)
      runTiles(rows, 1, one)
      (one.c, one.cRow) = (scratch, 16)
      continue
    }
    if run.finish == .add || run.finish == .keepWherePositive {
      copy(rows, columns, In(c) + run.beside, run.cRow, beside, 16)
      one.beside = beside - scratch
    }
    if run.continues || run.alpha != 0 { copy(rows, columns, In(c), run.cRow, scratch, 16) }
    runTiles(rows, 1, one)
    copy(rows, columns, In(scratch), 16, c, run.cRow)
  }
}

/// Copies rows of fewer than 16 floats, in pieces of 8, 4, 2 and 1.
@inline(__always)
private func copy(_ rows: Int, _ columns: Int, _ source: In, _ row: Int, _ target: Out, _ targetRow: Int) {
  var skip = 0
  if columns & 8 != 0 {
    copyPieces(of: SIMD8<Float>.self, rows, source, row, target, targetRow)
    skip = 8
  }
  if columns & 4 != 0 {
    copyPieces(of: SIMD4<Float>.self, rows, source + skip, row, target + skip, targetRow)
    skip += 4
  }
  if columns & 2 != 0 {
    copyPieces(of: SIMD2<Float>.self, rows, source + skip, row, target + skip, targetRow)
    skip += 2
  }
  if columns & 1 != 0 { copyPieces(of: Float.self, rows, source + skip, row, target + skip, targetRow) }
}

@inline(__always)
private func copyPieces<Piece: BitwiseCopyable>(
  of type: Piece.Type, _ rows: Int, _ source: In, _ row: Int, _ target: Out, _ targetRow: Int
) {
  for i in 0..<rows {
    let piece = UnsafeRawPointer(source + i * row).loadUnaligned(as: Piece.self)
    UnsafeMutableRawPointer(target + i * targetRow).storeBytes(of: piece, as: Piece.self)
  }
}
