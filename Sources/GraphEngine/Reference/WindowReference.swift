import KernelABI
import TensorCore

/// What a window shows: at a place, with one of its taps, an element; all counted row by row over their axes.
struct WindowSight {
  var place: Int
  var tap: Int
  var element: Int
}

extension WindowRule {
  /// All that the window shows on its way over axes of these sizes, by place and then by tap.
  ///
  /// Taps that lie outside of the input see nothing and are left out.
  func sights(of axes: [Int]) -> [WindowSight] {
    var sights = [WindowSight(place: 0, tap: 0, element: 0)]
    for axis in 0..<rank {
      let own = self.sights(along: axis, of: axes[axis])
      let places = places(axis, of: axes[axis])
      var wider: [WindowSight] = []
      for outer in sights {
        for inner in own {
          let element = outer.element * axes[axis] + inner.element
          let tap = outer.tap * window[axis] + inner.tap
          wider.append(WindowSight(place: outer.place * places + inner.place, tap: tap, element: element))
        }
      }
      sights = wider
    }
    return sights.sorted { ($0.place, $0.tap) < ($1.place, $1.tap) }
  }

  private func sights(along axis: Int, of count: Int) -> [WindowSight] {
    let (stride, dilation) = (strides[axis], dilation[axis])
    let reach = (window[axis] - 1) * dilation + 1
    let places: Int
    let before: Int
    switch padding {
    case .valid:
      places = (count - reach) / stride + 1
      before = 0
    case .same:
      places = (count + stride - 1) / stride
      before = max(0, (places - 1) * stride + reach - count) / 2
    case .causal:
      places = (count + stride - 1) / stride
      before = reach - 1
    }
    return (0..<places).flatMap { place in
      (0..<window[axis]).compactMap { tap in
        let element = place * stride + tap * dilation - before
        return (0..<count).contains(element) ? WindowSight(place: place, tap: tap, element: element) : nil
      }
    }
  }
}

/// The sum that a convolution is, over what the window shows and the channels of the filter's group.
///
/// `y[place, f] = Σ x[element, c] · w[tap, c, f]`; the gradients are the same products added up elsewhere.
private struct ConvolutionSum {
  let sights: [WindowSight]
  let places: Int
  let elements: Int
  let batch: Int
  let groups: Int
  /// Channels of a group.
  let channels: Int
  let filters: Int

  /// - Parameters:
  ///   - input: the shape of x.
  ///   - kernel: the shape of w.
  init(_ rule: WindowRule, groups: Int, input: [Int], kernel: [Int]) {
    let axes = Array(input[1...rule.rank])
    sights = rule.sights(of: axes)
    places = axes.indices.map { rule.places($0, of: axes[$0]) }.reduce(1, *)
    elements = axes.reduce(1, *)
    batch = input[0]
    self.groups = groups
    channels = kernel[rule.rank]
    filters = kernel[rule.rank + 1]
  }

  /// Gives where the three numbers of each product lie.
  @inline(__always)
  func each(_ body: (_ x: Int, _ w: Int, _ y: Int) -> Void) {
    for sample in 0..<batch {
      for sight in sights {
        for f in 0..<filters {
          let first = f / (filters / groups) * channels
          for c in 0..<channels {
            body(
              (sample * elements + sight.element) * channels * groups + first + c,
              (sight.tap * channels + c) * filters + f, (sample * places + sight.place) * filters + f)
          }
        }
      }
    }
  }
}

extension Convolution {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    precondition(epilogue == .none, "only passes make epilogues")
    let (x, w) = (operands[0], operands[1])
    var y = ReferenceTensor(shape)
    ConvolutionSum(rule, groups: groups, input: x.shape, kernel: w.shape).each { i, j, k in
      y.numbers[k] += x.numbers[i] * w.numbers[j]
    }
    return y
  }
}

