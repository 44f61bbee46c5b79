/// Pictures in rows with their labels below: a look at the data, or at what a model made of it.
public struct SampleGrid: Figure {
  public var title: String
  public var images: [Picture]
  /// What each picture shows; empty for pictures without text.
  public var labels: [String]
  /// What a model took each picture for; empty when no model was asked.
  public var predicted: [String]
  /// Pictures in a row; nil for a grid about twice as wide as high, of at most ten columns.
  public var columns: Int?
  /// What is said where there are no pictures.
  public var emptyText = "no images"

  public init(
    title: String, images: [Picture], labels: [String] = [], predicted: [String] = [], columns: Int? = nil
  ) {
    self.title = title
    self.images = images
    self.labels = labels
    self.predicted = predicted
    self.columns = columns
  }

  /// What the title needs, guessed, as long as that is no more than a page.
  private var titleWidth: Double {
    min(640, TextEstimate.width(of: title, Layout.title)) + 2 * Layout.margin
  }

  private static let style = TextStyle(10, Palette.ink, anchor: .middle)
  private static let gap = 12.0
  private static let lineHeight = 14.0

  private var columnCount: Int {
    if let columns { return max(1, min(columns, images.count)) }
    let wanted = (Double(images.count) * 2).squareRoot().rounded(.up)
    return max(1, min(10, Int(wanted), images.count))
  }
  private var rowCount: Int { (images.count + columnCount - 1) / columnCount }
  private var lines: Double { (labels.isEmpty ? 0 : 1) + (predicted.isEmpty ? 0 : 1) }

  private var subtitle: String {
    labels.isEmpty || predicted.isEmpty ? "" : "true class, and below it the predicted one"
  }

  /// All pictures get the same enlargement: a whole number of half points to a pixel where they are
  /// small, so that
  /// every pixel has the same size.
  private var enlargement: Double {
    let longest = Double(images.reduce(1) { max($0, $1.width, $1.height) })
    let wanted = (longest > 64 ? 112 : 64) / longest
    return wanted >= 0.5 ? (wanted * 2).rounded() / 2 : wanted
  }

  private var tile: Size {
    let width = Double(images.reduce(1) { max($0, $1.width) }) * enlargement
    let height = Double(images.reduce(1) { max($0, $1.height) }) * enlargement
    return Size(width: width, height: height + (lines > 0 ? lines * Self.lineHeight + 4 : 0))
  }

  public var size: Size {
    let (across, down) = (Double(columnCount), Double(max(rowCount, 1)))
    return Size(
      width: max(240, titleWidth, across * (tile.width + Self.gap) - Self.gap + 2 * Layout.margin),
      height: headingHeight(subtitle: !subtitle.isEmpty) + down * (tile.height + Self.gap) - Self.gap
        + Layout.margin)
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) {
    let rest = drawHeading(subtitle: subtitle, on: &canvas)
    if images.isEmpty {
      canvas.centeredText(emptyText, at: rest.center, Layout.label.with(anchor: .middle))
    }
    for (index, image) in images.enumerated() {
      let corner = Point(
        rest.x + Double(index % columnCount) * (tile.width + Self.gap),
        rest.y + Double(index / columnCount) * (tile.height + Self.gap))
      draw(image, index, at: corner, on: &canvas)
    }
  }

  private func draw(
    _ image: Picture, _ index: Int, at corner: Point, on canvas: inout (some Canvas & ~Copyable)
  ) {
    let (width, height) = (Double(image.width) * enlargement, Double(image.height) * enlargement)
    let text = lines > 0 ? lines * Self.lineHeight + 4 : 0
    let room = Size(width: tile.width - width, height: tile.height - text - height)
    canvas.image(
      image,
      in: Rect(
        x: (corner.x + room.width / 2).rounded(), y: (corner.y + room.height / 2).rounded(), width: width,
        height: height))
    var baseline = corner.y + tile.height - text + Self.lineHeight
    for (string, color) in captions(index) {
      // A caption may use the gaps beside its picture, almost to the next caption.
      let fitting = canvas.shortened(string, to: tile.width + Self.gap - 4, Self.style)
      canvas.text(fitting, at: Point(corner.x + tile.width / 2, baseline), Self.style.with(color: color))
      baseline += Self.lineHeight
    }
  }

  private func captions(_ index: Int) -> [(String, Color)] {
    let label = labels.indices.contains(index) ? labels[index] : nil
    let guess = predicted.indices.contains(index) ? predicted[index] : nil
    let verdict = guess == label ? Palette.right : Palette.wrong
    return [label.map { ($0, Palette.ink) }, guess.map { ($0, label == nil ? Palette.ink : verdict) }]
      .compactMap { $0 }
  }
}
