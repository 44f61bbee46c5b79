import Datasets
import Diagnostics
import Layers
import Training

/// What is known of the models, data and trainings of a file before anything runs.
extension CheckContext {
  struct ModelInfo {
    var model: any Model
    var trace: Trace
    var parameterCount: Int
  }
  struct DataPartInfo {
    var data: String
    var part: String
    var shape: DataShape
  }
  struct TrainingInfo {
    /// Where the loss and the metrics of an output are written.
    struct Spans {
      var loss: SourceSpan?
      var metrics: [SourceSpan?]
    }
    var settings: CompileSettings
    /// By output.
    var spans: [Spans]
    /// Names of what is logged, those of the validation too.
    var logs: [String]
    /// Names of what an evaluation gives.
    var own: [String]
  }
}
