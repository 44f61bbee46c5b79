import Analysis
import Running
import Plots
public import Config
import Diagnostics
import ExpLanguage
import Foundation

/// The keys above `cells`.
public struct Header: Configurable {
  var experiment: String?
  var title: String?
  var seed = 0
  private var start = ConfigNode(.null)
  /// What trainings start from.
  private(set) var resume: WarmStart?

  public static let schema = Schema(
    "the header", "What an experiment is called and where its random numbers start.", prototype: Header(),
    Field("experiment", \.experiment, "Name of the runs: NAME-1, NAME-2, …. The file's name if left out."),
    Field("title", \.title, "Heading of the report."),
    Field("seed", \.seed, "Start of every random number.", check: atLeast(0)),
    Field(
      "resume", \.start, "Start from the models of an earlier run: {from: mlp-3, mode: continue}.",
      schema: WarmStart.schema.jsonSchema))

  /// Every key that may stand at the left edge of a file.
  static let keys = schema.fields.map(\.key) + ["params", "cells"]

  /// Reads what can be read of a header; every mistake is reported.
  init(reading entries: [ConfigNode.Entry], into bag: inout DiagnosticBag) {
    for entry in entries where !Self.keys.contains(entry.key) {
      bag.report(.unknownHeaderKey(entry, known: Self.keys))
    }
    let known = entries.filter { Self.keys.contains($0.key) && !$0.value.isAbsent }
    self = Self.schema.read(ConfigNode(.map(known)), into: &bag).root
    if !start.isAbsent { resume = WarmStart.schema.decode(start, into: &bag) }
    guard let experiment, !isFileName(experiment) else { return }
    bag.report(.badExperimentName(experiment, at: entries.first { $0.key == "experiment" }?.value.span))
  }

  private init() {}

  /// Whether a misspelt key seems to be this one.
  static func isMisspelt(_ key: String, in entries: [ConfigNode.Entry]) -> Bool {
    entries.contains { !keys.contains($0.key) && nearest(to: $0.key, in: keys) == key }
  }

  /// `experiments/mlp.exp` without a name of its own is `mlp`.
  static func defaultName(_ path: String) -> String {
    let stem = String(URL(fileURLWithPath: path).lastPathComponent.prefix { $0 != "." })
    return isFileName(stem) ? stem : "experiment"
  }
}

extension Diagnostic {
  /// E0215: an experiment name that cannot name a folder.
  static func badExperimentName(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0215", "'\(name)' cannot name the folder of a run",
      at: span.map { Label($0, "letters, digits, '_' and '-' only") },
      help: "put words for readers into 'title:'")
  }

  /// E0204: a key that no experiment has.
  static func unknownHeaderKey(_ entry: ConfigNode.Entry, known: [String]) -> Diagnostic {
    var diagnostic = Diagnostic.unknownKey(entry, of: "an experiment", known: known)
    diagnostic.message = "an experiment has no key '\(entry.key)'"
    guard diagnostic.fix == nil else { return diagnostic }
    diagnostic.help =
      CellRegistry.keywords.contains(entry.key)
      ? "'\(entry.key)' is a kind of cell: write it below 'cells:', as '- \(entry.key): …'"
      : "known keys: " + known.joined(separator: ", ")
    return diagnostic
  }
}
