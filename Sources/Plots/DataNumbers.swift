import Running
import Analysis
import Config
import Datasets
import Diagnostics
import TensorCore

/// One number of each sample: a column of a table, or all numbers of a feature together.
struct DataNumber {
  let name: String
  fileprivate let column: Int
  /// Which number of a row; nil for all of them.
  fileprivate let place: Int?

  /// Whether it is all numbers of a feature.
  var isWhole: Bool { place == nil }

  /// Its place in the rows of the first feature.
  var index: Int { place ?? 0 }

  /// The values in a part, in the units of the data's own table.
  func values(in rows: DataPart, of data: PreparedData) -> [Double] {
    guard rows.features.indices.contains(column) else { return [] }
    let feature = rows.features[column]
    let unit = data.unit(of: feature, place: place)
    return (0..<rows.count).flatMap { sample -> [Double] in
      let numbers = rows.values(of: feature, sample: sample)
      guard let place else { return numbers.map { unit(Double($0)) } }
      return numbers.indices.contains(place) ? [unit(Double(numbers[place]))] : []
    }
  }
}

extension PreparedData {
  /// What turns a number as models see it into one as the table has it.
  func unit(of feature: Column, place: Int?) -> (Double) -> Double {
    guard let place, let input = preparation.inputs.first(where: { $0.name == feature.name }),
      let columns = input.columns
    else { return { $0 } }
    var next = 0
    for column in columns {
      if next == place, case .numbers(_, let mean, let deviation) = column.kind {
        return { $0 * deviation + mean }
      }
      next += column.width
    }
    return { $0 }
  }
}

extension DataShape {
  /// Features of more numbers are taken together.
  private static let mostNumbers = 64

  /// What is looked at if nothing is named: numbers of tables one by one, those of pictures together.
  var standardNumbers: [DataNumber] {
    numbers.filter { features[$0.column].rowShape.count < 2 }
      + features.enumerated().filter { $1.rowShape.count > 1 }.map {
        DataNumber(name: $1.name, column: $0, place: nil)
      }
  }

  /// Every number of a sample that has a name, of all features.
  var numbers: [DataNumber] {
    features.enumerated().flatMap { column, feature -> [DataNumber] in
      // Texts are no numbers, though they are held by number.
      if feature.element == .text { return [] }
      let width = feature.rowShape.reduce(1, *)
      if let names = feature.numberNames, names.count == width {
        return names.enumerated().map { DataNumber(name: $1, column: column, place: $0) }
      }
      if width == 1 { return [DataNumber(name: feature.name, column: column, place: 0)] }
      guard feature.rowShape.count == 1, width <= Self.mostNumbers else {
        return [DataNumber(name: feature.name, column: column, place: nil)]
      }
      return (0..<width).map { DataNumber(name: "\(feature.name)[\($0)]", column: column, place: $0) }
    }
  }
}

extension CheckContext {
  /// The numbers that are named in `features`, all if none is; `nil` after a mistake.
  mutating func numbers(_ features: [ConfigNode], of part: DataPartInfo) -> [DataNumber]? {
    let known = part.shape.numbers
    var found: [DataNumber] = []
    for node in features {
      let name = node.string ?? node.json
      guard let number = known.first(where: { $0.name == name }) else {
        bag.report(.unknownWord(name, in: known.map(\.name), at: node.span, what: "feature"))
        return nil
      }
      found.append(number)
    }
    return found.isEmpty ? part.shape.standardNumbers : found
  }
}
