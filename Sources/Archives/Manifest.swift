/// The hash of every file, as `sha256sum --check` reads them.
struct Manifest {
  static let name = "manifest-sha256.txt"

  /// By name, in the order of the file.
  let entries: [(name: String, sha256: String)]

  init(of files: [CrateFile]) {
    entries = files.map { ($0.name, $0.sha256) }.sorted { $0.0 < $1.0 }
  }

  /// Reads a manifest.
  /// - Returns: `nil` if a line is none of a manifest.
  init?(_ text: String) {
    var entries: [(String, String)] = []
    for line in text.split(whereSeparator: \.isNewline) {
      guard let match = line.wholeMatch(of: /([0-9A-Fa-f]{64}) [ *](.+)/) else { return nil }
      entries.append((String(match.2), match.1.lowercased()))
    }
    self.entries = entries
  }

  var text: String { entries.map { "\($0.sha256)  \($0.name)\n" }.joined() }
}
