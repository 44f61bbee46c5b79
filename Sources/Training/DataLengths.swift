public import Datasets
public import Diagnostics
import GraphEngine
import Layers
public import TensorCore

/// The lengths that data give to inputs that leave them open.
extension BuiltModel {
  /// The types of batches of the inputs.
  /// - Parameter length: what padded sequences are cut to; their padding stays if it is left out.
  /// - Throws: E0304 if the part has nothing for an open input, or something else.
  public func inputTypes(for part: DataPart, cutTo length: Int? = nil) throws(Diagnostic) -> [TensorType] {
    var types: [TensorType] = []
    for input in model.inputs {
      guard input.type.isOpen else {
        types.append(input.type)
        continue
      }
      let given = part.features.member(for: input.name, of: model.inputs.count)?.type(cutTo: length)
      guard let given, input.type.admits(given.dims) else {
        throw .otherSamples("the input '\(input.name)' takes samples", input.type, given)
      }
      types.append(TensorType(given.dims, input.type.element))
    }
    return types
  }

  /// The types of batches of the outputs in inference for a part of the data, whose padding stays; in training some
  /// layers give other shapes.
  /// - Throws: E0304 if it does not fit the model, and what a trace of it throws.
  public func outputTypes(for part: DataPart) throws -> [TensorType] {
    try Trace(
      model, phase: .inference, seed: seed, semantics: semantics, taking: inputTypes(for: part)
    ).outputs.map(\.type)
  }

  /// How long the rows of each padded sequence are that an open input takes.
  func openLengths(in part: DataPart) -> [[Int32]] {
    model.inputs.filter { $0.type.isOpen }.compactMap {
      part.features.member(for: $0.name, of: model.inputs.count)?.lengths
    }
  }
}

extension Column {
  /// What a batch of this column looks like to a model.
  public var type: TensorType {
    TensorType([.batch] + rowShape.map { .size($0) }, element)
  }

  /// The same for sequences without what is behind a length.
  func type(cutTo length: Int?) -> TensorType {
    guard let length, lengths != nil, rowShape.first.map({ length < $0 }) == true else { return type }
    return TensorType([.batch, .size(length)] + rowShape.dropFirst().map { .size($0) }, element)
  }
}

extension Optional<Column> {
  /// The column, if its rows have as many numbers as a sample of `type`: what is written over the end of an input
  /// would be another value's.
  /// - Parameter length: what padded sequences are cut to.
  /// - Throws: E0304 or E0306; an experiment file is told the same with its place, before anything runs.
  func giving(
    _ type: TensorType, cutTo length: Int?, _ code: String, _ what: String
  ) throws(Diagnostic) -> Column {
    let given = map { $0.type(cutTo: length) }
    if let self, (self.element == .text) != (type.element == .text) {
      throw .textsAndNumbers(what, areTaken: type.element == .text)
    }
    if let self, given?.sampleCount == type.sampleCount { return self }
    throw .otherSamples(what, type, given, code: code)
  }
}

extension Diagnostic {
  /// E0377: texts for an input of numbers, or the other way round.
  fileprivate static func textsAndNumbers(_ what: String, areTaken: Bool) -> Diagnostic {
    Diagnostic(
      "E0377", "\(what) of \(areTaken ? "texts, the data has numbers" : "numbers, the data has texts")")
  }

  /// E0304, E0306: data of another shape than a model takes.
  fileprivate static func otherSamples(
    _ what: String, _ wanted: TensorType, _ given: TensorType?, code: String = "E0304"
  ) -> Diagnostic {
    Diagnostic(code, "\(what) \(wanted), the data gives \(given.map { "\($0)" } ?? "none")")
  }
}
