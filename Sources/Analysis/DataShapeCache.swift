package import Config
package import Datasets
package import Diagnostics
import Files
import Foundation
import RunEvents
import Synchronization

/// What checking learned of data sets, kept between processes, so that a table is not read again to check an experiment.
///
/// An entry is found by everything it depends on: the text and the settings of the cell, the seed, the program, and the
/// files by path, length and time. What is missing or damaged is made anew; nothing is kept of data that are wrong.
public struct DataShapeCache: Sendable {
  /// Entries beyond these are removed, the oldest first.
  private static let most = 1000

  private let folder: String?
  private let program: String
  /// What this process knows, in the words of the files.
  private let known = Known()

  private final class Known: Sendable {
    let shapes = Mutex<[String: DataShape]>([:])
  }

  /// - Parameters:
  ///   - folder: made when there is something to keep; without one it is kept as long as the process runs.
  ///   - program: what tells one build of the program from another, which may read data in another way.
  public init(folder: String?, program: String) {
    self.folder = folder
    self.program = program
  }

  /// A data cell, by what its shape depends on.
  package struct Key {
    package var name: String
    package var settings: ConfigNode
    package var seed: UInt64
    package var files: [String]
    /// The place of the cell, which moves when something above it is edited, and its text.
    package var span: SourceSpan
    package var text: String

    package init(
      name: String, settings: ConfigNode, seed: UInt64, files: [String], span: SourceSpan, text: String
    ) {
      self.name = name
      self.settings = settings
      self.seed = seed
      self.files = files
      self.span = span
      self.text = text
    }
  }

  /// The shape that is kept, or that `inspect` finds.
  package func shape(of key: Key, _ inspect: () throws(Diagnostic) -> DataShape) throws(Diagnostic)
    -> DataShape
  {
    let stamps = key.files.map { "\($0) \(fileStamp($0))" }
    let parts = [program, key.name, key.settings.json, "\(key.seed)", key.text] + stamps
    let name = sha256(of: parts.joined(separator: "\0").utf8)
    let start = Int(key.span.lower)
    if let kept = kept(name),
      let shape = kept.movingWarnings(by: start, within: SourceSpan(file: key.span.file, 0, .max))
    {
      return shape
    }
    let shape = try inspect()
    if let moved = shape.movingWarnings(by: -start, within: key.span) { keep(moved, as: name) }
    return shape
  }

  private func kept(_ name: String) -> DataShape? {
    if let shape = known.shapes.withLock({ $0[name] }) { return shape }
    guard let folder, let data = FileManager.default.contents(atPath: "\(folder)/\(name).json") else {
      return nil
    }
    return try? JSONDecoder().decode(DataShape.self, from: data)
  }

  private func keep(_ shape: DataShape, as name: String) {
    known.shapes.withLock { shapes in
      if shapes.count >= Self.most { shapes = [:] }
      shapes[name] = shape
    }
    guard let folder, let data = try? JSONEncoder().encode(shape) else { return }
    // Without room or permission nothing is kept.
    try? writeFile([UInt8](data), to: "\(folder)/\(name).json")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard files.count > Self.most else { return }
    let byAge = files.map { (fileTime("\(folder)/\($0)"), $0) }.sorted { $0 < $1 }
    for (_, file) in byAge.prefix(files.count - Self.most / 2) { unlink("\(folder)/\(file)") }
  }

  private func fileTime(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mtim.tv_sec : 0
  }
}

extension DataShape {
  /// The same with the places of warnings elsewhere; `nil` if one is not within `span`.
  fileprivate func movingWarnings(by distance: Int, within span: SourceSpan) -> DataShape? {
    var copy = self
    copy.warnings = warnings.compactMap { $0.moved(by: distance, within: span) }
    return copy.warnings.count == warnings.count ? copy : nil
  }
}

extension Diagnostic {
  fileprivate func moved(by distance: Int, within whole: SourceSpan) -> Diagnostic? {
    func moved(_ span: SourceSpan) -> SourceSpan? {
      guard span.file == whole.file, span.lower >= whole.lower, span.upper <= whole.upper else { return nil }
      return SourceSpan(file: span.file, Int(span.lower) + distance, Int(span.upper) + distance)
    }
    var copy = self
    if let span = primary?.span {
      guard let place = moved(span) else { return nil }
      copy.primary?.span = place
    }
    if let span = fix?.span {
      guard let place = moved(span) else { return nil }
      copy.fix?.span = place
    }
    for i in related.indices {
      guard let place = moved(related[i].span) else { return nil }
      copy.related[i].span = place
    }
    return copy
  }
}
