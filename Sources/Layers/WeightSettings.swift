import Config
public import GraphEngine

/// How a weight of a layer starts, what draws it to 0, and the bounds that it is kept in.
public struct WeightSettings: Sendable {
  public var initializer: Initializer
  public var regularizer: Regularizer?
  public var constraint: Constraint?

  public init(_ initializer: Initializer) { self.initializer = initializer }

  /// The settings of a layer's weights, in Keras's order.
  /// - Parameter activity: where the layer keeps what draws its output to 0, which stands before the bounds.
  static func fields<L>(
    _ weights: [WeightFields<L>], activity: (any WritableKeyPath<L, Regularizer?> & Sendable)? = nil
  ) -> [Field<L>] {
    weights.map(\.initializer) + weights.map(\.regularizer) + (activity.map { [.activity($0)] } ?? [])
      + weights.map(\.constraint)
  }
}

/// The settings of one weight as settings of its layer, with Keras's names.
struct WeightFields<L: Sendable>: Sendable {
  private let name: String
  private let path: any WritableKeyPath<L, WeightSettings> & Sendable
  private let words: String
  private let verb: String

  /// - Parameters:
  ///   - name: what Keras's names begin with: `kernel`.
  ///   - path: where the layer keeps them.
  ///   - words: what they are of: "the kernel".
  ///   - isMany: whether the words are of several things.
  init(
    _ name: String, _ path: any WritableKeyPath<L, WeightSettings> & Sendable, _ words: String,
    isMany: Bool = false
  ) {
    self.name = name
    self.path = path
    self.words = words
    verb = isMany ? "are" : "is"
  }

  static func kernel(_ path: any WritableKeyPath<L, WeightSettings> & Sendable) -> Self {
    Self("kernel", path, "the kernel")
  }

  static func bias(_ path: any WritableKeyPath<L, WeightSettings> & Sendable) -> Self {
    Self("bias", path, "the bias")
  }

  var initializer: Field<L> {
    Field(Field(name + "_initializer", \WeightSettings.initializer, "Start values of \(words)."), at: path)
  }

  var regularizer: Field<L> {
    Field(Field(name + "_regularizer", \WeightSettings.regularizer, "What draws \(words) to 0."), at: path)
  }

  var constraint: Field<L> {
    Field(
      Field(name + "_constraint", \WeightSettings.constraint, "Bounds that \(words) \(verb) kept in."),
      at: path)
  }
}

extension Field {
  /// What draws the output of a layer to 0.
  static func activity(_ path: any WritableKeyPath<Root, Regularizer?> & Sendable) -> Field {
    Field("activity_regularizer", path, "What draws the output to 0.")
  }
}

extension LayerScope {
  /// Declares a parameter of the layer at work with the settings that the layer has for it.
  /// - Throws: what ``parameter(_:_:_:regularizer:constraint:isTrainable:layout:)`` throws.
  public func parameter(
    _ name: String, _ shape: [Int], _ settings: WeightSettings, isTrainable: Bool = true,
    layout: Layout = .rowMajor
  ) throws -> Value {
    try parameter(
      name, shape, settings.initializer, regularizer: settings.regularizer, constraint: settings.constraint,
      isTrainable: isTrainable, layout: layout)
  }
}
