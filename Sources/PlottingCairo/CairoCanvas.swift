internal import CCairo
internal import Diagnostics
internal import Plotting

/// A picture in memory or the page of a PDF, painted by Cairo; owns the surface and the context, so it cannot be copied.
///
/// Hinting is off and antialiasing is grey: what is drawn depends on the commands and the font, not on a
/// screen.
struct CairoCanvas: ~Copyable, Canvas {
  private let surface: OpaquePointer
  private let context: OpaquePointer
  /// What a PDF's surface has written so far.
  private let output = ByteSink()

  /// A white canvas of `size` points with `scale` pixels to a point.
  ///
  /// Throws E0910 when Cairo has no room for it.
  init(size: Size, scale: Double = 2) throws(Diagnostic) {
    guard let width = Self.pixels(size.width * scale), let height = Self.pixels(size.height * scale),
      let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)
    else { throw .figureTooLarge(size) }
    guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, let context = cairo_create(surface) else {
      cairo_surface_destroy(surface)
      throw .figureTooLarge(size)
    }
    self.surface = surface
    self.context = context
    cairo_set_source_rgb(context, 1, 1, 1)
    cairo_paint(context)
    cairo_scale(context, scale, scale)
    Self.setLook(of: context)
  }

  /// A page of `size` points with a title for those who list files.
  ///
  /// Throws E0910 when Cairo has no room for it.
  init(pdf size: Size, title: String) throws(Diagnostic) {
    // A point of a figure is 1/96 inch, one of a PDF 1/72.
    let scale = 0.75
    guard Self.pixels(size.width) != nil, Self.pixels(size.height) != nil,
      let surface = cairo_pdf_surface_create_for_stream(
        writeToSink, Unmanaged.passUnretained(output).toOpaque(), size.width * scale, size.height * scale)
    else { throw .figureTooLarge(size) }
    guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, let context = cairo_create(surface) else {
      cairo_surface_destroy(surface)
      throw .figureTooLarge(size)
    }
    self.surface = surface
    self.context = context
    // The same figure gives the same bytes, whenever it is drawn.
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "")
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, Self.printable(title))
    cairo_scale(context, scale, scale)
    Self.setLook(of: context)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// The finished picture as the bytes of a PNG file.
  ///
  /// Throws E0911 when Cairo failed while drawing or writing.
  consuming func png() throws(Diagnostic) -> [UInt8] {
    try Self.check(cairo_status(context))
    cairo_surface_flush(surface)
    return try Self.png(of: surface)
  }

  /// The finished page as the bytes of a PDF file.
  ///
  /// Throws E0911 when Cairo failed while drawing or writing.
  consuming func pdf() throws(Diagnostic) -> [UInt8] {
    try Self.check(cairo_status(context))
    cairo_surface_finish(surface)
    try Self.check(cairo_surface_status(surface))
    return output.bytes
  }

  /// A picture as the bytes of a PNG file, a pixel each; nil when there are none.
  static func png(of picture: Picture) throws(Diagnostic) -> [UInt8]? {
    guard let surface = surface(of: picture) else { return nil }
    defer { cairo_surface_destroy(surface) }
    return try png(of: surface)
  }

  private static func png(of surface: OpaquePointer) throws(Diagnostic) -> [UInt8] {
    let output = ByteSink()
    try check(
      cairo_surface_write_to_png_stream(surface, writeToSink, Unmanaged.passUnretained(output).toOpaque()))
    return output.bytes
  }

  private static func check(_ status: cairo_status_t) throws(Diagnostic) {
    guard status == CAIRO_STATUS_SUCCESS else {
      throw .figureFailed(String(cString: cairo_status_to_string(status)))
    }
  }

  mutating func line(_ points: [Point], _ stroke: Stroke) {
    guard points.count > 1 else { return }
    for point in points { cairo_line_to(context, point.x, point.y) }
    setColor(stroke.color)
    cairo_set_line_width(context, stroke.width)
    cairo_set_dash(context, stroke.dash, Int32(clamping: stroke.dash.count), 0)
    cairo_stroke(context)
  }

  mutating func fill(_ rect: Rect, _ color: Color) {
    setColor(color)
    cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height)
    cairo_fill(context)
  }

  mutating func polygon(_ points: [Point], _ color: Color) {
    guard points.count > 2 else { return }
    for point in points { cairo_line_to(context, point.x, point.y) }
    setColor(color)
    cairo_fill(context)
  }

  mutating func disc(at center: Point, radius: Double, _ color: Color) {
    setColor(color)
    cairo_new_sub_path(context)
    cairo_arc(context, center.x, center.y, radius, 0, 2 * .pi)
    cairo_fill(context)
  }

  mutating func text(_ string: String, at point: Point, _ style: TextStyle) {
    let string = Self.printable(string)
    let width = self.width(of: string, style)
    cairo_save(context)
    setColor(style.color)
    cairo_translate(context, point.x, point.y)
    cairo_rotate(context, -style.rotation * .pi / 180)
    cairo_move_to(context, style.anchor == .start ? 0 : style.anchor == .middle ? -width / 2 : -width, 0)
    cairo_show_text(context, string)
    cairo_restore(context)
    // Text leaves a current point, to which the next line would be joined.
    cairo_new_path(context)
  }

  mutating func image(_ image: Picture, in rect: Rect) {
    guard let picture = Self.surface(of: image) else { return }
    defer { cairo_surface_destroy(picture) }
    paint(picture, image, in: rect)
  }

  private static func surface(of image: Picture) -> OpaquePointer? {
    guard image.width > 0, image.height > 0,
      let picture = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, Int32(clamping: image.width), Int32(clamping: image.height))
    else { return nil }
    guard let data = cairo_image_surface_get_data(picture) else {
      cairo_surface_destroy(picture)
      return nil
    }
    let stride = Int(cairo_image_surface_get_stride(picture))
    for row in 0..<image.height {
      let line = UnsafeMutableRawPointer(data + row * stride)
      for column in 0..<image.width {
        line.storeBytes(
          of: image.pixels[row * image.width + column], toByteOffset: column * 4, as: UInt32.self)
      }
    }
    cairo_surface_mark_dirty(picture)
    return picture
  }

  func width(of string: String, _ style: TextStyle) -> Double {
    cairo_select_font_face(
      context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
      style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, style.size)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, Self.printable(string), &extents)
    return extents.x_advance
  }

  private func paint(_ picture: OpaquePointer, _ image: Picture, in rect: Rect) {
    cairo_save(context)
    cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height)
    cairo_clip(context)
    cairo_translate(context, rect.x, rect.y)
    cairo_scale(context, rect.width / Double(image.width), rect.height / Double(image.height))
    cairo_set_source_surface(context, picture, 0, 0)
    let isEnlarged = rect.width >= Double(image.width)
    let pattern = cairo_get_source(context)
    cairo_pattern_set_filter(pattern, isEnlarged ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD)
    cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD)
    cairo_paint(context)
    cairo_restore(context)
  }

  private func setColor(_ color: Color) {
    cairo_set_source_rgba(
      context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255,
      Double(color.alpha) / 255)
  }

  private static func setLook(of context: OpaquePointer) {
    cairo_set_antialias(context, CAIRO_ANTIALIAS_GRAY)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    let options = cairo_font_options_create()
    defer { cairo_font_options_destroy(options) }
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_set_font_options(context, options)
  }

  private static func pixels(_ length: Double) -> Int32? {
    guard let pixels = Int32(exactly: length.rounded(.up)), pixels > 0 else { return nil }
    return pixels
  }

  /// Control characters have no glyph, and a zero byte would end the text.
  private static func printable(_ string: String) -> String {
    String(String.UnicodeScalarView(string.unicodeScalars.map { $0.value < 32 ? " " : $0 }))
  }
}

/// Collects what Cairo writes through a C callback, which can only carry a reference.
private final class ByteSink {
  var bytes: [UInt8] = []
}

private let writeToSink:
  @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, UInt32) -> cairo_status_t = {
    sink, bytes, count in
    guard let sink, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
    Unmanaged<ByteSink>.fromOpaque(sink).takeUnretainedValue()
      .bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
    return CAIRO_STATUS_SUCCESS
  }

extension Diagnostic {
  static func figureTooLarge(_ size: Size) -> Diagnostic {
    let (width, height) = (NumberText.significant(size.width), NumberText.significant(size.height))
    return Diagnostic(
      "E0910", "a figure of \(width) × \(height) points cannot be drawn",
      help: "show fewer classes, images or metrics in one figure; sides may have up to 16,383 points")
  }

  static func figureFailed(_ reason: String) -> Diagnostic {
    Diagnostic(
      "E0911", "drawing a figure failed: \(reason)",
      help: "'runexp doctor' checks Cairo and the fonts; free memory if there is little left")
  }
}
