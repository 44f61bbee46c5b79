import Diagnostics
import RunEvents

func record(_ name: String = "mlp-1", parameters: [RunRecord.Parameter] = []) -> RunRecord {
  RunRecord(
    name: name, experiment: "mlp", title: "A title", seed: .max, startedAt: 1000,
    command: ["runexp", "mlp.exp"],
    parameters: parameters, environment: [.init("cpu", "some"), .init("threads", "2")],
    source: "- text: |\n  é\n", resolved: "resolved", tag: "first", note: nil)
}

/// The code of the diagnostic `body` throws.
func code(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return (error as? Diagnostic)?.code ?? "\(error)"
  }
}
