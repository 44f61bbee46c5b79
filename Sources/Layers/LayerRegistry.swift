public import Config
public import Diagnostics
import Synchronization

/// Every layer an experiment file or a Keras file can name.
///
/// Adding a layer adds one line here.
public enum LayerRegistry {
  /// Runexp's own layers, and those registered since.
  public static var all: Registry<any Layer> { builtIn.adding(registered.withLock { $0 }) }

  private static let registered = Mutex<[Registry<any Layer>.Entry]>([])

  /// Makes a layer of your own known to experiment files and model files of this process.
  ///
  /// Registering a name again replaces what it stood for; runexp's own names stay.
  public static func register<L: Layer & Configurable>(_ type: L.Type) {
    registered.withLock { entries in
      entries.removeAll { $0.name == type.schema.name }
      entries.append(.init(type) { $0 })
    }
  }

  /// What a reader of a Keras program may write, and what stands for it here.
  private static let hints: [String: String] = [
    "input_shape": inputHint, "batch_input_shape": inputHint, "input_length": inputHint,
    "input_dim": inputHint, "in_features": inputHint, "in_channels": inputHint,
    "keep_prob": "the rate is of what is dropped: 'rate: 0.2' keeps 0.8",
    "weight_decay":
      "write 'kernel_regularizer: {L2: {l2: VALUE}}' for this layer, or 'weight_decay' of the optimizer for all",
    "weights": "weights of a file are read by a 'load' cell with 'weights: FILE'",
    "Lambda":
      "a function of tensors is a layer of your own: '- layer: NAME' with 'call: |'; then use NAME here",
    "SimpleRNNCell": cellHint, "LSTMCell": cellHint, "GRUCell": cellHint, "StackedRNNCells": cellHint,
    "model": "a model as a layer belongs to the graph form: 'layers: {part: {model: NAME, from: input}}'",
  ]
  private static let cellHint = "a cell is a setting of RNN: '- RNN: {cell: {LSTMCell: {units: 8}}}'"
  private static let inputHint = "the shape belongs to the model: 'input: [28, 28]' beside 'layers'"

