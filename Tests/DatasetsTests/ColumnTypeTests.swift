import Config
import Diagnostics
import Foundation
import Testing

@testable import Datasets

/// What is nearly a number, or nearly unique, is never silently a category.
@Suite struct ColumnTypeTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// A table of so many rows: a number, the column under test and a target.
  private func table(_ cells: [String], separator: String = ",") -> String {
    let rows = cells.enumerated().map { "\($0)\(separator)\($1)\(separator)\($0 % 7)" }
    return (["a\(separator)b\(separator)y"] + rows).joined(separator: "\n") + "\n"
  }

  private func settings(_ more: ConfigNode, separator: String = ",") -> ConfigNode {
    let csv: ConfigNode = ["train": "t.csv", "separator": .init(.string(separator))]
    return ConfigNode(.map([.init("csv", csv), .init("target", "y")] + (more.entries ?? [])))
  }

  private func load(_ text: String, _ more: ConfigNode = [:], separator: String = ",") throws -> PreparedData
  {
    try folder.write("t.csv", text)
    return try dataset(settings(more, separator: separator), in: folder).load()
  }

  private func diagnose(_ text: String, _ more: ConfigNode = [:], separator: String = ",") throws
    -> Diagnostic
  {
    try folder.write("t.csv", text)
    return try #require(failure(settings(more, separator: separator), in: folder))
  }

  /// The column under test as it was prepared.
  private func column(_ text: String, _ more: ConfigNode, separator: String = ",") throws -> [Float] {
    try load(text, more, separator: separator).train.matrix.map { $0[1] }
  }

  static let numbersAsTexts: [(what: String, cell: @Sendable (Int) -> String, help: String)] = [
    ("decimal commas", { "\"\($0),\($0 % 10)\"" }, "decimal: \",\""),
    ("what may be either", { "\"\($0 % 9 + 1),12\($0 % 10)\"" }, "types: {b: number}"),
    ("millions", { "\"\($0 + 1),234,567\"" }, "types: {b: number}"),
    ("dollars", { "$\($0).5" }, "types: {b: number}"), ("euros behind", { "\($0) €" }, "types: {b: number}"),
    ("a currency's code", { "CHF \($0)" }, "types: {b: number}"),
    ("percents", { "\($0)%" }, "types: {b: number}"),
    ("apostrophes", { "\($0 % 9 + 1)'234" }, "types: {b: number}"),
    ("dates", { "2024-01-\($0 % 28 < 9 ? "0" : "")\($0 % 28 + 1)" }, "types: {b: date}"),
    ("times of a day", { "2024-01-01 12:00:\($0 + 10)" }, "types: {b: date}"),
    ("days first", { "\($0 % 28 + 1).1.2024" }, "write dates as"),
    ("units", { "\($0) kg" }, "remove the unit"), ("degrees", { "\($0)°C" }, "remove the unit"),
    ("infinities", { $0 % 2 == 0 ? "inf" : "-inf" }, "missing: [inf]"),
    ("exponents with a unit", { "\($0 + 1)e3kg" }, "correct it"),
    ("Fortran's exponents", { "\($0 + 1).5D+02" }, "correct it"),
    ("powers of ten", { "1.\($0)×10^3" }, "correct it"), ("a sign behind", { "\($0).5-" }, "correct it"),
    ("mixed fractions", { "\($0) 1/2" }, "correct it"), ("about a number", { "~\($0)" }, "correct it"),
    ("fractions", { "\($0)/3" }, "correct it"), ("hexadecimal", { "0x\($0)F" }, "correct it"),
    ("other digits", { "٣\($0 % 2 == 0 ? "" : "٤")" }, "correct it"),
    ("a word for missing", { $0 % 3 == 0 ? "\($0).5" : "unknown" }, "missing: [unknown]"),
    ("a dash for missing", { $0 % 3 == 0 ? "\($0).5" : "-" }, "missing: ['-']"),
  ]
  @Test(arguments: numbersAsTexts.indices)
  func `numbers written otherwise are no categories, and the setting that decides is named`(index: Int) throws
  {
    let (what, cell, help) = Self.numbersAsTexts[index]
    let diagnostic = try diagnose(table((0..<40).map(cell)))
    #expect(diagnostic.code == "E0409", "\(what)")
    #expect(diagnostic.message.contains("column 'b'"), "\(what)")
    #expect(diagnostic.help?.contains(help) == true, "\(what): \(diagnostic.help ?? "")")
    #expect(diagnostic.help?.contains("drop: [b]") == true, "\(what)")
  }

  @Test(arguments: numbersAsTexts.indices)
  func `a target of such numbers is not a list of classes`(index: Int) throws {
    let rows = (0..<40).map { "\($0),\(Self.numbersAsTexts[index].cell($0))" }
    try folder.write("t.csv", "a,y\n" + rows.joined(separator: "\n"))
    let diagnostic = failure(["csv": "t.csv", "target": "y"], in: folder)
    #expect(diagnostic?.code == "E0409")
    #expect(diagnostic?.help?.contains("types: {y: category}") == true)
  }

  static let words: [(what: String, cell: @Sendable (Int) -> String)] = [
    ("colours", { ["red", "green", "blue"][$0 % 3] }),
    ("classes of a train", { ["1st", "2nd", "3rd"][$0 % 3] }),
    ("ranges", { ["18-24", "25-34", "65+"][$0 % 3] }), ("rooms", { ["A1", "B2", "C3"][$0 % 3] }),
    ("quarters", { "Q\($0 % 4 + 1)" }), ("yes and no", { $0 % 2 == 0 ? "yes" : "no" }),
    ("limits", { ["<18", ">65"][$0 % 2] }),
    ("a few numbers among many words", { ["3", "up", "down", "left"][$0 % 4] }),
  ]
  @Test(arguments: words.indices) func `words stay categories`(index: Int) throws {
    let data = try load(table((0..<40).map(Self.words[index].cell)))
    guard case .categories? = data.encoding("b") else {
      Issue.record("\(Self.words[index].what) are no categories")
      return
    }
    #expect(data.warnings.isEmpty)
  }

  @Test func `decimal commas are read where they are said`() throws {
    let text = "a;b;y\n1,5;2,25;3\n-0,5;1e1;4\n2;,5;5\n"
    try folder.write("t.csv", text)
    let data = try load(text, ["decimal": ","], separator: ";")
    #expect(data.train.matrix == [[1.5, 2.25], [-0.5, 10], [2, 0.5]])
    let single = try load("a;b;y\n1.5;2,25;3\n0.125;3,5;4\n", ["decimal": ["b": ","]], separator: ";")
    #expect(single.train.matrix == [[1.5, 2.25], [0.125, 3.5]])
  }

  @Test func `a column that can only have decimal points keeps them beside decimal commas`() throws {
    let data = try load("a;b;y\n1.288;2,5;3\n0.066;3,5;4\n", ["decimal": ","], separator: ";")
    #expect(data.train.matrix == [[1.288, 2.5], [0.066, 3.5]])
    let unclear = try diagnose("a;b;y\n1.288;2,5;3\n3.471;3,5;4\n", ["decimal": ","], separator: ";")
    #expect(unclear.code == "E0409")
    #expect(
      unclear.help?.contains("types: {a: number}") == true || unclear.help?.contains("decimal: {a") == true)
  }

  @Test func `a number may be grouped, have a currency, a percent sign and blanks`() throws {
    let number: ConfigNode = ["types": ["b": "number"]]
    #expect(try column(table(["\"1,234.5\"", "\"-12,345,678\"", "7"]), number) == [1234.5, -12_345_678, 7])
    #expect(try column(table(["$1", "$ 2.5", "-$3", "$-4"]), number) == [1, 2.5, -3, -4])
    #expect(try column(table(["5%", "12.5 %"]), number) == [0.05, 0.125])
    #expect(try column(table(["EUR 1\u{A0}234", "2\u{202F}000 EUR"]), number) == [1234, 2000])
    #expect(try column(table(["1'000", "\u{2212}2"]), number) == [1000, -2])
    let comma: ConfigNode = ["types": ["b": "number"], "decimal": ["b": ","]]
    #expect(try column(table(["\"1.234,5\"", "\"0,25\""]), comma) == [1234.5, 0.25])
  }

  @Test(arguments: [
    ["$1", "€2"], ["5%", "0.5"], ["\"1,23\"", "4"], ["\"1,2345\"", "4"], ["\"0,066\"", "1"],
    ["1 kg", "2 kg"],
    ["--1", "2"], ["1", "$2"],
  ])
  func `what is not certain to be one number is refused, even where numbers are said`(cells: [String]) throws
  {
    #expect(try diagnose(table(cells), ["types": ["b": "number"]]).code == "E0409")
  }

  @Test func `dates become days`() throws {
    let date: ConfigNode = ["types": ["b": "date"]]
    #expect(
      try column(table(["1970-01-01", "1970-01-02T12:00", "1969-12-31", "2000-03-01"]), date) == [
        0, 1.5, -1, 11_017,
      ])
    #expect(try column(table(["1970-01-01T01:00+01:00", "1970-01-01 00:00:43.2Z"]), date) == [0, 0.0005])
    for wrong in ["2024-02-30", "2023-02-29", "2024-13-01", "1.2.2024", "2024-01-01T25:00", "2024-1-1"] {
      #expect(try diagnose(table(["2024-01-01", wrong]), date).code == "E0409")
    }
  }

  @Test(arguments: ["\u{A0}", "\t", "\u{2003}", "\u{FEFF}", "\u{202F}", "\u{3000}"])
  func `blanks of any kind around a cell do not count`(blank: String) throws {
    let data = try load("a,\(blank)b\(blank),y\n1,\(blank)7.5,1\n2,8\(blank),2\n3,\"\(blank)9\",3\n")
    #expect(data.train.matrix == [[1, 7.5], [2, 8], [3, 9]])
    let words = try load("a,b,y\n1,\(blank)red,1\n2,red\(blank),2\n")
    #expect(words.encoding("b") == .categories(["red"], canBeMissing: false))
  }

  @Test(arguments: ["NA", "NULL", "None", "N/A", "n/a", "#N/A", "nan", "?", ""])
  func `numbers may mostly be missing`(word: String) throws {
    let cells = (0..<30).map { $0 % 10 == 0 ? "\($0)" : word }
    #expect(try diagnose(table(cells)).code == "E0407")
    let data = try load(table(cells), ["fill_missing": "mean"])
    #expect(data.train.matrix.map { $0[1] }[1] == 10)
  }

  @Test func `what is named is missing, and nothing else`() throws {
    let cells = ["1", "-999", "-", "5"]
    #expect(
      try column(table(cells), ["missing": ["-", -999], "fill_missing": 0]) == [1, 0, 0, 5])
    #expect(try column(table(["1", "-999.0", "3"]), ["missing": [-999], "fill_missing": 0]) == [1, 0, 3])
    #expect(try column(table(["1", "NULL", "3"]), ["missing": [nil], "fill_missing": 0]) == [1, 0, 3])
    #expect(try column(table(["1", "\"NA\"", "3"]), ["missing": ["NA"], "fill_missing": 0]) == [1, 0, 3])
    #expect(try diagnose(table(["1", "NA", "3"]), ["missing": [], "fill_missing": 0]).code == "E0409")
    #expect(try diagnose(table(["1", "\"NA\"", "3"]), ["fill_missing": 0]).code == "E0409")
  }

  @Test func `a word that may be a category asks, and quotes and settings answer`() throws {
    let plain = table(["DE", "NA", "FR", "NA"])
    for word in ["NA", "None", "null"] {
      let text = table(["DE", word, "FR", "DE"])
      #expect(try diagnose(text, ["fill_missing": 0]).help?.contains("missing: [") == true)
      #expect(try diagnose(text).code == "E0407")
    }
    #expect(
      try load(plain, ["missing": []]).encoding("b") == .categories(["DE", "FR", "NA"], canBeMissing: false))
    let filled = try load(plain, ["missing": ["NA"], "fill_missing": 0])
    #expect(filled.encoding("b") == .categories(["DE", "FR"], canBeMissing: true))
    let quoted = try load(table(["\"DE\"", "\"NA\"", "\"FR\""]))
    #expect(quoted.encoding("b") == .categories(["DE", "FR", "NA"], canBeMissing: false))
  }

  @Test(arguments: [("NA", "NA" as ConfigNode), ("None", "None"), ("NULL", nil), ("TRUE", true), ("?", "?")])
  func `what classes names is a class`(word: String, node: ConfigNode) throws {
    var named = node
    named.span = SourceSpan(0, 1)
    try folder.write("t.csv", "a,y\n1,\(word)\n2,EU\n3,\(word)\n")
    let data = try dataset(
      ["csv": "t.csv", "target": "y", "classes": .init(.list([named, "EU"]))], in: folder
    ).load()
    #expect(data.train.labels == [0, 1, 0])
    #expect(data.classNames == [word, "EU"])
  }

  @Test func `a class that may be a missing value asks`() throws {
    let diagnostic = try diagnose("y,a\nNA,1\nEU,2\n", ["features": ["a"]])
    #expect(diagnostic.code == "E0407")
    #expect(diagnostic.help?.contains("missing: []") == true)
    #expect(try load("y,a\nNA,1\nEU,2\n", ["missing": []]).classNames == ["EU", "NA"])
    #expect(try load("y,a\n\"NA\",1\nEU,2\n").classNames == ["EU", "NA"])
  }

  static let unique: [@Sendable (Int) -> String] = [
    { "C\(100_000 + $0)" }, { "img/cat_\($0).png" }, { "name\($0 / 2)" },
    { String(repeating: "x", count: $0 + 1) },
  ]
  @Test(arguments: unique.indices) func `a column of identifiers is no feature unless that is said`(
    index: Int
  ) throws {
    let text = table((0..<40).map(Self.unique[index]))
    let diagnostic = try diagnose(text)
    #expect(diagnostic.code == "E0417")
    #expect(diagnostic.help?.contains("drop: [b]") == true)
    #expect(diagnostic.help?.contains("one_hot: [b]") == true)
    #expect(try load(text, ["drop": ["b"]]).train.matrix[3] == [3])
    #expect(try load(text, ["one_hot": ["b"]]).train.matrix[0].count > 10)
    #expect(try load(text, ["types": ["b": "category"]]).train.matrix[0].count > 10)
  }

  @Test func `a target with a class for nearly every row is refused unless that is said`() throws {
    let text = "a,y\n" + (0..<40).map { "\($0),n\($0)\n" }.joined()
    let diagnostic = try diagnose(text)
    #expect(diagnostic.code == "E0417")
    #expect(diagnostic.help?.contains("types: {y: category}") == true)
    #expect(try load(text, ["types": ["y": "category"]]).classNames?.count == 40)
  }

  @Test func `many categories are worth a warning`() throws {
    let text = table((0..<1000).map { "shop\($0 % 150)" })
    #expect(try load(text).warnings.map(\.code) == ["E0425"])
    #expect(try load(text, ["one_hot": ["b"]]).warnings.isEmpty)
    #expect(try load(table(["id1", "id2", "id3", "id4", "id5"])).warnings.map(\.code) == ["E0425"])
    #expect(try load(table(["id1", "id2", "id3"])).warnings.isEmpty)
  }

  @Test func `numbers become classes where that is said`() throws {
    let data = try load("a,y\n1,3\n2,1\n3,3\n", ["types": ["y": "category"]])
    #expect(data.train.targets[0] == Column("y", rowShape: [], .integers([1, 0, 1])))
  }

  static let wrongSettings: [(ConfigNode, String)] = [
    (["types": ["c": "number"]], "E0408"), (["types": ["b": "numbr"]], "E0205"),
    (["types": "number"], "E0201"),
    (["decimal": ";"], "E0201"), (["decimal": ["c": ","]], "E0408"), (["drop": ["c"]], "E0408"),
    (["drop": ["y"]], "E0408"), (["drop": ["a"], "features": ["a"]], "E0408"), (["missing": [[1]]], "E0201"),
    (["encoding": "utf8x"], "E0205"), (["unknown_categories": "ignore"], "E0205"),
    (["one_hot": ["b"], "types": ["b": "number"]], "E0415"),
  ]
  @Test(arguments: wrongSettings) func `a setting that cannot be meant is refused`(
    more: ConfigNode, code: String
  ) throws {
    #expect(try diagnose(table(["1", "2"]), more).code == code)
  }

  @Test(arguments: ["types", "decimal", "encoding"])
  func `settings of tables do not apply to images`(name: String) throws {
    try folder.write("i", idx([2, 1], [1, 2]))
    try folder.write("l", idx([2], [0, 1]))
    let settings = ConfigNode(
      .map([.init("idx", ["train": ["images": "i", "labels": "l"]]), .init(name, ".")]))
    #expect(failure(settings, in: folder)?.code == "E0415")
  }

  static let missingNumbers: [(cells: [String], more: ConfigNode)] = [
    (["1,5", "-999,0", "4,5"], ["decimal": ",", "missing": [-999]]),
    (["1.5", "-999.00", "4.5"], ["missing": [-999]]),
    (["1.5", "-9.99e2", "4.5"], ["missing": ["-999"]]),
    (["1.5", "\"-1,999\"", "4.5"], ["types": ["b": "number"], "missing": [-1999]]),
    (["1,5", "−999", "4,5"], ["decimal": ",", "types": ["b": "number"], "missing": [-999]]),
  ]
  @Test(arguments: missingNumbers.indices)
  func `a number that stands for a missing one does so however it is written`(index: Int) throws {
    let (cells, more) = Self.missingNumbers[index]
    let all = ConfigNode(.map((more.entries ?? []) + [.init("fill_missing", "mean")]))
    #expect(try column(table(cells, separator: ";"), all, separator: ";") == [1.5, 3, 4.5])
    #expect(try diagnose(table(cells, separator: ";"), more, separator: ";").code == "E0407")
  }

  @Test func `a missing number is no target`() throws {
    try folder.write("t.csv", "a;y\n1;1,5\n2;-999,0\n3;2,5\n")
    let csv: ConfigNode = ["train": "t.csv", "separator": ";"]
    let diagnostic = failure(["csv": csv, "target": "y", "decimal": ",", "missing": [-999]], in: folder)
    #expect(diagnostic?.code == "E0407")
  }

  @Test(arguments: [
    ("float", "number"), ("categorical", "category"), ("datetime", "date"), ("Boolean", "category"),
    ("dates", "date"),
  ])
  func `another program's word for a type is told in ours`(word: String, ours: String) throws {
    let diagnostic = try diagnose(table(["1", "2"]), ["types": ["b": .init(.string(word))]])
    #expect(diagnostic.code == "E0205")
    #expect(diagnostic.help?.contains("'\(ours)'") == true)
  }

  @Test func `each class is named once`() throws {
    for classes: ConfigNode in [["p", "q", "p"], [1, 2, 1], [true, false, true]] {
      try folder.write(
        "t.csv", "a,y\n" + (classes.list ?? []).map { "1,\($0.string ?? $0.json)" }.joined(separator: "\n"))
      let diagnostic = failure(["csv": "t.csv", "target": "y", "classes": classes], in: folder)
      #expect(diagnostic?.code == "E0411")
      #expect(diagnostic?.message.contains("twice") == true)
    }
  }

  @Test func `classes that are whole numbers are found where a table writes fractions`() throws {
    try folder.write("t.csv", "a,y\n1,2.0\n2,1.0\n3,10.0\n")
    let data = try dataset(["csv": "t.csv", "target": "y", "classes": [1, 2, 10]], in: folder).load()
    #expect(data.classNames == ["1.0", "2.0", "10.0"])
  }
}
