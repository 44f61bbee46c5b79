import Diagnostics
import Foundation
import KerasFiles
import Testing

/// Damaged files are a diagnostic or, where the damage hits only numbers or slack, a model; never a crash.
@Suite(.serialized) struct HostileFileTests {
  @Test(arguments: 0..<150)
  func `a truncated file is refused`(part: Int) throws {
    let whole = try bytes(try fixture("keras3"))
    try withFolder { folder in
      try whole.prefix(whole.count * part / 150).write(to: URL(filePath: folder + "/cut.h5"))
      #expect(codeOfReading(folder + "/cut.h5") != nil)
    }
  }
}
