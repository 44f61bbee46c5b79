internal import Config
internal import Diagnostics
internal import Foundation

/// The functions of the script language, one list.
struct ScriptFunction: Sendable {
  let name: String
  /// How it is called, for messages.
  let usage: String
  /// The result, or `nil` if the arguments are none it takes.
  let body: @Sendable ([ScriptValue]) throws(ArithmeticError) -> ScriptValue?

  static let all: [ScriptFunction] = [
    .init(name: "min", usage: "min(a, b, …) of numbers, or of a list") { extremum($0) { $0 < $1 } },
    .init(name: "max", usage: "max(a, b, …) of numbers, or of a list") { extremum($0) { $0 > $1 } },
    .init(name: "abs", usage: "abs(number)") { arguments throws(ArithmeticError) in
      if case .int(let value)? = only(arguments) {
        if value == .min { throw .overflow }
        return .int(abs(value))
      }
      return only(arguments)?.number.map { .double(abs($0)) }
    },
    .init(name: "round", usage: "round(number) or round(number, digits) with 0 to 15 digits") {
      arguments throws(ArithmeticError) in
      try rounded(arguments)
    },
    .init(name: "sqrt", usage: "sqrt(number)") { arguments throws(ArithmeticError) in
      try real(only(arguments)?.number) { $0.squareRoot() }
    },
    .init(name: "exp", usage: "exp(number)") { arguments throws(ArithmeticError) in
      try real(only(arguments)?.number) { exp($0) }
    },
    .init(name: "log", usage: "log(number) or log(number, base)") { arguments throws(ArithmeticError) in
      guard (1...2).contains(arguments.count), let x = arguments[0].number else { return nil }
      if x <= 0 { throw .init(text: "the logarithm of a number that is not positive") }
      guard arguments.count == 2 else { return .double(log(x)) }
      guard let base = arguments[1].number else { return nil }
      if base <= 0 || base == 1 { throw .init(text: "the base of a logarithm must be positive and not 1") }
      return try real(x) { log($0) / log(base) }
    },
    .init(name: "int", usage: "int(number)") { arguments throws(ArithmeticError) in
      if case .int? = only(arguments) { return arguments[0] }
      guard let number = only(arguments)?.number else { return nil }
      return .int(try whole(number.rounded(.towardZero)))
    },
    .init(name: "float", usage: "float(number)") { only($0)?.number.map { .double($0) } },
    .init(name: "len", usage: "len(list) or len(text)") {
      switch only($0) {
      case .list(let items)?: .int(items.count)
      case .string(let text)?: .int(text.unicodeScalars.count)
      default: nil
      }
    },
  ]

  static func call(_ name: String, _ arguments: [ScriptValue], at span: SourceSpan?) throws(Diagnostic)
    -> ScriptValue
  {
    guard let function = all.first(where: { $0.name == name }) else { throw .unknownFunction(name, span) }
    do {
      if let result = try function.body(arguments) { return result }
    } catch {
      throw .arithmetic(error.text, span)
    }
    throw .wrongArguments(function, span)
  }
}

private func only(_ arguments: [ScriptValue]) -> ScriptValue? { arguments.count == 1 ? arguments[0] : nil }

/// A function value that must be finite; `nil` without an argument.
private func real(_ x: Double?, _ function: (Double) -> Double) throws(ArithmeticError) -> ScriptValue? {
  guard let x else { return nil }
  let result = function(x)
  if result.isNaN { throw .notReal }
  if result.isInfinite { throw .overflow }
  return .double(result)
}

private func whole(_ number: Double) throws(ArithmeticError) -> Int {
  guard let result = Int(exactly: number) else { throw .overflow }
  return result
}

private func extremum(_ arguments: [ScriptValue], _ isBetter: (Double, Double) -> Bool) -> ScriptValue? {
  var candidates = arguments
  if case .list(let items)? = only(arguments) { candidates = items }
  guard var best = candidates.first, var bestNumber = best.number else { return nil }
  for candidate in candidates.dropFirst() {
    guard let number = candidate.number else { return nil }
    if isBetter(number, bestNumber) {
      best = candidate
      bestNumber = number
    }
  }
  return best
}

/// Halves go to the even neighbour, as in Python; with digits the exact binary value decides.
private func rounded(_ arguments: [ScriptValue]) throws(ArithmeticError) -> ScriptValue? {
  guard (1...2).contains(arguments.count), let number = arguments[0].number else { return nil }
  if arguments.count == 1 {
    if case .int = arguments[0] { return arguments[0] }
    return .int(try whole(number.rounded(.toNearestOrEven)))
  }
  guard case .int(let digits) = arguments[1], (0...15).contains(digits) else { return nil }
  if case .int = arguments[0] { return arguments[0] }
  return Double(String(format: "%.\(digits)f", number)).map { .double($0) }
}

extension Diagnostic {
  /// E0125: a function that does not exist.
  fileprivate static func unknownFunction(_ name: String, _ span: SourceSpan?) -> Diagnostic {
    let names = ScriptFunction.all.map(\.name)
    return Diagnostic(
      "E0125", "unknown function '\(name)'", at: span.map { Label($0, "called here") },
      help: nearest(to: name, in: names).map { "did you mean '\($0)'?" } ?? "known: "
        + names.joined(separator: ", "))
  }

  /// E0125: arguments of the wrong number or kind.
  fileprivate static func wrongArguments(_ function: ScriptFunction, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0125", "'\(function.name)' does not take these arguments", at: span.map { Label($0, "called here") },
      help: "usage: \(function.usage)")
  }
}
