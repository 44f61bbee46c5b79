import Analysis
package import Config
import Experiments
import Plots
import Layers
import Losses
import Optimizers
import Training

/// Everything that files choose by name, family by family: for `runexp describe`, and for the schema that editors use.
package struct Catalogue {
  /// A family of things of one kind.
  package struct Family {
    package let kind: String
    package let plural: String
    package let members: [MemberDescription]
    /// Whether files may define members of their own: layers, and functions as losses, metrics and activations.
    package let isOpen: Bool

    init(_ kind: String, plural: String? = nil, isOpen: Bool = false, _ members: [MemberDescription]) {
      self.kind = kind
      self.plural = plural ?? kind + "s"
      self.members = members
      self.isOpen = isOpen
    }

    init<M>(_ registry: Registry<M>, plural: String? = nil, isOpen: Bool = false) {
      self.init(
        registry.kind, plural: plural, isOpen: isOpen,
        registry.descriptions.map { $0.adding(registry.commonKeys) })
    }
  }

  package static let cells = Family("cell", CellRegistry.all.map(\.description))

  /// What cells name in their settings.
  package static let parts = [
    Family(LayerRegistry.all, isOpen: true), Family("activation", isOpen: true, Activation.descriptions),
    Family("initializer", Initializer.descriptions), Family(Regularizer.all), Family(Constraint.all),
    Family(LossRegistry.all, plural: "losses", isOpen: true), Family(MetricRegistry.all, isOpen: true),
    Family(OptimizerRegistry.all), Family(ScheduleRegistry.all), Family(CallbackRegistry.all),
    Family("figure", PlotRegistry.descriptions),
  ]

  package static var families: [Family] { [cells] + parts }

  /// The members of that name, with their families.
  package static func find(_ name: String) -> [(kind: String, member: MemberDescription)] {
    families.flatMap { family in
      family.members.filter { $0.name == name || $0.aliases.contains(name) }.map { (family.kind, $0) }
    }
  }

  /// Every name, those of other spellings too.
  package static var names: [String] { families.flatMap { $0.members.flatMap { [$0.name] + $0.aliases } } }
}
