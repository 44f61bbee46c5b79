import Analysis
package import Config
package import Datasets
import Layers
import Plotting
package import Reporting
package import Training

/// What a model predicts, as columns with names.
package struct PredictionTable {
  package enum Cell {
    case text(String)
    case number(Float)

    /// The shortest text that reads back as the same number.
    fileprivate var text: String {
      switch self {
      case .text(let text): text
      case .number(let number): "\(number)"
      }
    }
  }

  package struct Column {
    package var name: String
    package var cells: [Cell]
  }

  package private(set) var columns: [Column] = []
  private var names: Set<String> = []

  package var rowCount: Int { columns.first?.cells.count ?? 0 }

  /// Runs a model over all rows of a part.
  /// - Parameters:
  ///   - preparation: what the outputs mean; without it classes have numbers.
  ///   - others: columns that stand before the predictions as they are.
  ///   - areProbabilitiesShown: whether every class has a column, instead of the likeliest alone.
  /// - Throws: E0304 if the part does not fit the model.
  package init(
    _ trainer: Trainer, _ part: DataPart, _ preparation: Preparation?, keeping others: [RawRows.Other] = [],
    batchSize: Int, areProbabilitiesShown: Bool
  ) throws {
    for other in others {
      columns.append(Column(name: other.name, cells: other.cells.map(Cell.text)))
      names.insert(other.name)
    }
    let built = trainer.built
    for (i, numbers) in try trainer.predict(part, batchSize: batchSize).enumerated() {
      let meaning = try OutputMeaning(i, of: built, preparation, on: part)
      switch meaning.kind {
      case .numbers(let names):
        for (place, name) in names.enumerated() {
          add(name, stride(from: place, to: numbers.count, by: meaning.width).map { .number(numbers[$0]) })
        }
      case .classes(let names):
        add(meaning.name, names, try meaning.probabilities(numbers), areAllShown: areProbabilitiesShown)
      case .binary(let names):
        let both = try meaning.probabilities(numbers).flatMap { [1 - $0, $0] }
        add(meaning.name, names, both, areAllShown: areProbabilitiesShown)
      }
    }
  }

  /// The likeliest class of each row, the first of equals, and how likely it or every class is.
  private mutating func add(_ name: String, _ classes: [String], _ numbers: [Float], areAllShown: Bool) {
    let width = classes.count
    let starts = stride(from: 0, to: numbers.count, by: width)
    let best = starts.map { start in
      (start..<start + width).reduce(start) { numbers[$1] > numbers[$0] ? $1 : $0 }
    }
    add(name, best.map { .text(classes[$0 % width]) })
    guard areAllShown else { return add("\(name)_probability", best.map { .number(numbers[$0]) }) }
    for (place, word) in classes.enumerated() {
      add("\(name)_\(word)", starts.map { .number(numbers[$0 + place]) })
    }
  }

  /// Adds a column, under a name that none has yet.
  private mutating func add(_ name: String, _ cells: [Cell]) {
    var free = name
    while !names.insert(free).inserted { free = "predicted_\(free)" }
    columns.append(Column(name: free, cells: cells))
  }

  /// The table as RFC 4180 has it, with a header, in UTF-8.
  package func csv(separator: UInt8 = UInt8(ascii: ",")) -> [UInt8] {
    let rows = [columns.map(\.name)] + (0..<rowCount).map { row in columns.map { $0.cells[row].text } }
    let separator = Character(UnicodeScalar(separator))
    return rows.flatMap { Array((CSV.row($0, separator: separator) + "\n").utf8) }
  }

  /// One mapping a row.
  package var json: ConfigNode {
    let rows = (0..<rowCount).map { row in
      ConfigNode(
        .map(
          columns.map { column in
            switch column.cells[row] {
            case .text(let text): .init(column.name, text.config)
            // Through its text: as a double a float has digits that mean nothing.
            case .number(let number): .init(column.name, (Double("\(number)") ?? .nan).config)
            }
          }))
    }
    return ConfigNode(.list(rows))
  }

  /// The first rows, for a report.
  package func excerpt(_ count: Int) -> ReportTable {
    let shown = min(count, rowCount)
    return ReportTable(
      header: columns.map(\.name),
      rows: (0..<shown).map { row in
        columns.map { column in
          switch column.cells[row] {
          case .text(let text): text
          case .number(let number): NumberText.significant(Double(number), digits: 4)
          }
        }
      },
      alignments: columns.map { column in
        if case .number? = column.cells.first { .right } else { .left }
      },
      caption: shown < rowCount
        ? "The first \(shown) of \(NumberText.grouped(rowCount)) predictions" : "All predictions")
  }
}
