import Config
import Diagnostics
import EngineTestSupport
import Layers
import Losses
import Optimizers
import Testing

/// What every family of configurable types promises; a new member is checked without a new line here.
enum Family: CaseIterable, CustomTestStringConvertible {
  case layers, losses, metrics, optimizers
  var testDescription: String { "\(self)" }

  func check(_ body: (any AnyRegistry) throws -> Void) rethrows {
    switch self {
    case .layers: try body(LayerRegistry.all)
    case .losses: try body(LossRegistry.all)
    case .metrics: try body(MetricRegistry.all)
    case .optimizers: try body(OptimizerRegistry.all)
    }
  }
}

@Suite struct ContractTests {
  @Test(arguments: Family.allCases)
  func `names and aliases are unique`(family: Family) {
    family.check { registry in
      let spellings = registry.members.flatMap { [$0.name] + $0.aliases }
      #expect(Set(spellings).count == spellings.count)
    }
  }

  @Test(arguments: Family.allCases)
  func `everything is documented`(family: Family) {
    family.check { registry in
      for member in registry.members {
        #expect(!member.summary.isEmpty && member.summary.hasSuffix("."), "\(member.name)")
        for property in member.jsonSchema["properties"]?.entries ?? [] {
          let doc = property.value["description"]?.string ?? ""
          #expect(doc.hasSuffix("."), "\(member.name).\(property.key): '\(doc)'")
        }
      }
    }
  }

  @Test(arguments: Family.allCases)
  func `defaults pass their own checks and come back`(family: Family) {
    family.check { registry in
      for member in registry.members {
        let (config, problems) = registry.roundTrip(member.name, member.defaults)
        #expect(problems.isEmpty, "\(member.name): \(problems)")
        #expect(config == member.defaults, "\(member.name)")
      }
    }
  }

  @Test(arguments: Family.allCases)
  func `settings other than the defaults come back`(family: Family) {
    family.check { registry in
      for member in registry.members {
        let properties = member.jsonSchema["properties"]
        let changed = (member.defaults.entries ?? []).map {
          ConfigNode.Entry($0.key, other(than: $0.value, properties?[$0.key] ?? [:]))
        }
        let (config, problems) = registry.roundTrip(member.name, ConfigNode(.map(changed)))
        #expect(problems.isEmpty, "\(member.name): \(problems)")
        #expect(config == ConfigNode(.map(changed)), "\(member.name)")
      }
    }
  }

  /// Another value that fits the schema of a setting, if one can be guessed.
  private func other(than value: ConfigNode, _ schema: ConfigNode) -> ConfigNode {
    if let words = schema["enum"]?.list, let last = words.last { return last }
    switch value.content {
    case .bool(let flag): return ConfigNode(.bool(!flag))
    case .int(let number): return ConfigNode(.int(number + 1))
    case .double(let number): return ConfigNode(.double(number == 0 ? 0.25 : number / 2))
    case .null:
      return schema["type"]?.string == "integer" ? 3 : schema["type"]?.string == "number" ? 0.5 : value
    default: return value
    }
  }

  @Test(arguments: Family.allCases)
  func `an unknown setting is E0204 and suggests the nearest`(family: Family) {
    let span = SourceSpan(4, 9)
    family.check { registry in
      for member in registry.members {
        let fields = member.jsonSchema["properties"]?.entries?.map(\.key) ?? []
        let misspelled = fields.first.map { $0 + "x" } ?? "nonsense"
        let settings = (member.defaults.entries ?? []) + [.init(misspelled, 1, keySpan: span)]
        let problems = registry.roundTrip(member.name, ConfigNode(.map(settings))).problems
        #expect(problems.map(\.code) == ["E0204"], "\(member.name)")
        #expect(problems.first?.primary?.span == span)
        let help = fields.first.map { "did you mean '\($0)'?" } ?? "it takes no settings"
        #expect(problems.first?.help == help, "\(member.name)")
      }
    }
  }

  @Test(arguments: Family.allCases)
  func `an unknown name is E0206 and suggests the nearest`(family: Family) {
    family.check { registry in
      for member in registry.members {
        let problems = registry.roundTrip(member.name + "q", [:]).problems
        #expect(problems.map(\.code) == ["E0206"])
        #expect(problems.first?.help == "did you mean '\(member.name)'?")
      }
    }
  }

  @Test(arguments: Family.allCases)
  func `a required setting that is missing is E0203`(family: Family) {
    family.check { registry in
      for member in registry.members {
        let required = member.jsonSchema["required"]?.list ?? []
        let problems = registry.roundTrip(member.name, [:]).problems
        #expect(problems.map(\.code) == required.map { _ in "E0203" }, "\(member.name)")
      }
    }
  }
}

/// A registry without the type of its members.
protocol AnyRegistry {
  typealias Facts = (
    name: String, aliases: [String], summary: String, jsonSchema: ConfigNode, defaults: ConfigNode
  )
  var members: [Facts] { get }
  /// Reads a member and writes its settings again.
  func roundTrip(_ name: String, _ settings: ConfigNode) -> (config: ConfigNode?, problems: [Diagnostic])
}

extension Registry: AnyRegistry {
  var members: [Facts] { entries.map { ($0.name, $0.aliases, $0.summary, $0.jsonSchema, $0.defaults) } }

  func roundTrip(_ name: String, _ settings: ConfigNode) -> (config: ConfigNode?, problems: [Diagnostic]) {
    var bag = DiagnosticBag()
    let node: ConfigNode = ["class_name": ConfigNode(.string(name)), "config": settings]
    let member = decode(node, into: &bag)
    return ((member as? any Configurable).map { encode($0) }, bag.all)
  }

  private func encode<T: Configurable>(_ member: T) -> ConfigNode { T.schema.encode(member) }
}
