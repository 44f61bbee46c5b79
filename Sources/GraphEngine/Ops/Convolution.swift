import KernelABI
public import TensorCore

/// The product of a kernel with what it sees at each place: x `(batch, axes…, channels)`, kernel `(window…, channels of a
/// group, filters)`.
///
/// Filters are in as many equal groups as the channels. There is no matrix of all patches: rows of x are packed where they
/// lie (``ConvolutionTask``), or patches are made some hundred at a time in memory that stays in the second-level cache.
/// Every result is one chain of fused multiply-adds over taps and channels. Keras: `keras.ops.conv`.
public struct Convolution: Op, TakesEpilogue {
  public static let name = "convolution"
  let rule: WindowRule
  let groups: Int
  private(set) var epilogue = Epilogue.none

  public init(_ rule: WindowRule, groups: Int = 1) {
    self.rule = rule
    self.groups = groups
  }

  var takesBias: Bool { true }
  var takesFinish: Bool { true }

  func with(_ epilogue: Epilogue) -> Convolution {
    var copy = self
    copy.epilogue = epilogue
    return copy
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (x, w) = (operands[0], operands[1])
    let places = try rule.check(x, for: name).places
    try w.require(.float32, for: name, operand: 1)
    guard w.dims.prefix(rule.rank) == ArraySlice(rule.window.map { .size($0) }), w.rank == rule.rank + 2
    else {
      throw ShapeError(
        "the kernel must have shape (\(rule.window), channels, filters), found \(w)", operand: 1)
    }
    let channels = try x.size(of: rule.rank + 1, to: "counted as channels")
    let inGroup = try w.size(of: rule.rank, to: "counted as channels", operand: 1)
    let filters = try w.size(of: rule.rank + 1, to: "counted as filters", operand: 1)
    guard channels == inGroup * groups, filters % groups == 0 else {
      throw ShapeError(
        "\(channels) channels in \(groups) groups do not go with a kernel of \(w)", operand: 1,
        hint: "channels and filters are both multiples of the number of groups")
    }
    return TensorType([x.dims[0]] + places.map { .size($0) } + [.size(filters)])
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (x, w, g) = (c.operands[0], c.operands[1], c.gradient)
    return [
      try g.graph.apply(
        ConvolutionInput(rule, groups: groups, axes: x.type.dims.dropFirst().dropLast()), g, w),
      try g.graph.apply(ConvolutionKernel(rule, groups: groups), x, g),
    ]
  }

  public func readsPanels(_ operand: Int) -> Bool { operand == 1 && groups == 1 }

  public func flops(_ operands: [[Int]], _ result: [Int]) -> Int {
    2 * operands[1].dropLast().reduce(1, *) * result.reduce(1, *)
  }

  public func bind(_ site: BindSite) -> Step {
    let (x, w, y) = (site.inputs[0], site.inputs[1], site.output)
    let (groups, patch, filters) = (groups, w.rows, y.columns / groups)
    let windows = rule.windows(over: x.shape, groups: groups)
    // A kernel in panels has one group: the columns of others need not begin with a panel.
    var whole = GemmTask(
      m: 0, n: filters, k: patch, a: x.input, aRow: patch, aColumn: 1, b: w.input, c: y.pointer,
      cRow: y.columns)
    if w.layout == .panels {
      whole.bLayout = .panels
      whole.bPanel = w.rows * 16
    } else {
      whole.bRow = w.columns
      whole.bColumn = 1
    }
    let (bias, beside) = operands(site)
    let finish = epilogue.finish
    let (task, kernels) = (whole, site.kernels)
    var direct: ConvolutionTask?
    if groups == 1, ConvolutionTask.takes(windows[0]) {
      var task = ConvolutionTask(windows[0], filters: filters, x: x.input, right: w.input, y: y.pointer)
      task.rightPanel = whole.bPanel
      task.bias = bias
      task.finish = finish
      task.beside = beside
      direct = task
    }
    let bands = windows[0].batch * ConvolutionTask.bands(windows[0])
    return { [direct] worker in
      // A band is one worker's.
      if let direct, bands >= worker.parts { return direct.run(kernels, worker, bands) }
      let share = worker.share(of: windows[0].positions, grain: 4)
      for group in 0..<groups {
        var task = task
        task.b += group * filters
        task.c += group * filters
        let shownBias = bias.map { $0 + group * filters }
        PatchBlock.eachRun(of: share, showing: 0..<patch, through: windows[group], x.input, kernels, worker) {
          positions, piece, rows, step in
          var run = task
          run.m = positions.count
          run.k = piece.count
          run.a = rows
          run.aRow = step
          run.b += piece.lowerBound * (task.bPanel == 0 ? task.bRow : 16)
          run.c += positions.lowerBound * task.cRow
          run.accumulates = piece.lowerBound > 0
          if piece.upperBound == patch {
            run.bias = shownBias
            run.finish = finish
            run.beside = beside
          }
          kernels.gemm(&run, worker.workspace)
        }
      }
    }
  }
}

