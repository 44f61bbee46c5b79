import Config
import Diagnostics
import Files
import Foundation
import GraphEngine
import HDF5Files
import Layers
import ModelScripts
import TensorCore
import Training
import ZipFiles

/// The `.keras` file of Keras 3 and late Keras 2: a zip file of the configuration, the weights and the version.
enum KerasPackage {
  static let (config, metadata, weights) = ("config.json", "metadata.json", "model.weights.h5")
  /// Configurations of the largest models are a few megabytes.
  private static let longestText = 64 << 20

  /// The model with its weights, and with the optimizer's state if it was compiled.
  /// - Throws: E0624 to E0626 for a zip file that cannot be read, E0612 for a configuration that is not JSON, E06xx for
  ///   one that cannot be followed, E0619 and E0620 for weights that do not fit it.
  static func load(
    _ path: String, named name: String?, custom: @escaping ModelDecoder.Custom, functions: StoredFunctions,
    seed: UInt64
  ) throws -> LoadedModel {
    let zip = try open(path)
    guard let written = try json(Self.config, in: zip, path) else {
      throw Diagnostic.missingMember(Self.config, in: path)
    }
    guard zip.contains(weights) else { throw Diagnostic.missingMember(weights, in: path) }
    let file = try openWeights(in: zip, path)
    let root = try file.root()
    let config = try Vocabularies.filled(written) { place throws(Diagnostic) in
      try ObjectWeights.inverseFrequencies(of: place, in: root)
    } _: { name throws(Diagnostic) in
      guard zip.contains(name) else { return nil }
      return try text(name, of: zip, path).map { String(decoding: $0, as: UTF8.self) }
    }
    let about = try json(metadata, in: zip, path)
    let semantics = Semantics(version: about?["keras_version"]?.string ?? "3")
    var loaded = try LoadedModel(
      config, as: semantics, about?["runexp"], named: name, custom: custom, functions: functions,
      seed: seed)
    let rounded = try ObjectWeights.fill(loaded.built, from: root)
    if rounded > 0 { loaded.notes.append(.rounded(rounded, in: path)) }
    if let compile = config["compile_config"], compile.entries?.isEmpty == false {
      loaded.compile(compile, try ObjectWeights.optimizer(in: root), semantics)
    }
    loaded.restoreWritten(named: name, custom: custom)
    return loaded
  }

  /// What the file holds, whether a model can be made of it or not.
  /// - Throws: what ``load(_:named:custom:functions:seed:)`` throws for a file that cannot be read.
  static func archive(_ path: String) throws(Diagnostic) -> KerasArchive {
    let zip = try open(path)
    guard let config = try json(Self.config, in: zip, path) else {
      throw .missingMember(Self.config, in: path)
    }
    let file = try openWeights(in: zip, path)
    let root = try file.root()
    var counts: [String: Int] = [:]
    var layers: [KerasArchive.LayerWeights] = []
    for layer in config["config"]?["layers"]?.list ?? [] {
      let base = (layer["class_name"]?.string ?? "").snakeCased
      let number = counts[base, default: 0]
      counts[base] = number + 1
      layers.append(
        .init(
          name: layer["config"]?["name"]?.string ?? layer["name"]?.string ?? "?",
          weights: try ObjectWeights.all(
            below: "layers/" + base + (number == 0 ? "" : "_\(number)"), in: root)))
    }
    let compile = config["compile_config"].flatMap { $0.isAbsent ? nil : $0 }
    return KerasArchive(
      kerasVersion: try json(metadata, in: zip, path)?["keras_version"]?.string ?? "3", modelConfig: config,
      trainingConfig: compile.map {
        ["optimizer_config": $0["optimizer"] ?? ConfigNode(.null), "loss": $0["loss"] ?? ConfigNode(.null)]
      }, layers: layers)
  }

  /// - Throws: E0601 if there is no such file, E0624 if it is no sound zip file.
  static func open(_ path: String) throws(Diagnostic) -> ZipReader {
    do throws(ZipError) { return try ZipReader(path) } catch { throw .reading(path, error) }
  }

  /// The weights, unpacked into a temporary file that is gone as soon as it is open.
  static func openWeights(in zip: borrowing ZipReader, _ path: String) throws(Diagnostic) -> H5File {
    let (copy, descriptor) = try temporaryFile(for: path)
    defer {
      close(descriptor)
      unlink(copy)
    }
    guard zip.contains(weights) else { throw .missingMember(weights, in: path) }
    try unpack(weights, of: zip, path, to: descriptor)
    return try H5File(reading: copy, as: "\(path)/\(weights)")
  }

