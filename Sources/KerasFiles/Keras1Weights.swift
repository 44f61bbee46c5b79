import Config
import Diagnostics
import Layers
import TensorCore

/// Makes of the weights of Keras 1 those of Keras 2.
///
/// The gates of recurrent layers were arrays of their own, and kernels lay in the order of the backend; Theano's, which
/// are known by names without `:0`, are applied mirrored.
struct Keras1Weights {
  /// Layers by their names, those of chains that are merged among them.
  private let nodes: [String: ConfigNode]

  /// - Parameter config: the model's, in Keras 1's words.
  init(_ config: ConfigNode) {
    var nodes: [String: ConfigNode] = [:]
    Self.collect(config, into: &nodes)
    self.nodes = nodes
  }

  private static func collect(_ node: ConfigNode, into nodes: inout [String: ConfigNode]) {
    for layer in layers(of: node) {
      if let name = layer["config"]?["name"]?.string ?? layer["name"]?.string { nodes[name] = layer }
      if layer["class_name"]?.string == "Merge" {
        for branch in layer["config"]?["layers"]?.list ?? [] { collect(branch, into: &nodes) }
      }
    }
  }

  private static func layers(of node: ConfigNode) -> [ConfigNode] {
    guard ["Sequential", "Model"].contains(node["class_name"]?.string) else { return [] }
    return node["config"]?.list ?? node["config"]?["layers"]?.list ?? []
  }

  /// The weights of a layer as Keras 2 has them; a layer that is not known keeps its own.
  /// - Throws: E0605 if they cannot be read.
  func converted(_ layer: KerasArchive.LayerWeights) throws(Diagnostic) -> KerasArchive.LayerWeights {
    guard let node = nodes[layer.name] else { return layer }
    var copy = layer
    copy.weights = try Self.converted(layer.weights, of: node)
    return copy
  }

  private static func converted(
    _ weights: [SavedVariable], of node: ConfigNode
  ) throws(Diagnostic) -> [SavedVariable] {
    let inner = layers(of: node)
    guard !inner.isEmpty else { return try plain(weights, of: node) }
    // A model's trained weights come first, layer by layer, and then those that are not trained.
    var (rest, made) = (weights[...], [SavedVariable]())
    for layer in leaves(of: node) {
      let count = trainedCount(layer, in: rest)
      made += try plain(Array(rest.prefix(count)), of: layer)
      rest = rest.dropFirst(count)
    }
    return made + rest
  }

  private static func leaves(of node: ConfigNode) -> [ConfigNode] {
    let inner = layers(of: node)
    return inner.isEmpty ? [node] : inner.flatMap(leaves)
  }

  /// How many of the weights that follow are a layer's.
  private static func trainedCount(_ node: ConfigNode, in weights: ArraySlice<SavedVariable>) -> Int {
    let (config, own) = (node["config"] ?? nil, layout(of: node))
    if own.layers > 0 { return own.layers * (config["layer"].map { trainedCount($0, in: weights) } ?? 0) }
    if !own.gates.isEmpty, isSplit(weights, 3 * own.gates.count) { return 3 * own.gates.count }
    return own.count + (config["bias"] == false ? 0 : own.biases)
  }

  private static func layout(of node: ConfigNode) -> KerasDialects.Weights {
    let className = node["class_name"]?.string ?? ""
    let successor = LayerRegistry.successor(ofKeras1: className)
    return LayerRegistry.dialects(of: successor)?.keras1.weights ?? Keras1Layers.weights(of: className)
  }

  /// Whether the gates of a recurrent layer are arrays of their own: the third is a bias, the fourth a kernel again.
  private static func isSplit(_ weights: ArraySlice<SavedVariable>, _ count: Int) -> Bool {
    let own = Array(weights.prefix(count))
    return own.count == count
      && stride(from: 0, to: count, by: 3).allSatisfy {
        own[$0].shape == own[0].shape && own[$0 + 2].shape.count == 1 && own[$0 + 2].shape == own[2].shape
      }
  }