/// The gradient of a convolution's input, which is also the transposed convolution: g `(batch, places…, filters)`, kernel as
/// in ``Convolution``.
public struct ConvolutionInput: Op, TakesEpilogue {
  public static let name = "convolution_input"
  let rule: WindowRule
  let groups: Int
  /// The axes of the input between batch and channels, which the places alone do not tell.
  let axes: [Dim]
  private(set) var epilogue = Epilogue.none

  /// - Parameter axes: the axes of the result between batch and channels.
  public init(_ rule: WindowRule, groups: Int = 1, axes: some Sequence<Dim>) {
    self.rule = rule
    self.groups = groups
    self.axes = Array(axes)
  }

  var takesBias: Bool { false }
  var takesFinish: Bool { true }

  func with(_ epilogue: Epilogue) -> ConvolutionInput {
    var copy = self
    copy.epilogue = epilogue
    return copy
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (g, w) = (operands[0], operands[1])
    guard w.rank == rule.rank + 2, g.rank == rule.rank + 2, g.dims.last == w.dims.last else {
      throw ShapeError(
        "the kernel \(w) does not go with \(g)", operand: 1, hint: "their last axes must be equal")
    }
    let channels = groups * (try w.size(of: rule.rank, to: "counted as channels"))
    let type = TensorType([g.dims[0]] + axes + [.size(channels)])
    let places = try rule.check(type, for: name).places
    guard Array(g.dims.dropFirst().dropLast()) == places.map({ .size($0) }) else {
      throw ShapeError("a window over \(type) has \(places) places, found \(g)")
    }
    return type
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (g, w, h) = (c.operands[0], c.operands[1], c.gradient)
    return [
      try h.graph.apply(Convolution(rule, groups: groups), h, w),
      try h.graph.apply(ConvolutionKernel(rule, groups: groups), h, g),
    ]
  }

  public func readsPanels(_ operand: Int) -> Bool { operand == 1 && groups == 1 }

  public func flops(_ operands: [[Int]], _ result: [Int]) -> Int {
    2 * operands[1].dropLast().reduce(1, *) * operands[0].reduce(1, *)
  }

  public func bind(_ site: BindSite) -> Step {
    let (g, w, y) = (site.inputs[0], site.inputs[1], site.output)
    let (groups, patch, filters) = (groups, w.rows, g.columns / groups)
    let windows = rule.windows(over: y.shape, groups: groups)
    var whole = GemmTask(
      m: 0, n: 0, k: filters, a: g.input, aRow: g.columns, aColumn: 1, b: w.input, c: y.pointer, cRow: 0)
    if w.layout == .panels {
      whole.bLayout = .transposedPanels
      whole.bPanel = w.rows * 16
    } else {
      whole.bRow = 1
      whole.bColumn = w.columns
    }
    let (kernels, epilogue, beside) = (site.kernels, epilogue, operands(site).beside)
    whole.finish = epilogue.finish
    whole.beside = beside
    let task = whole
    if let mirrored = windows[0].mirrored(channels: filters), groups == 1, ConvolutionTask.takes(mirrored) {
      var task = ConvolutionTask(mirrored, filters: y.columns, x: g.input, right: w.input, y: y.pointer)
      task.rightPanel = whole.bPanel
      task.isMirrored = true
      task.finish = whole.finish
      task.beside = beside
      let bands = mirrored.batch * ConvolutionTask.bands(mirrored)
      return { [task] worker in task.run(kernels, worker, bands) }
    }
    let (positions, sample, batch) = (windows[0].samplePositions, windows[0].sampleCount, y.shape[0])
    let pieces = max(1, (patch + PatchBlock.floats - 1) / PatchBlock.floats)
    let atOnce = max(1, PatchBlock.floats / max(1, (patch + pieces - 1) / pieces))
    if windows[0].showsEachElement && groups == 1 {
      return { worker in
        let share = worker.share(of: batch * positions, grain: 4)
        var run = task
        run.m = share.count
        run.n = patch
        run.cRow = patch
        run.a += share.lowerBound * g.columns
        run.c += share.lowerBound * patch
        kernels.gemm(&run, worker.workspace)
      }
    }
    return { worker in
      // A sample is one worker's, so that every sum has one order.
      let share = worker.share(of: batch)
      let rows = PatchBlock.rows(worker)
      (y.pointer + share.lowerBound * sample).update(repeating: 0, count: share.count * sample)
      for group in 0..<groups {
        var first = share.lowerBound * positions
        while first < share.upperBound * positions {
          let last = min(first + atOnce, share.upperBound * positions)
          for i in 0..<pieces {
            let (low, high) = (patch * i / pieces, patch * (i + 1) / pieces)
            var run = task
            run.m = last - first
            run.n = high - low
            run.c = rows
            run.cRow = high - low
            run.a += first * g.columns + group * filters
            run.b += task.bPanel == 0 ? group * filters + low * task.bColumn : low * 16
            run.finish = .store
            kernels.gemm(&run, worker.workspace)
            withUnsafePointer(to: windows[group]) {
              kernels.scatterPatches($0, UnsafePointer(rows), first, last - first, low, high, y.pointer)
            }
          }
          first = last
        }
      }
      epilogue.finish(
        y.pointer + share.lowerBound * sample, count: share.count * sample, beside: beside, kernels)
    }
  }
}

