import Diagnostics
import GraphEngine
import Layers
import TensorCore

/// Numbers that are drawn anew in every step.
enum Randomness {
  static let all: [Operation] = [
    Operation(
      "random.normal", also: ["random_normal"],
      ["shape", "mean=0.0", "stddev=1.0", "dtype=None", "seed=None"],
      "Numbers of a normal distribution."
    ) { arguments in
      let (mean, deviation) = (try arguments.float("mean"), try arguments.float("stddev"))
      return try drawn(arguments, .normal(mean: mean, deviation: deviation))
    },
    Operation(
      "random.truncated_normal", ["shape", "mean=0.0", "stddev=1.0", "dtype=None", "seed=None"],
      "Numbers of a normal distribution cut off at two deviations."
    ) { arguments in
      let (mean, deviation) = (try arguments.float("mean"), try arguments.float("stddev"))
      return try drawn(arguments, .truncatedNormal(mean: mean, deviation: deviation))
    },
    Operation(
      "random.uniform", also: ["random_uniform"],
      ["shape", "minval=0.0", "maxval=1.0", "dtype=None", "seed=None"],
      "Numbers from minval up to but without maxval."
    ) { arguments in
      let (lower, upper) = (try arguments.float("minval"), try arguments.float("maxval"))
      return try drawn(arguments, .uniform(lower: lower, upper: upper))
    },
    Operation(
      "random.dropout", also: ["dropout"], ["x", "rate", "noise_shape=None", "seed=None"],
      "Keeps a fraction of the elements and scales them up."
    ) { arguments in
      let (x, rate) = (try arguments.tensor("x"), try arguments.float("rate"))
      guard (0..<1).contains(rate) else { throw arguments.mismatch("rate", "at least 0 and below 1") }
      let noise = try draw(arguments, .uniform(lower: 0, upper: 1), x.type.dims)
      return .tensor(try Value.select(noise .>= rate, x * (1 / (1 - rate)), 0))
    },
  ]

  private static func drawn(
    _ arguments: Arguments, _ distribution: RandomNumbers.Distribution
  ) throws -> TraceValue {
    .tensor(try draw(arguments, distribution, try arguments.shape()))
  }

  /// Every call of a body has a stream of its own.
  private static func draw(
    _ arguments: Arguments, _ distribution: RandomNumbers.Distribution, _ dims: [Dim]
  ) throws -> Value {
    guard let scope = arguments.tracer.scope else {
      throw Diagnostic(
        "E0324", "random numbers cannot be drawn here",
        at: arguments.tracer.span(arguments.range).map { .init($0, "drawn here") },
        help: "losses and metrics must be the same for the same data; draw in a model or a layer")
    }
    let budget = arguments.tracer.budget
    let name = budget.draws == 0 ? "random" : "random_\(budget.draws)"
    budget.draws += 1
    let stream = scope.stream(name, seed: try arguments.optionalInt("seed"))
    return try arguments.graph.random(distribution, dims, stream: stream, step: scope.step)
  }
}
