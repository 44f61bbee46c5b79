/// The colours of all figures: told apart by colour-blind readers, and in a grey print by their dashes.
package enum Palette {
  package static let paper = Color(0xFFFFFF)
  package static let ink = Color(0x1F2328)
  /// Tick labels, captions and other things to be found, not seen.
  package static let quiet = Color(0x5F6873)
  package static let frame = Color(0xB8BEC6)
  package static let grid = Color(0xE9ECEF)

  package static let training = Color(0x0072B2)
  package static let validation = Color(0xD55E00)
  package static let right = Color(0x00795A)
  package static let wrong = Color(0xC44100)

  /// Okabe and Ito's set without black, the lightest last.
  package static let categories = [
    Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0xCC79A7), Color(0xE69F00), Color(0x56B4E9),
    Color(0x8C8C8C),
  ]

  private static let dashes: [[Double]] = [[], [6, 3], [2, 2.5], [8, 3, 2, 3]]

  /// The colour of series number `index`, from 0.
  package static func category(_ index: Int) -> Color { categories[index % categories.count] }

  /// The dashes of series number `index`: solid until the colours have been used up.
  package static func dash(_ index: Int) -> [Double] { dashes[index / categories.count % dashes.count] }

  private static let blues = [
    Color(0xF7FBFF), Color(0xDEEBF7), Color(0xC6DBEF), Color(0x9ECAE1), Color(0x6BAED6), Color(0x4292C6),
    Color(0x2171B5), Color(0x08519C), Color(0x08306B),
  ]

  private static let blueToOrange = [
    Color(0x08306B), Color(0x2171B5), Color(0x6BAED6), Color(0xC6DBEF), Color(0xF7F7F7), Color(0xFDD0A2),
    Color(0xFD8D3C), Color(0xD94801), Color(0x7F2704),
  ]

  /// A blue for a share between 0 (nearly white) and 1 (nearly black); values outside are clamped.
  package static func sequential(_ share: Double) -> Color { between(blues, share) }

  /// A blue for -1, white for 0, an orange for 1; values outside are clamped.
  package static func diverging(_ value: Double) -> Color { between(blueToOrange, (value + 1) / 2) }

  private static func between(_ colors: [Color], _ share: Double) -> Color {
    let position = (share.isFinite ? min(max(share, 0), 1) : 0) * Double(colors.count - 1)
    let lower = min(Int(position), colors.count - 2)
    return colors[lower].mixed(with: colors[lower + 1], position - Double(lower))
  }

  /// Dark or white, whichever is read more easily on `background`.
  package static func ink(on background: Color) -> Color { background.lightness > 0.55 ? ink : paper }
}
