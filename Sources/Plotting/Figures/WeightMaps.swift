/// Weights as pictures, blue for negative ones and orange for positive ones, all on one scale.
public struct WeightMaps: Figure {
  public var title: String
  public var subtitle: String
  /// Tiles of equal height and width, each row by row.
  public var tiles: [[Float]]
  public var height: Int
  public var width: Int
  /// Names below the tiles; empty for none.
  public var labels: [String]
  /// Names of the rows of a single tile; empty for none.
  public var rowNames: [String] = []
  /// So many tiles that follow each other belong together and stand in one row, such as the channels of a filter.
  public var groupSize = 1

  public init(
    title: String, subtitle: String = "", tiles: [[Float]], height: Int, width: Int, labels: [String] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.tiles = tiles
    self.labels = labels
    self.height = max(1, height)
    self.width = max(1, width)
  }

  private static let gap = 8.0
  private static let style = TextStyle(9.5, Palette.quiet, anchor: .middle)
  private static let rowStyle = TextStyle(10.5, Palette.ink, anchor: .end)

  private var isMatrix: Bool { tiles.count == 1 }

  private var columns: Int {
    if isMatrix { return 1 }
    let group = max(1, groupSize)
    let wanted = max(1, min(10, Int((Double(tiles.count) * 2).squareRoot().rounded(.up)), tiles.count))
    return (wanted + group - 1) / group * group
  }
  private var rows: Int { (tiles.count + columns - 1) / columns }

  /// Every weight has the same size, a whole number of half points where they are few.
  private var pixel: Size {
    if isMatrix {
      return Size(
        width: min(26, max(0.5, 600 / Double(width))), height: min(26, max(0.5, 420 / Double(height))))
    }
    let wanted = 64 / Double(max(width, height))
    let side = wanted >= 0.5 ? (wanted * 2).rounded() / 2 : wanted
    return Size(width: side, height: side)
  }

  private var tile: Size {
    Size(
      width: Double(width) * pixel.width,
      height: Double(height) * pixel.height + (labels.isEmpty ? 0 : 14))
  }

  private var rowNameWidth: Double {
    rowNames.isEmpty
      ? 0 : min(140, rowNames.reduce(0) { max($0, TextEstimate.width(of: $1, Self.rowStyle)) }) + 8
  }

  public var size: Size {
    let (across, down) = (Double(columns), Double(max(rows, 1)))
    return Size(
      width: max(
        300,
        rowNameWidth + across * (tile.width + Self.gap) - Self.gap + 16 + ColorBar.width + 2 * Layout.margin),
      height: headingHeight(subtitle: !subtitle.isEmpty) + max(90, down * (tile.height + Self.gap) - Self.gap)
        + 6
        + Layout.margin)
  }

  /// The largest distance from zero.
  private var reach: Double {
    let largest = tiles.joined().reduce(Float(0)) { $1.isFinite ? max($0, abs($1)) : $0 }
    return largest > 0 ? Double(largest) : 1
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) {
    let rest = drawHeading(subtitle: subtitle, on: &canvas).inset(top: 6)
    let reach = reach
    for (index, tile) in tiles.enumerated() {
      let corner = Point(
        rest.x + rowNameWidth + Double(index % columns) * (self.tile.width + Self.gap),
        rest.y + Double(index / columns) * (self.tile.height + Self.gap))
      draw(tile, index, reach, at: corner, on: &canvas)
    }
    let bar = Rect(
      x: rest.right - ColorBar.width, y: rest.y, width: ColorBar.width, height: min(rest.height, 260))
    ColorBar(range: -reach...reach) { Palette.diverging(2 * $0 - 1) }.draw(in: bar, on: &canvas)
  }

  private func draw(
    _ tile: [Float], _ index: Int, _ reach: Double, at corner: Point,
    on canvas: inout (some Canvas & ~Copyable)
  ) {
    let colors = tile.map { Palette.diverging(Double($0) / reach) }
    let area = Rect(
      x: corner.x, y: corner.y, width: Double(width) * pixel.width, height: Double(height) * pixel.height)
    canvas.image(Picture(width: width, height: height, colors: colors), in: area)
    canvas.outline(area, Stroke(Palette.frame, width: 0.75))
    if labels.indices.contains(index) {
      let text = canvas.shortened(labels[index], to: area.width + Self.gap - 2, Self.style)
      canvas.text(text, at: Point(area.center.x, area.bottom + 11), Self.style)
    }
    guard isMatrix, pixel.height >= 11 else { return }
    for (row, name) in rowNames.enumerated() {
      let text = canvas.shortened(name, to: rowNameWidth - 8, Self.rowStyle)
      canvas.centeredText(
        text, at: Point(area.x - 7, area.y + (Double(row) + 0.5) * pixel.height), Self.rowStyle)
    }
  }
}
