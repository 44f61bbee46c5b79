public import Config
public import Diagnostics
import HDF5Files
import TensorCore

/// What a legacy Keras `.h5` file holds, as it lies in the file: names, numbers and configurations, of no meaning yet.
public struct KerasArchive {
  /// Decides how some settings are understood; Keras calls files that do not say so version 1.
  public var kerasVersion: String
  /// `tensorflow`, `jax`, `torch`; old files do not say.
  public var backend: String?
  /// Keras's `{"class_name": …, "config": …}`; `nil` in a file of weights only.
  public var modelConfig: ConfigNode?
  /// How the model was compiled; `nil` if it was not.
  public var trainingConfig: ConfigNode?
  /// What runexp stores beside the model, a mapping; Keras passes it over.
  public var attachments: ConfigNode?
  /// One for each layer of the model, in the model's order, also for layers without weights.
  public var layers: [LayerWeights]
  /// Variables that belong to the model and to no layer.
  public var topLevel: [SavedVariable]
  /// The optimizer's variables, its step counter among them, in Keras's order.
  public var optimizer: [SavedVariable]
  /// What was lost in reading, for the reader to be told.
  public var notes: [Diagnostic] = []

  /// The same of a `.keras` file, whose layers need not be known: a list of what lies there, not a model.
  /// - Throws: E0601 and E0624 to E0626 for a file that cannot be read.
  public static func ofPackage(_ path: String) throws(Diagnostic) -> KerasArchive {
    try KerasPackage.archive(path)
  }

  /// The weights of one layer: trainable ones first.
  public struct LayerWeights: Equatable {
    public var name: String
    public var weights: [SavedVariable]
    public init(name: String, weights: [SavedVariable]) {
      self.name = name
      self.weights = weights
    }
  }

  public init(
    kerasVersion: String, backend: String? = "tensorflow", modelConfig: ConfigNode?,
    trainingConfig: ConfigNode? = nil, layers: [LayerWeights], topLevel: [SavedVariable] = [],
    optimizer: [SavedVariable] = []
  ) {
    self.kerasVersion = kerasVersion
    self.backend = backend
    self.modelConfig = modelConfig
    self.trainingConfig = trainingConfig
    self.layers = layers
    self.topLevel = topLevel
    self.optimizer = optimizer
  }
}
