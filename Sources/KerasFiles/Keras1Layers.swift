import Config
import Layers

/// Layers of Keras 1 that later versions do not have, as layers whose body is written out.
enum Keras1Layers {
  /// - Returns: `nil` for a layer that has a successor, or an activation that is no function's name.
  static func written(_ className: String, _ config: ConfigNode) -> ConfigNode? {
    guard ["Highway", "MaxoutDense"].contains(className) else { return nil }
    let isBiased = config["bias"] != false
    var weights: [ConfigNode.Entry] = []
    let body: String
    if className == "Highway" {
      let (matrix, vector) = ("(inputs.shape[-1], inputs.shape[-1])", "(inputs.shape[-1],)")
      weights = [weight("W", matrix.config), weight("W_carry", matrix.config)]
      if isBiased { weights += [weight("b", vector.config), weight("b_carry", vector.config)] }
      guard let activated = activated(config["activation"] ?? nil) else { return nil }
      body = """
        carry = sigmoid(matmul(inputs, W_carry)\(isBiased ? " + b_carry" : ""))
        x = matmul(inputs, W)\(isBiased ? " + b" : "")
        return carry * \(activated) + (1 - carry) * inputs
        """
    } else {
      guard case .int(let count)? = config["nb_feature"]?.content,
        case .int(let units)? = config["output_dim"]?.content, count > 0, units > 0
      else { return nil }
      weights = [weight("W", "(\(count), inputs.shape[-1], \(units))".config)]
      if isBiased { weights.append(weight("b", [count.config, units.config])) }
      body = "return max(einsum('bi,fio->bfo', inputs, W)\(isBiased ? " + b" : ""), axis=1)"
    }
    let start = (config.entries ?? []).filter { $0.key == "batch_input_shape" }
    let own: ConfigNode = [
      "name": config["name"] ?? className.lowercased().config, "trainable": config["trainable"] ?? true,
      "arguments": ConfigNode(.map([])), "layers": ConfigNode(.map([])),
      "weights": ConfigNode(.map(weights)), "functions": [], "call": body.config,
    ]
    return [
      "class_name": className.config, "config": ConfigNode(.map((own.entries ?? []) + start)),
    ]
  }

  /// How the trained weights of such a layer lie; a class of the file's author is taken for what it is named after.
  static func weights(of className: String) -> KerasDialects.Weights {
    switch className {
    case "Highway": .init(2, biases: 2)
    case let name where name.hasSuffix("Dense"): .init(1, biases: 1)
    case let name where name.contains("onvolution"): Conv<2>.dialects.keras1.weights
    default: .init()
    }
  }

  private static func weight(_ name: String, _ shape: ConfigNode) -> ConfigNode.Entry {
    .init(name, ["shape": shape, "initializer": "glorot_uniform", "trainable": true])
  }

  /// The activation of `x`.
  private static func activated(_ activation: ConfigNode) -> String? {
    guard let name = activation.string else { return activation.isAbsent ? "x" : nil }
    switch name {
    case "linear": return "x"
    case "hard_sigmoid": return "clip(0.2 * x + 0.5, 0, 1)"
    case "tanh", "sigmoid", "relu", "softplus", "softsign", "elu", "softmax": return "\(name)(x)"
    default: return nil
    }
  }
}
