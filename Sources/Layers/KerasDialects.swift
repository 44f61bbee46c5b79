public import Config

/// How the files of each Keras say what a layer is, where its schema, which has the words of Keras 3, does not.
///
/// It stands beside the layer; one that is written alike everywhere says nothing:
///
///     public static let dialects = KerasDialects { $0.keras2.lacks = ["rms_scaling"] }
public struct KerasDialects: Sendable {
  public var keras1 = Keras1()
  public var keras2 = Keras2()
  public var keras3 = Keras3()
  /// What Keras 2 and Keras 3 compute differently.
  public var differences: [Difference] = []
  /// The weights that are whole numbers in files.
  public var counts: Set<String> = []

  /// - Parameter base: what it shares with others.
  public init(_ base: KerasDialects? = nil, _ change: (inout KerasDialects) -> Void = { _ in }) {
    if let base { self = base }
    change(&self)
  }

  /// A layer that Keras 2 does not have.
  public static let sinceKeras3 = KerasDialects { $0.keras2.isThere = false }
  /// A layer that Keras 3 does not have.
  public static let untilKeras2 = KerasDialects { $0.keras3.isThere = false }

  /// Arithmetic that is another one in the other Keras.
  public struct Difference: Sendable {
    /// As in "Keras 3 computes … differently".
    public let what: String
    /// Its place among others where several are told.
    public let place: Int
    /// Whether a call shows it.
    public let isMet: @Sendable (LayerScope.Call, LayerScope) -> Bool

    public init(
      _ what: String, place: Int, isMet: @escaping @Sendable (LayerScope.Call, LayerScope) -> Bool
    ) {
      self.what = what
      self.place = place
      self.isMet = isMet
    }
  }

  // MARK: Keras 1

  /// Most of its words are those of all layers; these are the layer's own.
  public struct Keras1: Sendable {
    /// What the class was called, if it was not as now.
    public var classNames: [String] = []
    /// Settings that are called otherwise than of other layers: old names and new ones.
    public var renamed: [String: String] = [:]
    /// Settings with names that only here mean what they mean now.
    public var kept: Set<String> = []
    /// Settings that say how something was computed, not what.
    public var surplus: Set<String> = []
    /// Settings that say nothing at these values.
    public var neutral: [String: [ConfigNode]] = [:]
    /// Settings of four numbers, which are two pairs now.
    public var pairs: Set<String> = []
    public var weights = Weights()

    /// The names of the settings of a weight that is the layer's only one.
    public static func weight(_ name: String) -> [String: String] {
      [
        "init": name + "_initializer", "W_regularizer": name + "_regularizer",
        "W_constraint": name + "_constraint",
      ]
    }
  }

  /// The trained weights of a layer in files of Keras 1, which come before the others.
  public struct Weights: Sendable {
    /// How many there are, without biases.
    public var count = 0
    /// How many biases follow, unless the layer has none.
    public var biases = 0
    /// The gates of a recurrent layer in the order they are in now, each by its place in files where gates have arrays
    /// of their own: kernel, recurrent kernel and bias.
    public var gates: [Int] = []
    /// Of how many layers in it they are, each of the setting `layer`.
    public var layers = 0
    /// How many begin that are kernels of convolutions.
    public var kernels = 0
    /// How the axes of such a kernel lie, by its shape and the layer's settings.
    public var axes: @Sendable (_ shape: [Int], _ config: ConfigNode) -> KernelAxes = { _, _ in KernelAxes() }

    public init(_ count: Int = 0, biases: Int = 0, gates: [Int] = []) {
      self.count = count
      self.biases = biases
      self.gates = gates
    }
  }

  /// What becomes of the axes of a kernel.
  public struct KernelAxes: Sendable {
    /// The old axes in their new order; as they are if `nil`.
    public var order: [Int]?
    /// Those of the window, which Theano turns around; counted when they are in order.
    public var window = 0..<0
    /// One of size 1 that is left out at last.
    public var surplus: Int?

    public init(_ order: [Int]? = nil, window: Range<Int> = 0..<0) {
      self.order = order
      self.window = window
    }
  }

  // MARK: Keras 2

  public struct Keras2: Sendable {
    /// Whether it has the layer.
    public var isThere = true
    /// Settings that are called otherwise there: the schema's names and its own.
    public var renamed: [String: String] = [:]
    /// Settings that it refuses; a model that sets them is another one there.
    public var lacks: Set<String> = []
    /// Settings that it refuses and that change nothing.
    public var omits: Set<String> = []
    /// Settings that it takes only if others are no lists: names of both.
    public var excluded: [String: String] = [:]
    /// Settings that it writes and that say nothing here.
    public var surplus: Set<String> = []
    /// What a file that leaves settings out means by it.
    public var meant: [ConfigNode.Entry] = []
    /// What values behind the first are called, if a call has to name them.
    public var keywords: [String] = []
    /// Settings that follow from the shapes of what the layer is called with first.
    public var shapes: (@Sendable (_ shapes: [ConfigNode]) -> ConfigNode)?
    /// Whether the paths of weights have no name of the layer that stands in it.
    public var hidesLayer = false
    /// Names that the paths of weights do not have.
    public var hidden: Set<String> = []
  }

  // MARK: Keras 3

  public struct Keras3: Sendable {
    /// Whether it has the layer, or an equivalent.
    public var isThere = true
    /// Where it finds the class.
    public var module = "keras.layers"
    /// A class with settings that compute the same, for a layer that it does not have.
    public var equivalent: (@Sendable (_ config: ConfigNode) -> (className: String, config: ConfigNode))?
    /// By which attributes the layer holds its parts, from the names, at least one, between its own and a weight's.
    public var attributes: @Sendable (_ parts: [String], _ config: ConfigNode) -> [String] = { parts, _ in
      parts
    }
    /// What a lookup learned, which lies in a `.keras` file beside the weights.
    public var vocabulary: Vocabulary?
    /// Whether the layer begins a mask.
    public var makesMask: @Sendable (_ config: ConfigNode) -> Bool = { _ in false }
    /// What the layer is named where there are masks: an operation that Keras adds then is named as the layer would be.
    public var nameBesideMasks: String?
    public var h5 = H5()
  }

  /// `.h5` files of Keras 3.
  public struct H5: Sendable {
    /// What it is called there, if otherwise.
    public var className: String?
    /// Settings that it cannot read at these values, which are the defaults.
    public var omits: [String: ConfigNode] = [:]
    /// What of a layer with these settings it writes and cannot read.
    public var unreadable: @Sendable (_ config: ConfigNode) -> String? = { _ in nil }
  }

  public enum Vocabulary: Sendable { case texts, numbers }
}

extension KerasDialects {
  /// By which attributes Keras 3's layers hold their parts, from what the parts' variables are called.
  /// - Parameters:
  ///   - parts: names between the layer's and the variable's.
  ///   - className: of the layer, and its settings.
  public static func attributes(
    of parts: [String], in className: String, _ config: ConfigNode
  ) -> [String] {
    guard let first = parts.first else { return [] }
    if first == config["activation"]?["config"]?["name"]?.string { return ["activation"] + parts.dropFirst() }
    return LayerRegistry.dialects(of: className)?.keras3.attributes(parts, config) ?? parts
  }

  /// The same of a layer that is the setting of another: `{"class_name": …, "config": …}`.
  static func attributes(of parts: [String], in node: ConfigNode?) -> [String] {
    attributes(of: parts, in: node?["class_name"]?.string ?? "", node?["config"] ?? nil)
  }
}
