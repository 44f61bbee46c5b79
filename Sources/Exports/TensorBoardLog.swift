import RunEvents

internal import RunLog

/// A run as TensorBoard reads it: a folder of event files for each series.
///
/// Values of the validation stand in a folder of their own under the names of the training's, so that TensorBoard draws
/// both into one chart, as it does with logs that Keras writes.
public enum TensorBoardLog {
  /// The files, each `FOLDER/events.out.tfevents…`; all times are that of the run's start.
  public static func files(_ run: ExportedRun) -> [ExportFile] {
    let time = run.run.record.startedAt
    var folders: [(name: String, records: EventRecords)] = []
    for metric in run.metrics {
      let isHeldOut = metric.name.hasPrefix("val_")
      let isSplit =
        isHeldOut || run.metrics.contains { $0.series == metric.series && $0.name.hasPrefix("val_") }
      let folder = isSplit ? "\(metric.series)/\(isHeldOut ? "validation" : "train")" : metric.series
      let place: Int
      if let known = folders.firstIndex(where: { $0.name == folder }) {
        place = known
      } else {
        place = folders.count
        folders.append((folder, EventRecords(wallTime: time)))
      }
      for point in metric.points {
        // As in Keras's logs the number of the epoch is the step.
        folders[place].records.add(
          point.value, tag: isHeldOut ? String(metric.name.dropFirst(4)) : metric.name,
          step: point.epoch ?? point.step, wallTime: time)
      }
    }
    let stamp = String(Int(max(0, min(time, 1e15))))
    let name =
      "events.out.tfevents." + String(repeating: "0", count: max(0, 10 - stamp.count)) + stamp + ".runexp"
    return folders.map { ExportFile("\($0.name)/\(name)", .bytes($0.records.bytes)) }
  }
}
