import Diagnostics
import TensorCore

/// Takes elements of every axis by a map that is known when the graph is built, all axes at once: slices, flips, rolls,
/// pads, tiles and repetitions.
struct Rearrange: Op {
  static let name = "rearrange"
  let maps: [AxisMap]
  /// What stands where a map has nothing.
  let fill: Float

  init(_ maps: [AxisMap], fill: Float = 0) {
    self.maps = maps
    self.fill = fill
  }

  /// One axis by a map, the others as they are.
  init(_ axis: Int, of rank: Int, _ map: AxisMap, fill: Float = 0) {
    var maps = [AxisMap](repeating: .whole, count: rank)
    maps[axis] = map
    self.init(maps, fill: fill)
  }

  func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    var result = operands[0]
    for (axis, map) in maps.enumerated() where map != .whole {
      let size = try operands[0].size(of: axis, to: "cut, repeated or moved")
      result.dims[axis] = .size(map.count(of: size))
    }
    return result
  }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    let source = c.operands[0].type
    guard source.element == .float32 else { return [nil] }
    var (gradient, back) = (c.gradient, [AxisMap]())
    for (axis, map) in maps.enumerated() {
      let size = if case .size(let size) = source.dims[axis] { size } else { 0 }
      back.append(map.inverse(of: size) ?? .whole)
      if map.inverse(of: size) == nil {
        gradient = try gradient.graph.apply(SumByMap(axis: axis, map: map, size: size), gradient)
      }
    }
    return [back.allSatisfy { $0 == .whole } ? gradient : try gradient.graph.apply(Rearrange(back), gradient)]
  }

  /// Elements of the first axis that follow each other lie where they are.
  var isAlias: Bool {
    guard case .range(_, step: 1, _)? = maps.first else { return false }
    return maps.dropFirst().allSatisfy { $0 == .whole }
  }

  func aliasOffset(_ operand: [Int]) -> Int {
    guard case .range(let start, _, _)? = maps.first else { return 0 }
    return start * operand.dropFirst().reduce(1, *)
  }

  func bind(_ site: BindSite) -> Step {
    let gather = Gather(maps, site.inputs[0].shape)
    let (x, y, fill) = (site.inputs[0].input, site.output.pointer, fill)
    return { worker in
      for row in worker.share(of: gather.rows) { gather.copy(row, from: x, to: y, fill) }
    }
  }
}

/// The adjoint of a map that uses elements more than once: each element gets the sum of its copies, in their order.
struct SumByMap: Op {
  static let name = "sum_by_map"
  let axis: Int
  let map: AxisMap
  let size: Int

  func infer(_ operands: [TensorType]) -> TensorType { operands[0].with(.size(size), at: axis) }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(Rearrange(axis, of: c.gradient.type.rank, map), c.gradient)]
  }

  func cost(_ operands: [[Int]], _ result: [Int]) -> Int { operands[0].reduce(1, *) }

  func bind(_ site: BindSite) -> Step {
    let split = AxisSplit(site.inputs[0].shape, axis: axis)
    let (x, y, size, inner) = (site.inputs[0].input, site.output.pointer, size, split.inner)
    let (table, count) = (map.table(of: size), split.count)
    return { worker in
      let share = split.share(of: worker)
      for o in share.outer {
        let (from, to) = (x + o * count * inner, y + o * size * inner)
        for k in 0..<size { for i in share.inner { to[k &* inner &+ i] = 0 } }
        for k in 0..<count where table[k] >= 0 {
          let (source, target) = (from + k * inner, to + table[k] * inner)
          for i in share.inner { target[i] += source[i] }
        }
      }
    }
  }
}

/// The maps of a rearrangement worked out for one shape: places in the source for all axes but those at the end that
/// stay whole, which are copied in runs.
private struct Gather {
  /// A run of the last mapped axis: where it goes, where it comes from (-1: nothing), how many floats.
  private struct Run {
    var to: Int
    var from: Int
    var count: Int
  }
  let rows: Int
  private let outer: [[Int]]
  private let runs: [Run]
  private let width: Int

  init(_ maps: [AxisMap], _ shape: [Int]) {
    let mapped = maps.lastIndex { $0 != .whole } ?? 0
    let tables = (0..<min(mapped + 1, shape.count)).map { axis in
      let step = shape[(axis + 1)...].reduce(1, *)
      return maps[axis].table(of: shape[axis]).map { $0 < 0 ? -1 : $0 * step }
    }
    let inner = shape.dropFirst(mapped + 1).reduce(1, *)
    outer = Array(tables.dropLast())
    rows = outer.map(\.count).reduce(1, *)
    let last = tables.last ?? [0]
    width = last.count * inner
    var runs: [Run] = []
    for (i, from) in last.enumerated() {
      if let run = runs.last, from < 0 ? run.from < 0 : run.from >= 0 && run.from + run.count == from {
        runs[runs.count - 1].count += inner
      } else {
        runs.append(Run(to: i * inner, from: from, count: inner))
      }
    }
    self.runs = runs
  }

  @inline(__always)
  func copy(_ row: Int, from x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ fill: Float) {
    var (base, rest, axis) = (0, row, outer.count - 1)
    while axis >= 0 && base >= 0 {
      let place = outer[axis][rest % outer[axis].count]
      base = place < 0 ? -1 : base + place
      rest /= outer[axis].count
      axis -= 1
    }
    let target = y + row * width
    if base < 0 {
      target.update(repeating: fill, count: width)
      return
    }
    let source = x + base
    for run in runs {
      if run.from < 0 {
        (target + run.to).update(repeating: fill, count: run.count)
      } else if run.count == 1 {
        target[run.to] = source[run.from]
      } else {
        (target + run.to).update(from: source + run.from, count: run.count)
      }
    }
  }
}

extension Rearrange {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let x = operands[0]
    return ReferenceTensor(shape) { index in
      var source = index
      for axis in maps.indices {
        guard let place = maps[axis].source(of: index[axis], in: x.shape[axis]) else { return Double(fill) }
        source[axis] = place
      }
      return x[source]
    }
  }
}

extension SumByMap {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let x = operands[0]
    var sums = ReferenceTensor(shape)
    ReferenceTensor.eachPlace(of: x.shape) { index, i in
      guard let place = map.source(of: index[axis], in: size) else { return }
      let target = ReferenceTensor.index(index, with: place, at: axis)
      sums.numbers[ReferenceTensor.offset(of: target, in: shape)] += x.numbers[i]
    }
    return sums
  }
}
