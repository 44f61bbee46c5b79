import Config
import Diagnostics
public import Layers
import ModelScripts

extension ModelDecoder {
  /// Reads the hand-written models and layers of a file, whose `call` is stored with them.
  ///
  /// - Throws: E0326 for one that cannot be read.
  public static let scripted: Custom = { className, config in
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
