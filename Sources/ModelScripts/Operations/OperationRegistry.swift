import Config

/// Every operation that a body can call.
///
/// Adding one adds an entry to one of the groups.
public enum OperationRegistry {
  public static let all: [Operation] =
    Builtins.all + Elementwise.all + Reductions.all + Movement.all + Products.all + Constants.all
    + Merging.all
    + Activations.all + Randomness.all

  private static let index: [String: Int] = {
    var index: [String: Int] = [:]
    for (number, operation) in all.enumerated() {
      for name in [operation.name] + operation.aliases where index[name] == nil { index[name] = number }
    }
    return index
  }()

  /// Every name, in the order of the list.
  public static let names: [String] = all.flatMap { [$0.name] + $0.aliases }

  /// The operation of a name, without the module before it.
  public static func find(_ name: String) -> Operation? { index[name].map { all[$0] } }
}

/// The nearest of some names, for suggestions.
func nearestName(_ word: String, _ names: [String]) -> String? { nearest(to: word, in: names) }
