/// What feeds an input or is compared with an output, by its name.
public protocol NamedArray { var name: String { get } }

extension Column: NamedArray {}
extension DataShape.Array: NamedArray {}
extension Preparation.Target: NamedArray {}

extension Swift.Array where Element: NamedArray {
  /// The one for an input or output of a model: the one of its name, or the only one for the only place.
  /// - Parameter count: how many inputs, or outputs, the model has.
  public func member(for name: String, of count: Int) -> Element? {
    if count == 1 && self.count == 1 { return self[0] }
    return first { $0.name == name }
  }
}
