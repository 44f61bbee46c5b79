/// Layers of Keras that files may name and runexp does not have; one that is added is found in ``LayerRegistry`` first.
public enum KerasClasses {
  /// Why some of them cannot be had.
  static let reasons: [String: String] = [
    "TextVectorization": "texts are not split into words here; StringLookup takes whole ones"
  ]

  /// Of Keras 2 and 3, in alphabetical order; `CuDNNGRU`, `CuDNNLSTM` and the recurrent wrappers of attention are older.
  static let others: Set<String> = [
    "AbstractRNNCell", "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
    "ContrastLimitedAdaptiveHistogramEqualization", "CuDNNGRU", "CuDNNLSTM", "DenseFeatures", "FlaxLayer",
    "GRUCell", "HashedCrossing", "JaxLayer", "LSTMCell", "MaxNumBoundingBoxes",
    "MelSpectrogram", "Pipeline", "ReversibleEmbedding", "STFTSpectrogram", "SimpleRNNCell",
    "StackedRNNCells", "TFSMLayer", "TextVectorization",
    "TorchModuleWrapper",
  ]

  /// Those among them that came with Keras 3.
  public static let sinceKeras3: Set<String> = [
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "FlaxLayer", "JaxLayer",
    "MaxNumBoundingBoxes", "MelSpectrogram", "Pipeline", "ReversibleEmbedding", "STFTSpectrogram",
    "TorchModuleWrapper",
  ]
}
