public import GraphEngine

/// What a training step took: its program's steps, and everything around them.
public struct StepCosts: Sendable {
  /// Of the program for whole batches, the way through conditions on data that was taken last.
  public var times: StepTimes
  public var batch: Int
  /// Nanoseconds from one step of the training to the next, epochs' beginnings and ends left out.
  public var lap: Double

  init?(_ program: StepProgram, _ timer: LapTimer) {
    guard let times = program.program.times, times.runs > 0, timer.count > 0 else { return nil }
    self.times = times
    batch = program.batch
    lap = Double(timer.total) / Double(timer.count)
  }
}

/// Times the turns of a loop; forgets the first ones if there are others.
struct LapTimer {
  private(set) var total: UInt64 = 0
  private(set) var count = 0
  private var seen = 0
  private var began: UInt64 = 0
  private let clock: StepClock

  init(_ clock: @escaping StepClock) { self.clock = clock }

  mutating func begin() { began = clock() }

  mutating func end() {
    if seen == StepTimes.warmUp {
      total = 0
      count = 0
    }
    total &+= clock() &- began
    count += 1
    seen += 1
  }
}
