public import Config
public import Diagnostics

/// The axes of one sample as they are written: sizes, and `null` for a length that comes with the data.
public struct SampleShape: ConfigConvertible, Hashable {
  public var axes: [Int?]
  public init(_ axes: [Int?]) { self.axes = axes }

  public static var expectation: String { "a list" }
  public init(config: ConfigNode) throws(Diagnostic) {
    for axis in config.list ?? [] where axis.content != .null && (try? Int(config: axis)) == nil {
      throw .mismatch(axis, "a size, or null for a length that comes with the data")
    }
    axes = try [Int?](config: config)
  }
  public var config: ConfigNode { axes.config }
  public static var jsonSchema: ConfigNode { ["type": "array", "items": ["type": ["integer", "null"]]] }

  /// A check for settings: what is wrong with a shape.
  @Sendable public static func check(_ shape: SampleShape) -> String? {
    shape.axes.allSatisfy { ($0 ?? 1) >= 1 } ? nil : "must hold sizes of at least 1"
  }
}
