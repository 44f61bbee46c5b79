import Config
public import Layers
import TensorCore
public import Training

extension BuiltModel {
  /// The summary with the numbers that the optimizer keeps, as Keras counts them, if the model was trained.
  public var fullSummary: ModelSummary {
    var summary = summary
    if let state = training {
      let variables = OptimizerVariables(state, slab, trained: trainedParameters(as: .keras3))
      summary.optimizerParameters = variables.count
    }
    return summary
  }
}
