public import Config
public import Diagnostics
import Files
import Foundation
import HDF5Files
public import Layers
public import ModelScripts
public import Training

/// Model files of every kind: the one way in and the one way out.
///
/// Files of Keras 1 to 3 are read, whatever their names: `.h5` and `.hdf5`, `.keras`, and weights alone in either of
/// their layouts. The same model gives the same bytes.
public enum ModelFile {
  /// What a name says is to be written.
  public enum Container: String, CaseIterable, Sendable {
    /// Keras 3's zip file: everything, continued by Keras 3 as it stands.
    case keras = ".keras"
    /// The weights alone, with the optimizer's variables.
    case weights = ".weights.h5"
    /// The HDF5 file of every Keras.
    case h5 = ".h5"

    /// - Throws: E0623 if the name ends in none of theirs.
    public init(for path: String) throws(Diagnostic) {
      let name = path.lowercased()
      let known = Self.allCases.first { name.hasSuffix($0.rawValue) } ?? (name.hasSuffix(".hdf5") ? .h5 : nil)
      guard let known else { throw .unknownModelFile(path) }
      self = known
    }
  }

  /// What the first bytes say a file is.
  private enum Content { case zip, hdf5 }

  /// The model of a file, with its weights, and with how it was compiled and the optimizer's state if it was.
  /// - Parameters:
  ///   - name: what the model is called here; its own name if left out.
  ///   - custom: layers that are written elsewhere.
  ///   - functions: losses, metrics and activations that are written elsewhere; what the file has goes before them.
  ///   - seed: of random numbers in further training.
  /// - Throws: E0601 to E0605 and E0624 to E0626 for a file that cannot be read, E0610 if it is no model file, E0611 to
  ///   E0621 for a model that cannot be followed, E0618 if the file holds weights only.
  public static func load(
    _ path: String, named name: String? = nil, custom: @escaping ModelDecoder.Custom = ModelDecoder.scripted,
    functions: StoredFunctions = StoredFunctions(), seed: UInt64
  ) throws -> LoadedModel {
    if try content(of: path) == .zip {
      return try KerasPackage.load(path, named: name, custom: custom, functions: functions, seed: seed)
    }
    if try hasObjectLayout(path) { throw Diagnostic.weightsOnly() }
    return try KerasArchive.read(path).load(named: name, custom: custom, functions: functions, seed: seed)
  }

  /// Writes a model, in the container that the name ends in; the file is complete or not there.
  /// - Parameter semantics: whose words the file is written in; `.keras` and `.weights.h5` are written in Keras 3's.
  /// - Returns: warnings of what computes differently there, or cannot be read there.
  /// - Throws: E0606 if it cannot be written, E0623 for another ending or one that Keras 2 is not written in.
  @discardableResult
  public static func save(
    _ built: BuiltModel, to path: String, as semantics: Semantics = .keras3
  ) throws(Diagnostic) -> [Diagnostic] {
    let container = try Container(for: path)
    switch container {
    case .weights:
      try H5File.write(to: path) { root throws(Diagnostic) in try built.writeObjects(in: root) }
      return []
    case .keras where semantics != .keras3: throw .onlyKeras3(path)
    case .keras, .h5:
      let (file, obstacle) = built.kerasForm
      if container == .keras {
        try KerasPackage.write(file, to: path)
      } else {
        try KerasArchive(file, as: semantics).write(to: path)
      }
      return DialectNotes(file, semantics, container).all + [obstacle].compactMap(\.self)
    }
  }

  static func hasObjectLayout(_ path: String) throws(Diagnostic) -> Bool {
    ObjectWeights.isFound(in: try H5File(reading: path).root())
  }

  private static func content(of path: String) throws(Diagnostic) -> Content {
    do {
      return try readRegularFile(path, atMost: 4) == [0x50, 0x4B, 0x03, 0x04] ? .zip : .hdf5
    } catch {
      throw .cannotOpen(path, error.reason)
    }
  }

  /// Fills the weights of a file into a model that is already there; the model's training settings stay.
  /// - Returns: what was lost, to be told.
  /// - Throws: what ``load(_:named:custom:seed:)`` throws for files and weights that do not fit.
  @discardableResult
  static func loadWeights(_ path: String, into built: BuiltModel) throws(Diagnostic) -> [Diagnostic] {
    if try content(of: path) == .zip {
      let file = try KerasPackage.openWeights(in: try KerasPackage.open(path), path)
      return try fill(built, from: file.root(), path)
    }
    if try hasObjectLayout(path) { return try fill(built, from: try H5File(reading: path).root(), path) }
    let archive = try KerasArchive.read(path)
    try built.setWeights(archive.layers, topLevel: archive.topLevel)
    return archive.notes
  }

  private static func fill(
    _ built: BuiltModel, from root: borrowing H5Group, _ path: String
  ) throws(Diagnostic) -> [Diagnostic] {
    let rounded = try ObjectWeights.fill(built, from: root)
    return rounded > 0 ? [.rounded(rounded, in: path)] : []
  }
}

extension BuiltModel {
  /// Writes the model: see ``ModelFile/save(_:to:as:)``.
  @discardableResult
  public func save(to path: String, as semantics: Semantics = .keras3) throws(Diagnostic) -> [Diagnostic] {
    try ModelFile.save(self, to: path, as: semantics)
  }

  /// Fills in the weights of a file: weights only in either layout, or those of a whole model.
  ///
  /// Layers are matched by order, in files of Keras 3's own layout by order within their class; names do not matter.
  /// - Returns: what was lost, to be told.
  /// - Throws: E0601 to E0605 and E0624 to E0626 for a file that cannot be read, E0610 if it is none of Keras's, E0619
  ///   and E0620 for weights of another model.
  @discardableResult
  public func loadWeights(from path: String) throws(Diagnostic) -> [Diagnostic] {
    try ModelFile.loadWeights(path, into: self)
  }
}

extension Diagnostic {
  /// E0623: a name that says nothing of the file's kind.
  static func unknownModelFile(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0623", "'\(path)' does not say what kind of model file to write",
      help: "end it in .keras, .h5 or .hdf5, or in .weights.h5 for the weights alone")
  }

  /// E0623: a container that is written for Keras 3 only.
  static func onlyKeras3(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0623", "'\(path)' cannot be written for Keras 2", help: "Keras 2 reads .h5: end the name in that")
  }
}