  /// Runexp's own layers.
  public static let builtIn = Registry<any Layer>(
    "layer", commonKeys: ["name", "trainable", "dtype"], hints: hints,
    [
      .init(InputLayer.self, aliases: ["Input"]) { $0 },
      .init(Dense.self) { $0 },
      .init(Flatten.self) { $0 },
      .init(Reshape.self) { $0 },
      .init(ActivationLayer.self) { $0 },
      .init(Dropout.self) { $0 },
      .init(Identity.self) { $0 },
      .init(ActivityRegularization.self) { $0 },
      .init(Permute.self) { $0 },
      .init(RepeatVector.self) { $0 },
      .init(Rescaling.self) { $0 },
      .init(ReLU.self) { $0 },
      .init(ThresholdedReLU.self) { $0 },
      .init(LeakyReLU.self) { $0 },
      .init(ELU.self) { $0 },
      .init(PReLU.self) { $0 },
      .init(SoftmaxLayer.self) { $0 },
      .init(BatchNormalization.self) { $0 },
      .init(LayerNormalization.self) { $0 },
      .init(UnitNormalization.self) { $0 },
      .init(Normalization.self) { $0 },
      .init(Add.self) { $0 },
      .init(Subtract.self) { $0 },
      .init(Multiply.self) { $0 },
      .init(Average.self) { $0 },
      .init(Maximum.self) { $0 },
      .init(Minimum.self) { $0 },
      .init(Concatenate.self) { $0 },
      .init(Dot.self) { $0 },
      .init(Conv<1>.self, aliases: ["Convolution1D"]) { $0 },
      .init(Conv<2>.self, aliases: ["Convolution2D"]) { $0 },
      .init(Conv<3>.self, aliases: ["Convolution3D"]) { $0 },
      .init(ConvTranspose<1>.self, aliases: ["Convolution1DTranspose"]) { $0 },
      .init(ConvTranspose<2>.self, aliases: ["Convolution2DTranspose", "Deconvolution2D"]) { $0 },
      .init(ConvTranspose<3>.self, aliases: ["Convolution3DTranspose", "Deconvolution3D"]) { $0 },
      .init(DepthwiseConv<1>.self) { $0 },
      .init(DepthwiseConv<2>.self) { $0 },
      .init(SeparableConv<1>.self, aliases: ["SeparableConvolution1D"]) { $0 },
      .init(SeparableConv<2>.self, aliases: ["SeparableConvolution2D"]) { $0 },
      .init(LocallyConnected<1>.self) { $0 },
      .init(LocallyConnected<2>.self) { $0 },
      .init(MaxPooling<1>.self, aliases: ["MaxPool1D"]) { $0 },
      .init(MaxPooling<2>.self, aliases: ["MaxPool2D"]) { $0 },
      .init(MaxPooling<3>.self, aliases: ["MaxPool3D"]) { $0 },
      .init(AveragePooling<1>.self, aliases: ["AvgPool1D"]) { $0 },
      .init(AveragePooling<2>.self, aliases: ["AvgPool2D"]) { $0 },
      .init(AveragePooling<3>.self, aliases: ["AvgPool3D"]) { $0 },
      .init(GlobalMaxPooling<1>.self, aliases: ["GlobalMaxPool1D"]) { $0 },
      .init(GlobalMaxPooling<2>.self, aliases: ["GlobalMaxPool2D"]) { $0 },
      .init(GlobalMaxPooling<3>.self, aliases: ["GlobalMaxPool3D"]) { $0 },
      .init(GlobalAveragePooling<1>.self, aliases: ["GlobalAvgPool1D"]) { $0 },
      .init(GlobalAveragePooling<2>.self, aliases: ["GlobalAvgPool2D"]) { $0 },
      .init(GlobalAveragePooling<3>.self, aliases: ["GlobalAvgPool3D"]) { $0 },
      .init(ZeroPadding<1>.self) { $0 },
      .init(ZeroPadding<2>.self) { $0 },
      .init(ZeroPadding<3>.self) { $0 },
      .init(Cropping<1>.self) { $0 },
      .init(Cropping<2>.self) { $0 },
      .init(Cropping<3>.self) { $0 },
      .init(UpSampling1D.self) { $0 },
      .init(UpSampling2D.self) { $0 },
      .init(UpSampling3D.self) { $0 },
      .init(Embedding.self) { $0 },
      .init(Masking.self) { $0 },
      .init(SimpleRNN.self) { $0 },
      .init(LSTM.self) { $0 },
      .init(GRU.self) { $0 },
      .init(RNN.self) { $0 },
      .init(ConvLSTM<1>.self) { $0 },
      .init(ConvLSTM<2>.self) { $0 },
      .init(ConvLSTM<3>.self) { $0 },
      .init(Bidirectional.self) { $0 },
      .init(TimeDistributed.self) { $0 },
      .init(LayerChain.self) { $0 },
      .init(EinsumDense.self) { $0 },
      .init(MultiHeadAttention.self) { $0 },
      .init(GroupQueryAttention.self, aliases: ["GroupedQueryAttention"]) { $0 },
      .init(Attention.self) { $0 },
      .init(AdditiveAttention.self) { $0 },
      .init(GroupNormalization.self) { $0 },
      .init(RMSNormalization.self) { $0 },
      .init(SpectralNormalization.self) { $0 },
      .init(SpatialDropout<1>.self) { $0 },
      .init(SpatialDropout<2>.self) { $0 },
      .init(SpatialDropout<3>.self) { $0 },
      .init(AlphaDropout.self) { $0 },
      .init(GaussianNoise.self) { $0 },
      .init(GaussianDropout.self) { $0 },
      .init(CategoryEncoding.self) { $0 },
      .init(Discretization.self) { $0 },
      .init(Hashing.self) { $0 },
      .init(IntegerLookup.self) { $0 },
      .init(StringLookup.self) { $0 },
      .init(Resizing.self) { $0 },
      .init(CenterCrop.self) { $0 },
      .init(RandomFlip.self) { $0 },
      .init(RandomCrop.self) { $0 },
      .init(RandomTranslation.self) { $0 },
      .init(RandomRotation.self) { $0 },
      .init(RandomZoom.self) { $0 },
      .init(RandomShear.self) { $0 },
      .init(RandomHeight.self) { $0 },
      .init(RandomWidth.self) { $0 },
      .init(RandomContrast.self) { $0 },
      .init(RandomBrightness.self) { $0 },
      .init(RandomGrayscale.self) { $0 },
      .init(RandomColorDegeneration.self) { $0 },
      .init(RandomInvert.self) { $0 },
      .init(RandomPosterization.self) { $0 },
      .init(Solarization.self) { $0 },
      .init(RandomSharpness.self) { $0 },
      .init(AutoContrast.self) { $0 },
      .init(Equalization.self) { $0 },
      .init(RandomHue.self) { $0 },
      .init(RandomSaturation.self) { $0 },
      .init(RandomColorJitter.self) { $0 },
      .init(RandomGaussianBlur.self) { $0 },
      .init(RandomElasticTransform.self) { $0 },
      .init(RandomPerspective.self) { $0 },
      .init(RandomErasing.self) { $0 },
      .init(MixUp.self) { $0 },
      .init(CutMix.self) { $0 },
      .init(AugMix.self) { $0 },
      .init(RandAugment.self) { $0 },
    ])

