public import Diagnostics
internal import Config

/// Rows of a file to predict on, prepared as a model's training data were; targets are not needed.
public struct RawRows: Sendable {
  /// A column of the file that is no input, with the texts as they are.
  public struct Other: Sendable {
    public var name: String
    public var cells: [String]
  }

  /// An input of a model of which nothing is known but what it takes.
  public struct PlainInput: Sendable {
    public var name: String
    /// Of one sample; an axis whose length comes with the data is `nil`.
    public var dims: [Int?]
    /// Whether they are texts.
    public var isText: Bool

    public init(_ name: String, dims: [Int?], isText: Bool = false) {
      self.name = name
      self.dims = dims
      self.isText = isText
    }
  }

  public var part: DataPart
  /// For those that want to find their rows again.
  public var others: [Other]

  /// Reads a CSV file, whose columns may come in any order, or IDX images, whatever the file's name.
  ///
  /// An input without named columns takes the columns in the file's order; those of the targets are left out.
  /// - Parameters:
  ///   - span: where an experiment names the file.
  ///   - open: what the model's inputs take, if they leave lengths open: images, and columns that have no names, may then
  ///     be of another length than those of the training.
  /// - Throws: E0401 to E0406 and E0424 for a file that cannot be read, E0407 for missing values, E0408 for a missing
  ///   column, E0409 for a text in a column of numbers, E0418 for an unknown category, E0419 for another number of columns
  ///   or pixels.
  public init(
    _ path: String, at span: SourceSpan? = nil, _ preparation: Preparation, open: [PlainInput] = []
  ) throws(Diagnostic) {
    let file = DataPath(path, span: span)
    var preparation = preparation
    switch try RowReader.read(file, preparation.format) {
    case .samples(let samples):
      if preparation.isOpen(open), preparation.inputs[0].shape != samples.shape {
        preparation.take(try PlainInput.settled(open, samples.shape, file))
      }
      self = try RawRows(samples: samples, preparation.inputs)
    case .table(let table):
      if preparation.isOpen(open) {
        let width = RawTable(table, preparation).freeCount
        preparation.take(try PlainInput.settled(open, width: width, file))
      }
      self = try RawRows(table: table, preparation)
    }
  }

  /// The same for a model of which nothing is known but its inputs: columns are taken in the order of the file, and a
  /// length that comes with the data is found by their number, or by the shape of images.
  /// - Throws: also E0419 for lengths that cannot be found, E0423 for a table of several of them.
  public init(
    _ path: String, at span: SourceSpan? = nil, inputs: [PlainInput]
  ) throws(Diagnostic) {
    let file = DataPath(path, span: span)
    switch try RowReader.read(file, Preparation.Format()) {
    case .samples(let samples):
      self = try RawRows(samples: samples, try PlainInput.settled(inputs, samples.shape, file))
    case .table(let table):
      let named = inputs.filter { $0.isNamed(in: table) }
      let others = try PlainInput.settled(
        inputs.filter { !$0.isNamed(in: table) }, width: table.header.count - named.count, file)
      let settled = inputs.map { input in
        others.first { $0.name == input.name }
          ?? Preparation.Input(
            input.name, columns: [.init(name: input.name, kind: .texts)], shape: input.dims.map { $0 ?? 1 })
      }
      self = try RawRows(table: table, Preparation(inputs: settled))
    }
  }

  private init(table: CSVTable, _ preparation: Preparation) throws(Diagnostic) {
    var reader = RawTable(table, preparation)
    try reader.checkWidth()
    var features: [Column] = []
    for input in preparation.inputs {
      let column = input.column(.table(name: input.name, try reader.columns(of: input)))
      try column.checkFinite(at: table.file.span)
      features.append(column)
    }
    part = DataPart(features: features, targets: [], rows: .range(0..<table.rowCount))
    others = reader.others
  }

  private init(samples: RawSamples, _ inputs: [Preparation.Input]) throws(Diagnostic) {
    let file = samples.file
    guard inputs.count == 1, let input = inputs.first, input.columns == nil, !input.isText else {
      throw .noImages(file)
    }
    let size = samples.shape.reduce(1, *)
    guard size == input.size else {
      throw .otherWidth("'\(file.name)' has \(size) numbers a sample, the model takes \(input.size)", file)
    }
    let raw = RawArray(name: input.name, rowShape: input.shape, numbers: samples.numbers)
    let column = input.column(.ready(raw))
    try column.checkFinite(at: file.span)
    part = DataPart(features: [column], targets: [], rows: .range(0..<samples.count))
    others = []
  }

  /// Whether a file is there, for those who want to know before they need it.
  /// - Throws: E0401.
  public static func check(_ path: String, at span: SourceSpan?) throws(Diagnostic) {
    _ = try DataPath(path, span: span).bytes(atMost: 1)
  }
}

