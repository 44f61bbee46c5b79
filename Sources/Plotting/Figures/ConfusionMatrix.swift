/// How often each class was taken for each: a row for each true class, a column for each predicted one.
///
/// Colours show the share of the row, so that rare classes are read as well as frequent ones; numbers are
/// counts.
public struct ConfusionMatrix: Figure {
  public var title: String
  public var classNames: [String]
  /// `counts[true][predicted]`; what is missing is 0.
  public var counts: [[Int]]

  public init(title: String, classNames: [String], counts: [[Int]]) {
    self.title = title
    self.classNames = classNames
    self.counts = counts
  }

  private static let name = TextStyle(11, Palette.ink)
  private static let axisName = 22.0

  private var side: Double { Double(max(counts.count, 1)) }
  private var cell: Double { min(72, max(18, 460 / side)) }

  /// The width set aside for a name: guessed from its length, so that the size of the figure depends on
  /// no font.
  private var nameWidth: Double {
    min(120, Double(classNames.reduce(1) { max($0, $1.count) }) * 0.65 * Self.name.size + 6)
  }

  public var size: Size {
    Size(
      width: max(360, Self.axisName + nameWidth + 8 + cell * side + 2 * Layout.margin),
      height: headingHeight(subtitle: true) + cell * side + columnNameHeight + Self.axisName + 12
        + Layout.margin)
  }

  /// Columns are wide enough for short names; else the names are turned.
  private var turnsColumnNames: Bool {
    rowNames.contains { TextEstimate.width(of: $0, Self.name) > cell - 4 }
  }
  private var columnNameHeight: Double { turnsColumnNames ? nameWidth * 0.71 + 10 : 16 }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) {
    let rest = drawHeading(subtitle: subtitle, on: &canvas)
    let left = rest.x + Self.axisName + nameWidth + 8
    let grid = Rect(x: left.rounded(), y: rest.y + 6, width: cell * side, height: cell * side)
    drawCells(grid, on: &canvas)
    drawNames(grid, on: &canvas)
  }

  private var subtitle: String {
    let total = Self.sum(counts.indices.map(rowTotal))
    guard total > 0 else { return "no predictions" }
    let accuracy = NumberText.percent(Double(Self.sum(counts.indices.map { count($0, $0) })) / Double(total))
    return "accuracy \(accuracy)   n = \(NumberText.grouped(total))"
  }

  private func rowTotal(_ row: Int) -> Int { Self.sum(counts.indices.map { count(row, $0) }) }

  /// A sum that stops at the largest integer instead of trapping.
  private static func sum(_ values: [Int]) -> Int {
    values.reduce(0) { total, value in
      let (sum, overflow) = total.addingReportingOverflow(value)
      return overflow ? .max : sum
    }
  }

  private func count(_ row: Int, _ column: Int) -> Int {
    counts[row].indices.contains(column) ? max(0, counts[row][column]) : 0
  }

  private var rowNames: [String] {
    counts.indices.map { classNames.indices.contains($0) ? classNames[$0] : String($0) }
  }

  private func drawCells(_ grid: Rect, on canvas: inout (some Canvas & ~Copyable)) {
    let style = numberStyle(on: canvas)
    for row in counts.indices {
      let total = rowTotal(row)
      for column in counts.indices {
        let value = count(row, column)
        let share = total > 0 ? Double(value) / Double(total) : 0
        let place = Rect(
          x: grid.x + Double(column) * cell, y: grid.y + Double(row) * cell, width: cell, height: cell)
        let color = Palette.sequential(share)
        canvas.fill(place, color)
        guard let style else { continue }
        let ink = value == 0 ? Palette.frame : Palette.ink(on: color)
        canvas.centeredText(NumberText.grouped(value), at: place.center, style.with(color: ink))
      }
    }
    canvas.outline(grid, Stroke(Palette.frame))
  }

  /// The largest type in which the longest count fits its cell; nil when that could not be read.
  private func numberStyle(on canvas: borrowing (some Canvas & ~Copyable)) -> TextStyle? {
    let numbers = counts.indices.flatMap { row in counts.indices.map { NumberText.grouped(count(row, $0)) } }
    for size in stride(from: 13.0, through: 7, by: -0.5) {
      let style = TextStyle(size, Palette.ink, anchor: .middle)
      if canvas.widest(numbers, style) <= cell - 6 { return style }
    }
    return nil
  }

  private func drawNames(_ grid: Rect, on canvas: inout (some Canvas & ~Copyable)) {
    for (index, name) in rowNames.enumerated() {
      let middle = (Double(index) + 0.5) * cell
      let rowName = canvas.shortened(name, to: nameWidth, Self.name)
      canvas.centeredText(rowName, at: Point(grid.x - 7, grid.y + middle), Self.name.with(anchor: .end))
      let top = grid.bottom + 8
      if turnsColumnNames {
        let columnName = canvas.shortened(name, to: nameWidth, Self.name)
        canvas.text(
          columnName, at: Point(grid.x + middle + 5, top + 6), Self.name.with(anchor: .end, rotation: 45))
      } else {
        canvas.text(name, at: Point(grid.x + middle, top + 9), Self.name.with(anchor: .middle))
      }
    }
    let style = Layout.label.with(anchor: .middle)
    canvas.text("true", at: Point(Layout.margin + style.size * 0.8, grid.center.y), style.with(rotation: 90))
    canvas.text("predicted", at: Point(grid.center.x, size.height - Layout.margin), style)
  }
}
