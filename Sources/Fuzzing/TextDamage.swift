/// Damages texts as a slip of the hand, a bad merge or an enemy would.
struct TextDamage {
  private let texts: [[String]]
  private let words: [String]

  /// - Parameters:
  ///   - texts: what to start from, and to take pieces from.
  ///   - words: more words than those of the texts.
  init(_ texts: [String], words: [String] = []) {
    self.texts = texts.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    let own = texts.flatMap { $0.split { !$0.isLetter && !$0.isNumber && $0 != "_" } }.map(String.init)
    self.words = Set(own + words).sorted()
  }

  private static let numbers = [
    "0", "-1", "1", "2147483648", "9223372036854775807", "-9223372036854775808", "99999999999999999999999",
    "4611686018427387904", "65536", "1e308", "1e999", "-1e-320", ".nan", ".inf", "0x7fffffff", "0o17",
    "1_000",
    "3.0000001", "007", "null", "true", "''", "[]", "{}", "~",
  ]
  private static let marks = [
    "&a ", "*a", "<<: *a", "!!int ", "!!binary ", "? ", ": ", "- ", "|", ">-", "#", "\"", "'", "{", "}", "[",
    "]",
    ",", "$", "$(", ")", "${", "{{ ", " }}", "\t", "\\", "%", "@", "`", "---\n", "...\n", "\r\n", "  ", "(",
    "=",
    ":=", "**", "//", "if ", "for ", "while True:", "def ", "return ", "self.", "lambda: ", "None", "..",
    "::", "-",
  ]
  private static let letters: [String] = [
    "\u{0}", "\u{FEFF}", "\u{2028}", "\u{85}", "\u{202E}", "e\u{301}", "👩‍👩‍👧", "ﬀ", "İ", "ß", "٣", "\u{A0}",
    "\u{1B}[2J", "\u{10FFFF}",
  ]

  /// One damaged text.
  func text(_ random: inout SplitMix) -> [UInt8] {
    var lines = random.pick(texts) ?? []
    for _ in 0...(random.once(in: 2) ? 0 : random.below(5)) { damage(&lines, &random) }
    var bytes = Array(lines.joined(separator: "\n").utf8)
    if random.once(in: 20), !bytes.isEmpty { bytes.removeLast(random.below(bytes.count)) }
    if random.once(in: 10), !bytes.isEmpty {
      for _ in 0...random.below(4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
    }
    return bytes
  }

  private func damage(_ lines: inout [String], _ random: inout SplitMix) {
    guard !lines.isEmpty else { return }
    let line = random.below(lines.count)
    switch random.below(14) {
    case 0...3: lines[line] = replaceWord(lines[line], random.pick(words) ?? "", &random)
    case 4, 5: lines[line] = replaceWord(lines[line], random.pick(Self.numbers) ?? "", &random)
    case 6: insert(random.pick(Self.marks) ?? "", &lines[line], &random)
    case 7: insert(random.pick(Self.letters) ?? "", &lines[line], &random)
    case 8:
      lines[line] =
        random.once(in: 2) ? "  " + lines[line] : String(lines[line].dropFirst(1 + random.below(3)))
    case 9: lines.remove(at: line)
    case 10: lines.insert(lines[line], at: random.below(lines.count))
    case 11: lines.swapAt(line, random.below(lines.count))
    case 12: splice(&lines, at: line, &random)
    default: nest(&lines[line], &random)
    }
  }

  /// The text with one of its words, or what stands in brackets or behind a colon, replaced.
  private func replaceWord(_ line: String, _ new: String, _ random: inout SplitMix) -> String {
    let letters = Array(line)
    func isPart(_ i: Int) -> Bool { letters[i].isLetter || letters[i].isNumber || letters[i] == "_" }
    let starts = letters.indices.filter { isPart($0) && ($0 == 0 || !isPart($0 - 1)) }
    guard let start = random.pick(starts) else { return line + new }
    let end = letters.indices[start...].first { !isPart($0) } ?? letters.count
    return String(letters[..<start]) + new + String(letters[end...])
  }

  private func insert(_ text: String, _ line: inout String, _ random: inout SplitMix) {
    let place = line.index(line.startIndex, offsetBy: random.below(line.count + 1))
    line.insert(contentsOf: text, at: place)
  }

  private func splice(_ lines: inout [String], at line: Int, _ random: inout SplitMix) {
    guard let other = random.pick(texts), !other.isEmpty else { return }
    let start = random.below(other.count)
    lines.insert(contentsOf: other[start..<min(other.count, start + 1 + random.below(12))], at: line)
  }

  /// Something inside itself, many times.
  private func nest(_ line: inout String, _ random: inout SplitMix) {
    let count = [2, 20, 200, 3000][random.below(4)]
    let (open, close) =
      random.pick([
        ("[", "]"), ("{a: ", "}"), ("(", ")"), ("- ", ""), ("-", ""), ("not ", ""), ("$(", ")"), ("f(", ")"),
      ])
      ?? ("[", "]")
    let place = line.index(line.startIndex, offsetBy: random.below(line.count + 1))
    line =
      line[..<place] + String(repeating: open, count: count) + (random.pick(words) ?? "")
      + (random.once(in: 2) ? String(repeating: close, count: count) : "") + line[place...]
  }
}