  private static func plain(
    _ weights: [SavedVariable], of node: ConfigNode
  ) throws(Diagnostic) -> [SavedVariable] {
    let (config, own) = (node["config"] ?? nil, layout(of: node))
    if own.layers > 0, let layer = config["layer"] {
      var (rest, made) = (weights[...], [SavedVariable]())
      for place in 0..<own.layers {
        let count = rest.count / (own.layers - place)
        made += try converted(Array(rest.prefix(count)), of: layer)
        rest = rest.dropFirst(count)
      }
      return made
    }
    if !own.gates.isEmpty, weights.count == 3 * own.gates.count { return try joined(weights, own.gates) }
    // Before Keras 1.2 each bias followed its kernel.
    if own.count > 1, own.biases == own.count {
      return weights.filter { $0.shape.count == 2 } + weights.filter { $0.shape.count != 2 }
    }
    var made: [SavedVariable] = []
    for kernel in weights.prefix(own.kernels) {
      made.append(try kernelOfKeras2(kernel, own.axes(kernel.shape, config)))
    }
    return made + weights.dropFirst(made.count)
  }

  /// Kernel, recurrent kernel and bias of all gates, from three arrays of each.
  private static func joined(
    _ weights: [SavedVariable], _ gates: [Int]
  ) throws(Diagnostic) -> [SavedVariable] {
    var made: [SavedVariable] = []
    for part in 0..<3 {
      var parts: [Tensor] = []
      for gate in gates { parts.append(try weights[3 * gate + part].tensor()) }
      let shape = parts[0].shape
      guard let columns = shape.last, columns > 0, parts.allSatisfy({ $0.shape == shape }) else {
        return weights
      }
      let rows = parts[0].elements.count / columns
      var numbers: [Float] = []
      numbers.reserveCapacity(parts[0].elements.count * parts.count)
      for row in 0..<rows {
        for part in parts { numbers += part.elements[row * columns..<(row + 1) * columns] }
      }
      made.append(
        SavedVariable(weights[part].path, Tensor(shape.dropLast() + [columns * parts.count], numbers)))
    }
    return made
  }

  // MARK: Kernels

  /// A kernel with its axes as Keras 2 has them: windows, channels in, channels out; of a transposed convolution out, in.
  private static func kernelOfKeras2(
    _ kernel: SavedVariable, _ axes: KerasDialects.KernelAxes
  ) throws(Diagnostic) -> SavedVariable {
    var tensor = try kernel.tensor()
    if let order = axes.order { tensor = tensor.transposed(order) }
    // Theano convolves as mathematicians do: the window is turned around.
    if !kernel.path.hasSuffix(":0") { tensor = tensor.flipped(axes.window) }
    if let surplus = axes.surplus {
      var shape = tensor.shape
      shape.remove(at: surplus)
      tensor = Tensor(shape, tensor.elements)
    }
    return SavedVariable(kernel.path, tensor)
  }
}

extension Tensor {
  /// The same numbers with the axes in another order.
  fileprivate func transposed(_ order: [Int]) -> Tensor {
    rearranged(to: order.map { shape[$0] }, steps: order.map { steps[$0] }, from: 0)
  }

  /// The same numbers in reverse order along some axes.
  fileprivate func flipped(_ axes: Range<Int>) -> Tensor {
    let start = axes.reduce(0) { $0 + steps[$1] * max(0, shape[$1] - 1) }
    return rearranged(
      to: shape, steps: steps.enumerated().map { axes.contains($0.offset) ? -$0.element : $0.element },
      from: start)
  }

  /// How far apart neighbours along each axis lie.
  private var steps: [Int] {
    var steps = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { steps[axis] = steps[axis + 1] * shape[axis + 1] }
    return steps
  }

  /// - Parameters:
  ///   - steps: how far apart neighbours of the result lie here.
  ///   - start: where its first number is.
  private func rearranged(to sizes: [Int], steps: [Int], from start: Int) -> Tensor {
    var numbers: [Float] = []
    numbers.reserveCapacity(elements.count)
    var place = [Int](repeating: 0, count: sizes.count)
    var source = start
    for _ in elements.indices {
      numbers.append(elements[source])
      for axis in sizes.indices.reversed() {
        place[axis] += 1
        source += steps[axis]
        if place[axis] < sizes[axis] { break }
        source -= steps[axis] * sizes[axis]
        place[axis] = 0
      }
    }
    return Tensor(sizes, numbers)
  }
}
