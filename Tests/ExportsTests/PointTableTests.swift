import Exports
import Testing

@Suite struct PointTableTests {
  @Test func `a row for each value`() {
    #expect(
      PointTable.csv([sample()]) == """
        run,series,metric,epoch,step,value
        mlp-1,m,loss,1,10,0.5
        mlp-1,m,loss,2,20,0.25
        mlp-1,m,val_loss,1,10,0.75
        mlp-1,test,loss,,20,0.1

        """)
  }

  @Test func `names with commas and quotes are quoted`() {
    #expect(PointTable.csv([sample(metrics: [history("a,\"b\"", 1)])]).contains(",\"a,\"\"b\"\"\",1,1,1.0\n"))
  }

  @Test func `several runs stand below each other`() {
    let lines = PointTable.csv([sample("a-1"), sample("b-1")]).split(separator: "\n")
    #expect(lines.count == 9 && lines[5].hasPrefix("b-1,"))
  }

  @Test func `a line of JSON for each value`() {
    #expect(
      PointTable.jsonLines([sample()]).split(separator: "\n").last
        == #"{"run": "mlp-1", "series": "test", "metric": "loss", "epoch": null, "step": 20, "value": 0.1}"#)
  }

  @Test func `what JSON has no number for is a text`() {
    let lines = PointTable.jsonLines([sample(metrics: [history("loss", .nan, -.infinity)])]).split(
      separator: "\n")
    #expect(lines[0].hasSuffix("\"value\": \"NaN\"}") && lines[1].hasSuffix("\"value\": \"-Infinity\"}"))
  }
}
