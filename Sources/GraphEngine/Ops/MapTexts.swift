import Synchronization
public import TensorCore

/// Whole numbers for texts: by a table, or by a hash of their bytes.
///
/// Operand: texts. Result: int32. There is no gradient.
public struct MapTexts: Op {
  /// What a text becomes that no table has.
  public enum Others: Hashable, Sendable {
    case constant(Int32)
    /// A part of its hash, and so much more.
    case hash(bins: Int32, key: [UInt64]?, plus: Int32)
  }

  public static let name = "map_texts"
  private let places: [[UInt8]: Int32]
  private let others: Others

  /// - Parameters:
  ///   - table: pairs of a text and what it becomes; of two pairs of one text the first counts.
  ///   - key: two numbers, for a hash that is keyed.
  public init(_ table: [(key: String, value: Int32)], others: Others) {
    places = Dictionary(table.map { (Array($0.key.utf8), $0.value) }) { first, _ in first }
    self.others = others
  }

  public var takesTexts: Bool { true }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard operands[0].element == .text else {
      throw ShapeError(
        "texts are looked up here, found \(operands[0]) of \(operands[0].element.rawValue)",
        hint: "give the input 'dtype: string'")
    }
    return TensorType(operands[0].dims, .int32)
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil] }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 100 * result.reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (x, y, count) = (site.inputs[0].labels, site.output.pointer, site.output.count)
    let whole = UnsafeMutableRawPointer(y).assumingMemoryBound(to: Int32.self)
    let memo = TextMemo<Int32>()
    return { worker in
      let share = worker.share(of: count, grain: 16)
      memo.each(share.map { x[$0] }, make: number(of:)) { whole[share.lowerBound + $0] = $1 }
    }
  }

  private func number(of text: [UInt8]) -> Int32 {
    if let place = places[text] { return place }
    switch others {
    case .constant(let value): return value
    case .hash(let bins, let key, let shift):
      let hash = key.map { TextHash.keyed(text, ($0[0], $0[1])) } ?? TextHash.fingerprint(text)
      return Int32(hash % UInt64(bins)) &+ shift
    }
  }
}

/// What was made of each text, so that it is made once.
final class TextMemo<Result: Sendable>: Sendable {
  private let known = Mutex<[Int32: Result]>([:])

  /// Gives what is made of each text of some numbers, in order.
  func each(_ codes: [Int32], make: ([UInt8]) -> Result, _ body: (Int, Result) -> Void) {
    known.withLock { known in
      let new = codes.filter { known[$0] == nil }
      for (code, text) in zip(new, TextTable.texts(new)) where known[code] == nil { known[code] = make(text) }
      for (i, code) in codes.enumerated() { if let result = known[code] { body(i, result) } }
    }
  }
}

extension MapTexts {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].map { code in
      Double(number(of: TextTable.texts([Int32(truncatingIfNeeded: referenceWhole(code))])[0]))
    }
  }
}
