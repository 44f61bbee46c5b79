package import Config
package import Datasets
package import Diagnostics
package import ExpLanguage

/// What is known of an experiment before it runs: what its header says, and what the cells above have defined.
///
/// Cells are checked from the top down, and a name can only be used below the cell that defines it.
package struct CheckContext {
  package var bag = DiagnosticBag()
  package let experiment: ExperimentFacts
  package var cell = CellAtHand()
  package internal(set) var names = NameTable()
  package internal(set) var vocabulary = Vocabulary()
  package internal(set) var results = ResultNames()
  package internal(set) var files = RunFiles()
  /// The runs that models may come from.
  package var earlier: EarlierRuns
  /// What trainings start from, if the header says so.
  package var starts: StartingPoints?
  package var planned = PlannedTrainings()
  /// What was reported once and would follow from it elsewhere.
  private var said: Set<String> = []

  package init(_ experiment: ExperimentFacts, earlier: EarlierRuns) {
    self.experiment = experiment
    self.earlier = earlier
  }

  /// Whether a mistake is said for the first time.
  package mutating func isFirst(_ mistake: String) -> Bool { said.insert(mistake).inserted }

  /// Runs `body`; a diagnostic it throws is collected.
  package mutating func collect<T>(_ body: () throws -> T) -> T? {
    do {
      return try body()
    } catch let diagnostic as Diagnostic {
      bag.report(diagnostic)
    } catch {
      bag.report(Diagnostic("E0906", "\(error)"))
    }
    return nil
  }

  /// The cell that would have defined a name was wrong.
  /// - Parameter keyword: `nil` for a cell of unknown kind, which might have been any.
  package mutating func declareBroken(_ name: String?, keyword: String?) {
    names.declareBroken(name, keyword: keyword)
    vocabulary.declareBroken(name, keyword: keyword)
    if keyword == "train" || keyword == "evaluate" || keyword == nil { results.areLost = true }
  }

  /// Whether a name is unknown only because the cell that would have defined it was wrong.
  package func follows(_ mistake: Diagnostic) -> Bool { vocabulary.explains(mistake) }
}

/// What an experiment says outside its cells, and where its files are.
package struct ExperimentFacts {
  package let sources: SourceFiles
  package let parameters: Parameters
  /// Parameters that are declared, but whose values are wrong.
  package let unresolved: Set<String>
  package let environment: DataEnvironment
  /// What is remembered of data, if anything is.
  package let shapes: DataShapeCache?

  package var seed: UInt64 { environment.seed }

  package init(
    sources: SourceFiles, parameters: Parameters, unresolved: Set<String>, environment: DataEnvironment,
    shapes: DataShapeCache?
  ) {
    self.sources = sources
    self.parameters = parameters
    self.unresolved = unresolved
    self.environment = environment
    self.shapes = shapes
  }
}

/// The cell that is being checked, as it was written.
package struct CellAtHand {
  /// Its place in the file, from 0.
  package var index = 0
  /// Its first word, where what is missing in it is shown.
  package var keywordSpan: SourceSpan?
  /// All of it.
  package var span: SourceSpan?
  /// Its settings as they were written.
  package var settings: [ConfigNode.Entry] = []
  /// Settings that were wrong, or written under a wrong name.
  package var wrongSettings: Set<String> = []

  package init() {}

  /// Where a setting is written.
  package func span(of key: String) -> SourceSpan? { settings.first { $0.key == key }?.value.span }
}
