public import Config

/// One layer of each class with settings that are not the defaults, for tests that all layers have to pass.
///
/// A new layer adds one line.
public struct LayerSample: Sendable {
  public let node: ConfigNode
  /// How many values it takes.
  public let inputs: Int

  /// The shape of one sample of each value.
  public static let shape = [2, 3]

  public var className: String { node.entries?.first?.key ?? "" }

  private init(_ node: ConfigNode, inputs: Int = 1) {
    self.node = node
    self.inputs = inputs
  }

  public static let all: [LayerSample] = [
    .init(["InputLayer": ["shape": [2, 3]]]),
    .init([
      "Dense": [
        "units": 5, "activation": "tanh", "kernel_regularizer": "l2", "kernel_constraint": "max_norm",
      ]
    ]),
    .init(["Flatten": nil]),
    .init(["Reshape": ["target_shape": [3, -1]]]),
    .init(["Activation": ["activation": "gelu"]]),
    .init(["Dropout": ["rate": 0.25]]),
    .init(["Identity": nil]),
    .init(["ActivityRegularization": ["l1": 0.01, "l2": 0.1]]),
    .init(["Permute": ["dims": [2, 1]]]),
    .init(["RepeatVector": ["n": 2]]),
    .init(["Rescaling": ["scale": 0.5, "offset": 1.0]]),
    .init(["ReLU": ["max_value": 0.5, "negative_slope": 0.1, "threshold": 0.2]]),
    .init(["LeakyReLU": ["negative_slope": 0.2]]),
    .init(["ELU": ["alpha": 0.5]]),
    .init(["PReLU": ["shared_axes": [1]]]),
    .init(["Softmax": ["axis": 1]]),
    .init(["BatchNormalization": ["momentum": 0.9, "axis": 1]]),
    .init(["LayerNormalization": ["axis": [1, 2], "epsilon": 0.01]]),
    .init(["UnitNormalization": ["axis": [1, 2]]]),
    .init(["Normalization": ["axis": [-1]]]),
    .init(["Add": nil], inputs: 3),
    .init(["Subtract": nil], inputs: 2),
    .init(["Multiply": nil], inputs: 2),
    .init(["Average": nil], inputs: 3),
    .init(["Maximum": nil], inputs: 2),
    .init(["Minimum": nil], inputs: 2),
    .init(["Concatenate": ["axis": 1]], inputs: 2),
    .init(["Dot": ["axes": [2, 2], "normalize": true]], inputs: 2),
  ]
}
