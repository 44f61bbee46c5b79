import Config
import ExpLanguage
import Layers

/// Parts as they are stored with a model: everything that is needed to call it again.
extension ScriptParts {
  var entries: [ConfigNode.Entry] {
    var entries: [ConfigNode.Entry] = []
    if !layers.isEmpty {
      entries.append(.init("layers", ConfigNode(.map(layers.map { .init($0.name, $0.config) }))))
    }
    if !weights.isEmpty {
      entries.append(.init("weights", ConfigNode(.map(weights.map { .init($0.name, $0.config) }))))
    }
    if !functions.isEmpty {
      let all = functions.map { function in
        ConfigNode(
          .map([
            .init("function", ConfigNode(.string(function.usage))),
            .init("body", ConfigNode(.string(function.body.script.text))),
          ]))
      }
      entries.append(.init("functions", ConfigNode(.list(all))))
    }
    return entries
  }
}

extension ScriptParts.Entry {
  fileprivate var config: ConfigNode {
    let all = layers.map { layer in
      ConfigNode(
        .map([
          .init("class_name", ConfigNode(.string(layer.layer.className))),
          .init("config", layer.layer.config), .init("name", ConfigNode(.string(layer.name))),
          .init("trainable", ConfigNode(.bool(layer.isTrainable))),
        ]))
    }
    return isList ? ConfigNode(.list(all)) : all.first ?? ConfigNode(.null)
  }
}

extension ScriptWeight {
  fileprivate var config: ConfigNode {
    let shape =
      switch shape {
      case .sizes(let sizes): ConfigNode(.list(sizes.map { ConfigNode(.int($0)) }))
      case .calculated(let script): ConfigNode(.string(script.text))
      }
    return ConfigNode(
      .map([
        .init("shape", shape), .init("initializer", initializer.config),
        .init("trainable", ConfigNode(.bool(isTrainable))),
      ]))
  }
}

extension ScriptedFunction {
  /// Its name and parameters as they were written.
  var usage: String {
    let parameters = signature.parameters.map { parameter in
      String(decoding: Array(signature.script.text.utf8)[parameter.range], as: UTF8.self)
    }
    return "\(name)(\(parameters.joined(separator: ", ")))"
  }
}
