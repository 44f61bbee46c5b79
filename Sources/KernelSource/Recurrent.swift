import KernelABI

extension Compiled {
  /// Runs a recurrent layer over all steps for samples from and to.
  ///
  /// A step copies its projected input to where its gates will be, adds the product of the state to it in place, and
  /// makes gates and states of that. What follows the last step is 0, so that the kernel's gradient is one product over
  /// everything.
  static func recurrent(_ task: UnsafePointer<RecurrentTask>, _ first: Int, _ last: Int, _ workspace: Out) {
    let task = task.pointee
    guard first < last, let x = task.x else { return }
    let (u, width) = (task.units, task.kind.record * task.units)
    let (inputs, line) = (task.kind.gates * u, task.batch * width)
    for step in 0..<task.steps {
      let rows = task.record + step * line
      let top = rows + first * width
      let given = x + step * task.batch * inputs
      for b in first..<last {
        let here = rows + b * width
        let before = step == 0 ? task.h + b * u : In(here) - line + u
        if let dropout = task.dropout {
          let kept = dropout + b * u
          for i in 0..<u { here[i] = before[i] * kept[i] }
        } else {
          for i in 0..<u { here[i] = before[i] }
        }
        let from = given + b * inputs
        switch task.kind {
        case .simple: copy(from, here + u, u)
        case .lstm: copy(from, here + 3 * u, 4 * u)
        case .gru:
          copy(from, here + 2 * u, 2 * u)
          if let bias = task.bias { copy(bias, here + 4 * u, u) } else { clear(here + 4 * u, u) }
        case .gruResetBefore: copy(from, here + 2 * u, 2 * u)
        }
      }
      let (gates, columns) =
        switch task.kind {
        case .simple: (1, 1)
        case .lstm: (3, 4)
        case .gru: (2, 3)
        case .gruResetBefore: (2, 2)
        }
      var product = GemmTask(
        m: last - first, n: columns * u, k: u, a: In(top), aRow: width, aColumn: 1, b: task.kernel,
        c: top + gates * u, cRow: width)
      product.accumulates = true
      if task.kernelPanel > 0 {
        product.bLayout = .panels
        product.bPanel = task.kernelPanel
      } else {
        product.bRow = inputs
      }
      gemm(&product, workspace)
      if task.kind == .gruResetBefore {
        for b in first..<last {
          let here = rows + b * width
          activate(task.recurrentActivation, here + 2 * u, here + 2 * u, 2 * u)
          for i in 0..<u { here[4 * u + i] = here[3 * u + i] * here[i] }
          copy(given + b * inputs + 2 * u, here + 5 * u, u)
        }
        product.n = u
        product.a = In(top + 4 * u)
        product.b = task.kernel + 2 * u
        product.c = top + 5 * u
        gemm(&product, workspace)
      }
      for b in first..<last {
        let here = rows + b * width
        let before = step == 0 ? task.h + b * u : In(here) - line + u
        let cell = step == 0 ? start(task.c, b * u) : In(here) - line + 2 * u
        switch task.kind {
        case .simple: activate(task.activation, here + u, here + u, u)
        case .lstm:
          if let cell { finishLSTM(task, here, cell) }
        case .gru:
          activate(task.recurrentActivation, here + 2 * u, here + 2 * u, 2 * u)
          let candidate = given + b * inputs + 2 * u
          for i in 0..<u { here[5 * u + i] = fma(here[3 * u + i], here[4 * u + i], candidate[i]) }
          finishGRU(task, here, before)
        case .gruResetBefore: finishGRU(task, here, before)
        }
        if let mask = task.mask, mask[b * task.steps + step] == 0 {
          copy(before, here + u, u)
          if task.kind == .lstm, let cell { copy(cell, here + 2 * u, u) }
        }
      }
    }
    clear(task.record + task.steps * line + first * width, (last - first) * width)
  }
}

private func finishLSTM(_ task: RecurrentTask, _ here: Out, _ cell: In) {
  let u = task.units
  let (h, c, i, f, g, o) = (here + u, here + 2 * u, here + 3 * u, here + 4 * u, here + 5 * u, here + 6 * u)
  activate(task.recurrentActivation, i, i, 2 * u)
  activate(task.activation, g, g, u)
  activate(task.recurrentActivation, o, o, u)
  for k in 0..<u { c[k] = fma(f[k], cell[k], i[k] * g[k]) }
  activate(task.activation, c, h, u)
  for k in 0..<u { h[k] = h[k] * o[k] }
}

