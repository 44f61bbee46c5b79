import Running
import Analysis
import Config
import Datasets
import Diagnostics
import GraphEngine
import Layers
import TensorCore
import Training

/// A model that tells classes apart, and the part of a data set to try it on.
struct ClassPlan {
  fileprivate let output: OutputPlan
  /// Names of the classes, as far as they are known ahead of time.
  fileprivate let classes: [String]

  var part: DataPartInfo { output.part }
  /// What the part is called in headings.
  var name: String { output.name }
}

/// How likely a model takes each sample of a part to be of each class.
struct ClassScores {
  let rows: DataPart
  let classes: [String]
  /// The true class of each sample.
  let labels: [Int]
  /// Row after row.
  private let probabilities: [Float]

  var count: Int { labels.count }

  /// The name of a sample's true class.
  func label(_ sample: Int) -> String {
    classes.indices.contains(labels[sample]) ? classes[labels[sample]] : "\(labels[sample])"
  }

  /// How likely a sample is of a class; 0 for one that the model does not know.
  func probability(_ sample: Int, of label: Int) -> Float {
    classes.indices.contains(label) ? probabilities[sample * classes.count + label] : 0
  }

  /// The likeliest class of a sample.
  func prediction(_ sample: Int) -> Int {
    likeliest(probabilities[sample * classes.count..<(sample + 1) * classes.count])
  }

  /// Runs the model.
  init?(_ plan: ClassPlan, _ context: RunContext) throws {
    guard let tried = try plan.output.run(context) else { return nil }
    let (rows, target) = (tried.rows, tried.target)
    let meaning = try OutputMeaning(
      plan.output.output, of: tried.built, tried.data.preparation, on: rows)
    let scores = try meaning.probabilities(tried.numbers)
    // One number is how likely the second of two classes is.
    probabilities = meaning.width > 1 ? scores : scores.flatMap { [1 - $0, $0] }
    switch meaning.kind {
    case .classes(let names), .binary(let names): classes = names
    case .numbers: classes = plan.classes
    }
    labels = (0..<rows.count).map { sample in
      let truth = rows.values(of: target, sample: sample)
      return truth.count > 1 ? likeliest(truth[...]) : Int(truth.first ?? 0)
    }
    self.rows = rows
  }
}

/// The place of the largest number, the first of equals as in Keras.
private func likeliest(_ scores: ArraySlice<Float>) -> Int {
  scores.indices.reduce(scores.startIndex) { scores[$1] > scores[$0] ? $1 : $0 } - scores.startIndex
}

extension CheckContext {
  /// A model and a part with class labels, for figures of classes; `nil` after a mistake.
  mutating func classPlan(_ topic: PlotTopic, _ what: String, in cell: PlotCell) -> ClassPlan? {
    guard let (model, part, name) = tried(topic, what, in: cell) else { return nil }
    let outputs = model.model.outputNames
    for i in outputs.indices where topic.output.map({ $0 == outputs[i] }) ?? true {
      let type = model.trace.outputs[i].type
      guard let target = part.shape.targets.member(for: outputs[i], of: outputs.count), type.rank == 2,
        case .size(let width)? = type.dims.last
      else { continue }
      let names = part.shape.classNames
      let areLabels = target.element == .int32 && target.rowShape.reduce(1, *) == 1
      let isOneHot = width > 1 && target.rowShape == [width] && comparesClasses(i, of: name)
      guard isOneHot || (areLabels && (width > 1 || (names?.count ?? 3) <= 2)) else { continue }
      let count = max(2, width)
      let known = names?.count == count ? names : nil
      return ClassPlan(
        output: OutputPlan(
          model: name, part: part, output: i, target: target.name,
          outputName: outputs.count > 1 ? outputs[i] : nil),
        classes: known ?? (0..<count).map(String.init))
    }
    // What does not fit the training was said there.
    if !names.isTrainingBroken(name) { bag.report(.noClasses(what, at: topic.data)) }
    return nil
  }

  /// The numbers of the classes that are named; `nil` after a mistake.
  mutating func classes(_ named: [ConfigNode], of plan: ClassPlan) -> [Int]? {
    var found: [Int] = []
    for node in named {
      let word = node.string ?? node.json
      guard let index = plan.classes.firstIndex(of: word) else {
        bag.report(.unknownWord(word, in: plan.classes, at: node.span, what: "class"))
        return nil
      }
      found.append(index)
    }
    return found
  }
}

extension Diagnostic {
  /// E0217: a figure of classes without classes.
  fileprivate static func noClasses(_ what: String, at data: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0217", "\(what) needs class labels and an output for each class",
      at: data.span.map { Label($0, "has no such labels, or the model no such outputs") },
      help: "for numbers plot 'residuals' instead")
  }
}
