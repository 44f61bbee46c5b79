/// Experiments that ask for more than can be counted, looked at or held.
extension WrongExperiment {
  static let bounds = [
    WrongExperiment("units beyond all counting", "units: 8", "units: 9223372036854775807"),
    WrongExperiment(
      "a stride that no axis has", "- Dense: {units: 8, activation: relu}",
      "- Reshape: {target_shape: [2, 2]}\n        - Conv1D: {filters: 2, kernel_size: 2, strides: 4294967296}"
    ),
    WrongExperiment(
      "an image of more rows than any", "- Dense: {units: 8, activation: relu}",
      "- Reshape: {target_shape: [2, 2, 1]}\n        - Resizing: {height: 2147483647, width: 2}"),
    WrongExperiment(
      "a picture enlarged beyond any", "- Dense: {units: 8, activation: relu}",
      "- Reshape: {target_shape: [2, 2, 1]}\n"
        + "        - UpSampling2D: {size: 1048576, interpolation: bilinear}"),
    WrongExperiment(
      "parameters that double", "rate: 0.1",
      "rate: 0.1\n    p0: xxxxxxxxxx\n"
        + (1...14).map { "    p\($0): $(p\($0 - 1) + p\($0 - 1))" }.joined(separator: "\n")),
    WrongExperiment(
      "layers that double", "- model: m\n      input: [4]\n      layers:",
      (0...13).map { level in
        level == 0
          ? "- layer: l0\n      layers: {a: {Dense: {units: 4}}}\n      call: return a(inputs)"
          : "  - layer: l\(level)\n      layers: {a: {l\(level - 1): {}}, b: {l\(level - 1): {}}}\n"
            + "      call: return a(inputs) + b(inputs)"
      }.joined(separator: "\n  ") + "\n    - model: m\n      input: [4]\n      layers:"),
  ]
}
