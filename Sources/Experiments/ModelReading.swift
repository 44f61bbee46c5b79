package import Config
import Diagnostics
package import Layers
import ModelScripts

/// How model files are read that may hold hand-written layers and models.
package enum ModelReading {
  /// A hand-written layer or model of a file; `nil` for any other.
  /// - Throws: E0326 for one that cannot be read.
  package static func scripted(_ className: String, _ config: ConfigNode) throws -> (any Layer)? {
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
