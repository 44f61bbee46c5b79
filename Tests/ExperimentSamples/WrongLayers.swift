extension WrongExperiment {
  /// Layers whose settings, or whose places, Keras would not take.
  static let newerLayers = [
    layer("a vocabulary with a number twice", "IntegerLookup: {vocabulary: [3, 7, 3]}"),
    layer("a token that is in the vocabulary", "IntegerLookup: {vocabulary: [3, 7], mask_token: 7}"),
    layer("weights without tf_idf", "IntegerLookup: {vocabulary: [3, 7], idf_weights: [1, 2]}"),
    layer("more numbers than there may be", "IntegerLookup: {vocabulary: [3, 7, 9], max_tokens: 3}"),
    layer("a lookup without a vocabulary", "IntegerLookup: {}"),
    layer("a hash without bins", "Hashing: {num_bins: 0}"),
    layer(
      "a normalization of a layer without a kernel", "SpectralNormalization: {layer: {Dropout: {rate: 0.5}}}"),
    layer("a cell as a layer", "LSTMCell: {units: 8}"),
    layer("a recurrence of what is no cell", "RNN: {cell: {LSTM: {units: 8}}}"),
    layer("a recurrence of no cells", "RNN: {cell: []}"),
    layer(
      "cells of one name", "RNN: {cell: [{LSTMCell: {units: 2, name: a}}, {GRUCell: {units: 2, name: a}}]}"),
    layer("a recurrence of images over rows", "ConvLSTM2D: {filters: 2, kernel_size: 3}"),
    image("an augmentation that is not trained", "RandomHue: {factor: 0.2}"),
    image("another augmentation that is not trained", "RandAugment: {}"),
    image("a factor out of bounds", "RandomContrast: {factor: 3}"),
    image("a range of one number", "RandomBrightness: {factor: 0.1, value_range: [0, 0]}"),
    image("a grey image of two channels", "RandomGrayscale: {}"),
    image(
      "an image that is cropped and padded",
      "Resizing: {height: 2, width: 3, crop_to_aspect_ratio: true, pad_to_aspect_ratio: true}"),
    image(
      "padding of windows of their own", "LocallyConnected2D: {filters: 2, kernel_size: 2, padding: same}"),
    image("a window that does not fit", "LocallyConnected2D: {filters: 2, kernel_size: 9}"),
  ]

  private static func layer(_ name: String, _ text: String) -> WrongExperiment {
    WrongExperiment(name, "Dense: {units: 8, activation: relu}", text)
  }

  /// A layer behind one that makes images of the samples.
  private static func image(_ name: String, _ text: String) -> WrongExperiment {
    WrongExperiment(
      name, "- Dense: {units: 8, activation: relu}",
      "- Reshape: {target_shape: [2, 1, -1]}\n        - \(text)\n        - Flatten")
  }
}
