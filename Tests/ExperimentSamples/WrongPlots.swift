/// Mistakes in figures.
extension WrongExperiment {
  /// The good experiment with another figure in place of its learning curves.
  private static func plot(_ name: String, _ cell: String) -> WrongExperiment {
    WrongExperiment(name, "- plot: learning_curves\n      of: m\n", cell + "\n")
  }

  static let plots = [
    plot("a setting of another figure", "- plot: learning_curves\n      of: m\n      bins: 20"),
    plot("a misspelt setting of a figure", "- plot: learning_curves\n      of: m\n      titel: Curves"),
    plot("a figure in an unknown format", "- plot: learning_curves\n      of: m\n      format: svgz"),
    plot(
      "a figure wider than any paper", "- plot: roc\n      of: m\n      data: iris.test\n      width: 5000"),
    plot("a figure of no kind", "- plot:\n      of: m"),
    plot("two kinds of free figures", "- plot:\n      lines: [m.loss]\n      bars: [m.loss]"),
    plot("a kind beside lines", "- plot: roc\n      lines: [m.loss]"),
    plot("a line that is not logged", "- plot: losses\n      lines: [m.los]"),
    plot("a line of an unknown model", "- plot: losses\n      lines: [n.loss]"),
    plot("a line of a number", "- plot: losses\n      lines: 3"),
    plot("no lines", "- plot: losses\n      lines: []"),
    plot("a line made of nothing", "- plot: losses\n      lines: {mine: []}"),
    plot("an x that is not logged", "- plot: losses\n      lines: [m.loss]\n      x: los"),
    plot("smoothing of everything", "- plot: losses\n      lines: [m.loss]\n      smooth: 1"),
    plot("a logarithmic z", "- plot: losses\n      lines: [m.loss]\n      log: [z]"),
    plot("unknown panels", "- plot: losses\n      lines: [m.loss]\n      panels: models"),
    plot("a bar of nothing known", "- plot: results\n      bars: [test.acuracy]"),
    plot("a bar that is no number", "- plot: results\n      bars: [m.loss > 3]"),
    plot(
      "bars of a column that is not there",
      "- plot: speed\n      csv: people.csv\n      bars: {groups: nam, series: kind, values: age}"
    )
    .with("people.csv", "name,kind,age\nAda,a,36\nBob,b,x\n"),
    plot(
      "bars of words",
      "- plot: speed\n      csv: people.csv\n      bars: {groups: name, series: kind, values: age}"
    )
    .with("people.csv", "name,kind,age\nAda,a,36\nBob,b,x\n"),
    plot(
      "bars of a table without columns", "- plot: speed\n      csv: people.csv\n      bars: [test.accuracy]"
    )
    .with("people.csv", "name,kind,age\nAda,a,36\nBob,b,x\n"),
    plot(
      "bars of a file that is not there",
      "- plot: speed\n      csv: steps.csv\n      bars: {groups: a, series: b, values: c}"),
    plot("no bars", "- plot: results\n      bars: []"),
    plot("an ROC curve without a model", "- plot: roc\n      data: iris.test"),
    plot("an ROC curve without data", "- plot: roc\n      of: m"),
    plot(
      "an ROC curve of an unknown class",
      "- plot: roc\n      of: m\n      data: iris.test\n      classes: [setos]"),
    plot("residuals of classes", "- plot: residuals\n      of: m\n      data: iris.test"),
    plot("pictures of a table", "- plot: samples\n      data: iris.test"),
    plot("worst examples of a table", "- plot: worst_examples\n      of: m\n      data: iris.test"),
    plot("too many samples", "- plot: samples\n      data: iris.test\n      count: 4000"),
    plot("a histogram of nothing", "- plot: histogram"),
    plot(
      "a histogram of an unknown column",
      "- plot: histogram\n      data: iris\n      features: [petal_lenght]"),
    plot("a histogram of one bar", "- plot: histogram\n      data: iris\n      bins: 1"),
    plot("a histogram of predicted classes", "- plot: histogram\n      of: m\n      data: iris.test"),
    plot("weights of an unknown layer", "- plot: weights\n      of: m\n      layer: dens"),
    plot("weights of an unknown model", "- plot: weights\n      of: n"),
    plot(
      "activations of an unknown layer",
      "- plot: activations\n      of: m\n      data: iris\n      layer: dens"),
    plot("activations without data", "- plot: activations\n      of: m"),
    plot("a boundary of four features", "- plot: decision_boundary\n      of: m\n      data: iris.test"),
    plot(
      "a boundary of an unknown feature",
      "- plot: decision_boundary\n      of: m\n      data: iris.test\n      features: [petal_length, petal_widht]"
    ),
    plot("gradients of an unknown layer", "- plot: gradient_norms\n      of: m\n      layer: dense_2"),
    WrongExperiment(
      "a boundary of a model with two inputs", "- evaluate: m",
      "- plot: decision_boundary\n      of: m\n      data: iris.test\n    - evaluate: m", in: goodGraph),
    WrongExperiment(
      "a confusion matrix of numbers", "- evaluate: m",
      "- plot: confusion_matrix\n      of: m\n      data: iris.test\n      output: width\n    - evaluate: m",
      in: goodGraph),
    WrongExperiment(
      "residuals of an unknown output", "- evaluate: m",
      "- plot: residuals\n      of: m\n      data: iris.test\n      output: widht\n    - evaluate: m",
      in: goodGraph),
    WrongExperiment(
      "gradients of a model that is not trained yet", "- train: m\n      data",
      "- plot: gradient_norms\n      of: m\n    - train: m\n      data"),
    WrongExperiment(
      "one figure in two formats", "- evaluate: m",
      "- plot: learning_curves\n      of: m\n      format: pdf\n    - evaluate: m"),
  ]
}