  private static func temporaryFile(for path: String) throws(Diagnostic) -> (String, Int32) {
    do throws(FileObstacle) {
      return try openTemporaryFile()
    } catch {
      throw .cannotUnpack(path, error.reason.lowercased())
    }
  }

  private static func unpack(
    _ name: String, of zip: borrowing ZipReader, _ path: String, to descriptor: Int32
  ) throws(Diagnostic) {
    do throws(ZipError) { try zip.copy(name, to: descriptor) } catch { throw .reading(path, error) }
  }

  private static func text(
    _ name: String, of zip: borrowing ZipReader, _ path: String
  ) throws(Diagnostic) -> [UInt8]? {
    do throws(ZipError) { return try zip.bytes(name, limit: longestText) } catch {
      throw .reading(path, error)
    }
  }

  private static func json(_ name: String, in zip: borrowing ZipReader, _ path: String) throws(Diagnostic)
    -> ConfigNode?
  {
    guard let bytes = try text(name, of: zip, path) else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .damagedZip(path, "'\(name)' is not UTF-8")
    }
    do throws(Diagnostic) {
      return try ConfigNode(json: text)
    } catch {
      throw .badConfig(name, in: path, error)
    }
  }

  /// Writes the file as Keras 3 does; the same model gives the same bytes.
  ///
  /// Keras notes when a model was saved; here that is the beginning of 1980, as the zip file's own dates are.
  /// - Throws: E0606 if it cannot be written.
  static func write(_ built: BuiltModel, to path: String) throws(Diagnostic) {
    var version: ConfigNode = [
      "keras_version": Semantics.keras3.writtenVersion.config, "date_saved": "1980-01-01@00:00:00",
    ]
    // Keras reads the file without a look at this member.
    if let attachments = built.storedAttachments { version = version.with(["runexp": attachments]) }
    let config = built.packageConfig.json
    try writeAside(path) { aside throws(Diagnostic) in
      let inner = aside + ".h5"
      defer { unlink(inner) }
      try H5File.create(inner, for: path) { root throws(Diagnostic) in try built.writeObjects(in: root) }
      let members = [
        ZipMember(name: metadata, content: .text(version.json)),
        ZipMember(name: Self.config, content: .text(config)),
        ZipMember(name: weights, content: .file(inner)),
      ]
      do throws(ZipError) {
        try writeZip(members, to: aside)
      } catch {
        throw .cannotWrite("'\(path)'", error.reason)
      }
    }
  }
}

extension BuiltModel {
  /// Writes weights and the optimizer's variables in the layout of Keras 3.
  func writeObjects(in root: borrowing H5Group) throws(Diagnostic) {
    try ObjectWeights.write(
      self, optimizer: optimizerParts(as: .keras3), training?.settings.optimizer, in: root)
  }

  /// `config.json`.
  fileprivate var packageConfig: ConfigNode {
    let compile = CompileWriting(self)?.compileConfig
    let config = Keras3Equivalents.of(Keras3Writing.withoutTraining(model.kerasConfig), from: semantics)
    return Keras3Writing.full(config, shapes: layerShapes).namingJoins
      .with(["compile_config": compile ?? ConfigNode(.map([]))])
  }

  /// The shapes that layers with weights, and those that merge, were built for.
  ///
  /// Others need none, and layers that take several values in other ways have their own words for them; Keras builds
  /// those when it calls them.
  private var layerShapes: [[String]: ConfigNode] {
    guard let trace = try? Trace(model, phase: .inference, seed: seed, semantics: semantics) else {
      return [:]
    }
    let batch = model.batchSize
    var shapes: [[String]: ConfigNode] = [:]
    for call in trace.scope.calls where shapes[call.path] == nil && !(call.layer is any Model) {
      let types = call.inputs.dropLast(call.named.values.count).map { $0.type.kerasShape(batch: batch) }
      if call.layer is any MergingLayer {
        shapes[call.path] = ConfigNode(.list(types))
      } else if types.count == 1 {
        let hasWeights = slab.entries.contains { $0.spec.owner.starts(with: call.path) }
        if hasWeights { shapes[call.path] = types[0] }
      }
    }
    return shapes
  }
}
