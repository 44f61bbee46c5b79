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

  @Test(arguments: ["keras3", "compressed"], 0..<150)
  func `a file with a few wrong bytes never crashes`(name: String, seed: Int) throws {
    var random = Generator(state: UInt64(seed))
    var damaged = try bytes(try fixture(name))
    for _ in 0...random.next() % 8 {
      damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
    }
    try withFolder { folder in
      try damaged.write(to: URL(filePath: folder + "/damaged.h5"))
      let code = codeOfReading(folder + "/damaged.h5")
      #expect(code == nil || code?.hasPrefix("E06") == true)
    }
  }
}
