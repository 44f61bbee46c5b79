import Config
import Diagnostics
package import KerasFiles
import Layers
import Config
import ModelScripts

extension KerasArchive {
  /// The model in the file, hand-written layers and models among what it may be made of.
  /// - Throws: E06xx, as `load(custom:seed:)` does, and E0326 for a hand-written part that cannot be read.
  package func loadModel(seed: UInt64 = 0) throws -> LoadedModel {
    try load(custom: Self.scripted, seed: seed)
  }

  private static func scripted(_ className: String, _ config: ConfigNode) throws -> (any Layer)? {
    guard ScriptDecoder.isScript(config) else { return nil }
    var bag = DiagnosticBag()
    let decoder = ScriptDecoder()
    let read: (any Layer)? =
      config["inputs"] == nil
      ? decoder.layer(className, config, into: &bag) : decoder.model(config, into: &bag)
    if let mistake = bag.all.first(where: { $0.severity == .error }) { throw mistake }
    return read
  }
}
