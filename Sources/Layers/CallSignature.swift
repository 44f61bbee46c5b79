import Config
public import Diagnostics

/// The words for what a layer is called with, in Keras's order.
public struct CallSignature: Hashable, Sendable {
  /// The names of its inputs; a single one may stand for several values.
  public var inputs: [String]
  /// Whether the last input is a list, which files give by its name: the states that a recurrence starts from.
  public var endsInList = false
  /// Values that are given by name only, such as masks.
  public var values: [String]
  /// What a call may switch on; off unless it does.
  public var flags: [String]

  public init(
    inputs: [String] = ["inputs"], endingInList endsInList: Bool = false, values: [String] = [],
    flags: [String] = []
  ) {
    self.inputs = inputs
    self.endsInList = endsInList
    self.values = values
    self.flags = flags
  }

  private var names: [String] { inputs + values + flags }

  /// Puts values that are given by name where the layer takes them: inputs first, in its order.
  /// - Parameters:
  ///   - inputs: those without a name.
  ///   - named: the others; several of one name are a list.
  /// - Throws: E0370 for a name that the layer does not have, or that is given beside it without one.
  public func arranged<V>(
    _ inputs: [V], named: [(name: String, value: V)], flags: [String], of layer: String,
    at span: SourceSpan?
  ) throws(Diagnostic) -> (values: [V], names: NamedArguments) {
    var values = inputs
    var rest = named
    // Inputs follow each other without a gap; what comes behind one keeps its name.
    for name in self.inputs.dropFirst(inputs.count) {
      let own = rest.filter { $0.name == name }
      guard !own.isEmpty else { break }
      values += own.map(\.value)
      rest.removeAll { $0.name == name }
    }
    let arguments = NamedArguments(values: rest.map(\.name), flags: flags)
    try check(arguments, of: layer, at: span)
    return (values + rest.map(\.value), arguments)
  }

  /// - Throws: E0370 for a name that the layer does not have.
  func check(_ named: NamedArguments, of layer: String, at span: SourceSpan?) throws(Diagnostic) {
    if let place = named.values.compactMap({ inputs.firstIndex(of: $0) }).first {
      throw .misplacedArgument(
        inputs[place], before: place > 0 ? inputs[place - 1] : nil, of: layer, at: span)
    }
    for name in named.values where !values.contains(name) {
      throw .unknownArgument(name, of: layer, names, at: span)
    }
    for flag in named.flags where !flags.contains(flag) {
      throw .unknownArgument(flag, of: layer, names, at: span)
    }
  }
}

/// What a call says by name, beside its inputs.
public struct NamedArguments: Hashable, Sendable {
  /// The names of the call's last values, in their order.
  public var values: [String]
  /// What is switched on.
  public var flags: [String]

  public init(values: [String] = [], flags: [String] = []) {
    self.values = values
    self.flags = flags
  }
}

extension Diagnostic {
  /// E0370: an argument that a layer does not take.
  static func unknownArgument(
    _ name: String, of layer: String, _ known: [String], at span: SourceSpan?
  ) -> Diagnostic {
    let near = nearest(to: name, in: known)
    return Diagnostic(
      "E0370",
      known.contains(name)
        ? "\(layer) takes '\(name)' otherwise than here" : "\(layer) takes no argument '\(name)'",
      at: span.map { Label($0, "in this call") },
      help: known.contains(name)
        ? "flags are true or false, everything else is a value"
        : near.map { "did you mean '\($0)'?" } ?? "it takes " + known.joined(separator: ", "))
  }

  /// E0370: an input that is given twice, or without the one before it.
  static func misplacedArgument(
    _ name: String, before earlier: String?, of layer: String, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0370", "\(layer) cannot take '\(name)' here", at: span.map { Label($0, "given by name") },
      help: "give each input once"
        + (earlier.map { ", and '\(name)' together with '\($0)'" } ?? ""))
  }
}
