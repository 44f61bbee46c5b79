import TensorCore

/// The rows of a part in the order in which they are visited, at a fixed address.
final class Order {
  let pointer: UnsafeMutablePointer<Int32>
  /// How often all rows had been visited when they were shuffled.
  private(set) var pass = -1
  private let rows: [Int32]

  init(_ rows: [Int32]) {
    self.rows = rows
    pointer = .allocate(capacity: max(1, rows.count))
    for (i, row) in rows.enumerated() { pointer[i] = row }
  }

  deinit { pointer.deallocate() }

  func shuffle(for pass: Int, seed: UInt64, _ name: String) {
    self.pass = pass
    let stream = RandomStream(seed: seed, "\(name)/shuffle/\(pass)")
    for (i, j) in stream.permutation(rows.count).enumerated() { pointer[i] = rows[Int(j)] }
  }
}
