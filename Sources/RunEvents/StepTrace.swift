/// What the steps of one epoch of a training computed, to the bit: the loss of each step, and digests of the weights
/// after some of them.
///
/// Two trainings are the same as far as their traces are; the first step at which they part follows from them.
public struct StepTrace: Sendable, Equatable, Codable {
  /// A digest of all parameters of a model after a step.
  public struct Digest: Sendable, Equatable, Codable {
    /// The optimizer's step, from 1.
    public var step: Int
    public var value: UInt64

    public init(step: Int, value: UInt64) {
      self.step = step
      self.value = value
    }
  }

  /// From 1.
  public var epoch: Int
  /// The optimizer's number, from 1, of the step that `losses` begins with.
  public var firstStep: Int
  /// The loss of each step, computed with the weights before it.
  public var losses: [Float]
  /// After steps 1, 2, 4, 8, … of the optimizer and at the end of the epoch.
  public var digests: [Digest]

  public init(epoch: Int, firstStep: Int, losses: [Float] = [], digests: [Digest] = []) {
    self.epoch = epoch
    self.firstStep = firstStep
    self.losses = losses
    self.digests = digests
  }
}