/// The gradient of a convolution's kernel: x and g as ``Convolution``'s input and result.
///
/// Each of its numbers is one chain over positions in their order.
public struct ConvolutionKernel: Op {
  public static let name = "convolution_kernel"
  let rule: WindowRule
  let groups: Int

  public init(_ rule: WindowRule, groups: Int = 1) {
    self.rule = rule
    self.groups = groups
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (x, g) = (operands[0], operands[1])
    _ = try rule.check(x, for: name)
    let channels = try x.size(of: rule.rank + 1, to: "counted as channels")
    guard let filters = g.dims.last, channels % groups == 0 else {
      throw ShapeError("\(channels) channels are not \(groups) equal groups")
    }
    return TensorType(rule.window.map { .size($0) } + [.size(channels / groups), filters])
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (x, g, h) = (c.operands[0], c.operands[1], c.gradient)
    return [
      try h.graph.apply(
        ConvolutionInput(rule, groups: groups, axes: x.type.dims.dropFirst().dropLast()), g, h),
      try h.graph.apply(Convolution(rule, groups: groups), x, h),
    ]
  }

  public var writesPanels: Bool { groups == 1 }
  public var updatesWeights: Bool { false }

  public func flops(_ operands: [[Int]], _ result: [Int]) -> Int {
    2 * result.dropLast().reduce(1, *) * operands[1].reduce(1, *)
  }

  public func bind(_ site: BindSite) -> Step {
    let (x, g, y) = (site.inputs[0], site.inputs[1], site.output)
    let (groups, patch, filters) = (groups, y.rows, g.columns / groups)
    let windows = rule.windows(over: x.shape, groups: groups)
    var whole = GemmTask(
      m: 0, n: filters, k: 0, a: x.input, aRow: 1, aColumn: 0, b: g.input, c: y.pointer, cRow: y.columns)
    whole.bRow = g.columns
    if y.layout == .panels { whole.cPanel = y.rows * 16 }
    let (task, kernels) = (whole, site.kernels)
    if groups == 1, ConvolutionTask.takes(windows[0]) {
      var task = ConvolutionTask(windows[0], filters: filters, x: x.input, right: g.input, y: y.pointer)
      task.yPanel = whole.cPanel
      return { [task] worker in
        withUnsafePointer(to: task) {
          kernels.convolveKernel($0, worker.part, worker.parts, worker.workspace)
        }
      }
    }
    return { worker in
      // Elements of the patch are shared out; a small patch is every worker's, which then has some filters.
      let splitsFilters = patch < 24 * worker.parts && groups == 1
      let shown = splitsFilters ? 0..<patch : worker.share(of: patch, grain: 4)
      if shown.isEmpty { return }
      for group in 0..<groups {
        var isFirst = true
        let all = 0..<windows[group].positions
        PatchBlock.eachRun(of: all, showing: shown, through: windows[group], x.input, kernels, worker) {
          positions, piece, rows, step in
          var run = task
          run.m = piece.count
          run.k = positions.count
          run.a = rows
          run.aColumn = step
          run.b += positions.lowerBound * task.bRow + group * filters
          run.c += piece.lowerBound * (task.cPanel == 0 ? task.cRow : 16) + group * filters
          run.accumulates = !isFirst
          if splitsFilters { run = run.block(for: worker, splitsColumns: true) }
          kernels.gemm(&run, worker.workspace)
          if piece.upperBound == shown.upperBound { isFirst = false }
        }
      }
    }
  }
}

extension ConvolutionTask {
  /// This worker's share of the bands of all samples.
  @inline(__always) fileprivate func run(_ kernels: KernelTable, _ worker: Worker, _ bands: Int) {
    let share = worker.share(of: bands)
    withUnsafePointer(to: self) { kernels.convolve($0, share.lowerBound, share.upperBound, worker.workspace) }
  }
}

extension SlidingWindow {
  /// The window that slides over the gradient of the places, of so many channels, to give that of the input; `nil` where
  /// places are apart.
  fileprivate func mirrored(channels: Int) -> SlidingWindow? {
    var mirrored = SlidingWindow(batch: batch, channels: channels)
    guard let depth = depth.mirrored, let height = height.mirrored, let width = width.mirrored else {
      return nil
    }
    mirrored.depth = depth
    mirrored.height = height
    mirrored.width = width
    return mirrored
  }
}

extension SlidingWindow.Axis {
  fileprivate var mirrored: SlidingWindow.Axis? {
    guard stride == 1 else { return nil }
    var mirrored = self
    mirrored.input = output
    mirrored.output = input
    mirrored.padding = (window - 1) * dilation - padding
    return mirrored
  }
}
