extension String {
  /// The text without what a terminal would obey: names in files, logs and archives are somebody else's.
  ///
  /// Control characters but new lines and tabs, and what turns the direction of writing, are shown as `�`; each is one
  /// character before and after.
  public var harmless: String {
    guard unicodeScalars.contains(where: \.isObeyed) else { return self }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: unicodeScalars.lazy.map { $0.isObeyed ? "\u{FFFD}" : $0 })
    return String(scalars)
  }

  /// The same in one line.
  public var harmlessLine: String { harmless.replacing("\n", with: "\u{FFFD}") }
}

extension Unicode.Scalar {
  /// Whether it is no part of a text, but tells whoever shows it to do something.
  fileprivate var isObeyed: Bool {
    switch value {
    case 0x09, 0x0A: false
    case ..<0x20, 0x7F..<0xA0: true
    // Directions of writing, separators of lines and paragraphs, marks that belong to no visible character. What joins
    // letters and emoji, and the soft hyphen, are parts of words.
    case 0x061C, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
      0xE0000...0xE0FFF:
      true
    default: false
    }
  }
}
