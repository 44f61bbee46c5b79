import Config

/// The settings of recurrent layers; each class has most of them.
public struct RecurrentSettings: Sendable {
  public var units: Int
  public var activation = Activation.tanh
  public var recurrentActivation = Activation.sigmoid
  public var useBias = true
  /// The kernel of the input, and that of the state.
  public var kernel = WeightSettings(.glorotUniform)
  public var recurrent = WeightSettings(.orthogonal)
  public var bias = WeightSettings(.zeros)
  /// `LSTM`: whether the forget gates start open.
  public var unitForgetBias = true
  public var activityRegularizer: Regularizer?
  public var dropout = 0.0
  public var recurrentDropout = 0.0
  public var seed: Int?
  /// `GRU`: whether the reset gate works on the product, not on the state before it.
  public var resetAfter = true
  public var returnSequences = false
  public var returnState = false
  public var goBackwards = false
  public var stateful = false
  public var unroll = false
  public var zeroOutputForMask = false

  public init(_ units: Int) { self.units = units }

  /// The bias with the forget gates open at the start: the second of the gates of so many units each.
  func bias(openingGates units: Int) -> WeightSettings {
    var open = bias
    open.initializer = bias.initializer.withOnes(units..<2 * units)
    return open
  }
}

extension RecurrentSettings {
  private static let rate: @Sendable (Double) -> String? = {
    $0 >= 0 && Float($0) < 1 ? nil : "must be at least 0 and less than 1"
  }

  /// The settings of a class as settings of its layers.
  /// - Parameters:
  ///   - without: keys that the class does not have.
  ///   - path: where a layer keeps its settings.
  static func fields<L>(
    without: Set<String>, at path: any WritableKeyPath<L, RecurrentSettings> & Sendable
  ) -> [Field<L>] {
    all.filter { !without.contains($0.key) }.map { Field($0, at: path) }
  }

  /// The settings of a cell: all but those of walking along steps.
  static func cellFields<L>(
    without: Set<String>, at path: any WritableKeyPath<L, RecurrentSettings> & Sendable
  ) -> [Field<L>] {
    all.filter { cellKeys.contains($0.key) && !without.contains($0.key) }.map { Field($0, at: path) }
  }

  /// The keys that a cell can have.
  static let cellKeys: Set<String> = [
    "units", "activation", "recurrent_activation", "use_bias", "kernel_initializer", "recurrent_initializer",
    "bias_initializer", "unit_forget_bias", "kernel_regularizer", "recurrent_regularizer",
    "bias_regularizer", "kernel_constraint", "recurrent_constraint", "bias_constraint", "dropout",
    "recurrent_dropout", "seed", "reset_after",
  ]

  private static let weights: [WeightFields<Self>] = [
    .init("kernel", \.kernel, "the input's kernel"), .init("recurrent", \.recurrent, "the state's kernel"),
    .bias(\.bias),
  ]

  private static let all: [Field<Self>] =
    steps + weights.map(\.initializer)
    + [Field("unit_forget_bias", \.unitForgetBias, "Whether the forget gate's bias starts at 1.")]
    + weights.map(\.regularizer) + [.activity(\.activityRegularizer)] + weights.map(\.constraint) + walk

  private static let steps: [Field<Self>] = [
    Field("units", \.units, "Size of the state.", check: atLeast(1)).required,
    Field("activation", \.activation, "Function of the new state."),
    Field("recurrent_activation", \.recurrentActivation, "Function of the gates."),
    Field("use_bias", \.useBias, "Whether a bias is added."),
  ]

  private static let walk: [Field<Self>] = [
    Field("dropout", \.dropout, "The part of the inputs set to 0 in training.", check: rate),
    Field(
      "recurrent_dropout", \.recurrentDropout, "The part of the state set to 0 in training.", check: rate),
    Field("seed", \.seed, "Draws from a stream of this seed instead of the experiment's."),
    Field("reset_after", \.resetAfter, "Whether the reset gate works after the product with the state."),
    Field("return_sequences", \.returnSequences, "Whether every step gives an output, not the last alone."),
    Field("return_state", \.returnState, "Whether the last states are outputs, too."),
    Field("go_backwards", \.goBackwards, "Whether the last step comes first."),
    Field(
      "stateful", \.stateful,
      "Whether a batch begins with the states that the last one ended in; needs 'batch_size' in the model."),
    Field("unroll", \.unroll, "Changes nothing here."),
    Field("zero_output_for_mask", \.zeroOutputForMask, "Whether masked steps give 0."),
  ]
}
