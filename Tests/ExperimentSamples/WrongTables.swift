/// Errors in tables, and in what a loss makes of their targets.
extension WrongExperiment {
  private static let source = """
    experiment: table
    seed: 1
    cells:
      - data: d
        csv: t.csv
        target: y
      - model: m
        input: [2]
        layers:
          - Dense: {units: 3}
          - Dense: {units: 1, activation: linear}
      - train: m
        data: d
        loss: mse
        optimizer: sgd

    """

  private static func table(_ name: String, _ text: String, loss: String = "mse") -> WrongExperiment {
    WrongExperiment(name, "mse", loss, in: source).with("t.csv", text)
  }

  /// With one more setting of the data cell.
  private func setting(_ text: String) -> WrongExperiment { and("target: y", "target: y\n      \(text)") }

  /// So many rows of a number, a cell and a target.
  private static func rows(_ cell: (Int) -> String, target: (Int) -> String = { "\($0)" }) -> String {
    "a,b,y\n" + (0..<12).map { "\($0),\(cell($0)),\(target($0))\n" }.joined()
  }

  private static func classes(_ count: Int) -> String {
    rows({ "\($0)" }, target: { ["ant", "bee", "cat", "dog"][$0 % count] })
  }

  static let tables = [
    table("a column of decimal commas", rows { "\"0,\($0)\"" }),
    table("a column of thousands", rows { "\"1,\(100 + $0),000\"" }),
    table("a column that is either", rows { "\"1,\(100 + $0)\"" }),
    table("a column of prices", rows { "$\($0).50" }),
    table("a column of percents", rows { "\($0) %" }),
    table("a column of dates", rows { "2024-01-\(10 + $0)" }),
    table("a column of German dates", rows { "\(10 + $0).1.2024" }),
    table("a column of weights", rows { "\($0) kg" }),
    table("a column with a word for missing values", rows { $0 % 3 == 0 ? "\($0)" : "unknown" }),
    table("a column with words that may be values", rows { ["DE", "NA", "FR"][$0 % 3] }),
    table("a column of identifiers", rows { "id-\($0)x" }),
    table("a column of many categories", "a,b,y\n" + (0..<600).map { "\($0),c\($0 % 120),1\n" }.joined())
      .and("input: [2]", "input: [121]"),
    table("a target of decimal commas", rows({ "\($0)" }, target: { "\"0,\($0)\"" })),
    table("a target of names", rows({ "\($0)" }, target: { "n\($0)" })),
    table("a target with a class that may be missing", rows({ "\($0)" }, target: { ["NA", "EU"][$0 % 2] })),
    table("a column of texts among numbers", rows { ["red", "blue"][$0 % 2] })
      .setting("features: {n: [a, b]}\n      types: {b: text}"),
    table("texts for an input of numbers", rows { ["red", "blue"][$0 % 2] })
      .setting("features: [b]\n      types: {b: text}").and("input: [2]", "input: [1]"),
    table("numbers for an input of texts", rows { "\($0)" }).setting("features: [b]")
      .and("    input: [2]\n", "")
      .and(
        "      - Dense: {units: 3}\n",
        "      - Input: {shape: [1], dtype: string}\n        - StringLookup: {vocabulary: [red], output_mode: multi_hot}\n"
      ),
    table("a sequence of too many steps", rows { "\($0)" })
      .and("input: [2]", "input: [40000, 1]")
      .and("      - Dense: {units: 3}\n", "      - TimeDistributed: {layer: {LSTM: {units: 2}}}\n"),
    table("a column without a name", ",a,y\n0,1,2\n1,2,3\n"),
    table("a table with another separator", "a;b;y\n1;2;3\n4;5;6\n"),
    table("a table with a comment", "# by hand\na,b,y\n1,2,3\n"),
    table("a table of zero bytes", "a\0,\0b\0,\0y\0\n"),
    table("a category of the validation part alone", rows { $0 == 0 ? "red" : "blue" }).setting(
      "split: {validation: 2}"),
    table("a column that is no number to standardize", rows { ["u", "v"][$0 % 2] }).setting(
      "standardize: [b]"),
    table("a misspelt column to standardize", rows { "\($0)" }).setting("standardize: [bb]"),
    table("a word for the columns to standardize", rows { "\($0)" }).setting("standardize: yes"),
    table("the target to standardize", rows { "\($0)" }).setting("standardize: [y]"),
    table("a mapping of columns to standardize", rows { "\($0)" }).setting("standardize: {b: true}"),
    table("a way to fill that is none", rows { "\($0)" }).setting("fill_missing: mode"),
    table("ways to fill by column", rows { "\($0)" }).setting("fill_missing: {b: mean}"),
    table("a misspelt column to encode", rows { "\($0)" }).setting("one_hot: [bb]"),
    table("a misspelt column to drop", rows { "\($0)" }).setting("drop: [aa]"),
    table("large numbers that are not standardized", rows { "\(1_700_000_000 + $0)" }),
    table("a loss of numbers for classes", classes(3)),
    table("a loss of numbers for two classes", classes(2), loss: "huber"),
    table("one class", classes(1), loss: "binary_crossentropy"),
    table(
      "a training part of one class", rows({ "\($0)" }, target: { $0 < 6 ? "ant" : "bee" }),
      loss: "binary_crossentropy"
    )
    .setting("split: {validation: 6}"),
    table("probabilities beyond 1", rows { "\($0)" }, loss: "binary_crossentropy"),
    table("signs beyond 1", rows { "\($0)" }, loss: "hinge"),
    table("a softmax of one unit", classes(2), loss: "binary_crossentropy").and("linear", "softmax"),
    table("the logarithm of a softmax of one unit", rows { "\($0)" }).and("linear", "log_softmax"),
    table("negative counts", rows({ "\($0)" }, target: { "\($0 - 3)" }), loss: "poisson"),
    table("several classes in one unit", classes(2), loss: "categorical_crossentropy"),
    table("a type that is none", rows { "\($0)" }).setting("types: {b: numeric}"),
    table("an encoding that is none", rows { "\($0)" }).setting("encoding: utf-9"),
    WrongExperiment("data from a device", "t.csv", "/dev/zero", in: source),
    WrongExperiment("a number in quotes", "sgd", "{SGD: {learning_rate: \"1e-3\"}}", in: source)
      .with("t.csv", rows { "\($0)" }),
  ]
}
