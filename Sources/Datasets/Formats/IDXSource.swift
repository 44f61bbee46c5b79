internal import Config
internal import Diagnostics
internal import RunEvents
internal import TensorCore

/// Images and labels in pairs of IDX files.
struct IDXSource: RawSource {
  var train: IDXPair
  var test: IDXPair?
  var classNames: [String]?
  let settings: DataSettings
  var root: RunInput?
  private var classes: [ConfigNode] { settings.classes }
  private var hasOneHotLabels = false

  static let format = DataFormat(
    key: "idx",
    doc: "IDX files, gzipped or not: a folder, or {train: {images: FILE, labels: FILE}, test: {…}}.",
    open: open,
    // Tables are never packed.
    rows: RowReader(
      recognizes: { $0.starts(with: [0, 0]) || $0.starts(with: [0x1F, 0x8B]) },
      read: { (file, _) throws(Diagnostic) in
        let (header, numbers, _) = try readIDX(file)
        return .samples(
          RawSamples(
            file: file, count: header.dims[0], shape: Array(header.dims.dropFirst()), numbers: numbers))
      }))

  /// Reads `idx: FOLDER` or `idx: {train: {images: FILE, labels: FILE}, test: {…}}`.
  private static func open(_ node: ConfigNode, _ settings: DataSettings, _ environment: DataEnvironment)
    throws(Diagnostic) -> any RawSource
  {
    if node.string != nil {
      let folder = try DataPath(node, in: environment)
      var source = try inFolder(folder, settings)
      source.root = folder.input
      return source
    }
    guard let entries = node.entries else {
      throw .mismatch(node, "a folder, or files for 'train' and 'test'")
    }
    for entry in entries where !["train", "test"].contains(entry.key) {
      throw .unknownKey(entry, of: "idx", known: ["train", "test"])
    }
    guard let train = node["train"] else {
      throw Diagnostic(
        "E0203", "idx needs 'train'", at: node.span.map { .init($0, "'train' is missing here") })
    }
    let pairs = (
      try pair(train, environment),
      try node["test"].map { (node) throws(Diagnostic) in try pair(node, environment) }
    )
    return try IDXSource(train: pairs.0, test: pairs.1, settings: settings)
  }

  var paths: [DataPath] {
    [train.images, train.labels] + (test.map { [$0.images, $0.labels] } ?? [])
  }

  /// The four files with the names that MNIST gave them; the two of the test set may be absent.
  static func inFolder(_ folder: DataPath, _ settings: DataSettings) throws(Diagnostic) -> IDXSource {
    func file(_ name: String) -> DataPath {
      let plain = DataPath(folder.path + "/" + name, span: folder.span)
      return plain.exists ? plain : DataPath(plain.path + ".gz", span: folder.span)
    }
    let train = IDXPair(images: file("train-images-idx3-ubyte"), labels: file("train-labels-idx1-ubyte"))
    let test = IDXPair(images: file("t10k-images-idx3-ubyte"), labels: file("t10k-labels-idx1-ubyte"))
    return try IDXSource(train: train, test: test.images.exists ? test : nil, settings: settings)
  }

  private static func pair(_ node: ConfigNode, _ environment: DataEnvironment) throws(Diagnostic) -> IDXPair {
    guard let images = node["images"], let labels = node["labels"], node.entries?.count == 2 else {
      throw .mismatch(node, "'images' and 'labels' with a file each")
    }
    return IDXPair(
      images: try DataPath(images, in: environment), labels: try DataPath(labels, in: environment))
  }

  private init(train: IDXPair, test: IDXPair?, settings: DataSettings) throws(Diagnostic) {
    self.train = train
    self.test = test
    self.settings = settings
    let tableSettings = [
      ("features", settings.features), ("target", settings.target), ("fill_missing", settings.fillMissing),
      ("types", settings.types), ("decimal", settings.decimal), ("encoding", settings.encoding),
      ("missing", settings.missing.map { ConfigNode(.list($0), span: $0.first?.span) } ?? nil),
      ("drop", settings.drop.first ?? nil),
    ]
    for (name, node) in tableSettings where !node.isAbsent {
      throw .settingDoesNotApply(name, node, to: "IDX files")
    }
    for node in settings.oneHot {
      guard try node.text() == "label" else {
        throw .unknownWord(try node.text(), in: ["label"], at: node.span, what: "column")
      }
      hasOneHotLabels = true
    }
    if !settings.classes.isEmpty {
      var names: [String] = []
      for node in settings.classes { names.append(try className(node)) }
      try settings.classes.checkDifferent(names)
      classNames = names
    }
  }

  /// The heads of the images, and the labels, which are small: more classes than a model has outputs are found before it
  /// is trained.
  func inspect() throws(Diagnostic) -> Inspection {
    let (images, _) = try train.headers()
    if let test { try checkSameShape(images, try test.headers().images, test) }
    let labels = try labels()
    let label = DataShape.Array(
      name: "label", rowShape: hasOneHotLabels ? [labels.names.count] : [],
      element: hasOneHotLabels ? .float32 : .int32, classes: labels.names)
    return .shape(
      DataShape(
        features: [.init(name: "image", rowShape: Array(images.dims.dropFirst()), element: .float32)],
        targets: [label], trainCount: images.dims[0],
        testCount: test == nil ? nil : labels.numbers.count - images.dims[0], classNames: labels.names,
        warnings: unusedClasses(labels.names, in: labels.numbers)))
  }

