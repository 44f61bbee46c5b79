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
}
