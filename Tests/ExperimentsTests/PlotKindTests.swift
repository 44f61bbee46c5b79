import Config
import Testing

@testable import Plots

/// Kinds of figures and the cell that has the settings of all of them.
@Suite struct PlotKindTests {
  private let kinds = PlotRegistry.all + PlotRegistry.free

  @Test func `a setting is the same in every kind that has it`() {
    // A cell checks it before the kind is known, by the words of the first that has it.
    let ofCell = PlotCell.schema.jsonSchema["properties"]
    for kind in PlotRegistry.descriptions {
      for setting in kind.jsonSchema["properties"]?.entries ?? [] {
        #expect(setting.value == ofCell?[setting.key], "\(kind.name): \(setting.key)")
      }
    }
  }

  @Test func `the cell has the settings of every kind, each once, and needs none of them`() {
    let keys = PlotCell.schema.fields.map(\.key)
    #expect(Set(keys).count == keys.count)
    #expect(Set(keys) == Set(kinds.flatMap { $0.settings } + PlotCell.common))
    #expect(PlotCell.schema.fields.allSatisfy { !$0.isRequired })
  }

  @Test func `a kind without a name has a setting that is called as it is`() {
    for kind in PlotRegistry.free { #expect(kind.settings.contains(kind.name)) }
  }
}
