import Losses
import Config
import Diagnostics
import KerasFiles
import Layers
import Testing
import Training

/// What is seldom in files: `make_quirks.py`.
@Suite struct QuirkTests {
  @Test func `metrics of one name are numbered as Keras does, and correlations are kept`() throws {
    let loaded = try ModelFile.load(try fixture(file: "quirk_metrics.keras"), seed: 1)
    let settings = try #require(loaded.built.training?.settings)
    #expect(
      settings.outputs[0].metrics.map(\.name) == [
        "mae", "mae_1", "mean_absolute_error", "mean_absolute_error_1", "pearson_correlation",
        "concordance_correlation",
      ])
    #expect(loaded.notes.isEmpty)
  }

  @Test(arguments: ["keras", "h5"])
  func `an activation whose weights Keras does not save is named`(ending: String) throws {
    let file = try fixture(file: "quirk_activation.\(ending)")
    let error = #expect(throws: Diagnostic.self) { try ModelFile.load(file, seed: 1) }
    #expect(error?.code == "E0619" && error?.message.contains("Keras 3 does not save them") == true)
    #expect(error?.message.contains("'bend'") == true, "\(String(describing: error))")
  }

  @Test func `a file of unknown layers can be listed, whatever kind it is`() throws {
    let package = try KerasArchive.ofPackage(try fixture(file: "quirk_unknown.keras"))
    let legacy = try KerasArchive.read(try fixture(file: "quirk_unknown.h5"))
    #expect(package.modelConfig?["class_name"]?.string == "Sequential")
    #expect(package.kerasVersion == legacy.kerasVersion)
    #expect(package.layers.map { $0.weights.map(\.count) } == [[], [4], [4, 1]])
    #expect(package.layers.map(\.name) == ["input_layer", "odd", "dense"])
    #expect(
      try package.layers[1].weights[0].tensor()
        == legacy.layers.first { $0.name == "odd" }?.weights[0].tensor())
  }

  @Test(arguments: ["unknown.keras", "activation.keras", "metrics.keras"])
  func `what is listed holds the numbers of every layer`(name: String) throws {
    let archive = try KerasArchive.ofPackage(try fixture(file: "quirk_" + name))
    #expect(archive.layers.flatMap(\.weights).allSatisfy { $0.count > 0 } && archive.layers.count >= 2)
  }
}
