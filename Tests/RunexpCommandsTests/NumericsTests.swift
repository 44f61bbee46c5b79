import Foundation
import Testing

/// `check --numerics`: whether gradients are right, and hold in single precision.
@Suite struct NumericsTests {
  /// Small digits and a model with one function of its own between two layers.
  private func experiment(
    call: String = "return digit(hidden(x) + w)", units: Int = 6, initializer: String = "glorot_uniform"
  ) -> String {
    """
    seed: 3
    cells:
      - data: digits
        source: digits
        scale: $(1 / 16)
      - model: m
        inputs: {x: [8, 8]}
        layers:
          flat: Flatten
          hidden: {Dense: {units: \(units), activation: tanh}}
          digit: {Dense: {units: 10}}
        weights: {w: {shape: [\(units)], initializer: \(initializer)}}
        call: |
          x = flat(x)
          \(call)
      - train: m
        data: digits
        loss: {SparseCategoricalCrossentropy: {from_logits: true}}
        optimizer: sgd

    """
  }

  /// What is found of each parameter, by its path.
  private func findings(_ outcome: Outcome) throws -> [String: [String]] {
    let reports = try #require(outcome.json as? [[String: Any]])
    let parameters = reports.flatMap { $0["parameters"] as? [[String: Any]] ?? [] }
    return Dictionary(
      uniqueKeysWithValues: parameters.compactMap { parameter in
        guard let path = parameter["path"] as? String else { return nil }
        return (path, parameter["findings"] as? [String] ?? [])
      })
  }

  private func check(_ text: String, _ arguments: String...) throws -> Outcome {
    let place = try Workplace()
    try place.write(text, to: "m.exp")
    return try Running(["check", "m.exp", "--numerics"] + arguments, place, [:]).end()
  }

