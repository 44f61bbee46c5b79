import Config
import ExpLanguage
import Layers

/// Parts as they are stored with a model: everything that is needed to call it again.
extension ScriptParts {
  var config: [ConfigNode.Entry] {
    [
      .init("arguments", ConfigNode(.map(arguments.map { .init($0.name, $0.value.config) }))),
      .init("layers", ConfigNode(.map(layers.map { .init($0.name, $0.config) }))),
      .init("weights", ConfigNode(.map(weights.map { .init($0.name, $0.config) }))),
      .init("functions", ConfigNode(.list(functions.map(\.config)))),
    ]
  }
}

extension ScriptParts.Entry {
  fileprivate var config: ConfigNode {
    isList ? ConfigNode(.list(layers.map(\.kerasConfig))) : layers.first?.kerasConfig ?? nil
  }
}

extension ScriptWeight {
  fileprivate var config: ConfigNode {
    let shape =
      switch shape {
      case .sizes(let sizes): sizes.config
      case .calculated(let script): script.text.config
      }
    return ["shape": shape, "initializer": initializer.config, "trainable": isTrainable.config]
  }
}

extension ScriptedFunction {
  var config: ConfigNode { ["function": usage.config, "body": body.script.text.config] }

  /// Its name and parameters as they were written.
  var usage: String {
    let parameters = signature.parameters.map { parameter in
      String(decoding: Array(signature.script.text.utf8)[parameter.range], as: UTF8.self)
    }
    return "\(name)(\(parameters.joined(separator: ", ")))"
  }
}
