import Foundation
import KernelABI
import TensorCore

/// The operands of a recurrence by name, and rows of them.
private struct RecurrentSample {
  let rule: RecurrentRule
  let kernel: ReferenceTensor
  private let states: [ReferenceTensor]
  private let bias: ReferenceTensor?
  private let mask: ReferenceTensor?
  private let dropout: ReferenceTensor?
  let sample: Int

  /// - Parameter operands: those of ``RecurrentScan`` without the first.
  init(_ scan: RecurrentScan, _ operands: ArraySlice<ReferenceTensor>, _ sample: Int) {
    rule = scan.rule
    self.sample = sample
    var rest = operands
    kernel = rest.removeFirst()
    states = (0..<scan.rule.kind.states).map { _ in rest.removeFirst() }
    bias = scan.rule.kind == .gru ? rest.removeFirst() : nil
    mask = scan.hasMask ? rest.removeFirst() : nil
    dropout = scan.hasDropout ? rest.removeFirst() : nil
  }

  var units: Int { rule.units }
  func first(_ state: Int) -> [Double] { states[state].row(sample) }
  var added: [Double] { bias?.numbers ?? zeros }
  var zeros: [Double] { Array(repeating: 0, count: units) }
  func isMasked(_ step: Int) -> Bool { mask.map { $0[[sample, step]] == 0 } ?? false }

  /// What of a state enters the product.
  func dropped(_ h: [Double]) -> [Double] { dropout.map { times(h, $0.row(sample)) } ?? h }

  /// A row vector times the columns of some gates.
  func product(_ h: [Double], gates: Range<Int>) -> [Double] {
    let first = gates.lowerBound * units
    let columns = kernel.columns
    return referenceProduct(
      m: 1, n: gates.count * units, k: units, { h[$1] }, { kernel.numbers[$0 * columns + first + $1] })
  }

  /// The gradient of the vector from that of such a product.
  func turned(_ g: [Double], gates: Range<Int>) -> [Double] {
    let first = gates.lowerBound * units
    let columns = kernel.columns
    return referenceProduct(
      m: 1, n: units, k: g.count, { g[$1] }, { kernel.numbers[$1 * columns + first + $0] })
  }

  /// A gate's columns.
  func gate(_ number: Int, of row: [Double]) -> [Double] {
    Array(row[number * units..<(number + 1) * units])
  }
}

private func times(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 * $1 } }
private func plus(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 + $1 } }
private func minus(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 - $1 } }

extension RecurrentRule {
  fileprivate func active(_ x: [Double]) -> [Double] { x.map(activation.value) }
  fileprivate func gated(_ x: [Double]) -> [Double] { x.map(recurrentActivation.value) }
  /// Gradients before the functions, from values and gradients behind them.
  fileprivate func back(_ g: [Double], active y: [Double]) -> [Double] {
    zip(g, y).map { $0 * activation.slope(at: $1) }
  }
  fileprivate func back(_ g: [Double], gated y: [Double]) -> [Double] {
    zip(g, y).map { $0 * recurrentActivation.slope(at: $1) }
  }
}

extension RecurrentScan {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let x = operands[0]
    let (steps, batch, width) = (x.shape[0], x.shape[1], shape[2])
    var record = ReferenceTensor(shape)
    for b in 0..<batch {
      let sample = RecurrentSample(self, operands.dropFirst(), b)
      var states = (0..<rule.kind.states).map { sample.first($0) }
      for step in 0..<steps {
        let row = step * batch + b
        let entered = sample.dropped(states[0])
        let (next, kept) = advance(sample, by: x.row(row), entered: entered, states)
        if !sample.isMasked(step) { states = next }
        let parts = [entered] + states + kept
        record.numbers.replaceSubrange(row * width..<(row + 1) * width, with: parts.joined())
      }
    }
    return record
  }

  /// The states after a step, and what else is kept of it.
  private func advance(
    _ sample: RecurrentSample, by x: [Double], entered: [Double], _ states: [[Double]]
  ) -> (states: [[Double]], kept: [[Double]]) {
    func gate(_ number: Int) -> [Double] {
      plus(sample.gate(number, of: x), sample.product(entered, gates: number..<number + 1))
    }
    switch rule.kind {
    case .simple: return ([rule.active(gate(0))], [])
    case .lstm:
      let (i, f, g, o) = (rule.gated(gate(0)), rule.gated(gate(1)), rule.active(gate(2)), rule.gated(gate(3)))
      let c = plus(times(f, states[1]), times(i, g))
      return ([times(o, rule.active(c)), c], [i, f, g, o])
    case .gru, .gruResetBefore:
      let (z, r) = (rule.gated(gate(0)), rule.gated(gate(1)))
      let fourth: [Double]
      let candidate: [Double]
      if rule.kind == .gru {
        fourth = plus(sample.product(entered, gates: 2..<3), sample.added)
        candidate = rule.active(plus(sample.gate(2, of: x), times(r, fourth)))
      } else {
        fourth = times(r, entered)
        candidate = rule.active(plus(sample.gate(2, of: x), sample.product(fourth, gates: 2..<3)))
      }
      let rest = z.map { 1 - $0 }
      return ([plus(times(z, states[0]), times(rest, candidate))], [z, r, fourth, candidate])
    }
  }
}