  /// Reads the layers of a sequential model and names those that have no name, as Keras does.
  ///
  /// Names are `dense`, `dense_1` and so on. Every mistake is reported; `nil` if there was one.
  /// - Parameter registry: the layers there are, those of an experiment file among them.
  public static func decode(
    _ nodes: [ConfigNode], among registry: Registry<any Layer> = all, into bag: inout DiagnosticBag
  ) -> [NamedLayer]? {
    var layers: [NamedLayer] = []
    var taken: [String: SourceSpan?] = [:]
    var counts: [String: Int] = [:]
    var isRight = true
    for node in nodes {
      guard var layer = registry.decode(node, into: &bag),
        let common = common(of: node, isInput: layer is InputLayer, into: &bag)
      else {
        isRight = false
        continue
      }
      if let dtype = common.dtype, var input = layer as? InputLayer {
        isRight = bag.collect { () throws(Diagnostic) in try input.take(type: dtype) } != nil && isRight
        layer = input
      }
      var name = common.name?.value
      if let written = common.name, let earlier = taken[written.value] {
        bag.report(.repeatedLayerName(written.value, at: written.span, earlier: earlier))
        isRight = false
      }
      while name == nil {
        let base = layer.className.snakeCased
        let number = counts[base, default: 0]
        counts[base] = number + 1
        let candidate = number == 0 ? base : "\(base)_\(number)"
        if taken[candidate] == nil { name = candidate }
      }
      guard let name else { continue }
      taken[name] = common.span
      layers.append(NamedLayer(name, layer, isTrainable: common.isTrainable, at: common.span))
    }
    return isRight ? layers : nil
  }

  private struct Common {
    var name: (value: String, span: SourceSpan?)?
    var isTrainable = true
    var span: SourceSpan?
    /// The type of an input's numbers.
    var dtype: ConfigNode?
  }

  /// The settings that every layer has.
  private static func common(of node: ConfigNode, isInput: Bool, into bag: inout DiagnosticBag) -> Common? {
    guard let (_, span, settings) = all.parts(of: node, into: &bag) else { return nil }
    var common = Common(span: span)
    common.dtype = isInput ? settings["dtype"] : nil
    return bag.collect { () throws(Diagnostic) in
      if let name = settings["name"] {
        common.name = (try String(config: name), name.span)
        if name.string?.contains("/") == true || name.string?.isEmpty == true {
          throw Diagnostic(
            "E0202", "'name' must be a word without '/'",
            at: name.span.map { .init($0, "found \(name.sketch)") })
        }
      }
      if let trainable = settings["trainable"] { common.isTrainable = try Bool(config: trainable) }
      if let dtype = settings["dtype"], !isInput,
        dtype["config"]?["name"]?.string ?? dtype.string != "float32"
      {
        throw Diagnostic(
          "E0202", "'dtype' must be float32", at: dtype.span.map { .init($0, "found \(dtype.sketch)") },
          help: "runexp computes in float32, the same bits on every machine")
      }
      return common
    }
  }
}

extension Diagnostic {
  /// E0302: two layers of one model with one name.
  static func repeatedLayerName(_ name: String, at span: SourceSpan?, earlier: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0302", "two layers are named '\(name)'", at: span.map { Label($0, "again here") },
      related: earlier.map { [Label($0, "first here")] } ?? [],
      help: "names tell the weights of a model apart")
  }
}
