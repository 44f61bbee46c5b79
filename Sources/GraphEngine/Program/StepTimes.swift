/// What the steps of a program took, added up over runs; all times in nanoseconds.
///
/// A thread's steps, its waiting and what it took to start are the whole, to the nanosecond.
public struct StepTimes: Sendable {
  /// Runs whose times are forgotten as soon as there are later ones: memory is touched and caches fill.
  public static let warmUp = 2

  public struct Entry: Sendable {
    public var line: Program.Line
    /// How often it ran: less often than the program where a condition ended runs early.
    public var calls: Int
    /// For each thread, at work.
    public var busy: [Int]
    /// For each thread, between the end of this step and the beginning of its next one: at the barrier.
    public var waiting: [Int]
  }

  /// One step of one run on one thread.
  public struct Span: Sendable {
    public var run: Int
    public var part: Int
    public var step: Int
    /// By the clock that the program was given.
    public var time: Range<UInt64>

    init(run: Int, part: Int, step: Int, _ time: Range<UInt64>) {
      self.run = run
      self.part = part
      self.step = step
      self.time = time
    }
  }

  /// Runs that are counted.
  public var runs: Int
  /// Whether the first runs, slower than all others, are left out; not if there were no others.
  public var isWarm: Bool
  /// From the beginning of runs to their end.
  public var whole: Int
  /// For each thread, from the beginning of runs to its first step.
  public var starting: [Int]
  /// In the order they run.
  public var steps: [Entry]
  /// Of the first few counted runs.
  public var spans: [Span]

  /// Threads that take part.
  public var parts: Int { starting.count }
}
