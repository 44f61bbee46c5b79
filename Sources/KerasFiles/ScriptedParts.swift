import Config
import Diagnostics
public import Layers
import ModelScripts

extension ModelDecoder {
  /// Reads what a functional model computes between its layers.
  public static let recorded: Operations = { entry in
    try RecordedOperation(entry) ?? LayerOperation(entry)
  }

  /// Reads the hand-written models and layers of a file, whose `call` is stored with them.
  ///
  /// - Throws: E0326 for one that cannot be read, and what is wrong with a layer or model in it.
  public static let scripted: Custom = { className, config in
    guard ScriptDecoder.isScript(config) else { return nil }
    var bag = DiagnosticBag()
    // What stands in a hand-written part may be a model of layers, which the registry of layers does not have.
    let decoder = ScriptDecoder { node, bag in
      do {
        return try ModelDecoder(custom: scripted, operations: recorded).layer(node).layer
      } catch {
        bag.report(error as? Diagnostic ?? .senselessConfig("\(error)"))
        return nil
      }
    }
    let read: (any Layer)? =
      config["inputs"] == nil
      ? decoder.layer(className, config, into: &bag) : decoder.model(config, into: &bag)
    if let mistake = bag.all.first(where: { $0.severity == .error }) { throw mistake }
    return read
  }
}
