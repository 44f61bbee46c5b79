package import Config

extension Optional<Double> {
  /// A number for programs: nothing for NaN and infinities, which JSON does not have.
  package var finite: ConfigNode { flatMap { $0.isFinite ? $0 : nil }.config }
}
