import Foundation
import Testing

@Suite struct PredictTests {
  private let place: Workplace

  /// A model of irises, standardised, saved in both kinds of file.
  init() throws {
    place = try Workplace()
    try place.write(
      """
      experiment: iris
      seed: 7
      cells:
        - data: iris
          source: iris
          standardize: true
        - model: m
          input: [4]
          layers:
            - Dense: {units: 8, activation: relu}
            - Dense: {units: 3, activation: softmax}
        - train: m
          data: iris
          loss: sparse_categorical_crossentropy
          optimizer: {Adam: {learning_rate: 0.02}}
          metrics: [accuracy]
          epochs: 12
        - evaluate: m
          data: iris.train
        - save: m
        - save: m
          file: m.keras
        - predict: m
          data: iris.train
          file: own.csv

      """, to: "iris.exp")
    let outcome = try place.runexp("run", "iris.exp", "--quiet")
    try #require(outcome.status == 0, "\(outcome.err)")
  }

  private var model: String { "reports/iris-1/m.h5" }
  private var iris: String {
    get throws {
      try String(
        contentsOf: Workplace.repository.appending(path: "experiments/data/iris.csv"), encoding: .utf8)
    }
  }

  private func cells(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
  }

  @Test func `predictions for the raw file are as good as the evaluation says`() throws {
    let text = try iris
    try place.write(text, to: "iris.csv")
    let outcome = try place.runexp("predict", model, "iris.csv")
    try #require(outcome.status == 0, "\(outcome.err)")
    let predicted = cells(outcome.out)
    #expect(predicted[0] == ["species", "species_probability"])
    let truth = cells(text).dropFirst().map { $0[4] }
    let right = zip(predicted.dropFirst(), truth).count { $0[0] == $1 }
    let shown = try place.runexp("show", "iris-1").out
    let line = try #require(shown.split(separator: "\n").first { $0.contains("train.accuracy") })
    let accuracy = try #require(
      line.split(separator: " ").compactMap { Double($0) }.last)
    #expect(abs(Double(right) / 150 - accuracy) < 0.0001)
    #expect(right > 120)
  }

  @Test func `a predict cell writes what the command writes`() throws {
    try place.write(try iris, to: "iris.csv")
    let outcome = try place.runexp("predict", model, "iris.csv")
    #expect(outcome.out == (try place.text("reports/iris-1/own.csv")))
  }

  @Test func `both kinds of file, a run's name and converted files predict alike`() throws {
    try place.write(try iris, to: "iris.csv")
    let expected = try place.runexp("predict", model, "iris.csv", "--probabilities").out
    #expect(cells(expected)[0] == ["species", "species_setosa", "species_versicolor", "species_virginica"])
    try place.runexp("convert", model, "c.h5", "--format", "keras2")
    for other in ["reports/iris-1/m.keras", "c.h5"] {
      let outcome = try place.runexp("predict", other, "iris.csv", "--probabilities", "--threads", "2")
      #expect(outcome.out == expected, "\(other) \(outcome.err)")
    }
    let small = try place.runexp("predict", model, "iris.csv", "--probabilities", "--batch-size", "7")
    #expect(small.out == expected)
  }

  @Test func `the columns may come in another order, without the target`() throws {
    let lines = cells(try iris)
    try place.write(try iris, to: "iris.csv")
    try place.write(
      lines.map { [$0[2], $0[0], $0[3], $0[1]].joined(separator: ",") }.joined(separator: "\n"), to: "turned.csv")
    let expected = try place.runexp("predict", model, "iris.csv").out
    #expect(try place.runexp("predict", model, "turned.csv").out == expected)
  }

  @Test func `other columns are kept on request`() throws {
    try place.write(
      "id,sepal_length,sepal_width,petal_length,petal_width,species\n\"a,b\",5.1,3.5,1.4,0.2,x\n", to: "n.csv")
    let outcome = try place.runexp("predict", model, "n.csv", "--keep")
    let lines = outcome.out.split(separator: "\n")
    #expect(lines[0] == "id,species,predicted_species,species_probability")
    #expect(lines[1].hasPrefix("\"a,b\",x,setosa,0."))
  }

  @Test func `JSON has a mapping for each row`() throws {
    try place.write("sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n", to: "n.csv")
    let rows = try #require(try place.runexp("predict", model, "n.csv", "--json").json as? [[String: Any]])
    #expect(rows.count == 1 && rows[0]["species"] as? String == "setosa")
  }

  @Test func `a file that is there stays, unless it is forced`() throws {
    try place.write(try iris, to: "iris.csv")
    try place.write("mine", to: "out.csv")
    let refused = try place.runexp("predict", model, "iris.csv", "-o", "out.csv")
    #expect(refused.status == 1 && refused.err.contains("E0632"))
    #expect(try place.text("out.csv") == "mine")
    let forced = try place.runexp("predict", model, "iris.csv", "-o", "out.csv", "--force")
    #expect(forced.status == 0 && forced.out.isEmpty)
    #expect(try place.text("out.csv").hasPrefix("species,"))
  }

  @Test func `a wrong row ends it, and nothing is written`() throws {
    try place.write("sepal_length,sepal_width,petal_length,petal_width\n1,2,3,4\n1,2,x,4\n", to: "n.csv")
    let outcome = try place.runexp("predict", model, "n.csv", "-o", "out.csv")
    #expect(outcome.status == 1 && outcome.out.isEmpty)
    #expect(outcome.err.contains("error[E0409]: 'n.csv' line 3, column 'petal_length': 'x' in a column of numbers"))
    #expect(try !place.files().contains { $0.hasPrefix("out.csv") })
  }

  @Test func `hostile files end in a message`() throws {
    var random = SystemRandomNumberGenerator()
    let files: [Data] = [
      Data(), Data([0, 0]), Data([0x1F, 0x8B, 8]), Data([0, 0, 8, 255]), Data([0xEF, 0xBB, 0xBF]),
      Data(repeating: UInt8(ascii: ","), count: 10_000), Data(repeating: UInt8(ascii: "\""), count: 10_001),
      Data((0..<3000).map { _ in UInt8.random(in: 0...255, using: &random) }),
    ]
    for file in files {
      try place.write(file, to: "bad.csv")
      let outcome = try place.runexp("predict", model, "bad.csv")
      #expect(outcome.status == 1 && outcome.err.contains("error[E04"), "\(outcome.err)")
    }
  }

  @Test func `a model of Keras takes the columns in order and gives the numbers of classes or outputs`() throws {
    let fixture = Workplace.repository.appending(path: "Tests/KerasFilesTests/Fixtures/keras3.h5")
    try place.write(try Data(contentsOf: fixture), to: "keras.h5")
    let refused = try place.runexp("predict", "keras.h5", "nothing.csv")
    #expect(refused.status == 1 && refused.err.contains("E0401"))
    try place.write("a\n1\n", to: "one.csv")
    let narrow = try place.runexp("predict", "keras.h5", "one.csv")
    #expect(narrow.err.contains("E0419"))
  }

  @Test func `an unknown run and an unknown option are told`() throws {
    let unknown = try place.runexp("predict", "iris-9", "iris.csv")
    #expect(unknown.status == 1 && unknown.err.contains("E0907"))
    #expect(try place.runexp("predict", model, "iris.csv", "--batch-size", "0").status == 64)
  }
}
