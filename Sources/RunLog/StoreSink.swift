import Diagnostics
public import RunEvents

/// Logs the events of a run in batches: one transaction an epoch, never one a step.
///
/// If writing fails the batch is kept and written with the next one, so that a disk that was full for a while costs
/// nothing. Owned by the run's task; `close` it when the run has ended.
public final class StoreSink: EventSink {
  /// More events than an epoch has; bounds the memory when epochs never end.
  private static let largestBatch = 4096

  private let store: RunStore
  private var batch: [RunEvent] = []

  public init(_ store: RunStore) { self.store = store }

  /// - Throws: a `Diagnostic`, E0701 to E0706.
  public func receive(_ event: RunEvent) throws {
    if case .progress(let progress) = event {
      if progress.isEpochEnd { try flush() }
      return
    }
    batch.append(event)
    if event.endsBatch || batch.count >= Self.largestBatch { try flush() }
    if case .checkpoint = event { try store.sync() }
  }

  /// Writes what has come in since the last time.
  public func flush() throws {
    guard !batch.isEmpty else { return }
    try store.append(batch)
    batch = []
  }

  /// Writes the rest and makes the log one file.
  public func close() throws {
    try flush()
    try store.close()
  }
}

extension RunEvent {
  /// What somebody watching the log wants to see at once; points wait for the end of their epoch.
  fileprivate var endsBatch: Bool {
    switch self {
    case .metric, .steps, .progress, .shown, .cellNote: false
    default: true
    }
  }
}
