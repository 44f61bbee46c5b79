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
    "gather": "ops.take", "concat": "ops.concatenate", "repeat_elements": "ops.repeat",
    "linalg.diag": "matrix_diag",
    "ops.average": "ops.average", "tf.split": "split_sizes", "backend.repeat": "repeat_vector",
    "backend.sqrt": "clipped_sqrt",
    "backend.hard_sigmoid": "sloped_sigmoid",
  ]
  /// Arguments that stand in for a function that Keras has under another name.
  private static let fixedDefaults: [String: [(name: String, value: String)]] = ["gather": [("axis", "0")]]
  private static let otherKeywords = [
    "stop_gradient": ["x": "variable"], "reshape": ["shape": "newshape"], "stack": ["xs": "x"],
    "slice": ["x": "inputs"], "gather": ["params": "x"], "random.dropout": ["x": "inputs"],
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
      "average",
      """
      def average(x, axis=None, weights=None):
          if isinstance(x, (list, tuple)) and axis is None and weights is None:
              return sum(x[1:], x[0]) / len(x)
          return ops.average(x, axis=axis, weights=weights)
      """
    ),
    (
      "l2_normalize",
      """
      def l2_normalize(x, axis=None, epsilon=1e-12):
          squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
          return x * ops.rsqrt(ops.maximum(squares, epsilon))
      """
    ),
    (
      "diag_part",
      """
      def diag_part(x, k=0):
          return ops.diagonal(x, k, -2, -1)
      """
    ),
    (
      "matrix_diag",
      """
      def matrix_diag(x, k=0):
          size = x.shape[-1] + abs(k)
          x = ops.pad(x, [[0, 0]] * (len(x.shape) - 1) + [[max(k, 0), max(-k, 0)]])
          return ops.expand_dims(x, -2 if k > 0 else -1) * ops.eye(size, k=k, dtype=x.dtype)
      """
    ),
    (
      "split_sizes",
      """
      def split_sizes(x, num_or_size_splits, axis=0):
          if isinstance(num_or_size_splits, int):
              return ops.split(x, num_or_size_splits, axis=axis)
          ends = [sum(num_or_size_splits[:i]) for i in range(1, len(num_or_size_splits))]
          return ops.split(x, ends, axis=axis)
      """
    ),
    (
      "repeat_vector",
      """
      def repeat_vector(x, n):
          return ops.repeat(ops.expand_dims(x, 1), n, axis=1)
      """
    ),
    (
      "batch_flatten",
      """
      def batch_flatten(x):
          return ops.reshape(x, (ops.shape(x)[0], -1))
      """
    ),
    (
      "clipped_sqrt",
      """
      def clipped_sqrt(x):
          return ops.sqrt(ops.maximum(x, 0))
      """
    ),
    (
      "sloped_sigmoid",
      """
      def sloped_sigmoid(x):
          return ops.clip(0.2 * x + 0.5, 0, 1)
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

  /// The defaults of an operation, as it was called, that `keras.ops` does not have.
  private static func defaults(of operation: Operation) -> [(name: String, value: String)] {
    guard let known = OperationRegistry.find(operation.name)?.called(from: .kerasOps) else { return [] }
    return zip(operation.parameters, known.parameters).compactMap { own, keras in
      own.initial == keras.initial ? nil : own.initial.map { (own.name, $0) }
    }
  }

  /// - Parameters:
  ///   - written: the last word as it stands in the body.
  ///   - isBare: whether no module stands before it.
  ///   - arguments: keywords of the arguments, `nil` for one that has none; none for an operation that is not called.
  init(_ operation: Operation, written: String, isBare: Bool, _ arguments: [String?] = []) {
    let name = operation.name
    let isAlone = arguments.count == 1
    defaults = Self.fixedDefaults[name] ?? Self.defaults(of: operation)
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
    case _ where name.hasPrefix("random.") || name.hasPrefix("layers."): text = "keras." + name
    case _ where Self.helpers.contains { $0.name == name }: text = name
    default: text = Self.places[name] ?? "ops." + name
    }
  }
}
