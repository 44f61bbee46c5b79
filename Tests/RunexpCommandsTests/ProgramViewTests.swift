import Foundation
import Testing

/// `show --program`: what a training step is compiled to.
@Suite struct ProgramViewTests {
  private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/mlp-program.txt")
  private let mlp = Workplace.repository.appending(path: "experiments/mlp.exp").path

  @Test func `the steps of the book's classifier`() throws {
    let outcome = try Workplace().runexp("show", mlp, "--program")
    #expect(outcome.status == 0, "\(outcome.err)")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try outcome.out.write(to: Self.golden, atomically: true, encoding: .utf8)
    }
    #expect(try outcome.out == String(contentsOf: Self.golden, encoding: .utf8))
  }

  @Test func `the same for programs, and for another batch`() throws {
    let json =
      try Workplace().runexp("show", mlp, "--program", "--json", "--batch", "8").json as? [String: Any]
    #expect(json?["model"] as? String == "mlp" && json?["batch"] as? Int == 8)
    #expect(json?["flops_per_sample"] as? Int == 1_126_800 && json?["flops"] as? Int == 8 * 1_126_800)
    #expect(json?["parameters"] as? Int == 266_610)
    let steps = json?["steps"] as? [[String: Any]]
    #expect(steps?.count == 18)
    #expect(steps?.first?["op"] as? String == "matmul" && steps?.first?["layer"] as? String == "dense")
    #expect(steps?.first?["operands"] as? [[Int]] == [[8, 784], [784, 300], [300]])
    #expect(steps?.last?["direction"] as? String == "update")
    let (arena, least) = (json?["arena_bytes"] as? Int ?? 0, json?["least_arena_bytes"] as? Int ?? 0)
    #expect(least > 0 && arena >= least)
  }

  @Test func `a model file tells the step it was compiled for`() throws {
    let place = try Workplace()
    try place.write(digits(), to: "digits.exp")
    #expect(try place.runexp("digits.exp", "-q").status == 0)
    let file = try place.runexp("show", "reports/digits-1/m.h5", "--program")
    #expect(file.status == 0, "\(file.err)")
    #expect(try place.runexp("show", "digits-1", "--program").out == file.out)
    #expect(try place.runexp("show", "digits.exp", "--program").out == file.out)
  }

  @Test func `what is not trained, or not named, is said`() throws {
    let place = try Workplace()
    try place.write("cells:\n  - text: Hello\n", to: "none.exp")
    #expect(try place.runexp("show", "none.exp", "--program").err.contains("error[E0137]"))
    let model = "  - model: NAME\n    input: [8, 8]\n    layers: [Flatten, {Dense: {units: 10}}]\n"
    let training =
      "  - train: NAME\n    data: digits\n    loss: sparse_categorical_crossentropy\n    optimizer: sgd\n"
    let parts = ["one", "two"].map { (model + training).replacingOccurrences(of: "NAME", with: $0) }
    try place.write("cells:\n  - data: digits\n    source: digits\n" + parts.joined(), to: "two.exp")
    #expect(try place.runexp("show", "two.exp", "--program").err.contains("error[E0138]"))
    let near = try place.runexp("show", "two.exp", "--program", "--model", "twoo")
    #expect(near.status == 1 && near.err.contains("did you mean 'two'?"))
    #expect(
      try place.runexp("show", "two.exp", "--program", "--model", "two").out.hasPrefix("two (Sequential)"))
  }

  @Test func `a batch is at least one sample`() throws {
    #expect(try Workplace().runexp("show", mlp, "--program", "--batch", "0").status == 64)
  }
}
