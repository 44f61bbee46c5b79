import Config
import Diagnostics
import ExpLanguage
import GraphEngine
import Layers
import TensorCore
import Testing

@testable import ModelScripts
import Losses

/// Bodies as they stand in Keras's guides, pasted as they are.
@Suite struct KerasBodiesTests {
  @Test func `a perceptron with dropout`() throws {
    let body = """
      def call(self, inputs, training=None):
          x = self.dense1(inputs)
          x = self.dropout(x, training=training)
          return self.dense2(x)
      """
    let parts = ScriptParts(layers: [
      layer("dense1", Dense(4, activation: .relu)), layer("dropout", Dropout(0.5)),
      layer("dense2", Dense(2, activation: .softmax)),
    ])
    for phase in [LayerScope.Phase.training, .inference] {
      let traced = try Traced(body, parts: parts, phase: phase)
      #expect(traced.types == ["(batch, 2)"])
      #expect(
        traced.trace.scope.parameters.map(\.spec.path)
          == ["m/dense1/kernel", "m/dense1/bias", "m/dense2/kernel", "m/dense2/bias"])
    }
  }

  @Test func `a residual block of repeated layers`() throws {
    let body = """
      z = inputs
      for layer in hidden:
          z = layer(z)
      return inputs + z
      """
    let dense = NamedLayer("hidden", Dense(3, activation: .relu))
    let block = ScriptedLayer(
      "residual", ScriptParts(layers: [.init(dense, repeated: 2)]), body: try ScriptBody(body))
    let traced = try Traced(
      "return block(block(x))", parts: ScriptParts(layers: [layer("block", block)]))
    #expect(traced.types == ["(batch, 3)"])
    #expect(
      traced.trace.scope.parameters.map(\.spec.path) == [
        "m/block/hidden/kernel", "m/block/hidden/bias", "m/block/hidden_1/kernel", "m/block/hidden_1/bias",
      ])
  }

  @Test func `sampling of a variational autoencoder`() throws {
    let body = """
      def call(self, inputs):
          z_mean, z_log_var = inputs
          batch = ops.shape(z_mean)[0]
          dim = ops.shape(z_mean)[1]
          epsilon = keras.random.normal(shape=(batch, dim), seed=3)
          return z_mean + ops.exp(0.5 * z_log_var) * epsilon
      """
    let sampling = ScriptedLayer("Sampling", ScriptParts(), body: try ScriptBody(body))
    let parts = ScriptParts(layers: [
      layer("mean", Dense(2)), layer("log_var", Dense(2)), layer("sampling", sampling),
      layer("decoder", Dense(3, activation: .relu)),
    ])
    let call = """
      z_mean, z_log_var = mean(x), log_var(x)
      z = sampling((z_mean, z_log_var))
      kl_loss = -0.5 * ops.mean(z_log_var - ops.square(z_mean) - ops.exp(z_log_var) + 1)
      self.add_loss(kl_loss)
      return decoder(z)
      """
    let traced = try Traced(call, parts: parts, phase: .training)
    #expect(traced.types == ["(batch, 3)"])
    #expect(traced.trace.scope.losses.count == 1)
  }

  @Test func `a dense layer with weights of its own`() throws {
    let linear = ScriptedLayer(
      "Linear",
      ScriptParts(
        weights: [
          ScriptWeight("w", .calculated(ScriptText("(inputs.shape[-1], units)"))),
          ScriptWeight("b", .calculated(ScriptText("[units]")), initializer: .zeros),
        ], arguments: [("units", .int(4))]),
      body: try ScriptBody("def call(self, inputs):\n    return ops.matmul(inputs, self.w) + self.b"))
    let traced = try Traced(
      "return linear(x)", parts: ScriptParts(layers: [layer("linear", linear)]),
      numbers: ["m/linear/b": [0, 1, 2, 3]])
    #expect(traced.trace.scope.parameters.map(\.spec.shape) == [[3, 4], [4]])
    #expect(traced.numbers == [0.75, 1.75, 2.75, 3.75, 0.75, 1.75, 2.75, 3.75])
  }

  @Test func `a transformer block`() throws {
    let attention = """
      def call(self, x):
          batch, length, _ = x.shape
          def_heads = self.heads
          q = ops.reshape(self.query(x), (-1, length, self.heads, self.size))
          k = ops.reshape(self.key(x), (-1, length, self.heads, self.size))
          v = ops.reshape(self.value(x), (-1, length, self.heads, self.size))
          scores = ops.einsum("bqhd,bkhd->bhqk", q, k) / self.size ** 0.5
          weights = ops.softmax(scores, axis=-1)
          mixed = ops.einsum("bhqk,bkhd->bqhd", weights, v)
          return self.out(ops.reshape(mixed, (-1, length, self.heads * self.size)))
      """
    let heads = ScriptedLayer(
      "Attention",
      ScriptParts(
        layers: ["query", "key", "value", "out"].map { layer($0, Dense(6)) },
        arguments: [("heads", .int(2)), ("size", .int(3))]), body: try ScriptBody(attention))
    let norm = ScriptedLayer(
      "Norm", ScriptParts(),
      body: try ScriptBody(
        """
        mean, variance = tf.nn.moments(inputs, axes=[-1], keepdims=True)
        return (inputs - mean) * tf.math.rsqrt_of(variance) if False else (inputs - mean) / sqrt(variance + 1e-3)
        """))
    let block = """
      def call(self, inputs, training):
          attn_output = self.att(inputs)
          attn_output = self.dropout1(attn_output, training=training)
          out1 = self.layernorm1(inputs + attn_output)
          ffn_output = self.ffn2(self.ffn1(out1))
          ffn_output = self.dropout2(ffn_output, training=training)
          return self.layernorm2(out1 + ffn_output)
      """
    let parts = ScriptParts(layers: [
      layer("att", heads), layer("dropout1", Dropout(0.1)), layer("dropout2", Dropout(0.1)),
      layer("layernorm1", norm), layer("layernorm2", norm), layer("ffn1", Dense(8, activation: .relu)),
      layer("ffn2", Dense(6)),
    ])
    let traced = try Traced(block, [("x", [5, 6])], parts: parts, phase: .training)
    #expect(traced.types == ["(batch, 5, 6)"])
    #expect(traced.trace.scope.parameters.count == 12)
  }

  @Test func `wide and deep, with several inputs and outputs`() throws {
    let call = """
      z = deep
      for layer in hidden:
          z = layer(z)
      if training:
          z = drop(z)
      if reduce_mean(abs(z)) > 100:         # may depend on the data
          z = tanh(z)
      return main_output(concatenate([wide, z], axis=-1)), aux_output(z)
      """
    let parts = ScriptParts(layers: [
      .init(NamedLayer("hidden", Dense(30, activation: .relu)), repeated: 3), layer("drop", Dropout(0.2)),
      layer("main_output", Dense(1)), layer("aux_output", Dense(1)),
    ])
    let traced = try Traced(call, [("wide", [5]), ("deep", [6])], parts: parts, phase: .training)
    #expect(traced.types == ["(batch, 1)", "(batch, 1)"])
    #expect(traced.trace.scope.decisions.count == 1)
    #expect(
      Set(traced.trace.scope.calls.compactMap(\.path.first)) == [
        "hidden", "hidden_1", "hidden_2", "drop", "main_output", "aux_output",
      ])
  }

  @Test func `the inputs of a model as one list`() throws {
    let call = "def call(self, inputs):\n    a, b = inputs\n    return a * b"
    #expect(try Traced(call, [("wide", [2]), ("deep", [2])], batch: 1).numbers == [0.25, 0.25])
  }

  @Test func `a loss like Huber's`() throws {
    let function = try ScriptedFunction(
      signature: ScriptText("huber_like(y_true, y_pred, delta=1.0)"),
      body: ScriptText(
        """
        error = y_true - y_pred
        return where(abs(error) < delta, square(error) / 2, delta * (abs(error) - delta / 2))
        """))
    let graph = Graph()
    let (target, prediction) = (
      graph.leaf(.input("t"), TensorType([.batch])), graph.leaf(.input("p"), TensorType([.batch]))
    )
    let loss = try function.call([target, prediction])
    let evaluator = EagerEvaluator(
      graph, batch: 3, leaves: [.input("t"): Tensor([3], [0, 0, 3]), .input("p"): Tensor([3], [0.5, 2, 0])])
    #expect(evaluator[loss].elements == [0.125, 1.5, 2.5])
  }

  @Test func `functions call functions, and themselves`() throws {
    let double = try ScriptedFunction(signature: ScriptText("double(x)"), body: ScriptText("return 2 * x"))
    let power = try ScriptedFunction(
      signature: ScriptText("power_of_two(x, n)"),
      body: ScriptText("return x if n == 0 else double(power_of_two(x, n - 1))"), functions: [double])
    let parts = ScriptParts(functions: [double, power])
    #expect(try Traced("return power_of_two(x, n=3)", parts: parts).numbers[0] == 4)
    let diagnostic = #expect(throws: Diagnostic.self) {
      try Traced("return power_of_two(x, -1)", parts: parts)
    }
    #expect(diagnostic?.code == "E0323")
  }

  @Test func `a mistake in a function says where it was called from`() throws {
    var sources = SourceFiles()
    let texts = ["return x + y", "return scaled(x)"]
    let scripts = texts.map { text in
      ScriptText(
        text, at: SourceSpan(file: sources.add(path: "a.exp", text: text), 0, text.utf8.count), in: sources)
    }
    let function = try ScriptedFunction(signature: ScriptText("scaled(x)"), body: scripts[0])
    let model = ScriptedModel(
      "m", inputs: [ModelInput("x", shape: [3])], ScriptParts(functions: [function]),
      body: try ScriptBody(parsing: scripts[1]))
    let diagnostic = #expect(throws: Diagnostic.self) { try Trace(model, phase: .inference, seed: 1) }
    #expect(diagnostic?.primary?.span == SourceSpan(file: 0, 11, 12))
    #expect(diagnostic?.related == [.init(SourceSpan(file: 1, 7, 16), "called from here")])
  }

  @Test func `a layer's values and flags may be given by name`() throws {
    let parts = ScriptParts(layers: [layer("look", MultiHeadAttention(heads: 1, keyDim: 2))])
    let body =
      "return look(key=x, value=x, query=x, attention_mask=seen, use_causal_mask=True)"
    let call = try #require(
      try Traced(body, [("x", [4, 3]), ("seen", [4, 4])], parts: parts).trace.scope.calls.last)
    #expect(call.inputs.count == 4)
    #expect(call.named == NamedArguments(values: ["attention_mask"], flags: ["use_causal_mask"]))
  }

  @Test func `a flag that is neither True nor False is refused`() throws {
    let parts = ScriptParts(layers: [layer("look", MultiHeadAttention(heads: 1, keyDim: 2))])
    let diagnostic = #expect(throws: Diagnostic.self) {
      try Traced("return look(x, x, use_causal_mask=x)", [("x", [4, 3])], parts: parts)
    }
    #expect(diagnostic?.code == "E0320")
  }

  @Test func `a layer called with another phase is refused`() throws {
    let parts = ScriptParts(layers: [layer("drop", Dropout(0.5))])
    let diagnostic = #expect(throws: Diagnostic.self) {
      try Traced("return drop(x, training=True)", parts: parts)
    }
    #expect(diagnostic?.code == "E0320")
  }

  @Test func `a weight without a known shape is refused`() throws {
    let parts = ScriptParts(weights: [ScriptWeight("w", .calculated(ScriptText("inputs.shape")))])
    let diagnostic = #expect(throws: Diagnostic.self) { try Traced("return x * w", parts: parts) }
    #expect(diagnostic?.code == "E0328")
  }

  @Test func `a model reads back from its configuration`() throws {
    let double = try ScriptedFunction(
      signature: ScriptText("double(x, n=2)"), body: ScriptText("return n * x"))
    let inner = ScriptedLayer(
      "Scale",
      ScriptParts(
        weights: [ScriptWeight("w", .sizes([3]), initializer: .zeros, isTrainable: false)],
        arguments: [("units", .int(3))]), body: try ScriptBody("return inputs * w + units"))
    let parts = ScriptParts(
      layers: [
        .init(NamedLayer("d", Dense(3)), repeated: 2), .init(NamedLayer("scale", inner, isTrainable: false)),
      ],
      weights: [ScriptWeight("v", .calculated(ScriptText("[x.shape[-1]]")))], functions: [double])
    let model = try model("return scale(d[1](d[0](double(x)))) * v", parts: parts)
    var bag = DiagnosticBag()
    let read = try #require(ScriptDecoder().model(model.config, into: &bag))
    #expect(bag.all == [])
    #expect(read.config == model.config)
    let traces = try [model, read].map { try Trace($0, phase: .training, seed: 1) }
    for property in [\ParameterSpec.path, \.shape.description, \.isTrainable.description] {
      let values = traces.map { $0.scope.parameters.map { $0.spec[keyPath: property] } }
      #expect(values[0] == values[1])
    }
    #expect(traces[0].outputs.map(\.type) == traces[1].outputs.map(\.type))
  }

  @Test(arguments: ["name", "inputs", "outputs", "arguments", "layers", "weights", "functions", "call"])
  func `a configuration that was changed never crashes`(key: String) throws {
    let config = try model("return d(x) * w", parts: ScriptParts(layers: [layer("d", Dense(2))])).config
    let wrong: [ConfigNode] = [nil, 3, "a", ["a"], ["a": 1], [["shape": 1]], ["a": ["class_name": "Dense"]]]
    for value in wrong {
      let entries = (config.entries ?? []).map { $0.key == key ? .init(key, value) : $0 }
      var bag = DiagnosticBag()
      if let read = ScriptDecoder().model(ConfigNode(.map(entries)), into: &bag) {
        _ = try? Trace(read, phase: .inference, seed: 1)
        #expect(bag.all == [])
      } else {
        #expect(bag.hasErrors)
      }
    }
  }
}
