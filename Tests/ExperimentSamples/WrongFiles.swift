/// Mistakes with model files: what is loaded, started from and saved.
extension WrongExperiment {
  private static let source = """
    experiment: files
    seed: 1
    cells:
      - load: m
        file: m.h5
        freeze: []
      - show: m
      - save: m
        file: copy.h5

    """

  private static func file(_ name: String, _ old: String, _ new: String) -> WrongExperiment {
    WrongExperiment(name, old, new, in: source)
  }

  /// The right experiment with a wrong model file.
  private static func model(_ name: String, fixture: String, as file: String = "m.h5") -> WrongExperiment {
    WrongExperiment(name, "m.h5", file, in: source).with(file, fixture: fixture)
  }

  private static func start(_ name: String, _ resume: String) -> WrongExperiment {
    WrongExperiment(name, "seed: 1", "seed: 1\nresume: \(resume)")
  }

  static let modelFiles = [
    file("a model file that is not there", "m.h5", "none.h5"),
    file("a model file that is not named", "file: m.h5\n      ", ""),
    file("a model file that is a text", "m.h5", "m.h5").with("m.h5", "hello"),
    file("a model file of another kind", "m.h5", "m.onnx").with("m.onnx", "hello"),
    file("an empty model file", "m.h5", "m.h5").with("m.h5", ""),
    model("a torn model file", fixture: "keras3.h5").keeping(2000),
    model("a torn archive", fixture: "keras3.keras", as: "m.keras").keeping(2000),
    model("weights without a model", fixture: "weights_only.h5"),
    model("weights of Keras 3 without a model", fixture: "keras3.weights.h5", as: "m.weights.h5"),
    model("a model file with a missing weight", fixture: "bad_missing.h5"),
    model("a model file with text for weights", fixture: "bad_text.h5"),
    model("a model file with weights elsewhere", fixture: "bad_external_data.h5"),
    model("a model file with an unknown layer", fixture: "keras3.h5").replacing("\"Dense\"", "\"Dance\""),
    model("a model file with a lambda", fixture: "keras3.h5").replacing(
      "\"class_name\": \"Dense\"", "\"class_name\":\"Lambda\""),
    model("a model file with weights of other shapes", fixture: "keras3.h5").replacing(
      "\"units\": 4", "\"units\": 5"),
    file("an unknown layer that is frozen", "freeze: []", "freeze: [densee]").with(
      "m.h5", fixture: "keras3.h5"),
    file("freezing a number", "freeze: []", "freeze: 3").with("m.h5", fixture: "keras3.h5"),
    file("a format that is not there", "file: copy.h5", "file: copy.h5\n      format: keras4").with(
      "m.h5", fixture: "keras3.h5"),
    file("an archive for Keras 2", "file: copy.h5", "file: copy.keras\n      format: keras2").with(
      "m.h5", fixture: "keras3.h5"),
    file("a model saved behind no ending", "file: copy.h5", "file: copy").with("m.h5", fixture: "keras3.h5"),
  ]

  static let starts = [
    start("a start from a run that is not there", "{from: flowers-3}"),
    start("a start from nothing", "{mode: weights}"),
    start("a start that is a word", "flowers-3"),
    start("a start that is a number", "{from: 3}"),
    start("a start of an unknown mode", "{from: flowers-3, mode: weight}"),
    start("a start from elsewhere", "{from: ../flowers-3}"),
    start("a start from the best of none", "{from: \"best(flowers, val_loss)\"}"),
    start("a start from a file that is not there", "{from: m.h5}"),
    start("a start from a file that is none", "{from: m.h5}").with("m.h5", "hello"),
    start("a start from the file of another model", "{from: m.h5, mode: weights}").with(
      "m.h5", fixture: "keras3.h5"),
  ]
}
