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
    let config = node["config"] ?? nil
    switch node["class_name"]?.string ?? "" {
    case "LSTM": return isSplit(weights, 12) ? 12 : 3
    case "GRU": return isSplit(weights, 9) ? 9 : 3
    case "SimpleRNN": return 3
    case "Bidirectional":
      return 2 * (config["layer"].map { trainedCount($0, in: weights) } ?? 0)
    case "TimeDistributed": return config["layer"].map { trainedCount($0, in: weights) } ?? 0
    case "BatchNormalization": return 2
    case "Embedding", "PReLU": return 1
    case "SeparableConvolution2D": return config["bias"] == false ? 2 : 3
    case "Highway": return config["bias"] == false ? 2 : 4
    case let name where name.contains("onvolution") || name.hasSuffix("Dense"):
      return config["bias"] == false ? 1 : 2
    default: return 0
    }
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
    let config = node["config"] ?? nil
    switch node["class_name"]?.string ?? "" {
    // Written as input, cell, forget and output; Keras 2 has input, forget, cell, output.
    case "LSTM" where weights.count == 12: return try joined(weights, [0, 2, 1, 3])
    case "GRU" where weights.count == 9: return try joined(weights, [0, 1, 2])
    // Before Keras 1.2 each bias followed its kernel.
    case "Highway": return weights.filter { $0.shape.count == 2 } + weights.filter { $0.shape.count != 2 }
    case "Bidirectional":
      guard let layer = config["layer"] else { return weights }
      let half = weights.count / 2
      return try plain(Array(weights[..<half]), of: layer) + plain(Array(weights[half...]), of: layer)
    case "TimeDistributed":
      guard let layer = config["layer"] else { return weights }
      return try converted(weights, of: layer)
    case let name where name.contains("onvolution"):
      guard let kernel = weights.first else { return weights }
      let isSeparable = name.hasPrefix("Separable")
      var made = [try kernelOfKeras2(kernel, name, config)]
      if isSeparable, weights.count > 1 { made.append(try kernelOfKeras2(weights[1], name, config)) }
      return made + weights.dropFirst(made.count)
    default: return weights
    }
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
    _ kernel: SavedVariable, _ className: String, _ config: ConfigNode
  ) throws(Diagnostic) -> SavedVariable {
    let shape = kernel.shape
    var order: [Int]?
    let windows: Range<Int>
    switch (className, shape.count) {
    case ("Convolution1D", 4), ("AtrousConvolution1D", 4):
      // In Keras 1.1 filters came first.
      let isOld = config["nb_filter"] == shape[0].config && shape[3] == 1 && shape[1] != 1
      order = isOld ? [2, 3, 1, 0] : nil
      windows = 0..<1
    case ("Deconvolution2D", 4):
      order = isFirst(config) ? [2, 3, 0, 1] : [0, 1, 3, 2]
      windows = 0..<2
    case (_, 4) where isFirst(config):
      order = [2, 3, 1, 0]
      windows = 0..<2
    case (_, 5) where isFirst(config):
      order = [2, 3, 4, 1, 0]
      windows = 0..<3
    default: windows = 0..<max(0, shape.count - 2)
    }
    var tensor = try kernel.tensor()
    if let order { tensor = tensor.transposed(order) }
    // Theano convolves as mathematicians do: the window is turned around.
    if !kernel.path.hasSuffix(":0") { tensor = tensor.flipped(windows) }
    if className.hasSuffix("1D"), tensor.shape.count == 4 {
      tensor = Tensor([tensor.shape[0], tensor.shape[2], tensor.shape[3]], tensor.elements)
    }
    return SavedVariable(kernel.path, tensor)
  }

  private static func isFirst(_ config: ConfigNode) -> Bool { config["dim_ordering"] == "th" }
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
