import Foundation
import Fuzzing
import Testing

@Suite struct ModelFileFuzzing {
  @Test func `damaged model files are models or diagnostics`() throws {
    let names = [
      "keras3.h5", "keras2.h5", "keras3.keras", "deflated.keras", "keras3.weights.h5", "open_each.keras",
      "open_text_2.h5", "keras3_stateful_chain.keras", "keras2_stateful_graph.h5",
    ]
    let files = try names.map { URL(filePath: try fixture(file: $0)) }
    try withFolder { folder in
      let result = try FuzzRun(try ModelFileFuzzer(files), in: URL(filePath: folder)).run(0..<600)
      #expect(result.count == 600 && result.wrong.isEmpty, "\(result.wrong)")
    }
  }
}
