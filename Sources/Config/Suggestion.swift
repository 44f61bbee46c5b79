/// The known word nearest to `word`, if one is near enough to be a likely slip of the keyboard.
///
/// Distance is Damerau–Levenshtein (insert, delete, replace, swap neighbours), ignoring case and underscores
/// where only they differ; a third of the word's length is allowed, at least 1, at most 3. A word's initials
/// count as near.
public func nearest(to word: String, in known: [String]) -> String? {
  let folded = fold(word)
  if let same = known.first(where: { fold($0) == folded }) { return same }
  // The first letters of the words: `lr`, as Keras once called it, for `learning_rate`.
  if let short = known.first(where: { $0.contains("_") && initials($0) == folded }) { return short }
  let limit = min(3, max(1, word.count / 3))
  let scored = known.map { (name: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
  // A word of which nothing is left is no slip: any letter is as near to 'r' as 'p'.
  let likely = scored.filter { $0.distance <= limit && $0.distance < max(word.count, $0.name.count) }
  let least = likely.map(\.distance).min()
  // Of several as near, such as 'Accuracy' and 'accuracy', the one in the letters that were used.
  return likely.filter { $0.distance == least }.map(\.name)
    .min { editDistance(word, $0) < editDistance(word, $1) }
}

private func initials(_ name: String) -> String { String(name.split(separator: "_").compactMap(\.first)) }

private func fold(_ word: String) -> String { word.lowercased().filter { $0 != "_" && $0 != "-" } }

func editDistance(_ first: String, _ second: String) -> Int {
  let (a, b) = (Array(first), Array(second))
  var rows = [Array(0...b.count)]
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), min(rows[i][j + 1], row[j]) + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
