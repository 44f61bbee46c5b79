public import Config
public import Diagnostics
import Synchronization

/// Every layer an experiment file or a Keras file can name.
///
/// Adding a layer adds one line here.
public enum LayerRegistry {
  /// Runexp's own layers, and those registered since.
  public static var all: Registry<any Layer> { builtIn.adding(registered.withLock { $0.map(\.entry) }) }

  private static let registered = Mutex<[LayerType]>([])

  /// Makes a layer of your own known to experiment files and model files of this process.
  ///
  /// Registering a name again replaces what it stood for; runexp's own names stay.
  public static func register<L: Layer & Configurable>(_ type: L.Type) {
    registered.withLock { types in
      types.removeAll { $0.entry.name == type.schema.name }
      types.append(LayerType(type))
    }
  }

  // MARK: Dialects

  /// What the files of each Keras say of a class: a layer or, in a layer, a cell.
  /// - Returns: `nil` for one that is not there.
  public static func dialects(of className: String) -> KerasDialects? {
    dialectsByName[className]
      ?? registered.withLock { $0.first { $0.entry.name == className }?.dialects() }
  }

  /// The class that a class of Keras 1 has become: its own name if that is still the same.
  public static func successor(ofKeras1 className: String) -> String { successors[className] ?? className }

  /// The dialects of every layer of runexp's own.
  public static var allDialects: [KerasDialects] { types.map { $0.dialects() } }

  private static let dialectsByName: [String: KerasDialects] = {
    var known = CellSetting.dialects
    for type in types {
      let dialects = type.dialects()
      for name in [type.entry.name] + type.entry.aliases { known[name] = dialects }
    }
    return known
  }()

