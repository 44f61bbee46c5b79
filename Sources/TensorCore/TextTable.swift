import Synchronization

/// The texts that tensors hold by number: a tensor of texts has the place of each in this table.
///
/// The table of the process only grows, in the order in which data are read. No result depends on the numbers: whatever is
/// made of texts is made of their bytes. Texts are equal if their bytes are, as in Keras; Swift's own comparison of strings
/// takes `é` and `e` with an accent for one.
public enum TextTable {
  private struct Texts {
    /// The empty text comes first, so that memory that nobody filled is text, too.
    var texts: [[UInt8]] = [[]]
    var codes: [[UInt8]: Int32] = [[]: 0]

    mutating func code(of text: [UInt8]) -> Int32 {
      if let code = codes[text] { return code }
      let code = Int32(clamping: texts.count)
      texts.append(text)
      codes[text] = code
      return code
    }
  }

  private static let table = Mutex(Texts())

  /// The number of each text; those not seen before get the next ones.
  public static func codes(of texts: some Sequence<String>) -> [Int32] {
    table.withLock { table in texts.map { table.code(of: Array($0.utf8)) } }
  }

  /// The texts of some numbers; what is no number of a text counts as the empty one.
  public static func texts(_ codes: some Sequence<Int32>) -> [[UInt8]] {
    table.withLock { table in
      codes.map { table.texts.indices.contains(Int($0)) ? table.texts[Int($0)] : [] }
    }
  }
}
