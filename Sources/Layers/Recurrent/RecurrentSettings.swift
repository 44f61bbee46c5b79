import Config

/// The settings of recurrent layers; each class has most of them.
public struct RecurrentSettings: Sendable {
  public var units: Int
  public var activation = Activation.tanh
  public var recurrentActivation = Activation.sigmoid
  public var useBias = true
  public var kernelInitializer = Initializer.glorotUniform
  public var recurrentInitializer = Initializer.orthogonal
  public var biasInitializer = Initializer.zeros
  /// `LSTM`: whether the forget gates start open.
  public var unitForgetBias = true
  public var kernelRegularizer: Regularizer?
  public var recurrentRegularizer: Regularizer?
  public var biasRegularizer: Regularizer?
  public var activityRegularizer: Regularizer?
  public var kernelConstraint: Constraint?
  public var recurrentConstraint: Constraint?
  public var biasConstraint: Constraint?
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

  private static let all: [Field<RecurrentSettings>] = [
    Field("units", \.units, "Size of the state.", check: atLeast(1)).required,
    Field("activation", \.activation, "Function of the new state."),
    Field("recurrent_activation", \.recurrentActivation, "Function of the gates."),
    Field("use_bias", \.useBias, "Whether a bias is added."),
    Field("kernel_initializer", \.kernelInitializer, "Start values of the input's kernel."),
    Field("recurrent_initializer", \.recurrentInitializer, "Start values of the state's kernel."),
    Field("bias_initializer", \.biasInitializer, "Start values of the bias."),
    Field("unit_forget_bias", \.unitForgetBias, "Whether the forget gate's bias starts at 1."),
    Field("kernel_regularizer", \.kernelRegularizer, "What draws the input's kernel to 0."),
    Field("recurrent_regularizer", \.recurrentRegularizer, "What draws the state's kernel to 0."),
    Field("bias_regularizer", \.biasRegularizer, "What draws the bias to 0."),
    Field("activity_regularizer", \.activityRegularizer, "What draws the output to 0."),
    Field("kernel_constraint", \.kernelConstraint, "Bounds that the input's kernel is kept in."),
    Field("recurrent_constraint", \.recurrentConstraint, "Bounds that the state's kernel is kept in."),
    Field("bias_constraint", \.biasConstraint, "Bounds that the bias is kept in."),
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
