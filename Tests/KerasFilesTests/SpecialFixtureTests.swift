import Diagnostics
import EngineTestSupport
import Foundation
import KerasFiles
import Testing

/// Files of real Keras that are damaged, or hold what only Python can run.
@Suite(
  .enabled(
    if: FileManager.default.fileExists(atPath: KerasFixtures.folder + "/special"),
    "no collection of Keras files here"))
struct SpecialFixtureTests {
  /// What is said of each file of both Keras; nothing of those that are sound.
  private static let expected: [(name: String, codes: [String])] = [
    ("good.h5", []), ("fixed_strings.h5", []), ("no_optimizer.h5", []), ("bad_no_training_config.h5", []),
    ("bad_opt_count.h5", ["E0630"]), ("bad_json.h5", ["E0612"]), ("bad_missing_layer.h5", ["E0619"]),
    ("bad_missing_weight.h5", ["E0619"]), ("bad_no_model_config.h5", ["E0618"]),
    ("bad_not_hdf5.h5", ["E0602"]), ("bad_shape.h5", ["E0620"]), ("bad_truncated.h5", ["E0602"]),
    ("bad_unknown_layer.h5", ["E0621"]), ("custom_layer.h5", ["E0621"]), ("lambda.h5", ["E0621"]),
    ("only.weights.h5", ["E0618"]), ("subclassed.keras", ["E0621"]),
  ]

  @Test func `every special file loads or gets its one diagnostic`() throws {
    let both = ["k2_", "k3_"].flatMap { api in Self.expected.map { (api + $0.name, $0.codes) } }
    let single: [(String, [String])] = [
      ("k2_only_legacy.h5", ["E0618"]), ("k3_subclassed.h5", ["E0621"]), ("k3_unbuilt.h5", ["E0616"]),
    ]
    let folder = KerasFixtures.folder + "/special"
    var rest = Set(
      try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasSuffix(".json") })
    for (name, codes) in both + single {
      rest.remove(name)
      do {
        let loaded = try ModelFile.load("\(folder)/\(name)", seed: 1)
        #expect(loaded.notes.map(\.code) == codes, "\(name)")
      } catch let error as Diagnostic {
        #expect([error.code] == codes, "\(name): \(error.message)")
      }
    }
    #expect(rest.isEmpty, "files that nothing is known of")
    print("\(both.count + single.count) special files of Keras checked")
  }
}
