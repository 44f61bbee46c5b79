public import Config
public import Diagnostics
public import GraphEngine
import TensorCore

/// `activation(einsum(equation, x, kernel) + bias)`: a dense layer over any axes.
///
/// Weights: `kernel`, with an axis for each letter of the equation's second term; `bias`, from the first of `bias_axes`
/// to the last axis of the result, with size 1 along the others. Keras: `keras.layers.EinsumDense`.
public struct EinsumDense: UnaryLayer, Configurable {
  public var equation: String
  public var outputShape: OpenShape
  public var activation = Activation.linear
  public var biasAxes: String?
  public var kernel = WeightSettings(.glorotUniform)
  public var bias = WeightSettings(.zeros)
  public var activityRegularizer: Regularizer?

  public init(_ equation: String, outputShape: OpenShape, biasAxes: String? = nil) {
    self.equation = equation
    self.outputShape = outputShape
    self.biasAxes = biasAxes
  }

  public static let schema = Schema(
    "EinsumDense", "A dense layer over any axes, by an equation of einsum.",
    prototype: EinsumDense("...x,xy->...y", outputShape: OpenShape([1])),
    fields: [
      Field("equation", \.equation, "Which axes are summed over: input, kernel -> result.").required,
      Field("output_shape", \.outputShape, "The result's axes behind the batch; null where the input tells.")
        .required,
      Field("activation", \.activation, "Applied to the result."),
      Field("bias_axes", \.biasAxes, "The result's letters that a bias has; none if null."),
    ]
      + WeightSettings.fields(
        [.kernel(\Self.kernel), .bias(\Self.bias)], activity: \Self.activityRegularizer))

  public static let dialects = KerasDialects { $0.keras2.lacks = ["quantization_config"] }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let shapes = try EinsumShapes(self, x)
    var own = kernel
    own.initializer = own.initializer.connecting(inputs: shapes.inputAxes, outputs: shapes.outputAxes)
    var y = try Value.einsum(equation, x, scope.parameter("kernel", shapes.kernel, own))
    if let shape = shapes.bias {
      y = try y + scope.parameter("bias", shape, bias)
    }
    y = try activation.apply(y, in: scope)
    try scope.penalize(y, with: activityRegularizer)
    return y
  }
}

/// Axes behind the batch, some of them left open: `[null, 5]`, or `5` for one.
public struct OpenShape: ConfigConvertible, Hashable {
  public var sizes: [Int?]
  private var isList = true

  public init(_ sizes: [Int?]) { self.sizes = sizes }

  public static var expectation: String { "a size, or a list of sizes and nulls" }

  public init(config: ConfigNode) throws(Diagnostic) {
    isList = config.list != nil
    sizes = isList ? try [Int?](config: config) : [try Int(config: config)]
    guard sizes.allSatisfy({ ($0 ?? 1) >= 1 }) else {
      throw .mismatch(config, "sizes of at least 1")
    }
  }

  public var config: ConfigNode { isList ? sizes.config : sizes[0].config }
  public static var jsonSchema: ConfigNode { ["type": ["integer", "array"]] }
}

/// The shapes of an `EinsumDense`'s weights, as Keras reads them off the equation.
private struct EinsumShapes {
  var kernel: [Int] = []
  var bias: [Int]?
  var inputAxes: [Int] = []
  var outputAxes: [Int] = []

  /// - Throws: E0373 if the equation does not fit the input or the settings.
  init(_ layer: EinsumDense, _ x: Value) throws(Diagnostic) {
    func wrong(_ fact: String) -> Diagnostic { .einsumDense(layer.equation, fact, at: x.graph.origin) }
    let sides = layer.equation.filter { $0 != " " }.split(separator: ",", omittingEmptySubsequences: false)
    let second = sides.count == 2 ? sides[1].firstRange(of: "->") : nil
    guard let second else { throw wrong("it must read 'input,kernel->result'") }
    let (first, weights) = (String(sides[0]), sides[1][..<second.lowerBound])
    let last = String(sides[1][second.upperBound...])
    let input = Array(first.filter { $0 != "." })
    let output = Array(last.filter { $0 != "." })
    let isLeft = first.hasPrefix("...")
    let hidden = x.type.rank - input.count
    guard first.contains("...") == last.contains("...") else {
      throw wrong("what dots stand for is passed on, so both sides have them or none")
    }
    guard hidden >= 0, hidden == 0 || first.contains("...") else {
      throw wrong("it names \(input.count) axes of \(x.type)")
    }
    // The axes of the result, of which the batch and those behind dots follow from the input.
    var sizes: [Dim?] = [x.type.dims[0]]
    if isLeft { sizes += x.type.dims[..<hidden].dropFirst().map { $0 } }
    sizes += layer.outputShape.sizes.map { $0.map { .size($0) } }
    if !isLeft { sizes += x.type.dims.suffix(hidden).map { $0 } }
    guard sizes.count == output.count + hidden else {
      throw wrong(
        "'output_shape' must have \(output.count + hidden - sizes.count + layer.outputShape.sizes.count) sizes"
      )
    }
    let ahead = isLeft ? hidden : 0
    func size(_ letter: Character) -> Dim? {
      let own = output.firstIndex(of: letter).flatMap { sizes[$0 + ahead] }
      return own ?? input.firstIndex(of: letter).map { x.type.dims[$0 + ahead] }
    }
    for letter in input where output.contains(letter) {
      let given = input.firstIndex(of: letter).map { x.type.dims[$0 + ahead] }
      guard size(letter) == given else {
        throw wrong("'output_shape' has another size for '\(letter)' than \(x.type)")
      }
    }
    for (axis, letter) in weights.enumerated() {
      guard case .size(let size)? = size(letter) else { throw wrong("the size of '\(letter)' is not known") }
      kernel.append(size)
      if output.contains(letter) { outputAxes.append(axis) } else { inputAxes.append(axis) }
    }
    guard let letters = layer.biasAxes, !letters.isEmpty else { return }
    guard letters.allSatisfy(output.contains), let start = output.firstIndex(where: letters.contains) else {
      throw wrong("'bias_axes' names an axis that the result does not have")
    }
    var shape: [Int] = []
    for letter in output[start...] {
      guard letters.contains(letter) else {
        shape.append(1)
        continue
      }
      guard case .size(let size)? = size(letter) else { throw wrong("the size of '\(letter)' is not known") }
      shape.append(size)
    }
    bias = shape + [Int](repeating: 1, count: isLeft ? 0 : hidden)
  }
}

extension Diagnostic {
  /// E0373: an equation that does not fit.
  static func einsumDense(_ equation: String, _ fact: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0373", "EinsumDense: '\(equation)' does not fit: \(fact)", at: span.map { Label($0, "called here") },
      help: "a dense layer over the last axis is '...x,xy->...y' with one size as 'output_shape'")
  }
}
