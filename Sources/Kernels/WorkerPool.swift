import Glibc
import Synchronization

/// A fixed set of threads that run one job together.
///
/// Workers spin for a while on a generation counter, since the next step of a training follows within
/// microseconds, then sleep on a condition variable. Between two barriers nothing is allocated or locked.
///
/// `@unchecked Sendable`: `job` and `isOver` are written only while every worker waits for the next generation,
/// which is published after them and read before them.
public final class WorkerPool: @unchecked Sendable {
  /// Threads that take part, the caller's included.
  public let count: Int
  private let generation = Atomic<Int>(0)
  private let pending = Atomic<Int>(0)
  private let arrived = Atomic<Int>(0)
  private let phase = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private var job: (Int) -> Void = { _ in }
  private var isOver = false
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var threads: [pthread_t] = []

  /// How often a worker looks for work before it sleeps.
  ///
  /// Some 50 microseconds without a break, then a few milliseconds in which it offers its processor to others: who
  /// has slept may wake beside its caller on one processor, and run badly until the system spreads them. The gap
  /// between two epochs is not worth that.
  private static let spins = 50_000
  private static let yields = 4_000

  public init(threads count: Int) {
    self.count = max(1, count)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    for part in 1..<self.count {
      let start = Unmanaged.passRetained(Start(pool: Unmanaged.passUnretained(self), part: part))
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { raw in
          guard let raw else { return nil }
          let start = Unmanaged<Start>.fromOpaque(raw).takeRetainedValue()
          start.pool._withUnsafeGuaranteedRef { $0.work(start.part) }
          return nil
        }, start.toOpaque())
      precondition(status == 0, "the system refuses a thread: error \(status)")
      threads.append(thread)
    }
  }

  deinit {
    isOver = true
    advance()
    for thread in threads { pthread_join(thread, nil) }
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    wake.deallocate()
    mutex.deallocate()
  }

  /// Runs `job(part)` for every part, `0 ..< count`, at the same time; returns when all are done.
  public func run(_ job: @escaping (Int) -> Void) {
    if count == 1 { return job(0) }
    self.job = job
    pending.store(count - 1, ordering: .relaxed)
    advance()
    job(0)
    var looks = 0
    while pending.load(ordering: .acquiring) != 0 {
      looks &+= 1
      if looks & 4095 == 0 { sched_yield() }
    }
  }

  /// Waits, inside a job, until every part has come here.
  @inline(__always) public func barrier() {
    if count == 1 { return }
    let current = phase.load(ordering: .relaxed)
    if arrived.add(1, ordering: .acquiringAndReleasing).newValue == count {
      arrived.store(0, ordering: .relaxed)
      phase.store(current &+ 1, ordering: .releasing)
      return
    }
    var looks = 0
    while phase.load(ordering: .acquiring) == current {
      looks &+= 1
      if looks & 4095 == 0 { sched_yield() }
    }
  }

  private final class Start {
    let pool: Unmanaged<WorkerPool>
    let part: Int
    init(pool: Unmanaged<WorkerPool>, part: Int) {
      self.pool = pool
      self.part = part
    }
  }

  private func advance() {
    generation.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(mutex)
      pthread_cond_broadcast(wake)
      pthread_mutex_unlock(mutex)
    }
  }

  private func work(_ part: Int) {
    var seen = 0
    while true {
      var looks = 0
      while generation.load(ordering: .acquiring) == seen {
        looks &+= 1
        if looks > Self.spins { sched_yield() }
        if looks > Self.spins + Self.yields { sleep(until: seen) }
      }
      seen &+= 1
      if isOver { return }
      job(part)
      pending.subtract(1, ordering: .acquiringAndReleasing)
    }
  }

  /// Announces the sleeper first, then looks again: the other side publishes first, then looks for sleepers.
  private func sleep(until seen: Int) {
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == seen { pthread_cond_wait(wake, mutex) }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }
}