  private static let successors: [String: String] = {
    var known: [String: String] = [:]
    for type in types { for name in type.dialects().keras1.classNames { known[name] = type.entry.name } }
    return known
  }()

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
    "layer", commonKeys: ["name", "trainable", "dtype"], hints: hints, types.map(\.entry))

  private static let types: [LayerType] = [
    .init(InputLayer.self, aliases: ["Input"]),
    .init(Dense.self),
    .init(Flatten.self),
    .init(Reshape.self),
    .init(ActivationLayer.self),
    .init(Dropout.self),
    .init(Identity.self),
    .init(ActivityRegularization.self),
    .init(Permute.self),
    .init(RepeatVector.self),
    .init(Rescaling.self),
    .init(ReLU.self),
    .init(ThresholdedReLU.self),
    .init(LeakyReLU.self),
    .init(ELU.self),
    .init(PReLU.self),
    .init(SoftmaxLayer.self),
    .init(BatchNormalization.self),
    .init(LayerNormalization.self),
    .init(UnitNormalization.self),
    .init(Normalization.self),
    .init(Add.self),
    .init(Subtract.self),
    .init(Multiply.self),
    .init(Average.self),
    .init(Maximum.self),
    .init(Minimum.self),
    .init(Concatenate.self),
    .init(Dot.self),
    .init(Conv<1>.self, aliases: ["Convolution1D"]),
    .init(Conv<2>.self, aliases: ["Convolution2D"]),
    .init(Conv<3>.self, aliases: ["Convolution3D"]),
    .init(ConvTranspose<1>.self, aliases: ["Convolution1DTranspose"]),
    .init(ConvTranspose<2>.self, aliases: ["Convolution2DTranspose", "Deconvolution2D"]),
    .init(ConvTranspose<3>.self, aliases: ["Convolution3DTranspose", "Deconvolution3D"]),
    .init(DepthwiseConv<1>.self),
    .init(DepthwiseConv<2>.self),
    .init(SeparableConv<1>.self, aliases: ["SeparableConvolution1D"]),
    .init(SeparableConv<2>.self, aliases: ["SeparableConvolution2D"]),
    .init(LocallyConnected<1>.self),
    .init(LocallyConnected<2>.self),
    .init(MaxPooling<1>.self, aliases: ["MaxPool1D"]),
    .init(MaxPooling<2>.self, aliases: ["MaxPool2D"]),
    .init(MaxPooling<3>.self, aliases: ["MaxPool3D"]),
    .init(AveragePooling<1>.self, aliases: ["AvgPool1D"]),
    .init(AveragePooling<2>.self, aliases: ["AvgPool2D"]),
    .init(AveragePooling<3>.self, aliases: ["AvgPool3D"]),
    .init(GlobalMaxPooling<1>.self, aliases: ["GlobalMaxPool1D"]),
    .init(GlobalMaxPooling<2>.self, aliases: ["GlobalMaxPool2D"]),
    .init(GlobalMaxPooling<3>.self, aliases: ["GlobalMaxPool3D"]),
    .init(GlobalAveragePooling<1>.self, aliases: ["GlobalAvgPool1D"]),
    .init(GlobalAveragePooling<2>.self, aliases: ["GlobalAvgPool2D"]),
    .init(GlobalAveragePooling<3>.self, aliases: ["GlobalAvgPool3D"]),
    .init(ZeroPadding<1>.self),
    .init(ZeroPadding<2>.self),
    .init(ZeroPadding<3>.self),
    .init(Cropping<1>.self),
    .init(Cropping<2>.self),
    .init(Cropping<3>.self),
    .init(UpSampling1D.self),
    .init(UpSampling2D.self),
    .init(UpSampling3D.self),
    .init(Embedding.self),
    .init(Masking.self),
    .init(SimpleRNN.self),
    .init(LSTM.self),
    .init(GRU.self),
    .init(RNN.self),
    .init(ConvLSTM<1>.self),
    .init(ConvLSTM<2>.self),
    .init(ConvLSTM<3>.self),
    .init(Bidirectional.self),
    .init(TimeDistributed.self),
    .init(LayerChain.self),
    .init(EinsumDense.self),
    .init(MultiHeadAttention.self),
    .init(GroupQueryAttention.self, aliases: ["GroupedQueryAttention"]),
    .init(Attention.self),
    .init(AdditiveAttention.self),
    .init(GroupNormalization.self),
    .init(RMSNormalization.self),
    .init(SpectralNormalization.self),
    .init(SpatialDropout<1>.self),
    .init(SpatialDropout<2>.self),
    .init(SpatialDropout<3>.self),
    .init(AlphaDropout.self),
    .init(GaussianNoise.self),
    .init(GaussianDropout.self),
    .init(CategoryEncoding.self),
    .init(Discretization.self),
    .init(Hashing.self),
    .init(IntegerLookup.self),
    .init(StringLookup.self),
    .init(Resizing.self),
    .init(CenterCrop.self),
    .init(RandomFlip.self),
    .init(RandomCrop.self),
    .init(RandomTranslation.self),
    .init(RandomRotation.self),
    .init(RandomZoom.self),
    .init(RandomShear.self),
    .init(RandomHeight.self),
    .init(RandomWidth.self),
    .init(RandomContrast.self),
    .init(RandomBrightness.self),
    .init(RandomGrayscale.self),
    .init(RandomColorDegeneration.self),
    .init(RandomInvert.self),
    .init(RandomPosterization.self),
    .init(Solarization.self),
    .init(RandomSharpness.self),
    .init(AutoContrast.self),
    .init(Equalization.self),
    .init(RandomHue.self),
    .init(RandomSaturation.self),
    .init(RandomColorJitter.self),
    .init(RandomGaussianBlur.self),
    .init(RandomElasticTransform.self),
    .init(RandomPerspective.self),
    .init(RandomErasing.self),
    .init(MixUp.self),
    .init(CutMix.self),
    .init(AugMix.self),
    .init(RandAugment.self),
  ]

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

/// A type of layers: how files name and set them, and what else they say of them.
private struct LayerType: Sendable {
  let entry: Registry<any Layer>.Entry
  let dialects: @Sendable () -> KerasDialects

  init<L: Layer & Configurable>(_ type: L.Type, aliases: [String] = []) {
    entry = .init(type, aliases: aliases) { $0 }
    dialects = { L.dialects }
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
