/// A command as one would type it: words that mean something to the shell stand in quotes.
package func shellCommand(_ words: [String]) -> String {
  words.map(shellWord).joined(separator: " ")
}

private func shellWord(_ word: String) -> String {
  let isPlain =
    !word.isEmpty
    && word.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "_-./=:,+@%".unicodeScalars.contains($0)
    }
  if isPlain { return word }
  return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
