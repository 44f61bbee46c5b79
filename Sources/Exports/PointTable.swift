import RunLog

internal import Config

/// Every logged value as a row: run, series, metric, epoch, step, value.
public enum PointTable {
  static let columns = ["run", "series", "metric", "epoch", "step", "value"]

  /// As RFC 4180 has it, with a header; numbers in the fewest digits that read back.
  public static func csv(_ runs: [ExportedRun]) -> String {
    let rows = points(runs).map { point in
      CSV.row([
        point.run, point.series, point.metric, point.epoch.map(String.init) ?? "", "\(point.step)",
        number(point.value),
      ])
    }
    return ([CSV.row(columns)] + rows).joined(separator: "\n") + "\n"
  }

  /// One JSON object a line; what is not a number in JSON is a text: `"NaN"`, `"Infinity"`, `"-Infinity"`.
  public static func jsonLines(_ runs: [ExportedRun]) -> String {
    points(runs).map { point in
      let node: ConfigNode = [
        "run": point.run.config, "series": point.series.config, "metric": point.metric.config,
        "epoch": point.epoch.config, "step": point.step.config,
        "value": point.value.isFinite ? point.value.config : number(point.value).config,
      ]
      return node.json + "\n"
    }.joined()
  }

  private static func points(
    _ runs: [ExportedRun]
  ) -> [(run: String, series: String, metric: String, epoch: Int?, step: Int, value: Double)] {
    runs.flatMap { run in
      run.metrics.flatMap { metric in
        metric.points.map { (run.name, metric.series, metric.name, $0.epoch, $0.step, $0.value) }
      }
    }
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return pythonRepr(value)
  }
}
