import Diagnostics
import Experiments
import Plots
import Running
import Testing

/// The element type of what a model takes, wherever an input is written.
@Suite struct InputTypeTests {
  private static func model(_ lines: String) -> String {
    "experiment: types\nseed: 1\ncells:\n  - model: m\n" + lines + "  - show: m\n"
  }

  static let right = [
    "    layers:\n      - Input: {shape: [4], dtype: int32}\n      - Embedding: {input_dim: 5, output_dim: 2}\n      - Flatten\n",
    "    layers:\n      - InputLayer: {shape: [4], dtype: int64}\n      - CategoryEncoding: {num_tokens: 5}\n",
    "    layers:\n      - InputLayer: {shape: [1], dtype: string}\n      - StringLookup: {vocabulary: [a], output_mode: multi_hot}\n",
    "    layers:\n      - Input: {shape: [4], dtype: float32}\n      - Dense: {units: 2}\n",
    "    inputs: {x: {shape: [4], dtype: int32}}\n    layers:\n      e: {Embedding: {input_dim: 5, output_dim: 2}, from: x}\n",
  ]

  @Test(arguments: right)
  func `an input says of which type its numbers are`(lines: String) throws {
    #expect(try Scratch().check(Self.model(lines)).diagnostics.isEmpty)
  }

  @Test(arguments: [("uint8", "E0202"), ("float16", "E0202"), ("bool", "E0202")])
  func `types that models do not take are refused`(type: String, code: String) throws {
    let lines = "    layers:\n      - Input: {shape: [4], dtype: \(type)}\n      - Dense: {units: 2}\n"
    #expect(try Scratch().check(Self.model(lines)).diagnostics.map(\.code) == [code])
  }
}
