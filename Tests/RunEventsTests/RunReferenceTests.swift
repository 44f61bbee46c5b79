import RunEvents
import Testing

@Suite struct RunReferenceTests {
  @Test(arguments: [
    ("mlp-1", RunReference.named("mlp-1")), ("latest", .latest), ("Latest", .named("Latest")),
    ("best(mlp, val_accuracy)", .best(experiment: "mlp", metric: "val_accuracy")),
    ("best( mlp ,test.f1 )", .best(experiment: "mlp", metric: "test.f1")),
    ("best(mlp, a, b)", .best(experiment: "mlp", metric: "a, b")),
    ("best(mlp)", .named("best(mlp)")), ("best(, loss)", .named("best(, loss)")),
    ("best(mlp, )", .named("best(mlp, )")), ("best(mlp, loss", .named("best(mlp, loss")),
    ("reports/mlp-1/", .named("reports/mlp-1/")), ("", .named("")),
  ]) func `words for a run are read`(words: String, reference: RunReference) {
    #expect(RunReference(words) == reference)
  }

  @Test func `a request keeps its parent, and one without has none`() {
    let request = RunRequest(experiment: "/e.exp", parent: "sweep-1")
    #expect(RunRequest(json: Array(request.json.utf8)) == request)
    let lone = RunRequest(experiment: "/e.exp")
    #expect(!lone.json.contains("parent"))
    #expect(RunRequest(json: Array(lone.json.utf8))?.parent == nil)
  }
}
