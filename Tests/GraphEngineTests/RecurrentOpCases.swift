import EngineTestSupport
import GraphEngine
import KernelABI
import TensorCore

extension OpCase {
  /// Recurrences of every kind over four steps, with and without masks and dropout.
  static let recurrences: [OpCase] = [
    recurrence("simple", RecurrentTask.Kind.simple)
      // A product and a few functions a step.
      .rounding("recurrent") { .conditioned($0.shapes[0][0] * ($0.shapes[1][0] + 16)) }
      .rounding("recurrent_gradient") { .conditioned($0.shapes[0][0] * ($0.shapes[2][1] + 16)) }
      .rounding("recurrent_kernel_gradient") { .products($0.depth) },
    recurrence("simple masked", .simple, isMasked: true),
    recurrence("simple, dropped", .simple, isMasked: true, isDropped: true),
    recurrence("lstm", .lstm),
    recurrence("lstm masked", .lstm, isMasked: true),
    recurrence("lstm, dropped", .lstm, isMasked: true, isDropped: true),
    recurrence("lstm of other functions", .lstm, .softsign, recurrent: .hardSigmoid),
    recurrence("lstm of soft functions", .lstm, .softplus, recurrent: .oldHardSigmoid),
    recurrence("gru", .gru),
    recurrence("gru masked", .gru, isMasked: true),
    recurrence("gru, dropped", .gru, isMasked: true, isDropped: true),
    recurrence("gru, reset before", .gruResetBefore),
    recurrence("gru, reset before, dropped", .gruResetBefore, .elu, isMasked: true, isDropped: true),
  ]

  private static func recurrence(
    _ name: String, _ kind: RecurrentTask.Kind, _ activation: UnaryFunction = .tanh,
    recurrent recurrentActivation: UnaryFunction = .sigmoid, isMasked: Bool = false, isDropped: Bool = false
  ) -> OpCase {
    let steps = 4
    return OpCase(
      name,
      { units in
        let columns = Dim.size(units * kind.gates)
        var operands: [Operand] = [
          ([.size(steps), .batch, columns], .signed, true),
          // Small, so that the sums of many units stay where the functions bend.
          ([.size(units), columns], .around([0.1, -0.15, 0.05, -0.02]), true),
        ]
        for _ in 0..<kind.states { operands.append(([.batch, .size(units)], .signed, true)) }
        if kind == .gru { operands.append(([.size(units)], .signed, true)) }
        return operands + [
          ([.batch, .size(steps)], .signed, false), ([.batch, .size(units)], .signed, false),
        ]
      },
      { values in
        let x = values[0]
        guard case .size(let columns)? = x.type.dims.last,
          let function = GateFunction(activation, 1), let recurrent = GateFunction(recurrentActivation, 1)
        else { preconditionFailure("functions of gates") }
        var operands = RecurrentOperands(
          // Gates of straight pieces stay between their ends.
          x: x, kernel: recurrentActivation == .sigmoid ? values[1] : try values[1] / Float(columns),
          states: Array(values[2..<2 + kind.states]))
        if kind == .gru { operands.bias = values[3] }
        if isMasked { operands.mask = try values[values.count - 2] .> 0 }
        if isDropped { operands.dropout = try (values[values.count - 1] .> -0.5) * 1.5 }
        let units = columns / kind.gates
        return try RecurrentRule(kind, units: units, function, recurrent).states(operands)
      })
  }
}
