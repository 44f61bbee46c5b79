/// Rows of texts as RFC 4180 has them.
public enum CSV {
  /// One line without its end; what could be misread is put in quotes.
  public static func row(_ fields: [String], separator: Character = ",") -> String {
    fields.map { quoted($0, separator) }.joined(separator: String(separator))
  }

  private static func quoted(_ text: String, _ separator: Character) -> String {
    // By bytes: a carriage return and a line feed are one character.
    let bytes = text.utf8
    let special = Array("\"\n\r\(separator)".utf8)
    let isPlain = !bytes.contains(where: special.contains) && bytes.first != 0x20 && bytes.last != 0x20
    return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
