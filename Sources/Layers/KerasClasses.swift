/// Layers of Keras that files may name and runexp does not have; one that is added is found in ``LayerRegistry`` first.
enum KerasClasses {
  /// Of Keras 2 and 3, in alphabetical order; `CuDNNGRU`, `CuDNNLSTM` and the recurrent wrappers of attention are older.
  static let others: Set<String> = [
    "AbstractRNNCell", "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "AugMix", "AutoContrast",
    "ContrastLimitedAdaptiveHistogramEqualization", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "CuDNNGRU",
    "CuDNNLSTM", "CutMix", "DenseFeatures", "Equalization", "FlaxLayer", "GRUCell", "HashedCrossing",
    "Hashing",
    "IntegerLookup", "JaxLayer", "LSTMCell", "LocallyConnected1D", "LocallyConnected2D",
    "MaxNumBoundingBoxes",
    "MelSpectrogram", "MixUp", "Pipeline", "RNN", "RandAugment", "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter", "RandomContrast", "RandomCrop", "RandomElasticTransform", "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur", "RandomGrayscale", "RandomHeight", "RandomHue", "RandomInvert", "RandomPerspective",
    "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear",
    "RandomTranslation", "RandomWidth", "RandomZoom", "ReversibleEmbedding", "STFTSpectrogram",
    "SimpleRNNCell", "Solarization", "SpectralNormalization", "StackedRNNCells", "StringLookup",
    "TFSMLayer", "TextVectorization", "ThresholdedReLU", "TorchModuleWrapper",
  ]
}
