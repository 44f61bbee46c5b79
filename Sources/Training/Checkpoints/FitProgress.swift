public import Config
public import GraphEngine
public import RunEvents

/// Where a training is, beside the numbers of its model: enough to go on at the very next step.
///
/// Random numbers and the order of samples follow from the seed and from counting, so they need no room here.
public struct FitProgress {
  /// The epoch under way, from 0.
  public var epoch: Int
  /// Steps of it that are done.
  public var step: Int
  /// What the epoch's losses and metrics have added up so far.
  public var totals: [[Double]]
  public var history: [Logs]
  public var firstNonFinite: (epoch: Int, step: Int)?
  /// What the steps of the epoch computed so far.
  public var trace: StepTrace
  /// What each callback remembers.
  public var callbacks: [ConfigNode]
  /// Weights that a callback keeps.
  public var kept: AlignedBuffer?
}

extension FitProgress {
  /// As parts of a checkpoint's file.
  public func encoded(as name: String) -> (facts: ConfigNode, arrays: [NamedNumbers]) {
    let facts: ConfigNode = [
      "epoch": epoch.config, "step": step.config, "totals": totals.config, "history": Self.encode(history),
      "callbacks": ConfigNode(.list(callbacks)),
      "first_non_finite": firstNonFinite.map { [$0.epoch, $0.step] }.config,
      // Bits as a number with a sign: JSON has no others.
      "digests": trace.digests.map { [$0.step, Int(bitPattern: UInt($0.value))] }.config,
    ]
    let losses = NamedNumbers("\(name)/losses", AlignedBuffer(copying: trace.losses))
    return (facts, [losses] + (kept.map { [NamedNumbers("\(name)/kept", $0)] } ?? []))
  }

  /// Reads what `encoded(as:)` made; `nil` if it is something else.
  public init?(_ facts: ConfigNode, named name: String, in arrays: [NamedNumbers]) {
    guard case .int(let epoch)? = facts["epoch"]?.content, case .int(let step)? = facts["step"]?.content,
      (0...(1 << 53)).contains(epoch), (0...(1 << 53)).contains(step),
      let totals = facts["totals"].flatMap({ try? [[Double]](config: $0) }),
      let history = facts["history"].flatMap(Self.history), let callbacks = facts["callbacks"]?.list
    else { return nil }
    self.epoch = epoch
    self.step = step
    self.totals = totals
    self.history = history
    self.callbacks = callbacks
    kept = arrays.first { $0.name == "\(name)/kept" }?.numbers
    let losses = arrays.first { $0.name == "\(name)/losses" }?.numbers
    let digests = facts["digests"].flatMap { try? [[Int]](config: $0) } ?? []
    trace = StepTrace(
      epoch: epoch + 1, firstStep: 1,
      losses: losses.map { Array(UnsafeBufferPointer(start: $0.pointer, count: $0.count)) } ?? [],
      digests: digests.filter { $0.count == 2 }.map {
        .init(step: $0[0], value: UInt64(UInt(bitPattern: $0[1])))
      })
    if let place = facts["first_non_finite"].flatMap({ try? [Int](config: $0) }), place.count == 2 {
      firstNonFinite = (place[0], place[1])
    }
  }

  /// Names once, then the values of every epoch: all epochs of a training have the same names.
  public static func encode(_ history: [Logs]) -> ConfigNode {
    [
      "names": (history.first?.map(\.name) ?? []).config,
      "values": history.map { $0.map(\.value) }.config,
    ]
  }

  /// Reads what `encode(_:)` made.
  public static func history(_ node: ConfigNode) -> [Logs]? {
    guard let names = node["names"].flatMap({ try? [String](config: $0) }),
      let values = node["values"].flatMap({ try? [[Double]](config: $0) }),
      values.allSatisfy({ $0.count == names.count })
    else { return nil }
    return values.map { row in zip(names, row).map { ($0, $1) } }
  }
}
