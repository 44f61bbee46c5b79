import Config
import GraphEngine
import Layers
import Optimizers
import Testing
import Training

/// What the steps of a training step are there for, and what they have to do.
@Suite struct StepLineTests {
  private func lines(_ model: any Model, _ shape: [Int], _ optimizer: any Optimizer = SGD()) throws
    -> [Program.Line]
  {
    try trainingStep(model, optimizer, batch: 32, labelled(32, shape, classes: 10)).lines
  }

  private func text(_ line: Program.Line) -> String {
    "\(line.purpose.layer) \(line.purpose.direction) \(line.name)"
  }

  @Test func `every step knows its layer and its way`() throws {
    let model = chain([784], Dense(300, activation: .relu), Dense(10, activation: .softmax))
    #expect(
      try lines(model, [784]).map(text) == [
        "layer_0 forward matmul", "layer_1 forward matmul", "layer_1 forward softmax",
        "(loss) forward sparse_cross_entropy", "(loss) forward mean_all", "(metrics) forward matches",
        "(metrics) forward sum_all", "(loss) backward sparse_cross_entropy_gradient",
        "layer_1 backward sum_leading", "layer_1 backward matmul", "layer_1 backward matmul",
        "layer_0 backward sum_leading", "layer_0 backward matmul",
        "(optimizer) update update",
      ])
  }

  @Test func `a product that took in another layer's relu is the product's layer`() throws {
    let model = chain(
      [20], Dense(30), ActivationLayer(try Activation(config: "relu")), Dense(10, activation: .softmax))
    #expect(try lines(model, [20]).first.map(text) == "layer_0 forward matmul")
  }

  @Test func `layers inside of a layer have paths`() throws {
    let inner = Sequential("inner", input: [20], [NamedLayer("hidden", Dense(30, activation: .relu))])
    let model = Sequential(
      "m", input: [20], [NamedLayer("encoder", inner), NamedLayer("out", Dense(10, activation: .softmax))])
    #expect(try lines(model, [20]).first.map(text) == "encoder/hidden forward matmul")
  }

  @Test func `products count multiplications and additions, and nothing else counts any`() throws {
    let model = chain([784], Dense(300, activation: .relu), Dense(10, activation: .softmax))
    let (first, second) = (2 * 32 * 784 * 300, 2 * 32 * 300 * 10)
    let all = try lines(model, [784])
    #expect(all.map(\.flops).filter { $0 > 0 } == [first, second, second, second, first])
    #expect(all.filter { $0.flops > 0 }.allSatisfy { $0.name == "matmul" })
  }

  @Test func `a convolution's three products have the same size`() throws {
    let model = chain(
      [12, 12, 3], try layer(["Conv2D": ["filters": 8, "kernel_size": 3]] as ConfigNode),
      try layer(["Conv2D": ["filters": 4, "kernel_size": 3]]), Flatten(), Dense(10))
    let (first, second) = (2 * 32 * 100 * 8 * 27, 2 * 32 * 64 * 4 * 72)
    let all = try lines(model, [12, 12, 3])
    func flops(_ layer: String) -> [Int] {
      all.filter { $0.purpose.layer == layer && $0.flops > 0 }.map(\.flops)
    }
    #expect(flops("layer_0") == [first, first])
    #expect(flops("layer_1") == [second, second, second])
  }

  @Test func `a fused update reads and writes the weights`() throws {
    let found = try lines(chain([784], Dense(10)), [784]).first { $0.updatesWeights }
    let fused = try #require(found)
    #expect(fused.layout == .panels && fused.offset == nil)
    let read: Int = 32 * 784 + 32 * 10 + 784 * 10
    #expect(fused.bytesRead == 4 * read)
    #expect(fused.bytesWritten == 4 * 784 * 10)
  }

  @Test func `an update reads weights, gradients and slots`() throws {
    let last = try lines(chain([784], Dense(10)), [784], Adam()).last
    let update = try #require(last)
    let count = 784 * 16 + 16
    #expect(update.bytesRead == 4 * 4 * count && update.bytesWritten == 4 * 3 * count)
  }

  private func layer(_ config: ConfigNode) throws -> any Layer { try InnerLayer(config: config).named.layer }
}
