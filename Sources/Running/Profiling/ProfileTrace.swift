import Analysis
import Config
import GraphEngine

/// Profiles as Chrome's trace viewer and Perfetto read them: a process for each training, a thread for each worker, and
/// a "complete" event for each step.
///
/// Source: the Trace Event Format, Google, 2016.
struct ProfileTrace {
  private var events: [ConfigNode] = []

  package var isEmpty: Bool { events.isEmpty }

  /// - Parameters:
  ///   - process: a number of its own.
  ///   - name: what was trained.
  package mutating func add(_ times: StepTimes, process: Int, name: String) {
    func named(_ what: String, _ name: String, thread: Int) -> ConfigNode {
      [
        "name": what.config, "ph": "M", "pid": process.config, "tid": thread.config,
        "args": ["name": name.config],
      ]
    }
    events.append(named("process_name", name, thread: 0))
    for part in 0..<times.parts { events.append(named("thread_name", "worker \(part)", thread: part)) }
    let start = times.spans.map(\.time.lowerBound).min() ?? 0
    func microseconds(_ time: UInt64) -> ConfigNode { (Double(time) / 1000).config }
    for span in times.spans {
      let line = times.steps[span.step].line
      let layer = line.purpose.layer
      events.append([
        "name": (layer.isEmpty ? line.name : "\(layer) \(line.name)").config,
        "cat": line.purpose.direction.rawValue.config, "ph": "X",
        "ts": microseconds(span.time.lowerBound - start),
        "dur": microseconds(span.time.upperBound - span.time.lowerBound), "pid": process.config,
        "tid": span.part.config,
        "args": [
          "step": span.step.config, "run": span.run.config, "operands": line.operands.config,
          "result": line.shape.config, "flops": line.flops.config, "bytes_read": line.bytesRead.config,
          "bytes_written": line.bytesWritten.config,
        ],
      ])
    }
  }

  /// The file, an event a line.
  package var json: String {
    "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [\n" + events.map(\.json).joined(separator: ",\n")
      + "\n]}\n"
  }
}
