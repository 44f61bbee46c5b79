public import Config

/// Writes what every epoch logged as a row of a CSV file.
///
/// Keras: `keras.callbacks.CSVLogger`, to the byte: epochs count from 0, names are sorted, `NA` stands for what an epoch
/// did not log, lines end as in RFC 4180.
public struct CSVLogger: Callback {
  public var filename = "training.csv"
  public var separator = ","
  public var append = false
  /// What the file held before, if this training goes on with it.
  private var before = ""

  public init() {}

  public static let schema = Schema(
    "CSVLogger", "Writes what every epoch logged as a row of a CSV file.", prototype: Self(),
    Field("filename", \.filename, "Where, below the run's folder.", check: belowFolder).required,
    Field("separator", \.separator, "What stands between two values: one character.") {
      $0.count == 1 && !"\"\n\r\r\n".contains($0) ? nil : "must be one character"
    },
    Field("append", \.append, "Whether rows are added to what an earlier training of the run wrote."))

  /// An earlier training may have written the file it adds to.
  public var files: [String] { append ? [] : [filename] }

  public var memory: ConfigNode {
    get { ["before": before.config] }
    set { before = newValue["before"]?.string ?? "" }
  }

  public mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) throws {
    switch event {
    case .began:
      before = append ? control.outlet.read(filename).map { String(decoding: $0, as: UTF8.self) } ?? "" : ""
    case .epochEnded: try control.outlet.write(Array((before + rows(control)).utf8), filename)
    default: break
    }
  }

  private func rows(_ control: TrainingControl) -> String {
    guard let first = control.history.first else { return "" }
    var names = first.map(\.name).sorted()
    // As in Keras there is room for a validation that comes later.
    if !names.contains(where: { $0.hasPrefix("val_") }) { names += names.map { "val_" + $0 } }
    let comma = separator.first ?? ","
    let header = before.isEmpty ? [CSV.row(["epoch"] + names, separator: comma)] : []
    let rows = control.history.enumerated().map { i, logs in
      let values = names.map { logs[$0].map(Self.text) ?? "NA" }
      return CSV.row(["\(control.firstEpoch + i)"] + values, separator: comma)
    }
    return (header + rows).map { $0 + "\r\n" }.joined()
  }

  /// As Python writes it.
  private static func text(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    return value.isInfinite ? (value < 0 ? "-inf" : "inf") : pythonRepr(value)
  }
}
