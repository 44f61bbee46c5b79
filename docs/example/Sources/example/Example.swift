import Runexp

/// Builds, trains, saves and loads models in Swift. With arguments it is a `runexp` of its own, whose experiment
/// files may name the layer `Swish`.
@main
struct Example {
  static func main() throws {
    LayerRegistry.register(Swish.self)
    if CommandLine.arguments.count > 1 { runexpMain() }

    // Points are told apart by whether they lie inside a circle.
    let stream = RandomStream(seed: 1, "points")
    let points = Tensor([500, 2], (0..<1000).map { stream.uniform($0) * 2 - 1 })
    let labels = (0..<500).map { row in
      let (x, y) = (points.elements[2 * row], points.elements[2 * row + 1])
      return x * x + y * y < 0.5 ? 1 : 0
    }
    let samples = Samples(points, labels: labels)

    // A chain of layers.
    let chain = try Model("circle", input: [2], seed: 42) {
      Dense(16)
      Swish()
      Dense(2, activation: .softmax)
    }
    chain.compile(
      optimizer: Adam(learningRate: 0.01), loss: SparseCategoricalCrossentropy(), metrics: [Accuracy()])
    let history = try chain.fit(samples, epochs: 30)
    print(chain.summary)
    print(history[29].map { "\($0.name) \($0.value)" }.joined(separator: "  "))

    // The same as a graph, with a way around the hidden layer.
    let x = Symbol("x", shape: [2])
    let h = Dense(16, activation: .relu)(x)
    let graph = try Model(
      "around", inputs: [x], outputs: [Dense(2, activation: .softmax)(Concatenate()([x, h]))])
    print(graph.summary)

    // A model of one's own.
    print(try Model(WideAndDeep()).summary)

    // Files are Keras's.
    try chain.save("circle.h5")
    let again = try Model.load("circle.h5")
    print(
      try again.predict(points) == chain.predict(points)
        ? "the same after loading" : "different after loading")
  }
}
