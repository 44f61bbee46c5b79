import RunEvents

/// A crate wrapped in a bag, as libraries keep them: the crate in `data`, a manifest of it, and one of the rest.
///
/// Source: RFC 8493, The BagIt File Packaging Format. A serialized bag is one folder.
struct Bag {
  let files: [CrateFile]

  init(_ crate: [CrateFile], of runs: [RecordedRun]) {
    let name = runs.map(\.name).joined(separator: "+").prefix(100)
    let payload = crate.map { file in
      var moved = file
      moved.name = "data/" + file.name
      return moved
    }
    let bytes = payload.map(\.bytes).reduce(0, +)
    let day = CrateGraph.time(runs.map(\.end).max() ?? 0).prefix(10)
    let info = """
      Bagging-Date: \(day)
      External-Description: Runs of experiments: \(runs.map(\.name).joined(separator: ", "))
      Payload-Oxum: \(bytes).\(payload.count)
      BagIt-Profile-Identifier: https://w3id.org/ro/bagit/profile

      """
    var tags = [
      CrateFile("bagit.txt", text: "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", ""),
      CrateFile("bag-info.txt", text: info, ""),
      CrateFile(Manifest.name, text: Manifest(of: payload).text, ""),
    ]
    tags.append(CrateFile("tagmanifest-sha256.txt", text: Manifest(of: tags).text, ""))
    files = (tags + payload).map { file in
      var moved = file
      moved.name = "\(name)/\(file.name)"
      return moved
    }
  }
}