  func load() throws(Diagnostic) -> RawData {
    _ = try train.headers()
    // Both parts end up in one array: with room for the test set from the start nothing is copied.
    var images = try readIDX(train.images, reserving: try test?.headers().images.count ?? 0)
    var pixels = images.numbers
    images.numbers = .bytes([])
    let labels = try labels()
    var files = [images.file, labels.files[0]]
    if let test {
      _ = try test.headers()
      let testImages = try readIDX(test.images)
      try checkSameShape(images.header, testImages.header, test)
      pixels.append(testImages.numbers)
      files += [testImages.file, labels.files[1]]
    }
    let label = Column("label", rowShape: [], .integers(labels.numbers))
    return RawData(
      features: [
        .ready(RawArray(name: "image", rowShape: Array(images.header.dims.dropFirst()), numbers: pixels))
      ],
      targets: [hasOneHotLabels ? label.oneHot(labels.names.count) : label],
      meanings: [.init("label", columns: ["label"], classes: labels.names)],
      trainCount: images.header.dims[0],
      testCount: test == nil ? nil : labels.numbers.count - images.header.dims[0], classNames: labels.names,
      files: files, warnings: unusedClasses(labels.names, in: labels.numbers))
  }

  /// The labels of both parts, and the names of their classes.
  private func labels() throws(Diagnostic) -> (numbers: [Int32], names: [String], files: [DataFile]) {
    var (numbers, files) = ([Int32](), [DataFile]())
    for pair in [train] + (test.map { [$0] } ?? []) {
      let labels = try readIDX(pair.labels)
      numbers += try labels.numbers.labels(of: pair.labels)
      files.append(labels.file)
    }
    return (numbers, try classNames(for: numbers), files)
  }

  private func checkSameShape(_ train: IDXHeader, _ test: IDXHeader, _ pair: IDXPair) throws(Diagnostic) {
    guard train.dims.dropFirst() == test.dims.dropFirst(), train.number == test.number else {
      throw .otherShape(pair.images, Array(train.dims.dropFirst()), Array(test.dims.dropFirst()))
    }
  }

  private func classNames(for labels: [Int32]) throws(Diagnostic) -> [String] {
    let (low, high) = (labels.min() ?? 0, labels.max() ?? 0)
    guard low >= 0, high < 65_536 else { throw .badLabel(low < 0 ? low : high, train.labels) }
    guard let classNames else { return (0...Int(high)).map { "\($0)" } }
    guard Int(high) < classNames.count else {
      throw .tooFewClasses(high, classNames, at: classes.last?.span ?? train.labels.span)
    }
    return classNames
  }

  private func unusedClasses(_ names: [String], in labels: [Int32]) -> [Diagnostic] {
    let used = Set(labels)
    return names.indices.filter { !used.contains(Int32($0)) && classes.indices.contains($0) }.map {
      .unusedClass(names[$0], at: classes[$0].span)
    }
  }
}

/// The name of a class, for which numbers are accepted.
func className(_ node: ConfigNode) throws(Diagnostic) -> String {
  switch node.content {
  case .string(let text): return text
  case .int(let number): return "\(number)"
  case .bool(let value): return "\(value)"
  default: throw .mismatch(node, "the name of a class")
  }
}

extension RawArray.Numbers {
  /// Whole numbers.
  /// - Throws: E0411 for anything else.
  fileprivate func labels(of file: DataPath) throws(Diagnostic) -> [Int32] {
    if case .bytes(let bytes) = self { return bytes.map { Int32($0) } }
    var labels: [Int32] = []
    labels.reserveCapacity(count)
    for index in 0..<count {
      guard let label = Int32(exactly: self[index]) else { throw .fractionalLabel(self[index], file) }
      labels.append(label)
    }
    return labels
  }
}

extension Column {
  /// Labels as vectors with a 1 at the label.
  func oneHot(_ count: Int) -> Column {
    guard case .integers(let labels) = storage else { return self }
    var numbers = [Float](repeating: 0, count: labels.count * count)
    for (row, label) in labels.enumerated() where (0..<count).contains(Int(label)) {
      numbers[row * count + Int(label)] = 1
    }
    return Column(name, rowShape: [count], .floats(numbers))
  }
}

extension Diagnostic {
  /// E0405: a test set of another shape than the training set.
  fileprivate static func otherShape(_ file: DataPath, _ train: [Int], _ test: [Int]) -> Diagnostic {
    Diagnostic(
      "E0405", "training samples have the shape \(train), test samples \(test)",
      at: file.span.map { Label($0, "the test set") }, help: "take the two files of one set")
  }

  /// E0411: a label without a name.
  fileprivate static func tooFewClasses(_ label: Int32, _ names: [String], at span: SourceSpan?) -> Diagnostic
  {
    Diagnostic(
      "E0411", "there is a label \(label), but only \(names.count) classes",
      at: span.map { Label($0, "the last class") },
      help: "name \(label + 1) classes; labels begin with 0")
  }

  /// E0411: a number that is no label.
  fileprivate static func badLabel(_ label: Int32, _ file: DataPath) -> Diagnostic {
    Diagnostic(
      "E0411", "'\(file.name)' has the label \(label)", at: file.span.map { Label($0, "read for this") },
      help: "labels are whole numbers from 0 to the number of classes less 1")
  }

  /// E0411: a fraction, or a number that is too large.
  fileprivate static func fractionalLabel(_ number: Double, _ file: DataPath) -> Diagnostic {
    Diagnostic(
      "E0411", "'\(file.name)' has the label \(number)", at: file.span.map { Label($0, "read for this") },
      help: "labels are whole numbers from 0 to the number of classes less 1")
  }

  /// E0412: a class that no sample has.
  static func unusedClass(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0412", "no sample has the class '\(name)'", severity: .warning,
      at: span.map { Label($0, "never used") },
      help: "a model would learn never to predict it")
  }
}
