/// How an operation of a body is written in Python with Keras 3.
struct PythonSpelling {
  /// What is called: `ops.mean`, `keras.random.normal`, `max`, or one of ``helpers``.
  var text: String
  /// Arguments whose defaults differ in Keras, to be written out.
  var defaults: [(name: String, value: String)] = []
  /// Keras's names of parameters, where they are not ours.
  var keywords: [String: String] = [:]

  private static let python: Set<String> = [
    "range", "len", "enumerate", "zip", "reversed", "list", "tuple", "dict", "int", "float", "bool", "str",
  ]
  private static let places = [
    "linear": "keras.activations.linear", "activations.gelu": "keras.activations.gelu",
    "floatx": "keras.config.floatx", "epsilon": "keras.config.epsilon", "self.add_loss": "self.add_loss",
  ]
  private static let otherDefaults: [String: [(name: String, value: String)]] = [
    "argmax": [("axis", "-1")], "argmin": [("axis", "-1")], "cumsum": [("axis", "0")],
    "concatenate": [("axis", "-1")], "cumprod": [("axis", "0")], "take": [("axis", "0")],
  ]
  private static let otherKeywords = [
    "stop_gradient": ["x": "variable"], "reshape": ["shape": "newshape"], "stack": ["xs": "x"],
    "slice": ["x": "inputs"], "take": ["x1": "x", "x": "indices"],
    "take_along_axis": ["x1": "x", "x": "indices"], "random.dropout": ["x": "inputs"],
  ]

  /// What Keras has under no name, as functions of the module, in the order in which they are written.
  static let helpers: [(name: String, source: String)] = [
    (
      "total",
      """
      def total(x):
          \"\"\"The sum of all elements; of a list, of its elements.\"\"\"
          return sum(x[1:], x[0]) if isinstance(x, (list, tuple)) else ops.sum(x)
      """
    ),
    (
      "squared_difference",
      """
      def squared_difference(x1, x2):
          return ops.square(ops.subtract(x1, x2))
      """
    ),
    (
      "matrix_transpose",
      """
      def matrix_transpose(x):
          return ops.swapaxes(x, -1, -2)
      """
    ),
    (
      "sigmoid_cross_entropy_with_logits",
      """
      def sigmoid_cross_entropy_with_logits(labels, logits):
          return ops.maximum(logits, 0) - logits * labels + ops.log1p(ops.exp(-ops.abs(logits)))
      """
    ),
    (
      "transposed_matmul",
      """
      def transposed_matmul(x1, x2, transpose_a=False, transpose_b=False):
          x1 = ops.swapaxes(x1, -1, -2) if transpose_a else x1
          return ops.matmul(x1, ops.swapaxes(x2, -1, -2) if transpose_b else x2)
      """
    ),
  ]

  /// - Parameters:
  ///   - written: the last word as it stands in the body.
  ///   - isBare: whether no module stands before it.
  ///   - arguments: keywords of the arguments, `nil` for one that has none; none for an operation that is not called.
  init(_ operation: Operation, written: String, isBare: Bool, _ arguments: [String?] = []) {
    let name = operation.name
    let isAlone = arguments.count == 1
    defaults = Self.otherDefaults[name] ?? []
    keywords = Self.otherKeywords[name] ?? [:]
    switch name {
    case _ where Self.python.contains(name): text = name
    case "abs" where isBare: text = "abs"
    // Python's own, of several numbers.
    case "max" where isBare && arguments.count > 1 && !arguments.contains("axis"),
      "min" where isBare && arguments.count > 1 && !arguments.contains("axis"):
      text = name
    case "sum" where written == "add_n", "sum" where isBare && isAlone: text = "total"
    case "relu" where arguments.count > 1: text = "keras.activations.relu"
    case "matmul" where arguments.count > 2: text = "transposed_matmul"
    case _ where name.hasPrefix("random."): text = "keras." + name
    case _ where Self.helpers.contains { $0.name == name }: text = name
    default: text = Self.places[name] ?? "ops." + name
    }
  }
}
