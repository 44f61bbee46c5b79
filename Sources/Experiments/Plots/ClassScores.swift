import Config
import Datasets
import Diagnostics
import GraphEngine
import Layers
import TensorCore
import Training

/// A model that tells classes apart, and the part of a data set to try it on.
struct ClassPlan {
  let model: String
  let part: CheckContext.DataPartInfo

  /// What the part is called in headings.
  var name: String { "\(model) on \(part.data).\(part.part)" }
}

/// How likely a model takes each sample of a part to be of each class.
struct ClassScores {
  let data: PreparedData
  let rows: DataPart
  let classes: [String]
  /// The true class of each sample.
  let labels: [Int]
  /// Row after row.
  private let probabilities: [Float]

  var count: Int { labels.count }

  /// The probabilities of one sample.
  subscript(sample: Int) -> ArraySlice<Float> {
    probabilities[sample * classes.count..<(sample + 1) * classes.count]
  }

  /// The likeliest class of a sample, the first of equals as in Keras.
  func prediction(_ sample: Int) -> Int {
    let scores = self[sample]
    return scores.indices.reduce(scores.startIndex) { scores[$1] > scores[$0] ? $1 : $0 } - scores.startIndex
  }

  /// How likely each sample is of one class.
  func scores(of label: Int) -> [Float] { (0..<count).map { self[$0][self[$0].startIndex + label] } }

  /// Runs the model.
  init?(_ plan: ClassPlan, _ context: RunContext) throws {
    guard let built = context.models[plan.model], let data = context.data[plan.part.data],
      let all = data[plan.part.part]
    else { return nil }
    let rows = context.isQuick ? all.first(64) : all
    guard case .integers(let labels)? = rows.targets.first?.storage else { return nil }
    let trainer = Trainer(built, pool: context.services.pool, now: context.services.now)
    let numbers = try trainer.predict(rows, batchSize: 128)[0]
    let meaning = OutputMeaning(0, of: built, data.preparation)
    let scores = try meaning.probabilities(numbers)
    let width = max(1, meaning.width)
    if width == 1 {
      // One number is how likely the second of two classes is.
      probabilities = scores.flatMap { [1 - $0, $0] }
    } else {
      probabilities = scores
    }
    let names = data.classNames ?? []
    classes = (0..<max(2, width)).map { names.indices.contains($0) ? names[$0] : "\($0)" }
    self.labels = (0..<rows.count).map { Int(labels[Int(rows.rows[$0])]) }
    (self.data, self.rows) = (data, rows)
  }
}

extension CheckContext {
  /// A model and a part with class labels, for figures of classes; `nil` after a mistake.
  mutating func classPlan(_ cell: PlotCell, _ what: String) -> ClassPlan? {
    let model = cell.model(&self)
    guard case .string = cell.data.content else {
      bag.report(.needsData(what, at: cell.subject))
      return nil
    }
    guard let model, let part = part(cell.data, default: "test"), let name = cell.of.string else {
      return nil
    }
    guard Fit(model: model, shape: part.shape, span: cell.data.span).checkInput(&self) else { return nil }
    let output = model.trace.outputs[0].type
    let classes = part.shape.classNames?.count
    guard model.trace.outputs.count == 1, output.rank == 2, case .size(let outputs)? = output.dims.last,
      part.shape.targets.first?.element == .int32, outputs > 1 || (classes ?? 3) <= 2
    else {
      // What does not fit the training was said there.
      if !isTrainingBroken(name) { bag.report(.noClasses(what, at: cell.data)) }
      return nil
    }
    return ClassPlan(model: name, part: part)
  }

  /// The numbers of the classes that are named in a cell, all if none are.
  mutating func classes(_ cell: PlotCell, of plan: ClassPlan) -> [Int]? {
    let names = plan.part.shape.classNames
    var found: [Int] = []
    for node in cell.classes {
      let word = node.string ?? node.json
      guard let names, let index = names.firstIndex(of: word) else {
        bag.report(.unknownWord(word, in: names ?? [], at: node.span, what: "class"))
        return nil
      }
      found.append(index)
    }
    return found
  }
}

extension Diagnostic {
  /// E0216: a figure that needs a part of a data set.
  static func needsData(_ what: String, at subject: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0216", "\(what) needs 'data'", at: subject.span.map { Label($0, "of which samples?") },
      help: "add 'data: NAME.test'")
  }

  /// E0217: a figure of classes without classes.
  fileprivate static func noClasses(_ what: String, at data: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0217", "\(what) needs whole-number labels and an output for each class",
      at: data.span.map { Label($0, "has no such labels, or the model no such outputs") },
      help: "for numbers plot 'residuals' instead")
  }
}