extension Preparation {
  /// Whether inputs without named columns leave lengths open.
  fileprivate func isOpen(_ open: [RawRows.PlainInput]) -> Bool {
    open.count == inputs.count && inputs.allSatisfy { $0.columns == nil }
      && open.contains { $0.dims.contains(nil) }
  }

  /// Takes over the shapes that a file gives.
  fileprivate mutating func take(_ settled: [Input]) {
    for index in inputs.indices { inputs[index].shape = settled[index].shape }
  }
}

extension RawRows.PlainInput {
  private var openAxes: [Int] { dims.indices.filter { dims[$0] == nil } }
  /// The numbers of a sample, but for the open axes.
  private var knownSize: Int { dims.compactMap(\.self).reduce(1, *) }

  private func settled(_ shape: [Int]) -> Preparation.Input {
    var input = Preparation.Input(name, shape: shape)
    input.isText = isText
    return input
  }

  /// Whether it takes one text, and a column of the table has its name.
  fileprivate func isNamed(in table: CSVTable) -> Bool {
    isText && dims.allSatisfy { $0 == 1 || $0 == nil } && table.place(of: name) != nil
  }

  /// The shapes of all inputs that a table of so many columns gives: one open length follows from the others.
  fileprivate static func settled(
    _ inputs: [RawRows.PlainInput], width: Int, _ file: DataPath
  ) throws(Diagnostic) -> [Preparation.Input] {
    let open = inputs.filter { !$0.openAxes.isEmpty }
    guard open.reduce(0, { $0 + $1.openAxes.count }) <= 1 else { throw .severalOpenAxes(open, file) }
    guard let first = open.first else { return inputs.map { $0.settled($0.dims.compactMap(\.self)) } }
    let rest = width - inputs.filter(\.openAxes.isEmpty).reduce(0) { $0 + $1.knownSize }
    guard rest > 0, rest % first.knownSize == 0 else {
      throw .otherWidth(
        "'\(file.name)' has \(width) columns, of which \(max(0, rest)) are left for '\(first.name)', which takes a "
          + "multiple of \(first.knownSize)", file)
    }
    let length = rest / first.knownSize
    return inputs.map { input in input.settled(input.dims.map { $0 ?? length }) }
  }

  /// The shape that images give to an input.
  fileprivate static func settled(
    _ inputs: [RawRows.PlainInput], _ shape: [Int], _ file: DataPath
  ) throws(Diagnostic) -> [Preparation.Input] {
    guard inputs.count == 1, let input = inputs.first else { throw .noImages(file) }
    guard !input.openAxes.isEmpty else { return [input.settled(input.dims.compactMap(\.self))] }
    // An axis of one number is often left out: gray images.
    for given in [shape, shape + [1]] where given.count == input.dims.count {
      let fits = zip(given, input.dims).allSatisfy { $0 > 0 && ($1 == nil || $0 == $1) }
      if fits { return [input.settled(given)] }
    }
    let wanted = input.dims.map { $0.map { "\($0)" } ?? "?" }.joined(separator: ", ")
    throw .otherWidth("'\(file.name)' has samples of the shape \(shape), the model takes [\(wanted)]", file)
  }
}

extension Diagnostic {
  /// E0419: another number of columns or pixels than the model takes.
  static func otherWidth(_ message: String, _ file: DataPath) -> Diagnostic {
    Diagnostic(
      "E0419", message, at: file.span.map { Label($0, "read for this") },
      help:
        "nothing is known of the columns but their number: leave out all others, in the order of the training"
    )
  }

  /// E0420: images for a model of tables.
  fileprivate static func noImages(_ file: DataPath) -> Diagnostic {
    Diagnostic(
      "E0420", "'\(file.name)' holds images, the model takes columns of a table",
      at: file.span.map { Label($0, "read for this") }, help: "name a CSV file with a header")
  }

  /// E0422: lengths that a number of columns does not tell.
  fileprivate static func severalOpenAxes(_ inputs: [RawRows.PlainInput], _ file: DataPath) -> Diagnostic {
    let shapes = inputs.map { input in
      "'\(input.name)' takes [" + input.dims.map { $0.map { "\($0)" } ?? "?" }.joined(separator: ", ") + "]"
    }
    return Diagnostic(
      "E0422",
      "\(shapes.joined(separator: " and ")), so the columns of '\(file.name)' do not tell the lengths",
      at: file.span.map { Label($0, "read for this") },
      help: inputs.count == 1
        ? "give the samples as an IDX file, which has their shape"
        : "train the model in an experiment, which stores how its data are prepared")
  }
}
