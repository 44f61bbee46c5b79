/// Nanoseconds from any start that never go back; several threads ask at once.
public typealias StepClock = @Sendable () -> UInt64

/// Writes down what each step of a program takes on each thread, and when the steps of a few runs began and ended.
///
/// All memory is there before the first run. A thread writes rows of its own; what it waits for the others is the time
/// between two of its steps.
final class StepRecorder {
  private static let mostSpans = 20_000

  private let lines: [Program.Line]
  private let parts: Int
  private let clock: StepClock
  /// For each thread: its state, then calls, busy and waiting nanoseconds of each step.
  private let cells: UnsafeMutablePointer<UInt64>
  private let stride: Int
  /// For each thread, traced run and step: begin and end.
  private let spans: UnsafeMutablePointer<UInt64>
  private let tracedRuns: Int
  private var seen = 0
  private var runs = 0
  private var began: UInt64 = 0
  private var whole: UInt64 = 0

  /// The first cells of a thread: when its last step ended, which that was, and what it took to start.
  private enum Own { static let (end, step, starting, count) = (0, 1, 2, 8) }

  init(_ lines: [Program.Line], parts: Int, _ clock: @escaping StepClock) {
    self.lines = lines
    self.parts = parts
    self.clock = clock
    tracedRuns = max(1, min(4, Self.mostSpans / max(1, lines.count * parts)))
    // Whole cache lines and one between, so that threads do not share any.
    stride = (Own.count + 3 * lines.count + 15) & ~7
    cells = .allocate(capacity: stride * parts)
    cells.initialize(repeating: 0, count: stride * parts)
    spans = .allocate(capacity: max(1, 2 * lines.count * parts * tracedRuns))
    spans.initialize(repeating: 0, count: max(1, 2 * lines.count * parts * tracedRuns))
  }

  deinit {
    cells.deallocate()
    spans.deallocate()
  }

  /// A run with its beginning and its end noted.
  func timing(_ run: (Int) -> Void, _ part: Int) {
    if seen == StepTimes.warmUp { forget() }
    began = clock()
    for part in 0..<parts {
      own(part)[Own.end] = began
      own(part)[Own.step] = .max
    }
    run(part)
    let ended = clock()
    for part in 0..<parts { note(gapUntil: ended, own(part)) }
    whole &+= ended &- began
    seen += 1
    runs += 1
  }

  /// A step with its beginning and its end noted.
  func timing(_ step: @escaping Step, as number: Int) -> Step {
    { [self] worker in
      let own = own(worker.part)
      let began = clock()
      note(gapUntil: began, own)
      step(worker)
      let ended = clock()
      own[Own.end] = ended
      own[Own.step] = UInt64(number)
      let cell = own + Own.count + 3 * number
      cell[0] &+= 1
      cell[1] &+= ended &- began
      if runs < tracedRuns {
        let span = spans + 2 * ((runs * parts + worker.part) * lines.count + number)
        span[0] = began
        span[1] = ended
      }
    }
  }

  private func own(_ part: Int) -> UnsafeMutablePointer<UInt64> { cells + part * stride }

  /// Books the time since a thread's last step as waiting after that step, or as what it took to start.
  private func note(gapUntil time: UInt64, _ own: UnsafeMutablePointer<UInt64>) {
    let gap = time &- own[Own.end]
    if own[Own.step] == .max {
      own[Own.starting] &+= gap
    } else {
      own[Own.count + 3 * Int(own[Own.step]) + 2] &+= gap
    }
  }

  private func forget() {
    cells.update(repeating: 0, count: stride * parts)
    spans.update(repeating: 0, count: 2 * lines.count * parts * tracedRuns)
    runs = 0
    whole = 0
  }

  var times: StepTimes {
    let steps = lines.indices.map { step in
      let cells = (0..<parts).map { own($0) + Own.count + 3 * step }
      return StepTimes.Entry(
        line: lines[step], calls: Int(cells[0][0]), busy: cells.map { Int($0[1]) },
        waiting: cells.map { Int($0[2]) })
    }
    var traced: [StepTimes.Span] = []
    for run in 0..<min(runs, tracedRuns) {
      for part in 0..<parts {
        for step in lines.indices {
          let span = spans + 2 * ((run * parts + part) * lines.count + step)
          if span[1] > 0 {
            traced.append(StepTimes.Span(run: run, part: part, step: step, span[0]..<span[1]))
          }
        }
      }
    }
    return StepTimes(
      runs: runs, isWarm: seen > StepTimes.warmUp, whole: Int(whole),
      starting: (0..<parts).map { Int(own($0)[Own.starting]) }, steps: steps, spans: traced)
  }
}
