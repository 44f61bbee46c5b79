import Config
import Layers
import Testing

@Suite struct KerasDialectTests {
  @Test func `every class of Keras 1 has one successor that is there`() {
    let old = LayerRegistry.allDialects.flatMap(\.keras1.classNames)
    #expect(Set(old).count == old.count)
    for name in old {
      let successor = LayerRegistry.successor(ofKeras1: name)
      #expect(LayerRegistry.dialects(of: successor)?.keras1.classNames.contains(name) == true, "\(name)")
    }
  }

  @Test func `what is different is told at one place`() {
    let all = LayerRegistry.allDialects.flatMap(\.differences)
    let places = Dictionary(grouping: all, by: \.what).mapValues { Set($0.map(\.place)) }
    #expect(places.values.allSatisfy { $0.count == 1 })
    #expect(Set(places.values).count == places.count)
  }

  @Test func `no setting is both refused and renamed`() {
    for dialects in LayerRegistry.allDialects {
      let refused = dialects.keras2.lacks.union(dialects.keras2.omits)
      #expect(refused.isDisjoint(with: dialects.keras2.renamed.keys))
      #expect(dialects.keras2.lacks.isDisjoint(with: dialects.keras2.omits))
    }
  }

  @Test(arguments: ["Conv2D", "Convolution2D", "LSTMCell", "StackedRNNCells", "Sequential"])
  func `files find a class by every name it has`(name: String) {
    #expect(LayerRegistry.dialects(of: name) != nil)
  }
}
