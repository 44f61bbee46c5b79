import Foundation
import Testing

/// Every kind of figure, drawn by the program from the experiment of the gallery.
@Suite struct PlotTests {
  private static let gallery =
    (try? String(
      contentsOf: Workplace.repository.appending(path: "experiments/gallery.exp"), encoding: .utf8)) ?? ""

  private func place(_ text: String) throws -> Workplace {
    let place = try Workplace()
    try place.write(text, to: "experiments/gallery.exp")
    try FileManager.default.createSymbolicLink(
      at: place.folder.appending(path: "experiments/data"),
      withDestinationURL: Workplace.repository.appending(path: "experiments/data"))
    return place
  }

  @Test func `the gallery has a figure of every kind, the same for any number of threads`() throws {
    let place = try place(Self.gallery)
    for (threads, set) in [("1", "avx512"), ("2", "avx2")] {
      let outcome = try place.runexp(
        "experiments/gallery.exp", "-q", "-p", "epochs=3", "--threads", threads,
        environment: ["RUNEXP_ISA": set])
      try #require(outcome.status == 0, "\(outcome.err)")
    }
    let files = try place.files("reports/gallery-1/figures")
    let known = [
      "learning_curves", "confusion_matrix", "model_graph", "samples", "worst_examples", "roc",
      "precision_recall", "residuals", "histogram", "weights", "activations", "decision_boundary",
      "gradient_norms", "optimizers", "panels", "tradeoff", "accuracies",
    ]
    for kind in known { #expect(files.contains { $0.hasPrefix(kind) }, "\(kind)") }
    for file in files {
      let (one, two) = (
        try place.bytes("reports/gallery-1/figures/\(file)"),
        try place.bytes("reports/gallery-2/figures/\(file)")
      )
      #expect(one == two, "\(file)")
    }
  }

  @Test(arguments: ["svg", "pdf"]) func `a figure is drawn beside its PNG in another format`(format: String)
    throws
  {
    let place = try Workplace()
    let text = digits().replacing(
      "  - plot: learning_curves\n", with: "  - plot: learning_curves\n    format: \(format)\n")
    try place.write(text, to: "digits.exp")
    #expect(try place.runexp("digits.exp", "-q").status == 0)
    let start = format == "svg" ? "<?xml" : "%PDF-"
    #expect(
      try place.bytes("reports/digits-1/figures/learning_curves-m.\(format)").starts(with: Data(start.utf8)))
    #expect(
      try place.text("reports/digits-1/report.html").contains("href=\"figures/learning_curves-m.\(format)\""))
    #expect(try place.files("reports/digits-1/figures").contains("learning_curves-m.png"))
  }

  @Test(arguments: [
    ("multi_output", "plot: roc\n    of: two_heads\n    data: iris.test", "setosa"),
    (
      "multi_output", "plot: residuals\n    of: two_heads\n    data: iris.test\n    output: width",
      "predictions against"
    ),
    ("digits04", "plot: confusion_matrix\n    of: early\n    data: digits", "Rows are the true classes"),
    ("digits04", "plot: samples\n    of: early\n    data: digits", "first 20 samples of digits.test"),
    ("subclass", "plot: activations\n    of: by_hand\n    data: iris", "How the outputs of hidden, "),
    (
      "residual", "plot: weights\n    of: resnet\n    layer: blocks_1/hidden",
      "The kernel resnet/blocks"
    ),
  ]) func `figures go with models of all kinds`(experiment: String, cell: String, caption: String) throws {
    let file = Workplace.repository.appending(path: "experiments/\(experiment).exp")
    let place = try place(Self.gallery)
    try place.write(
      try String(contentsOf: file, encoding: .utf8) + "\n  - \(cell)\n    file: mine\n",
      to: "experiments/\(experiment).exp")
    // What is expected of results need not hold after a few batches.
    let outcome = try place.runexp("experiments/\(experiment).exp", "-q", "--quick", "--name", "a")
    #expect([0, 2].contains(outcome.status), "\(outcome.err)")
    #expect(try place.files("reports/a-1/figures").contains("mine.png"))
    #expect(try place.text("reports/a-1/report.md").contains(caption))
  }

  @Test func `lengths of gradients are logged only for a figure of them`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    let figure = "  - plot: gradient_norms\n    of: m\n  - plot: learning_curves\n"
    try place.write(digits().replacing("  - plot: learning_curves\n", with: figure), to: "more.exp")
    for file in ["digits.exp", "more.exp"] { #expect(try place.runexp(file, "-q").status == 0) }
    let (plain, more) = (
      try place.runexp("export", "digits-1", "--to", "csv").out,
      try place.runexp("export", "digits-2", "--to", "csv").out
    )
    #expect(!plain.contains("gradient_norm") && more.contains("m,gradient_norm/dense/kernel,1,"))
    // Neither what is learned nor what is told of it changes.
    #expect(try place.bytes("reports/digits-1/m.h5") == place.bytes("reports/digits-2/m.h5"))
    #expect(try !place.text("reports/digits-2/log.txt").contains("gradient_norm/"))
  }

  @Test func `a mistake in a figure costs no training`() throws {
    let place = try Workplace()
    try place.write(
      digits().replacing("    of: m\n", with: "    of: m\n    bins: 3\n"), to: "digits.exp")
    let outcome = try place.runexp("digits.exp")
    #expect(outcome.status == 3 && outcome.err.contains("E0233"))
    #expect(try !place.files().contains("reports"))
  }
}
