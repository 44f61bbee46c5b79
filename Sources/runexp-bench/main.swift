import Foundation
import Training
import Layers
import GraphEngine
import Kernels
import Datasets
import TensorCore
func now() -> Double { var t = timespec(); clock_gettime(CLOCK_MONOTONIC, &t); return Double(t.tv_sec) + Double(t.tv_nsec) * 1e-9 }
let images = [UInt8](try! Data(contentsOf: URL(fileURLWithPath: "/opt/scratch/fm/train-images-idx3-ubyte")))[16..<(16 + 55000 * 784)]
let labels = [UInt8](try! Data(contentsOf: URL(fileURLWithPath: "/opt/scratch/fm/train-labels-idx1-ubyte")))[8..<55008]
let part = DataPart(features: [Column("x", rowShape: [28, 28], .bytes(Array(images)), scale: 1 / 255)], targets: [Column("y", rowShape: [], .integers(labels.map { Int32($0) }))], rows: .range(0..<55000))
let batch = Int(CommandLine.arguments[1])!, threads = Int(CommandLine.arguments[2])!, epochs = Int(CommandLine.arguments[3])!
let model = Sequential("mlp", input: [28, 28], [NamedLayer("flatten", Flatten()), NamedLayer("dense", Dense(300, activation: .relu)), NamedLayer("dense_1", Dense(100, activation: .relu)), NamedLayer("dense_2", Dense(10, activation: .softmax))])
let built = try BuiltModel(model, seed: 42)
let trainer = Trainer(built, pool: WorkerPool(threads: threads), now: now)
trainer.compile(CompileSettings(loss: SparseCategoricalCrossentropy(), optimizer: SGD(), metrics: [NamedMetric("accuracy", Accuracy())]))
var fit = FitSettings(); fit.epochs = epochs; fit.batchSize = batch
_ = try trainer.fit(part, validation: nil, fit, save: { _ in }, isInterrupted: { false }, observe: { e in
  if case .epochEnded(let epoch, let steps, let seconds, let logs) = e { print(epoch, Int(seconds / Double(steps) * 1e7) , "x0.1us/step", logs.map { "\($0.name) \($0.value)" }) }
})