extension RecurrentStates {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (record, units) = (operands[0], scan.rule.units)
    return ReferenceTensor(shape) { record[[$0[0], $0[1], units + $0[2]]] }
  }
}

extension RecurrentGradient {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (incoming, record, rule) = (operands[0], operands[1], scan.rule)
    let (steps, batch, width) = (incoming.shape[0], incoming.shape[1], shape[2])
    var result = ReferenceTensor(shape)
    func write(_ parts: [[Double]], step: Int, sample: Int) {
      let first = (step * batch + sample) * width
      for (i, x) in parts.joined().enumerated() { result.numbers[first + i] = x }
    }
    for b in 0..<batch {
      let sample = RecurrentSample(scan, operands.dropFirst(2), b)
      var carried = (0..<rule.kind.states).map { _ in sample.zeros }
      for step in (0..<steps).reversed() {
        let row = step * batch + b
        for state in carried.indices {
          carried[state] = plus(carried[state], sample.gate(state, of: incoming.row(row)))
        }
        if sample.isMasked(step) { continue }
        let kept = (0..<rule.kind.record).map { sample.gate($0, of: record.row(row)) }
        let before = (0..<rule.kind.states).map { state in
          step == 0 ? sample.first(state) : sample.gate(1 + state, of: record.row(row - batch))
        }
        let (parts, earlier) = retreat(sample, kept: kept, before: before, carried)
        write(parts, step: step, sample: b)
        carried = earlier
      }
      write(carried, step: steps, sample: b)
    }
    return result
  }

  /// The gradients of a step's columns, and of the states before it.
  private func retreat(
    _ sample: RecurrentSample, kept: [[Double]], before: [[Double]], _ carried: [[Double]]
  ) -> (parts: [[Double]], carried: [[Double]]) {
    let (rule, dh) = (scan.rule, carried[0])
    switch rule.kind {
    case .simple:
      let d = rule.back(dh, active: kept[1])
      return ([d], [sample.dropped(sample.turned(d, gates: 0..<1))])
    case .lstm:
      let (c, i, f, g, o) = (kept[2], kept[3], kept[4], kept[5], kept[6])
      let shown = rule.active(c)
      let dc = plus(carried[1], rule.back(times(dh, o), active: shown))
      let parts = [
        rule.back(times(dc, g), gated: i), rule.back(times(dc, before[1]), gated: f),
        rule.back(times(dc, i), active: g), rule.back(times(dh, shown), gated: o),
      ]
      return (parts, [sample.dropped(sample.turned(Array(parts.joined()), gates: 0..<4)), times(dc, f)])
    case .gru:
      let (z, r, product, candidate) = (kept[2], kept[3], kept[4], kept[5])
      let last = rule.back(times(dh, z.map { 1 - $0 }), active: candidate)
      let columns = [
        rule.back(times(dh, minus(before[0], candidate)), gated: z),
        rule.back(times(last, product), gated: r), times(last, r),
      ]
      let entered = sample.turned(Array(columns.joined()), gates: 0..<3)
      return (columns + [last], [plus(times(dh, z), sample.dropped(entered))])
    case .gruResetBefore:
      let (entered, z, r, candidate) = (kept[0], kept[2], kept[3], kept[5])
      let last = rule.back(times(dh, z.map { 1 - $0 }), active: candidate)
      let reset = sample.turned(last, gates: 2..<3)
      let columns = [
        rule.back(times(dh, minus(before[0], candidate)), gated: z),
        rule.back(times(reset, entered), gated: r),
      ]
      let all = plus(times(reset, r), sample.turned(Array(columns.joined()), gates: 0..<2))
      return (columns + [last], [plus(times(dh, z), sample.dropped(all))])
    }
  }
}

extension RecurrentKernelGradient {
  /// Of each step what entered a gate's product, times the gradient of its columns.
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (record, back, units) = (operands[0], operands[1], rule.units)
    // The place after the last step has no product.
    let rows = record.rows - record.shape[1]
    return ReferenceTensor(shape) { index in
      let (unit, column) = (index[0], index[1])
      let first = rule.kind == .gruResetBefore && column >= 2 * units ? 4 * units : 0
      var sum = 0.0
      for row in 0..<rows {
        sum += record.numbers[row * record.columns + first + unit] * back.numbers[row * back.columns + column]
      }
      return sum
    }
  }
}

extension GateFunction {
  /// What the code stands for; `nil` for x itself.
  private var function: UnaryFunction? { UnaryFunction(rawValue: code) }

  func value(_ x: Double) -> Double { function?.value(x, Double(parameter)) ?? x }

  /// The slope where the function has the value y.
  func slope(at y: Double) -> Double {
    switch function {
    case nil: 1
    case .hardSigmoid: y > 0 && y < 1 ? 1 / 6 : 0
    case .oldHardSigmoid: y > 0 && y < 1 ? 0.2 : 0
    case .hardTanh: y > -1 && y < 1 ? 1 : 0
    case .softplus: 1 - exp(-y)
    case .softsign: (1 - abs(y)) * (1 - abs(y))
    // The others ask x only for its sign, which is that of y.
    case let function?: function.slope(y, y, Double(parameter))
    }
  }
}
