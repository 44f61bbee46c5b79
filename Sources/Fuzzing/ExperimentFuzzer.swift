import Datasets
import Diagnostics
import Experiments
public import Foundation

/// Damages experiments and checks them whole: syntax, settings, models, data.
public struct ExperimentFuzzer: Fuzzer {
  public static let name = "exp"
  public static let fileName = "case.exp"

  private let damage: TextDamage
  private let dataFolder: URL

  /// - Parameters:
  ///   - texts: experiments to start from.
  ///   - dataFolder: the small data sets that they use.
  public init(_ texts: [String], dataFolder: URL) {
    damage = TextDamage(texts)
    self.dataFolder = dataFolder
  }

  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    return damage.text(&random)
  }

  public func read(_ path: String) throws -> Bool {
    var request = ExperimentRequest(path: path)
    request.files.searchFolders = [dataFolder.path]
    let checked = CheckedExperiment(request)
    // What is said must be printable too, whatever the places.
    let said = TextRenderer(checked.sources).render(checked.diagnostics)
    _ = JSONRenderer(checked.sources).render(checked.diagnostics)
    guard checked.plan == nil, said.isEmpty else { return checked.plan != nil }
    throw Unexplained()
  }

  private struct Unexplained: Error {}
}
