/// How raw rows become what a model takes, and what its outputs mean: everything that was fitted on the training part.
///
/// Training data and rows to predict on are prepared by the same value, which is kept in the model's file.
public struct Preparation: Sendable, Equatable {
  /// How a column of a table becomes numbers.
  public struct Encoding: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
      /// `(x - mean) / deviation`; without `fill` no number may be missing.
      case numbers(fill: Double? = nil, mean: Double = 0, deviation: Double = 1)
      /// A 1 at the place of the category; a missing one, if that may be, is all zeros.
      case categories([String], canBeMissing: Bool)
      /// The texts as they are, for layers that read them.
      case texts
    }
    public var name: String
    public var kind: Kind
    /// How its numbers are written.
    public var notation = NumberNotation()

    /// How many numbers a cell becomes.
    public var width: Int {
      switch kind {
      case .numbers, .texts: 1
      case .categories(let names, _): names.count
      }
    }
  }

  /// What one input of a model is made of.
  public struct Input: Sendable, Equatable {
    public var name: String
    /// The columns, in the order of their numbers; `nil` for images, and for numbers in the order of the file.
    public var columns: [Encoding]?
    /// Of one sample.
    public var shape: [Int]
    /// Of all its numbers, after those of columns.
    public var scaling = Scaling()
    /// Whether it takes texts in the order of the file.
    var isText = false

    /// How many numbers a sample has.
    public var size: Int { shape.reduce(1, *) }

    public init(_ name: String, columns: [Encoding]? = nil, shape: [Int]) {
      self.name = name
      self.columns = columns
      self.shape = shape
    }
  }

  /// What one output of a model predicts.
  public struct Target: Sendable, Equatable {
    public var name: String
    public var columns: [String]
    /// In the order of their labels; `nil` for numbers.
    public var classes: [String]?

    public init(_ name: String, columns: [String], classes: [String]? = nil) {
      self.name = name
      self.columns = columns
      self.classes = classes
    }
  }

  /// What a model's file calls it.
  public static let attachment = "preparation"

  /// How tables are read.
  public struct Format: Sendable, Equatable {
    /// What stands between cells.
    public var separator = UInt8(ascii: ",")
    public var encoding = TextEncoding.utf8
    public var missing = MissingWords.usual
    public var unknownCategories = UnknownCategories.error

    public init() {}

    init(
      separator: UInt8, encoding: TextEncoding, missing: MissingWords, unknownCategories: UnknownCategories
    ) {
      self.separator = separator
      self.encoding = encoding
      self.missing = missing
      self.unknownCategories = unknownCategories
    }

    var table: TableFormat { TableFormat(separator: separator, encoding: encoding) }
  }

  public var inputs: [Input]
  public var targets: [Target]
  public var format: Format
  public var separator: UInt8 { format.separator }

  public init(inputs: [Input], targets: [Target] = [], format: Format = Format()) {
    self.inputs = inputs
    self.targets = targets
    self.format = format
  }

  /// What the only output, or the one of that name, predicts.
  /// - Parameter count: how many outputs the model has.
  public func target(of output: String, among count: Int) -> Target? {
    targets.member(for: output, of: count)
  }
}

extension Preparation.Input {
  /// The numbers of a raw feature, as a batch takes them: columns side by side, categories as a 1 among zeros.
  ///
  /// They are computed in double precision, and rounded once.
  func column(_ feature: RawData.Feature) -> Column {
    switch feature {
    case .ready(let raw):
      var column = raw.prepared(scaling, shape: shape)
      column.name = name
      return column
    case .table(_, let raw) where raw.contains(where: \.isText):
      var column = Column(name, rowShape: shape, .integers(texts(raw)))
      column.areTexts = true
      return column
    case .table(_, let raw): return Column(name, rowShape: shape, .floats(numbers(raw)))
    }
  }

  /// Side by side; an input of texts has nothing else.
  private func texts(_ raw: [RawData.TableColumn]) -> [Int32] {
    let columns = raw.compactMap { if case .texts(_, let codes) = $0 { codes } else { nil } }
    return (columns.first?.indices ?? 0..<0).flatMap { row in columns.map { $0[row] } }
  }

  private func numbers(_ raw: [RawData.TableColumn]) -> [Float] {
    let width = raw.reduce(0) { $0 + $1.width }
    var values = [Float](repeating: Float(scaling.value(0)), count: width * (raw.first?.count ?? 0))
    let one = Float(scaling.value(1))
    var place = 0
    for (i, column) in raw.enumerated() {
      switch column {
      case .numbers(_, let numbers, _):
        let encoding = columns?[i].kind ?? .numbers()
        for (row, number) in numbers.enumerated() {
          values[row * width + place] = Float(scaling.value(encoding.value(number)))
        }
      case .categories(_, let codes, _):
        for (row, code) in codes.enumerated() where code >= 0 {
          values[row * width + place + Int(code)] = one
        }
      case .texts: preconditionFailure("texts among numbers")
      }
      place += column.width
    }
    return values
  }
}

extension Preparation.Encoding.Kind {
  /// Filled, then standardized.
  fileprivate func value(_ number: Double) -> Double {
    guard case .numbers(let fill, let mean, let deviation) = self else { return number }
    return ((number.isNaN ? fill ?? number : number) - mean) / deviation
  }
}
