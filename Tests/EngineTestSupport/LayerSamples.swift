public import Config

/// One layer of each class with settings that are not the defaults, for tests that all layers have to pass.
///
/// A new layer adds one line.
public struct LayerSample: Sendable {
  public let node: ConfigNode
  /// How many values it takes.
  public let inputs: Int

  /// The shape of one sample of each value.
  public let shape: [Int]

  public var className: String { node.entries?.first?.key ?? "" }

  private init(_ node: ConfigNode, inputs: Int = 1, shape: [Int] = [2, 3]) {
    self.node = node
    self.shape = shape
    self.inputs = inputs
  }

  /// Layers that take texts alone, which no other layer makes for them: they have tests of their own.
  public static let ofTexts = ["StringLookup"]

  public static let all: [LayerSample] = [
    .init(["InputLayer": ["shape": [2, 3]]]),
    .init([
      "Dense": [
        "units": 5, "activation": "tanh", "kernel_regularizer": "l2", "kernel_constraint": "max_norm",
      ]
    ]),
    .init(["Sequential": ["layers": [["Dense": ["units": 4]], ["Activation": ["activation": "tanh"]]]]]),
    .init(["Flatten": nil]),
    .init(["Reshape": ["target_shape": [3, -1]]]),
    .init(["Activation": ["activation": "gelu"]]),
    .init(["Dropout": ["rate": 0.25, "noise_shape": [nil, 1, nil]]]),
    .init(["Identity": nil]),
    .init(["ActivityRegularization": ["l1": 0.01, "l2": 0.1]]),
    .init(["Permute": ["dims": [2, 1]]]),
    .init(["RepeatVector": ["n": 2]]),
    .init(["Rescaling": ["scale": 0.5, "offset": 1.0]]),
    .init(["ReLU": ["max_value": 0.5, "negative_slope": 0.1, "threshold": 0.2]]),
    .init(["ThresholdedReLU": ["theta": 0.3]]),
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
    .init(
      ["Conv1D": ["filters": 3, "kernel_size": 2, "padding": "causal", "dilation_rate": 2]], shape: [5, 2]),
    .init(
      [
        "Conv2D": [
          "filters": 4, "kernel_size": [3, 2], "strides": 2, "padding": "same", "activation": "relu",
        ]
      ], shape: [4, 5, 2]),
    .init(
      ["Conv3D": ["filters": 3, "kernel_size": 2, "groups": 3, "use_bias": false]], shape: [3, 4, 3, 3]),
    .init(
      ["Conv1DTranspose": ["filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"]], shape: [5, 2]),
    .init(
      ["Conv2DTranspose": ["filters": 3, "kernel_size": 3, "strides": 2, "output_padding": 1]],
      shape: [4, 5, 2]),
    .init(["Conv3DTranspose": ["filters": 2, "kernel_size": 2]], shape: [3, 4, 3, 2]),
    .init(["DepthwiseConv1D": ["kernel_size": 3, "depth_multiplier": 2]], shape: [5, 2]),
    .init(["DepthwiseConv2D": ["kernel_size": 2, "strides": [2, 2], "padding": "same"]], shape: [4, 5, 2]),
    .init(["SeparableConv1D": ["filters": 3, "kernel_size": 2, "padding": "same"]], shape: [5, 2]),
    .init(
      [
        "SeparableConv2D": [
          "filters": 3, "kernel_size": [2, 3], "depth_multiplier": 2, "activation": "tanh",
        ]
      ], shape: [4, 5, 2]),
    .init(
      ["LocallyConnected1D": ["filters": 2, "kernel_size": 3, "strides": 2, "activation": "tanh"]],
      shape: [7, 2]),
    .init(
      [
        "LocallyConnected2D": [
          "filters": 2, "kernel_size": [2, 3], "padding": "same", "implementation": 2,
          "data_format": "channels_first",
        ]
      ], shape: [2, 3, 4]),
    .init(["MaxPooling1D": ["padding": "same"]], shape: [5, 2]),
    .init(["AveragePooling1D": ["pool_size": 2, "strides": 1]], shape: [5, 2]),
    .init(["GlobalMaxPooling1D": nil], shape: [5, 2]),
    .init(["GlobalAveragePooling1D": ["keepdims": true]], shape: [5, 2]),
    .init(["ZeroPadding1D": ["padding": 2]], shape: [5, 2]),
    .init(["Cropping1D": ["cropping": 1]], shape: [5, 2]),
    .init(["MaxPooling2D": ["padding": "same"]], shape: [4, 5, 2]),
    .init(["AveragePooling2D": ["pool_size": 2, "strides": 1]], shape: [4, 5, 2]),
    .init(["GlobalMaxPooling2D": nil], shape: [4, 5, 2]),
    .init(["GlobalAveragePooling2D": ["keepdims": true]], shape: [4, 5, 2]),
    .init(["ZeroPadding2D": ["padding": 2]], shape: [4, 5, 2]),
    .init(["Cropping2D": ["cropping": 1]], shape: [4, 5, 2]),
    .init(["MaxPooling3D": ["padding": "same"]], shape: [3, 4, 3, 2]),
    .init(["AveragePooling3D": ["pool_size": 2, "strides": 1]], shape: [3, 4, 3, 2]),
    .init(["GlobalMaxPooling3D": nil], shape: [3, 4, 3, 2]),
    .init(["GlobalAveragePooling3D": ["keepdims": true]], shape: [3, 4, 3, 2]),
    .init(["ZeroPadding3D": ["padding": 2]], shape: [3, 4, 3, 2]),
    .init(["Cropping3D": ["cropping": 1]], shape: [3, 4, 3, 2]),
    .init(["UpSampling1D": ["size": 3]], shape: [5, 2]),
    .init(["UpSampling2D": ["size": [2, 3], "interpolation": "bilinear"]], shape: [4, 5, 2]),
    .init(["UpSampling3D": nil], shape: [3, 4, 3, 2]),
    .init(["Embedding": ["input_dim": 4, "output_dim": 3, "mask_zero": true]], shape: [5]),
    .init(["Masking": ["mask_value": 0.5]], shape: [5, 2]),
    .init(["SimpleRNN": ["units": 3, "activation": "softsign", "return_sequences": true]], shape: [5, 2]),
    .init(["LSTM": ["units": 3, "go_backwards": true, "recurrent_regularizer": "l2"]], shape: [5, 2]),
    .init(["GRU": ["units": 3, "return_sequences": true]], shape: [5, 2]),
    .init(
      ["RNN": ["cell": [["GRUCell": ["units": 2]], ["LSTMCell": ["units": 3]]], "return_sequences": true]],
      shape: [5, 2]),
    .init(["ConvLSTM1D": ["filters": 2, "kernel_size": 2, "strides": 2]], shape: [3, 6, 2]),
    .init(
      [
        "ConvLSTM2D": [
          "filters": 2, "kernel_size": [2, 3], "padding": "same", "return_sequences": true, "dropout": 0.2,
          "recurrent_dropout": 0.1,
        ]
      ], shape: [2, 3, 4, 2]),
    .init(
      [
        "ConvLSTM3D": ["filters": 1, "kernel_size": 2, "data_format": "channels_first", "go_backwards": true]
      ],
      shape: [2, 2, 2, 3, 2]),
    .init(
      [
        "Bidirectional": [
          "layer": ["GRU": ["units": 2, "reset_after": false, "return_sequences": true]],
          "merge_mode": "sum",
        ]
      ], shape: [5, 2]),
    .init(["TimeDistributed": ["layer": ["Conv1D": ["filters": 2, "kernel_size": 2]]]], shape: [3, 4, 2]),
    .init([
      "EinsumDense": [
        "equation": "abc,cde->abde", "output_shape": [nil, 2, 4], "bias_axes": "e", "activation": "tanh",
      ]
    ]),
    .init(
      [
        "MultiHeadAttention": [
          "num_heads": 2, "key_dim": 3, "value_dim": 2, "dropout": 0.2, "output_shape": [2, 2],
          "use_gate": true, "sliding_window": 2, "attention_axes": [1],
        ]
      ], inputs: 3),
    .init(
      ["GroupQueryAttention": ["head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2]], inputs: 2),
    .init(["Attention": ["use_scale": true, "score_mode": "concat", "dropout": 0.1]], inputs: 3),
    .init(["AdditiveAttention": ["dropout": 0.1]], inputs: 2),
    .init(["GroupNormalization": ["groups": 3, "epsilon": 0.01]]),
    .init(["RMSNormalization": ["axis": [1, 2]]]),
    .init(["SpectralNormalization": ["layer": ["Dense": ["units": 4]], "power_iterations": 2]]),
    .init(["SpatialDropout1D": ["rate": 0.3]], shape: [5, 2]),
    .init(["SpatialDropout2D": ["rate": 0.3]], shape: [4, 5, 2]),
    .init(
      ["SpatialDropout3D": ["rate": 0.3, "data_format": "channels_first"]], shape: [3, 4, 3, 2]),
    .init(["AlphaDropout": ["rate": 0.2, "noise_shape": [nil, 1, 3]]]),
    .init(["GaussianNoise": ["stddev": 0.2]]),
    .init(["GaussianDropout": ["rate": 0.2]]),
    .init(["CategoryEncoding": ["num_tokens": 3, "output_mode": "count"]]),
    .init(["Discretization": ["bin_boundaries": [-0.5, 0.5], "output_mode": "one_hot"]]),
    .init(["Hashing": ["num_bins": 3, "output_mode": "count"]], shape: [4]),
    .init(
      ["IntegerLookup": ["vocabulary": [1, 3], "num_oov_indices": 2, "output_mode": "multi_hot"]],
      shape: [4]),
    .init(["Resizing": ["height": 6, "width": 3, "crop_to_aspect_ratio": true]], shape: [4, 5, 2]),
    .init(["CenterCrop": ["height": 2, "width": 3]], shape: [4, 5, 2]),
    .init(["RandomFlip": ["mode": "horizontal"]], shape: [4, 5, 3]),
    .init(["RandomCrop": ["height": 4, "width": 5, "seed": 3]], shape: [4, 5, 3]),
    .init(["RandomTranslation": ["height_factor": 0.2, "width_factor": [-0.1, 0.3]]], shape: [4, 5, 3]),
    .init(["RandomRotation": ["factor": 0.1, "fill_mode": "constant"]], shape: [4, 5, 3]),
    .init(["RandomZoom": ["height_factor": 0.2, "fill_mode": "nearest"]], shape: [4, 5, 3]),
    .init(["RandomShear": ["x_factor": 0.2, "fill_mode": "wrap"]], shape: [4, 5, 3]),
    .init(["RandomHeight": ["factor": 0.2]], shape: [4, 5, 3]),
    .init(["RandomWidth": ["factor": [0.1, 0.2]]], shape: [4, 5, 3]),
    .init(["RandomContrast": ["factor": 0.2, "value_range": [-2, 2]]], shape: [4, 5, 3]),
    .init(["RandomBrightness": ["factor": 0.2, "value_range": [-2, 2]]], shape: [4, 5, 3]),
    .init(["RandomGrayscale": ["factor": 0.7]], shape: [4, 5, 3]),
    .init(["RandomColorDegeneration": ["factor": 0.4, "value_range": [-2, 2]]], shape: [4, 5, 3]),
    .init(["RandomInvert": ["value_range": [-1, 1]]], shape: [4, 5, 3]),
    .init(["RandomPosterization": ["factor": [2, 5], "value_range": [-2, 2]]], shape: [4, 5, 3]),
    .init(["Solarization": ["addition_factor": 0.1, "threshold_factor": 0.5]], shape: [4, 5, 3]),
    .init(["RandomSharpness": ["factor": 0.4, "value_range": [-2, 2]]], shape: [4, 5, 3]),
    .init(["AutoContrast": ["value_range": [-2, 2]]], shape: [4, 5, 3]),
    .init(["Equalization": ["bins": 16]], shape: [4, 5, 3]),
    .init(["RandomHue": ["factor": 0.2]], shape: [4, 5, 3]),
    .init(["RandomSaturation": ["factor": 0.4]], shape: [4, 5, 3]),
    .init(["RandomColorJitter": ["hue_factor": 0.2]], shape: [4, 5, 3]),
    .init(["RandomGaussianBlur": ["kernel_size": [3, 5]]], shape: [4, 5, 3]),
    .init(["RandomElasticTransform": ["scale": 0.5]], shape: [4, 5, 3]),
    .init(["RandomPerspective": ["scale": 0.5]], shape: [4, 5, 3]),
    .init(["RandomErasing": ["fill_value": 0.5]], shape: [4, 5, 3]),
    .init(["MixUp": ["alpha": 0.3]], shape: [4, 5, 3]),
    .init(["CutMix": ["factor": 0.5]], shape: [4, 5, 3]),
    .init(["AugMix": ["num_chains": 2]], shape: [4, 5, 3]),
    .init(["RandAugment": ["num_ops": 3]], shape: [4, 5, 3]),
  ]
}
