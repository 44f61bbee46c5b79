package import Config
package import Datasets
package import Diagnostics
package import Layers
package import TensorCore
package import Training

/// A model that a cell has defined, as it was traced for an unknown batch.
package struct ModelInfo {
  package var model: any Model
  package var trace: Trace
  package var parameterCount: Int

  package init(model: any Model, trace: Trace, parameterCount: Int) {
    self.model = model
    self.trace = trace
    self.parameterCount = parameterCount
  }
}

/// A part of a data set, such as `fashion.test`.
package struct DataPartInfo: Sendable {
  package var data: String
  package var part: String
  package var shape: DataShape
}

/// How a model is trained: what is compared with what, and what is logged.
package struct TrainingInfo {
  /// Where the loss and the metrics of an output are written.
  package struct Spans {
    package var loss: SourceSpan?
    package var metrics: [SourceSpan?]

    package init(loss: SourceSpan? = nil, metrics: [SourceSpan?] = []) {
      self.loss = loss
      self.metrics = metrics
    }
  }
  package var settings: CompileSettings
  /// By output.
  package var spans: [Spans]
  /// Names of what is logged, those of the validation too.
  package var logs: [String]
  /// Names of what an evaluation gives.
  package var own: [String]

  package init(settings: CompileSettings, spans: [Spans], logs: [String], own: [String]) {
    self.settings = settings
    self.spans = spans
    self.logs = logs
    self.own = own
  }
}

/// The trainings of the cells above, and what figures want of them.
package struct PlannedTrainings {
  package var jobs: [(cell: Int, job: TrainingJob)] = []
  /// Models whose figures need the lengths of their gradients, so that trainings record them.
  package var gradientModels: Set<String> = []
}

extension ConfigNode {
  /// Where the name of `relu`, or of `Dense: {units: 1}`, stands.
  package var nameSpan: SourceSpan? { entries?.first?.keySpan ?? span }
}

extension DataShape {
  package var partNames: [String] {
    ["train"] + (validationCount == nil ? [] : ["validation"]) + (testCount == nil ? [] : ["test"])
  }
}

extension DataShape.Array {
  /// A batch of rows.
  package var batchType: TensorType { TensorType([.batch] + rowShape.map { .size($0) }, element) }
}
