extension ConfigNode {
  /// The text that Python's `json.dumps` writes with its defaults, which is how Keras stores configurations.
  ///
  /// One line, `", "` and `": "` between, everything beyond ASCII escaped, floats as Python's `repr`.
  public var json: String {
    var writer = JSONWriter(indent: nil)
    writer.write(self, depth: 0)
    return writer.text
  }

  /// The text of `json.dumps(…, indent=2)`: one value a line, for people.
  public var prettyJSON: String {
    var writer = JSONWriter(indent: 2)
    writer.write(self, depth: 0)
    return writer.text
  }
}

/// The number as Python's `repr` writes it: `0.01`, `1e-07`, `1.0`, `1e+16`; for infinities and NaN as Swift does.
///
/// The digits are the shortest that read back, as Swift's are; the two differ in when they use an exponent.
public func pythonRepr(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value.description }
  let sign = value < 0 ? "-" : ""
  let parts = abs(value).description.split(separator: "e")
  let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
  let (whole, fraction) = (mantissa[0], mantissa.count > 1 ? mantissa[1] : "")
  let written = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
  let all = (whole + fraction).drop { $0 == "0" }
  // The value is 0.DIGITS × 10^point.
  let point = whole.count + written - (whole.count + fraction.count - all.count)
  let digits = String(String(all.reversed().drop { $0 == "0" }).reversed())
  return sign + layOut(digits, point: point)
}

/// Python's rule: positional for exponents from -4 to 15.
private func layOut(_ digits: String, point: Int) -> String {
  let exponent = point - 1
  guard (-4..<16).contains(exponent) else {
    let size = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    let rest = digits.count > 1 ? "." + digits.dropFirst() : ""
    return digits.prefix(1) + rest + (exponent < 0 ? "e-" : "e+") + size
  }
  if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
  if point >= digits.count { return digits + String(repeating: "0", count: point - digits.count) + ".0" }
  return digits.prefix(point) + "." + digits.dropFirst(point)
}

private struct JSONWriter {
  private(set) var text = ""
  private let indent: Int?

  init(indent: Int?) { self.indent = indent }

  mutating func write(_ node: ConfigNode, depth: Int) {
    switch node.content {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += "\(value)"
    case .double(let value): text += number(value)
    case .string(let value): quote(value)
    case .list(let items):
      enclose("[", "]", items, depth: depth) { $0.write($1, depth: depth + 1) }
    case .map(let entries):
      enclose("{", "}", entries, depth: depth) {
        $0.quote($1.key)
        $0.text += ": "
        $0.write($1.value, depth: depth + 1)
      }
    }
  }

  private mutating func enclose<T>(
    _ open: String, _ close: String, _ members: [T], depth: Int, body: (inout JSONWriter, T) -> Void
  ) {
    text += open
    for (index, member) in members.enumerated() {
      if index > 0 { text += indent == nil ? ", " : "," }
      newLine(depth + 1)
      body(&self, member)
    }
    if !members.isEmpty { newLine(depth) }
    text += close
  }

  private mutating func newLine(_ depth: Int) {
    guard let indent else { return }
    text += "\n" + String(repeating: " ", count: indent * depth)
  }

  private func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return pythonRepr(value)
  }

  private mutating func quote(_ string: String) {
    text += "\""
    for unit in string.utf16 {
      switch unit {
      case 0x22: text += "\\\""
      case 0x5C: text += "\\\\"
      case 0x08: text += "\\b"
      case 0x0C: text += "\\f"
      case 0x0A: text += "\\n"
      case 0x0D: text += "\\r"
      case 0x09: text += "\\t"
      case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    text += "\""
  }
}
