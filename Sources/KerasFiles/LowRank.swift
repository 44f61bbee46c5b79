import Config
import Diagnostics
import TensorCore

/// Kernels with the additions of low rank that `.h5` files keep beside them (LoRA).
///
/// In a `.keras` file Keras stores the sum.
struct LowRank {
  /// Layers with an addition, and what it is multiplied by.
  private let factors: [String: Float]

  /// - Parameter config: of the model.
  init(_ config: ConfigNode) {
    var factors: [String: Float] = [:]
    _ = config.mappingObjects { _, object in
      guard let settings = object["config"], let name = settings["name"]?.string,
        case .int(let rank)? = settings["lora_rank"]?.content, rank > 0
      else { return object }
      let alpha = settings["lora_alpha"].flatMap { try? Double(config: $0) } ?? Double(rank)
      factors[name] = Float(alpha / Double(rank))
      return object
    }
    self.factors = factors
  }

  /// The weights of a layer with the sum for its kernel.
  /// - Throws: E0605 if they cannot be read.
  func merged(_ layer: KerasArchive.LayerWeights) throws(Diagnostic) -> KerasArchive.LayerWeights {
    func place(_ name: String) -> Int? {
      layer.weights.firstIndex { $0.path.split(separator: "/").last?.hasPrefix(name) == true }
    }
    guard let factor = factors[layer.name], let kernel = place("kernel"), let down = place("lora_kernel_a"),
      let up = place("lora_kernel_b")
    else { return layer }
    let (shape, left, right) = (
      layer.weights[kernel].shape, layer.weights[down].shape, layer.weights[up].shape
    )
    guard shape.count == 2, left.count == 2, right.count == 2, left[0] == shape[0], right[1] == shape[1],
      left[1] == right[0]
    else { return layer }
    let (a, b) = (try layer.weights[down].tensor().elements, try layer.weights[up].tensor().elements)
    var numbers = try layer.weights[kernel].tensor().elements
    for row in 0..<shape[0] {
      for column in 0..<shape[1] {
        let sum = (0..<left[1]).reduce(0.0) {
          $0 + Double(a[row * left[1] + $1]) * Double(b[$1 * shape[1] + column])
        }
        numbers[row * shape[1] + column] += factor * Float(sum)
      }
    }
    var copy = layer
    let others = layer.weights.indices.filter { ![kernel, down, up].contains($0) }.map { layer.weights[$0] }
    copy.weights = [SavedVariable(layer.weights[kernel].path, Tensor(shape, numbers))] + others
    return copy
  }
}
