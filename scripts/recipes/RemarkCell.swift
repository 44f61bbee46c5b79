import Analysis
import Config
import Diagnostics
import Reporting
import Running

/// A cell: words in the report.
struct RemarkCell: Cell {
  static let isRunAgain = false
  var subject = ConfigNode(.null)
  var isLoud = false

  static let schema = Schema(
    "remark", "Words in the report.", prototype: RemarkCell(),
    Field("loud", \.isLoud, "Whether they are in capitals."))

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard let words = subject.string else {
      context.bag.report(.mismatch(subject, "the words of the remark"))
      return nil
    }
    let shown = isLoud ? words.uppercased() : words
    return { context in context.show(.remark(.note, shown)) }
  }
}