private func finishGRU(_ task: RecurrentTask, _ here: Out, _ before: In) {
  let u = task.units
  let (h, z, candidate) = (here + u, here + 2 * u, here + 5 * u)
  activate(task.activation, candidate, candidate, u)
  for k in 0..<u { h[k] = fma(z[k], before[k], (1 - z[k]) * candidate[k]) }
}

extension Compiled {
  /// The way back through all steps for samples from and to.
  ///
  /// The gradient of the state is carried along in the place after the last step, where that of the first state is in
  /// the end.
  static func recurrentGradient(
    _ task: UnsafePointer<RecurrentTask>, _ first: Int, _ last: Int, _ workspace: Out
  ) {
    let task = task.pointee
    guard first < last, let gradient = task.gradient, let incoming = task.stateGradient else { return }
    let (u, width, height) = (task.units, task.kind.record * task.units, task.kind.gradient * task.units)
    let (line, back) = (task.batch * width, task.batch * height)
    let states = task.kind.states * u
    let carries = gradient + task.steps * back
    let carried = carries + first * height
    clear(carried, (last - first) * height)
    let turned = turnedKernel(task, workspace + GemmTask.ownWorkspace)
    var step = task.steps
    while step > 0 {
      step -= 1
      let (rows, given) = (gradient + step * back, incoming + step * task.batch * states)
      let top = rows + first * height
      for b in first..<last {
        let here = In(task.record + step * line + b * width)
        let (d, carry, from) = (rows + b * height, carries + b * height, given + b * states)
        for i in 0..<states { carry[i] = carry[i] + from[i] }
        if let mask = task.mask, mask[b * task.steps + step] == 0 {
          clear(d, height)
          continue
        }
        switch task.kind {
        case .simple:
          slope(task.activation, here + u, carry, d, u)
          clear(carry, u)
        case .lstm:
          let cell = step == 0 ? start(task.c, b * u) : here - line + 2 * u
          if let cell { returnLSTM(task, here, cell, d, carry) }
        case .gru, .gruResetBefore:
          let before = step == 0 ? task.h + b * u : here - line + u
          returnGRU(task, here, before, d, carry)
        }
      }
      // The spare place behind the gradients of the states takes a product that is not yet theirs.
      let isAside = task.dropout != nil || task.kind == .gruResetBefore
      var product = GemmTask(
        m: last - first, n: u, k: task.kind.gates * u, a: In(top), aRow: height, aColumn: 1, b: task.kernel,
        c: isAside ? carried + states : carried, cRow: height)
      if let turned {
        product.b = turned
        (product.bLayout, product.bPanel) = (.panels, 16 * product.k)
      } else if task.kernelPanel > 0 {
        (product.bLayout, product.bPanel) = (.transposedPanels, task.kernelPanel)
      } else {
        (product.bRow, product.bColumn) = (1, task.kind.gates * u)
      }
      if task.kind == .gruResetBefore {
        product.k = u
        product.a = In(top + 2 * u)
        product.b = task.kernel + 2 * u
        gemm(&product, workspace)
        for b in first..<last {
          let here = In(task.record + step * line + b * width)
          let (d, aside) = (rows + b * height, carries + b * height + u)
          for i in 0..<u {
            d[u + i] = aside[i] * here[i]
            aside[i] = aside[i] * here[3 * u + i]
          }
          slope(task.recurrentActivation, here + 3 * u, d + u, d + u, u)
        }
        product.k = 2 * u
        product.a = In(top)
        product.b = task.kernel
      }
      product.accumulates = !isAside || task.kind == .gruResetBefore
      gemm(&product, workspace)
      if isAside {
        for b in first..<last {
          let carry = carries + b * height
          let aside = In(carry + states)
          if let dropout = task.dropout {
            let kept = dropout + b * u
            for i in 0..<u { carry[i] = fma(aside[i], kept[i], carry[i]) }
          } else {
            for i in 0..<u { carry[i] = carry[i] + aside[i] }
          }
        }
      }
    }
  }
}

/// The kernel's transpose in panels, made once for all steps; `nil` if there is no room for it.
private func turnedKernel(_ task: RecurrentTask, _ target: Out) -> In? {
  let (u, depth) = (task.units, task.kind.gates * task.units)
  let room = GemmTask.workspace - GemmTask.ownWorkspace
  if task.kernelPanel == 0 || (u + 15) / 16 * 16 * depth > room { return nil }
  var q = 0
  while q < u {
    packFromTransposedPanels(q, u, 0, depth, task.kernel, task.kernelPanel, target + q * depth)
    q += 16
  }
  return In(target)
}

