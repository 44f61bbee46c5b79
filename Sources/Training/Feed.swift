import Datasets
import GraphEngine
import KernelABI
import TensorCore

/// Fills the inputs of a program with the rows of a batch.
///
/// All threads of the program's pool share the work.
final class Feed {
  /// The rows of the next batch, as numbers into the columns.
  var rows: UnsafePointer<Int32>
  private let none = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
  private var columns: [(column: Column, place: Place, element: ElementType)] = []
  private let kernels: KernelTable

  init(kernels: KernelTable) {
    self.kernels = kernels
    rows = UnsafePointer(none)
  }

  deinit { none.deallocate() }

  /// Connects a column with the memory of an input.
  func connect(_ column: Column, to place: Place, as element: ElementType) {
    columns.append((column, place, element))
  }

  func fill(_ worker: Worker) {
    for (column, place, element) in columns {
      let count = place.shape.first ?? 0
      // A row may be fed in part: what a batch of shorter sequences leaves of the padding.
      let (width, stride) = (count == 0 ? 0 : place.count / count, column.rowSize)
      let share = worker.share(of: count)
      switch (column.storage, element) {
      case (.bytes(let bytes), .float32):
        bytes.withUnsafeBufferPointer { source in
          guard let base = source.baseAddress else { return }
          eachGroup(of: share, from: base, stride: stride, width: width, worker) { group in
            for r in group {
              kernels.bytesToFloats(
                base + Int(rows[r]) * stride, place.pointer + r * width, width, column.scale, column.offset)
            }
          }
        }
      case (.floats(let floats), .float32):
        floats.withUnsafeBufferPointer { source in
          guard let base = source.baseAddress else { return }
          let isPlain = column.scale == 1 && column.offset == 0
          eachGroup(of: share, from: base, stride: stride, width: width, worker) { group in
            if isPlain {
              for r in group { copy(base + Int(rows[r]) * stride, place.pointer + r * width, width) }
              return
            }
            for r in group {
              kernels.affine(
                base + Int(rows[r]) * stride, place.pointer + r * width, width, column.scale, column.offset)
            }
          }
        }
      case (.integers(let integers), .float32):
        for r in share {
          for i in 0..<width {
            let raw = Float(integers[Int(rows[r]) * stride + i])
            place.pointer[r * width + i] = raw * column.scale + column.offset
          }
        }
      case (.integers(let integers), _):
        let labels = UnsafeMutablePointer(mutating: place.labels)
        for r in share { for i in 0..<width { labels[r * width + i] = integers[Int(rows[r]) * stride + i] } }
      case (.bytes(let bytes), _):
        let labels = UnsafeMutablePointer(mutating: place.labels)
        for r in share {
          for i in 0..<width { labels[r * width + i] = Int32(bytes[Int(rows[r]) * stride + i]) }
        }
      case (.floats(let floats), _):
        let labels = UnsafeMutablePointer(mutating: place.labels)
        for r in share {
          for i in 0..<width { labels[r * width + i] = label(floats[Int(rows[r]) * stride + i]) }
        }
      }
    }
  }

  /// Rows that together fit the second-level cache, once they are there.
  ///
  /// Rows of a shuffled batch lie anywhere in memory. Reading a number of each line of the cache first lets many of them be
  /// waited for at once.
  @inline(__always)
  private func eachGroup<Number>(
    of share: Range<Int>, from base: UnsafePointer<Number>, stride: Int, width: Int, _ worker: Worker,
    body: (Range<Int>) -> Void
  ) {
    let line = 64 / MemoryLayout<Number>.stride
    if width < 2 * line { return body(share) }
    let most = max(1, Self.groupBytes / (width * MemoryLayout<Number>.stride))
    var first = share.lowerBound
    while first < share.upperBound {
      let group = first..<min(first + most, share.upperBound)
      var seen: UInt8 = 0
      for r in group {
        let row = UnsafeRawPointer(base + Int(rows[r]) * stride)
        for i in Swift.stride(from: 0, to: width * MemoryLayout<Number>.stride, by: 64) {
          seen ^= row.load(fromByteOffset: i, as: UInt8.self)
        }
      }
      // What was read is put where nobody looks, so that it is read at all.
      worker.workspace.pointee = Float(seen)
      body(group)
      first = group.upperBound
    }
  }

  private static let groupBytes = 1 << 17
}

/// Copies a row.
///
/// Rows of few numbers lie anywhere in memory: without calls, many are waited for at once.
@inline(__always)
private func copy(_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ count: Int) {
  if count < 4 {
    for i in 0..<count { to[i] = from[i] }
  } else if count <= 32 {
    var i = 0
    while true {
      let four = UnsafeRawPointer(from + i).loadUnaligned(as: SIMD4<Float>.self)
      UnsafeMutableRawPointer(to + i).storeBytes(of: four, as: SIMD4<Float>.self)
      if i + 4 >= count { return }
      i = min(i + 4, count - 4)
    }
  } else {
    to.update(from: from, count: count)
  }
}

/// A class number that was read as a fraction; what cannot be one is -1, a label that no class has.
private func label(_ number: Float) -> Int32 { abs(number) < 2_147_483_648 ? Int32(number) : -1 }
