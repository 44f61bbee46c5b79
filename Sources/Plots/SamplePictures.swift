package import Datasets
package import Plotting

extension DataPart {
  /// A sample as a picture, grey or of three colours: its smallest number is black and its largest white.
  package func image(of column: Column, sample: Int) -> Picture {
    let numbers = values(of: column, sample: sample)
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
    let scale = high > low ? 255 / (high - low) : 0
    let bytes = numbers.map { number -> UInt8 in
      let level = ((number - low) * scale).rounded()
      return level.isFinite ? UInt8(max(0, min(255, level))) : 0
    }
    let (height, width) = (column.rowShape[0], column.rowShape[1])
    guard column.rowShape.count == 3, column.rowShape[2] == 3 else {
      return Picture(width: width, height: height, gray: bytes)
    }
    let colors = stride(from: 0, to: bytes.count - 2, by: 3).map {
      Color(red: bytes[$0], green: bytes[$0 + 1], blue: bytes[$0 + 2])
    }
    return Picture(width: width, height: height, colors: colors)
  }
}

extension PreparedData {
  /// The name of a sample's class; empty where targets are no classes.
  package func label(of part: DataPart, sample: Int) -> String {
    guard let target = part.targets.first, case .integers(let labels) = target.storage, target.rowSize == 1
    else { return "" }
    let label = Int(labels[Int(part.rows[sample])])
    guard let names = classNames, names.indices.contains(label) else { return "\(label)" }
    return names[label]
  }
}
