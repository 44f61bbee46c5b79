import Config

extension KerasDialects.Weights {
  /// A convolution of Keras 1, whose kernels lay as the backend had them.
  /// - Parameter rank: how many axes the window has.
  static func convolution(over rank: Int, isTransposed: Bool = false, kernels: Int = 1) -> Self {
    var weights = Self(kernels, biases: 1)
    weights.kernels = kernels
    weights.axes = { shape, config in
      var axes = KerasDialects.KernelAxes(window: 0..<max(0, shape.count - 2))
      let isFirst = config["dim_ordering"] == "th"
      switch shape.count {
      case 4 where rank == 1:
        // In Keras 1.1 filters came first.
        let isOld = config["nb_filter"] == shape[0].config && shape[3] == 1 && shape[1] != 1
        axes = .init(isOld ? [2, 3, 1, 0] : nil, window: 0..<1)
        axes.surplus = 1
      case 4 where rank == 2 && isTransposed:
        axes = .init(isFirst ? [2, 3, 0, 1] : [0, 1, 3, 2], window: 0..<2)
      case 4 where isFirst: axes = .init([2, 3, 1, 0], window: 0..<2)
      case 5 where isFirst: axes = .init([2, 3, 4, 1, 0], window: 0..<3)
      default: break
      }
      return axes
    }
    return weights
  }
}
