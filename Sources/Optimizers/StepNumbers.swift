import GraphEngine

/// The numbers that change from step to step, at addresses that do not: kernels were bound to them.
///
/// Owns the memory, and keeps alive the slots whose addresses it lists.
final class StepNumbers {
  /// Where a pass finds its numbers, in floats; the optimizer's own come first.
  enum Name: Int {
    case own = 0
    case scale = 16, batches, clip, decay, average
  }

  /// When a pass is made.
  enum Condition: Int, CaseIterable {
    case always
    /// When the optimizer takes a step.
    case steps
    /// When it only adds up gradients.
    case waits
    /// When averages become the weights.
    case overwrites
  }

  private let numbers = AlignedBuffer(32)
  private let conditions: UnsafeMutablePointer<Bool>
  /// The optimizer's slots.
  let slots: UnsafePointer<UnsafeMutablePointer<Float>>
  private let addresses: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private var others: [AlignedBuffer] = []
  private let owners: [AlignedBuffer]

  /// Room for the optimizer's slots, and two more.
  init(slots owners: [AlignedBuffer]) {
    self.owners = owners
    conditions = .allocate(capacity: Condition.allCases.count)
    conditions.initialize(repeating: true, count: Condition.allCases.count)
    addresses = .allocate(capacity: owners.count + 2)
    addresses.initialize(repeating: numbers.pointer, count: owners.count + 2)
    for (i, owner) in owners.enumerated() { addresses[i] = owner.pointer }
    slots = UnsafePointer(addresses)
  }

  deinit {
    conditions.deallocate()
    addresses.deallocate()
  }

  subscript(name: Name) -> UnsafeMutablePointer<Float> { numbers.pointer + name.rawValue }
  subscript(condition: Condition) -> UnsafeMutablePointer<Bool> { conditions + condition.rawValue }

  /// A list of slots that is this one alone.
  func slots(for run: AlignedBuffer) -> UnsafePointer<UnsafeMutablePointer<Float>> {
    let place = owners.count + (others.firstIndex { $0 === run } ?? others.count)
    if place == owners.count + others.count {
      others.append(run)
      addresses[place] = run.pointer
    }
    return UnsafePointer(addresses + place)
  }
}
