import Config
import Datasets
import Diagnostics
package import Layers
import Optimizers
import RunEvents
package import Training

/// A training as a value: which model is trained on which data, how, and where it starts.
///
/// It owns nothing that a training changes, so that it can be used any number of times, also at the same time. Fitting,
/// timing its steps, checking its gradients and compiling one step of it are functions of it.
package struct TrainingJob: Sendable {
  /// Where the model's optimizer comes from.
  package enum Compilation {
    case new
    /// The model was compiled in the file it is from; its optimizer is replaced.
    case replaced
    /// The optimizer of the file goes on.
    case continued
  }

  /// With exactly those layers trainable that this training trains.
  package var model: any Model
  package var settings: CompileSettings
  package var compilation = Compilation.new
  package var data: DataPartInfo
  package var validation: DataPartInfo?
  package var classWeights: [Int: Double] = [:]
  package var start: StartingPoint?
  package var memory = CompileSettings.Memory.normal
  /// Without the size of batches, which a built model may fix.
  package var fit = FitSettings()
  /// As the cell says.
  package var batchSize: Int?

  package var name: String { model.name }

  package init(
    model: any Model, settings: CompileSettings, data: DataPartInfo, validation: DataPartInfo? = nil,
    fit: FitSettings
  ) {
    self.model = model
    self.settings = settings
    self.data = data
    self.validation = validation
    self.fit = fit
  }
}
