import Runexp

/// `x · sigmoid(beta · x)` with a learned beta, one for the whole layer.
///
/// Ramachandran, Zoph and Le, "Searching for activation functions" (2017).
struct Swish: UnaryLayer, Configurable {
  var start = 1.0

  static let schema = Schema(
    "Swish", "x times the sigmoid of beta times x, with a learned beta.", prototype: Swish(),
    Field("start", \.start, "Where beta starts."))

  func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let beta = try scope.parameter("beta", [1], Initializer(config: ["Constant": ["value": start.config]]))
    return try x * (x * beta).sigmoid()
  }
}
