import Config
import Diagnostics
import GraphEngine
import Layers
import TensorCore
import Testing

/// Models whose inputs leave lengths open, before there are data.
@Suite struct OpenShapeTests {
  private func chain(_ input: [Int?], _ layers: any Layer...) -> Sequential {
    Sequential("m", input: input, layers.enumerated().map { NamedLayer("layer_\($0)", $1) })
  }

  private func shapes(_ model: any Model) throws -> [String] {
    let ways = try Trace.allWays(of: model, phase: .training, seed: 1)
    return ModelSummary(of: model, ways).rows.map { $0.outputs.map(\.description).joined() }
  }

  private func mistake(_ model: any Model) -> Diagnostic? {
    do {
      _ = try Trace(model, phase: .training, seed: 1)
      return nil
    } catch {
      return error as? Diagnostic
    }
  }

  @Test func `a summary shows what depends on the data's length`() throws {
    var lstm = LSTM(4)
    lstm.settings.returnSequences = true
    let model = chain([nil, 3], lstm, Dense(5), GlobalMaxPooling<1>(), Dense(2))
    #expect(try shapes(model) == ["(batch, None, 4)", "(batch, None, 5)", "(batch, 5)", "(batch, 2)"])
  }

  @Test func `lengths of pictures are open one by one`() throws {
    let model = chain([nil, 32, 3], Conv<2>(4, kernelSize: .init(3)), MaxPooling<2>())
    #expect(try shapes(model) == ["(batch, None, 30, 4)", "(batch, None, 15, 4)"])
  }

  @Test func `a deep stack of windows is tried with longer inputs`() throws {
    let model = chain(
      [nil, 1], Conv<1>(2, kernelSize: .init(200)), Conv<1>(2, kernelSize: .init(200)), GlobalMaxPooling<1>())
    #expect(try shapes(model) == ["(batch, None, 2)", "(batch, None, 2)", "(batch, 2)"])
  }

  @Test func `a weight that depends on an open length names its layer and the axis`() throws {
    let found = try #require(mistake(chain([8, nil, 3], Dense(2), Flatten(), Dense(1))))
    #expect(found.code == "E0375")
    #expect(
      found.message
        == "the shape of 'kernel' of 'layer_2' depends on axis 2 of 'input_layer', which is of unknown length"
    )
  }

  @Test func `what is wrong at every length is told with the length that was tried`() throws {
    let found = try #require(mistake(chain([nil, 3], Dense(2), Conv<2>(1, kernelSize: .init(2)))))
    #expect(found.code != "E0375")
    #expect(found.help?.hasSuffix("an axis of unknown length was taken to be 49152 long") == true)
  }

  @Test func `an open model is a layer that takes any length`() throws {
    let inner = NamedLayer("inner", chain([nil, 3], Dense(2)))
    for length in [4, 7] {
      #expect(try shapes(chain([length, 3], inner.layer)) == ["(batch, \(length), 2)"])
    }
    #expect(mistake(chain([4, 5], inner.layer))?.code == "E0357")
  }

  @Test func `open lengths stand in the configuration as null`() throws {
    let model = chain([nil, 3], Dense(2))
    #expect(model.config["build_input_shape"]?.json == "[null, null, 3]")
    let again = try ModelDecoder().model(["class_name": "Sequential", "config": model.config])
    #expect(again.inputs == model.inputs)
  }

  @Test func `values of a graph have null where lengths are open`() throws {
    let layers = [
      NamedLayer("x", InputLayer([nil, 3])), NamedLayer("a", Dense(2)), NamedLayer("b", Dense(1)),
    ]
    let model = Functional(
      "m", layers: layers,
      calls: [
        .init(layer: 0, inputs: []), .init(layer: 1, inputs: [.init(0)]), .init(layer: 2, inputs: [.init(1)]),
      ], inputs: [0], outputs: [.init(2)])
    #expect(model.config.json.contains("\"shape\": [null, null, 2]"))
  }

  @Test func `an input layer reads null for an open length`() throws {
    var bag = DiagnosticBag()
    let layer = InputLayer.schema.decode(["shape": [nil, 3]], into: &bag)
    #expect(bag.all.isEmpty)
    #expect(layer?.type.description == "(batch, None, 3)")
  }
}
