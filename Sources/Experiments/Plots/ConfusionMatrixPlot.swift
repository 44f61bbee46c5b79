import Config
import Datasets
import Diagnostics
import GraphEngine
import Layers
import Plotting
import TensorCore
import Training

/// How often each class was taken for each other.
let confusionMatrix = PlotKind(name: "confusion_matrix") { cell, file, context in
  let model = context.model(cell.of)
  guard case .string = cell.data.content else {
    context.bag.report(.needsData(at: cell.subject))
    return nil
  }
  guard let model, let part = context.part(cell.data, default: "test"), let name = cell.of.string else {
    return nil
  }
  guard Fit(model: model, shape: part.shape, span: cell.data.span).checkInput(&context) else { return nil }
  guard case .size(let outputs)? = model.trace.outputs[0].type.dims.last,
    part.shape.targets.first?.element == .int32, outputs > 1,
    model.trace.outputs.count == 1, model.trace.outputs[0].type.rank == 2
  else {
    // What does not fit the training was said there.
    if context.isTrainingBroken(name) { return nil }
    context.bag.report(.noClasses(at: cell.data))
    return nil
  }
  let title = cell.title ?? "\(name) on \(part.data).\(part.part)"
  return { context in
    guard let built = context.models[name], let data = context.data[part.data], let rows = data[part.part]
    else { return }
    let used = context.isQuick ? rows.first(64) : rows
    let trainer = Trainer(built, pool: context.services.pool, now: context.services.now)
    let outputs = try trainer.predict(used, batchSize: 128)[0]
    let width = outputs.count / max(1, used.count)
    let classes = max(width, data.classNames?.count ?? 0)
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    guard case .integers(let labels)? = used.targets.first?.storage else { return }
    for sample in 0..<used.count {
      let scores = outputs[sample * width..<(sample + 1) * width]
      // The first of the largest, as in Keras.
      let predicted =
        scores.indices.reduce(scores.startIndex) { scores[$1] > scores[$0] ? $1 : $0 } - scores.startIndex
      let truth = Int(labels[Int(used.rows[sample])])
      if counts.indices.contains(truth) { counts[truth][predicted] += 1 }
    }
    let names = data.classNames ?? (0..<classes).map(String.init)
    let figure = ConfusionMatrix(title: title, classNames: names, counts: counts)
    try context.show(figure, as: file, caption: "Rows are the true classes, columns the predicted ones")
  }
}

extension Diagnostic {
  /// E0216: a figure that needs a part of a data set.
  static func needsData(at subject: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0216", "a confusion matrix needs 'data'", at: subject.span.map { Label($0, "of which samples?") },
      help: "add 'data: NAME.test'")
  }

  /// E0217: a confusion matrix without classes.
  static func noClasses(at data: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0217", "a confusion matrix needs whole-number labels and an output for each class",
      at: data.span.map { Label($0, "has no such labels, or the model no such outputs") },
      help: "for numbers plot 'learning_curves' instead")
  }
}