private func returnLSTM(_ task: RecurrentTask, _ here: In, _ cell: In, _ d: Out, _ carry: Out) {
  let u = task.units
  let (c, i, f, g, o) = (here + 2 * u, here + 3 * u, here + 4 * u, here + 5 * u, here + 6 * u)
  let (di, df, dg, dO) = (d, d + u, d + 2 * u, d + 3 * u)
  let (dh, dc) = (carry, carry + u)
  activate(task.activation, c, dO, u)
  for k in 0..<u { di[k] = dh[k] * o[k] }
  slope(task.activation, In(dO), di, di, u)
  var k = 0
  // By vectors: loops with so many arrays are none of the compiler's.
  while k + 16 <= u {
    let whole = load(dc + k) + load(di + k)
    store(whole * load(g + k), di + k)
    store(whole * load(cell + k), df + k)
    store(whole * load(i + k), dg + k)
    store(load(dh + k) * load(dO + k), dO + k)
    store(whole * load(f + k), dc + k)
    store(Lanes(), dh + k)
    k += 16
  }
  while k < u {
    let whole = dc[k] + di[k]
    di[k] = whole * g[k]
    df[k] = whole * cell[k]
    dg[k] = whole * i[k]
    dO[k] = dh[k] * dO[k]
    dc[k] = whole * f[k]
    dh[k] = 0
    k += 1
  }
  slope(task.recurrentActivation, i, di, di, 2 * u)
  slope(task.activation, g, dg, dg, u)
  slope(task.recurrentActivation, o, dO, dO, u)
}

/// Update and candidate, and, where it works on the product, the reset gate.
private func returnGRU(_ task: RecurrentTask, _ here: In, _ before: In, _ d: Out, _ dh: Out) {
  let u = task.units
  let (z, r, product, candidate) = (here + 2 * u, here + 3 * u, here + 4 * u, here + 5 * u)
  let last = d + (task.kind == .gru ? 3 : 2) * u
  for k in 0..<u {
    last[k] = dh[k] * (1 - z[k])
    d[k] = dh[k] * (before[k] - candidate[k])
    dh[k] = dh[k] * z[k]
  }
  slope(task.activation, candidate, last, last, u)
  slope(task.recurrentActivation, z, d, d, u)
  guard task.kind == .gru else { return }
  for k in 0..<u {
    d[u + k] = last[k] * product[k]
    d[2 * u + k] = last[k] * r[k]
  }
  slope(task.recurrentActivation, r, d + u, d + u, u)
}

// MARK: Pieces

@inline(__always) private func start(_ p: In?, _ offset: Int) -> In? {
  if let p { p + offset } else { nil }
}

@inline(__always) private func copy(_ x: In, _ y: Out, _ count: Int) {
  for i in 0..<count { y[i] = x[i] }
}

private func activate(_ function: GateFunction, _ x: Out, _ y: Out, _ count: Int) {
  activate(function, In(x), y, count)
}

private func activate(_ function: GateFunction, _ x: In, _ y: Out, _ count: Int) {
  if function.code >= 0 {
    Compiled.unary(function.code, x, y, count, function.parameter)
  } else if x != In(y) {
    copy(x, y, count)
  }
}

/// The gradient of x from y, which is `function(x)`, and the gradient of y.
private func slope(_ function: GateFunction, _ y: In, _ g: Out, _ d: Out, _ count: Int) {
  let g = In(g)
  switch UnaryFunction(rawValue: function.code) {
  case nil: if g != In(d) { copy(g, d, count) }
  case .hardSigmoid: for i in 0..<count { d[i] = y[i] > 0 && y[i] < 1 ? g[i] / 6 : 0 }
  case .oldHardSigmoid: for i in 0..<count { d[i] = y[i] > 0 && y[i] < 1 ? g[i] * 0.2 : 0 }
  case .hardTanh: for i in 0..<count { d[i] = y[i] > -1 && y[i] < 1 ? g[i] : 0 }
  case .softplus: for i in 0..<count { d[i] = g[i] * (0 - expm1OfNegative(0 - y[i])) }
  case .softsign:
    for i in 0..<count {
      let rest = 1 - (y[i] < 0 ? 0 - y[i] : y[i])
      d[i] = g[i] * (rest * rest)
    }
  // The others ask x only for its sign, which is that of y.
  default: Compiled.unaryGradient(function.code, y, y, g, d, count, function.parameter)
  }
}