  @Test func `gradients are the slopes of the loss, to seven digits in single precision`() throws {
    let outcome = try check(digits(), "--json")
    #expect(outcome.status == 0, "\(outcome.err)")
    let report = try #require((outcome.json as? [[String: Any]])?.first)
    #expect(report["ok"] as? Bool == true && report["cell"] as? String == "train m")
    #expect(report["samples"] as? Int == 8 && report["batch_size"] as? Int == 32)
    let parameters = try #require(report["parameters"] as? [[String: Any]])
    #expect(
      parameters.map { $0["path"] as? String } == [
        "m/dense/kernel", "m/dense/bias", "m/dense_1/kernel", "m/dense_1/bias",
      ])
    #expect(parameters.first?["shape"] as? [Int] == [64, 24])
    for parameter in parameters {
      #expect(try #require(parameter["gradient_norm"] as? Double) > 0.01)
      #expect(try #require(parameter["float32_difference"] as? Double) < 2e-6)
      #expect(try #require(parameter["slope_difference"] as? Double) < 1e-6)
    }
  }

  @Test func `a table has a line for each parameter and says what was done`() throws {
    let outcome = try check(experiment(), "--samples", "5", "--directions", "1")
    #expect(outcome.status == 0, "\(outcome.err)")
    let lines = outcome.out.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("train m: loss 2.") == true, "\(outcome.out)")
    #expect(lines.contains { $0.hasPrefix("hidden  kernel     64×6 ") }, "\(outcome.out)")
    #expect(lines.contains { $0.hasPrefix("        bias       6 ") }, "\(outcome.out)")
    #expect(
      outcome.out.contains("the first 5 of the 32 samples") && outcome.out.contains("1 random direction."))
    #expect(!outcome.err.contains("warning"))
  }

  @Test func `nothing is written, and it comes out the same again`() throws {
    let place = try Workplace()
    try place.write(experiment(), to: "m.exp")
    let first = try place.runexp("check", "m.exp", "--numerics")
    #expect(try place.runexp("check", "m.exp", "--numerics").out == first.out)
    #expect(try place.files() == ["m.exp"])
  }

  @Test func `a parameter that is not used is dead`() throws {
    let outcome = try check(experiment(call: "return digit(hidden(x) + stop_gradient(w))"), "--json")
    #expect(outcome.status == 0, "\(outcome.err)")
    let found = try findings(outcome)
    #expect(found["m/w"] == ["dead"] && found["m/hidden/kernel"] == [])
    #expect(outcome.err.contains("warning[E0396]: the gradient of 'm/w' is 0"))
  }

  @Test func `a kink at the start weights is none close by`() throws {
    let text = experiment(call: "return digit(hidden(x) + relu(w))", initializer: "zeros")
    let outcome = try check(text, "--json")
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(try findings(outcome)["m/w"]?.contains("kink") == true, "\(outcome.out)")
    #expect(outcome.err.contains("warning[E0394]: the loss has a kink where 'm/w' starts"))
  }

  @Test func `digits that single precision loses are noticed`() throws {
    let lines = [
      "h = hidden(x) + 3000", "square = mean(h, axis=-1, keepdims=True) ** 2",
      "return digit(mean(h * h, axis=-1, keepdims=True) - square)",
    ]
    let call = lines.joined(separator: "\n      ")
    let outcome = try check(experiment(call: call), "--json")
    #expect(outcome.status == 0, "\(outcome.err)")
    let found = try findings(outcome)
    #expect(found["m/hidden/kernel"] == ["imprecise"], "\(outcome.out)")
    #expect(outcome.err.contains("warning[E0395]: float32 loses digits"))
    #expect(outcome.err.contains("'subtract' loses them first"), "\(outcome.err)")
  }

  @Test func `a gradient that is not a number is wrong`() throws {
    let outcome = try check(experiment(call: "return digit(log(hidden(x) - 2) + w)"), "--json")
    #expect(outcome.status == 1)
    #expect(try findings(outcome)["m/hidden/kernel"] == ["infinite"])
    #expect(outcome.err.contains("error[E0395]: the loss is not a number"), "\(outcome.err)")
    #expect(outcome.err.contains("'log' gives the first that is none"), "\(outcome.err)")
  }

  @Test func `a condition on data goes as the data say`() throws {
    let call = ["z = hidden(x)", "if mean(z) < 5:", "    z = z * w", "return digit(z)"].joined(
      separator: "\n      ")
    let outcome = try check(experiment(call: call), "--json")
    #expect(try findings(outcome)["m/w"] == [], "\(outcome.out)")
  }

  @Test func `dropout draws the same numbers in both precisions`() throws {
    let text = digits(layers: "- Dropout: {rate: 0.5}")
    let outcome = try check(text, "--json")
    #expect(outcome.status == 0 && !outcome.err.contains("warning"), "\(outcome.err)")
  }

  @Test func `what would take too long is refused with what can be done`() throws {
    let outcome = try check(experiment(units: 2000), "--samples", "32", "--directions", "1000")
    #expect(outcome.status == 1 && outcome.err.contains("error[E0393]: 'train m' with 32 samples"))
    #expect(outcome.err.contains("help: '--samples "), "\(outcome.err)")
  }

  @Test func `an experiment without a training has no gradients`() throws {
    let outcome = try check("cells:\n  - text: Hello\n")
    #expect(outcome.status == 1 && outcome.err.contains("error[E0137]"))
  }

  @Test func `a wrong file is told as ever`() throws {
    let outcome = try check(experiment().replacingOccurrences(of: "tanh", with: "tahn"))
    #expect(outcome.status == 3 && outcome.err.contains("did you mean 'tanh'?"))
  }

  @Test(arguments: [["--samples", "0"], ["--directions", "0"]])
  func `a count is at least one`(arguments: [String]) throws {
    let place = try Workplace()
    try place.write(experiment(), to: "m.exp")
    #expect(try Running(["check", "m.exp", "--numerics"] + arguments, place, [:]).end().status == 64)
  }

  @Test func `its options need it`() throws {
    let place = try Workplace()
    try place.write(experiment(), to: "m.exp")
    #expect(try place.runexp("check", "m.exp", "--json").status == 64)
    #expect(try place.runexp("check", "m.exp").out == "")
  }
}
