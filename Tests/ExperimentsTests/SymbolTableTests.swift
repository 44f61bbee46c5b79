import Analysis
import Diagnostics
import Experiments
import Testing

/// Every name of an experiment with the lines it is defined and used in.
@Suite struct SymbolTableTests {
  private static let text = """
    params:
      units: 4  # units is told here, units there
      rate: 0.1
    cells:
      - data: iris
        source: iris
        split: {test: 30}
      - function: bend(x)
        body: return x * x
      - layer: Double
        args: {by: 2}
        call: return inputs * by
      - model: net
        input: [4]
        layers:
          - Dense: {units: $units, activation: bend}
          - Double
          - Dense: {units: $(units - 1), activation: softmax}
      - train: net
        data: iris
        loss: sparse_categorical_crossentropy
        optimizer: {SGD: {learning_rate: $rate}}
      - plot: confusion_matrix
        of: net
        data: iris.test
      - evaluate: net
        data: iris.test
        name: test
      - text: The rate was {{ rate }}, no units.
      - check:
          - test.loss > rate - 1
    """

  private func lines(_ name: String, _ checked: CheckedExperiment) throws -> [Int] {
    let symbol = try #require(checked.symbols?.symbols.first { $0.name == name })
    return ([symbol.definition].compactMap { $0 } + symbol.uses).map { checked.sources.position(of: $0).line }
  }

  @Test func `each name is defined once and used where it stands`() throws {
    let checked = try Scratch().check(Self.text)
    #expect(checked.diagnostics.filter { $0.severity == .error } == [])
    #expect(try lines("units", checked) == [2, 16, 18])
    #expect(try lines("rate", checked) == [3, 22, 29, 31])
    #expect(try lines("iris", checked) == [5, 20, 25, 27])
    #expect(try lines("bend", checked) == [8, 16])
    #expect(try lines("Double", checked) == [10, 17])
    #expect(try lines("net", checked) == [13, 19, 24, 26])
    let names = try #require(checked.symbols).symbols.map(\.name)
    #expect(names == ["units", "rate", "iris", "Double", "bend", "net"])
  }

  @Test func `shapes are told, and a name is found by a place in it`() throws {
    let checked = try Scratch().check(Self.text)
    let symbols = try #require(checked.symbols)
    #expect(symbols.symbols.first { $0.name == "net" }?.detail == "(batch, 4) → (batch, 3)")
    let use = try #require(symbols.symbols.last?.uses.first)
    #expect(symbols.symbol(at: use.lower + 1, in: use.file)?.name == "net")
    #expect(symbols.symbol(at: use.upper, in: use.file) == nil)
  }

  @Test func `a model that is loaded is defined where it is loaded`() throws {
    let text =
      Self.text
      + "\n  - save: net\n    file: net.keras\n  - load: again\n    file: net.keras\n  - save: again\n"
    let checked = try Scratch().check(text)
    #expect(try lines("again", checked) == [34, 36])
  }

  @Test func `a file with mistakes still has its names`() throws {
    let checked = try Scratch().check(Self.text.replacing("activation: bend", with: "activation: bent"))
    #expect(checked.plan == nil)
    #expect(try lines("bend", checked) == [8])
    #expect(try lines("iris", checked).first == 5)
  }
}
