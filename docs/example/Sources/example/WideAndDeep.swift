import Runexp

/// A model of one's own: a deep way and a wide one.
struct WideAndDeep: SubclassedModel {
  let inputs = [ModelInput("wide", shape: [2]), ModelInput("deep", shape: [6])]
  let hidden = (0..<2).map { NamedLayer("hidden_\($0)", Dense(16, activation: .relu)) }
  let price = NamedLayer("price", Dense(1))

  func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    var z = inputs[1]
    for layer in hidden { z = try layer(z, in: scope) }
    return [try price(.concatenate([inputs[0], z]), in: scope)]
  }
}
