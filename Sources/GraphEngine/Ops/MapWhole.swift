public import TensorCore

/// Other whole numbers for whole numbers: by a table, or by a hash of their digits.
///
/// Operand and result: int32. There is no gradient.
public struct MapWhole: Op {
  /// What a number becomes that no table has.
  public enum Others: Hashable, Sendable {
    case constant(Int32)
    /// The remainder of a division, never negative, and so much more.
    case remainder(Int32, plus: Int32)
    /// A part of the hash of its digits, and so much more.
    case hash(bins: Int32, key: [UInt64]?, plus: Int32)
  }

  public static let name = "map_whole"
  private let keys: [Int32]
  private let values: [Int32]
  private let others: Others

  /// - Parameters:
  ///   - table: pairs of a number and what it becomes; of two pairs of one number the first counts.
  ///   - key: two numbers, for a hash that is keyed.
  public init(_ table: [(key: Int32, value: Int32)], others: Others) {
    var seen: Set<Int32> = []
    let sorted = table.filter { seen.insert($0.key).inserted }.sorted { $0.key < $1.key }
    keys = sorted.map(\.key)
    values = sorted.map(\.value)
    self.others = others
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(.int32, for: name)
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil] }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 100 * result.reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (x, y, count) = (site.inputs[0].labels, site.output.pointer, site.output.count)
    let whole = UnsafeMutableRawPointer(y).assumingMemoryBound(to: Int32.self)
    return { worker in for i in worker.share(of: count, grain: 16) { whole[i] = mapped(x[i]) } }
  }

  private func mapped(_ number: Int32) -> Int32 {
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < keys.count && keys[low] == number ? values[low] : other(number)
  }

  private func other(_ number: Int32) -> Int32 {
    switch others {
    case .constant(let value): return value
    case .remainder(let divisor, let shift):
      let rest = number % divisor
      return (rest < 0 ? rest + divisor : rest) &+ shift
    case .hash(let bins, let key, let shift):
      let digits = Array(String(number).utf8)
      let hash = key.map { TextHash.keyed(digits, ($0[0], $0[1])) } ?? TextHash.fingerprint(digits)
      return Int32(hash % UInt64(bins)) &+ shift
    }
  }
}

extension MapWhole {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].map { number in
      let whole = Int32(truncatingIfNeeded: referenceWhole(number))
      let known = zip(keys, values).first { $0.0 == whole }
      return Double(known?.1 ?? other(whole))
    }
  }
}
