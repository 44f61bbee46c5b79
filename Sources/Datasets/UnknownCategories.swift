internal import Diagnostics

/// Categories are those of the training part: a model learns nothing of others, wherever they come up.
extension RawData {
  /// The data with the categories that rows of the training part have.
  /// - Throws: E0418 for another in any row, unless it is to be all zeros.
  func withCategories(
    of train: DataPart.Rows, _ others: UnknownCategories
  ) throws(Diagnostic) -> RawData {
    var copy = self
    let rows = train.all
    for (i, feature) in features.enumerated() {
      guard case .table(let name, var columns) = feature else { continue }
      for (j, column) in columns.enumerated() {
        guard case .categories(let columnName, let codes, let names) = column else { continue }
        var isSeen = [Bool](repeating: false, count: names.count)
        for row in rows where codes[Int(row)] >= 0 { isSeen[Int(codes[Int(row)])] = true }
        guard isSeen.contains(false) else { continue }
        if others == .error { throw unknownCategory(columnName, codes, of: names, seen: isSeen) }
        columns[j] = Self.restricted(columnName, codes, of: names, seen: isSeen)
      }
      copy.features[i] = .table(name: name, columns)
    }
    return copy
  }

  /// Without the categories that were not seen.
  private static func restricted(
    _ name: String, _ codes: [Int32], of names: [String], seen isSeen: [Bool]
  ) -> TableColumn {
    var (places, kept) = ([Int32](repeating: -1, count: names.count), [String]())
    for (code, word) in names.enumerated() where isSeen[code] {
      places[code] = Int32(kept.count)
      kept.append(word)
    }
    return .categories(name: name, codes.map { $0 >= 0 ? places[Int($0)] : -1 }, names: kept)
  }

  private func unknownCategory(
    _ column: String, _ codes: [Int32], of names: [String], seen isSeen: [Bool]
  ) -> Diagnostic {
    let row = codes.firstIndex { $0 >= 0 && !isSeen[Int($0)] } ?? 0
    let word = names[Int(codes[row])]
    let place = lines?[row].map { "'\($0.file.name)' line \($0.line), " } ?? ""
    return Diagnostic(
      "E0418", "\(place)column '\(column)': the training part has no '\(word)'",
      at: lines?[row]?.file.span.map { .init($0, "read for this") },
      help:
        "write 'unknown_categories: zeros' in the data cell for all zeros there, or 'drop: [\(yamlWord(column))]' "
        + "to leave the column out")
  }
}

/// Classes that a model cannot learn of, because the training part lacks all others.
extension Column {
  /// A warning if all training rows have one class of several.
  func warning(_ meaning: Preparation.Target, trainedOn rows: DataPart.Rows, at span: SourceSpan?)
    -> Diagnostic?
  {
    guard case .integers(let labels) = storage, rowSize == 1, let classes = meaning.classes,
      classes.count > 1,
      let first = rows.all.first.map({ labels[Int($0)] }),
      rows.all.allSatisfy({ labels[Int($0)] == first }), classes.indices.contains(Int(first))
    else { return nil }
    return Diagnostic(
      "E0427", "all samples of the training part have the class '\(classes[Int(first)])'", severity: .warning,
      at: span.map { .init($0, "in this data set") },
      help: "write 'shuffle: true' in the data cell if the samples are sorted by class")
  }
}
