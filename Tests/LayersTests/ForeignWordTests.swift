import Config
import Diagnostics
import Losses
import Optimizers
import Testing

@testable import Layers

/// Words of PyTorch, TensorFlow 1, Keras 1 and scikit-learn are answered with Keras's.
@Suite struct ForeignWordTests {
  private func mistakes<M>(_ registry: Registry<M>, _ node: ConfigNode) -> [Diagnostic] {
    var bag = DiagnosticBag()
    _ = registry.decode(node, into: &bag)
    return bag.all
  }

  @Test(arguments: [
    ("Linear", "Dense"), ("nn.Linear", "Dense"), ("BatchNorm1d", "BatchNormalization"), ("Dense(1)", "Dense"),
    ("LayerNorm", "LayerNormalization"), ("AdaptiveAvgPool2d", "GlobalAveragePooling2D"),
    ("keras.layers.LSTM", "LSTM"), ("tf.keras.layers.Conv2D(8)", "Conv2D"), ("nn.conv2d", "Conv2D"),
  ])
  func `a layer of another program`(word: String, ours: String) {
    #expect(mistakes(LayerRegistry.all, .init(.string(word))).first?.help == "did you mean '\(ours)'?")
  }

  @Test(arguments: [
    ("CrossEntropyLoss", "SparseCategoricalCrossentropy"), ("nn.MSELoss", "MeanSquaredError"),
    ("BCEWithLogitsLoss", "BinaryCrossentropy"), ("log_loss", "binary_crossentropy"), ("smooth_l1", "Huber"),
    ("keras.losses.Hinge", "Hinge"),
  ])
  func `a loss of another program`(word: String, ours: String) {
    #expect(mistakes(LossRegistry.all, .init(.string(word))).first?.help == "did you mean '\(ours)'?")
  }

  @Test(arguments: [
    ("GradientDescentOptimizer", "SGD"), ("tf.train.AdamOptimizer", "Adam"),
    ("torch.optim.RMSprop", "RMSprop"),
    ("AMSGrad", "Adam"), ("Adam(0.01)", "Adam"),
  ])
  func `an optimizer of another program`(word: String, ours: String) {
    #expect(mistakes(OptimizerRegistry.all, .init(.string(word))).first?.help == "did you mean '\(ours)'?")
  }

  static let settings: [(node: ConfigNode, ours: String)] = [
    (["Dense": ["out_features": 3]], "units"), (["Conv1D": ["nb_filter": 3, "kernel_size": 2]], "filters"),
    (["Dropout": ["p": 0.5]], "rate"), (["LSTM": ["hidden_size": 4]], "units"),
    (["Dense": ["units": 1, "W_regularizer": "l2"]], "kernel_regularizer"),
    (["LeakyReLU": ["alpha": 0.1]], "negative_slope"), (["BatchNormalization": ["eps": 0.1]], "epsilon"),
    (["Dense": ["units": 1, "bias": false]], "use_bias"),
  ]
  @Test(arguments: settings.indices)
  func `a setting of another program is one mistake with its name`(index: Int) {
    let (node, ours) = Self.settings[index]
    #expect(mistakes(LayerRegistry.all, node).map(\.help) == ["did you mean '\(ours)'?"])
  }

  @Test(
    arguments: [
      (["Dense": ["units": 1, "activation": "logistic"]], "sigmoid"),
      (["Dense": ["units": 1, "activation": "tf.nn.relu"]], "relu"),
      (["Dense": ["units": 1, "activation": "None"]], "linear"),
      (["Dense": ["units": 1, "kernel_initializer": "xavier_uniform"]], "glorot_uniform"),
      (["Dense": ["units": 1, "kernel_initializer": "he"]], "he_normal"),
    ] as [(ConfigNode, String)])
  func `a value of another program`(node: ConfigNode, ours: String) {
    #expect(mistakes(LayerRegistry.all, node).first?.help == "did you mean '\(ours)'?")
  }

  @Test func `a single value is meant for a setting that it fits`() {
    for (node, wanted) in [
      (["Adam": 0.01], "learning_rate: 0.01"), (["SGD": 0.1], "learning_rate: 0.1"),
      (["RMSprop": 0.002], "learning_rate: 0.002"),
    ] as [(ConfigNode, String)] {
      #expect(mistakes(OptimizerRegistry.all, node).first?.help?.contains(wanted) == true)
    }
    for (node, wanted) in [
      (["L2": 0.01], "l2: 0.01"), (["L1": 0.5], "l1: 0.5"),
    ] as [(ConfigNode, String)] {
      let layer: ConfigNode = ["Dense": ["units": 1, "kernel_regularizer": node]]
      #expect(mistakes(LayerRegistry.all, layer).first?.help?.contains(wanted) == true)
    }
    #expect(mistakes(LayerRegistry.all, ["ELU": 0.5]).first?.help?.contains("alpha: 0.5") == true)
  }
}