extension ConvolutionInput {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    precondition(epilogue == .none, "only passes make epilogues")
    let (g, w) = (operands[0], operands[1])
    var dx = ReferenceTensor(shape)
    ConvolutionSum(rule, groups: groups, input: shape, kernel: w.shape).each { i, j, k in
      dx.numbers[i] += g.numbers[k] * w.numbers[j]
    }
    return dx
  }
}

extension ConvolutionKernel {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (x, g) = (operands[0], operands[1])
    var dw = ReferenceTensor(shape)
    ConvolutionSum(rule, groups: groups, input: x.shape, kernel: shape).each { i, j, k in
      dw.numbers[j] += x.numbers[i] * g.numbers[k]
    }
    return dw
  }
}

extension DepthwiseConvolution {
  /// `y[place, c · m + q] = Σ x[element, c] · w[tap, c, q]`, or one of its gradients.
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (a, b) = (operands[0], operands[1])
    let input: [Int] = if case .input = part { shape } else { a.shape }
    let axes = Array(input[1...rule.rank])
    let (elements, channels) = (axes.reduce(1, *), input[rule.rank + 1])
    let places = axes.indices.map { rule.places($0, of: axes[$0]) }.reduce(1, *)
    var result = ReferenceTensor(shape)
    for sample in 0..<input[0] {
      for sight in rule.sights(of: axes) {
        for f in 0..<channels * multiplier {
          let x = (sample * elements + sight.element) * channels + f / multiplier
          let w = sight.tap * channels * multiplier + f
          let y = (sample * places + sight.place) * channels * multiplier + f
          switch part {
          case .result: result.numbers[y] += a.numbers[x] * b.numbers[w]
          case .input: result.numbers[x] += a.numbers[y] * b.numbers[w]
          case .kernel: result.numbers[w] += a.numbers[x] * b.numbers[y]
          }
        }
      }
    }
    return result
  }
}

/// The elements that a pooling window shows at each place of each channel, in order, and where the result lies.
private func shown(_ rule: WindowRule, over input: [Int]) -> [(elements: [Int], place: Int)] {
  let (axes, channels) = (Array(input[1...rule.rank]), input[rule.rank + 1])
  let elements = axes.reduce(1, *)
  let places = axes.indices.map { rule.places($0, of: axes[$0]) }.reduce(1, *)
  var seen = [[Int]](repeating: [], count: places)
  for sight in rule.sights(of: axes) { seen[sight.place].append(sight.element) }
  return (0..<input[0] * places * channels).map { i in
    let (sample, place, channel) = (i / channels / places, i / channels % places, i % channels)
    return (seen[place].map { (sample * elements + $0) * channels + channel }, i)
  }
}

extension Pooling {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let x = operands[0]
    var y = ReferenceTensor(shape)
    for (elements, place) in shown(rule, over: x.shape) {
      let numbers = elements.map { x.numbers[$0] }
      y.numbers[place] =
        switch function {
        case .maximum: numbers.contains(where: \.isNaN) ? .nan : numbers.max() ?? -.infinity
        case .mean: numbers.reduce(0, +) / Double(numbers.count)
        }
    }
    return y
  }
}

extension MeanPoolingGradient {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    var dx = ReferenceTensor(shape)
    for (elements, place) in shown(rule, over: shape) {
      for i in elements { dx.numbers[i] += operands[0].numbers[place] / Double(elements.count) }
    }
    return dx
  }
}

extension MaximumPoolingGradient {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (x, y, g) = (operands[0], operands[1], operands[2])
    var dx = ReferenceTensor(shape)
    for (elements, place) in shown(rule, over: shape) {
      let first = elements.first { x.numbers[$0] == y.numbers[place] }
      if let first { dx.numbers[first] += g.numbers[place] }
    }
    return dx
  }
}

extension MaximumPoolingPick {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (x, y, h) = (operands[0], operands[1], operands[2])
    var result = ReferenceTensor(shape)
    for (elements, place) in shown(rule, over: x.shape) {
      let first = elements.first { x.numbers[$0] == y.numbers[place] }
      if let first { result.numbers[place] = h.numbers[first] }
    }
    return result
  }
}
