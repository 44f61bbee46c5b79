import Datasets
import Foundation
import GraphEngine
import KerasFiles
import Kernels
import Layers
import Losses
import Optimizers
import TensorCore
import Testing
import Training

/// What a model of ours predicts in real Keras, from the file we wrote.
///
/// Needs a Python with Keras 3, named by `RUNEXP_KERAS_PYTHON`; says so and passes without.
@Suite struct KerasInteropTests {
  private static let script = """
    import json, os, sys
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras, numpy
    model = keras.models.load_model(sys.argv[1])
    given = json.load(open(sys.argv[2]))
    x = numpy.array(given["x"], "float32").reshape(-1, *model.input_shape[1:])
    y = model.predict(x, verbose=0).ravel()
    print(json.dumps(float(abs(y - numpy.array(given["y"])).max())))
    """

  @Test func `Keras loads a saved model and predicts the same`() throws {
    guard let python = ProcessInfo.processInfo.environment["RUNEXP_KERAS_PYTHON"], !python.isEmpty else {
      print("Keras interop: not checked, RUNEXP_KERAS_PYTHON names no Python with Keras")
      return
    }
    let folder = NSTemporaryDirectory() + "runexp-interop-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let model = Sequential(
      "mlp", input: [28, 28],
      [
        NamedLayer("flatten", Flatten()), NamedLayer("dense", Dense(300, activation: .relu)),
        NamedLayer("drop", Layers.Dropout(0.2)), NamedLayer("dense_1", Dense(100, activation: .relu)),
        NamedLayer("dense_2", Dense(10, activation: .softmax)),
      ])
    let built = try BuiltModel(model, seed: 3)
    let stream = RandomStream(seed: 4, "inputs")
    let inputs = (0..<64 * 784).map { stream.uniform($0) }
    let labels = (0..<64).map { Int32($0 % 10) }
    let part = DataPart(
      features: [Column("x", rowShape: [28, 28], .floats(inputs))],
      targets: [Column("y", rowShape: [], .integers(labels))], rows: .range(0..<64))
    let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    trainer.compile(
      CompileSettings(
        loss: SparseCategoricalCrossentropy(), optimizer: Adam(),
        metrics: [NamedMetric("accuracy", Accuracy())]))
    _ = try trainer.fit(
      part, validation: nil, FitSettings(), isInterrupted: { false }, observe: { _ in })
    try built.save(to: folder + "/mlp.h5")
    let outputs = try trainer.predict(part, batchSize: 32)[0]
    let numbers = ["x": inputs.map(Double.init), "y": outputs.map(Double.init)]
    try JSONEncoder().encode(numbers).write(to: URL(fileURLWithPath: folder + "/data.json"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", Self.script, folder + "/mlp.h5", folder + "/data.json"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let printed = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let difference = try JSONDecoder().decode(Double.self, from: printed)
    #expect(difference < 1e-6, "largest difference \(difference)")
    print("Keras interop: largest difference of 640 predictions \(difference)")
  }
}
