import RunEvents
import RunLog

/// One training in two runs, step by step and to the bit.
public struct TrainingDifference: Sendable, Equatable {
  /// The first step with another result.
  public struct Parting: Sendable, Equatable {
    /// The optimizer's number of the step, from 1.
    public var step: Int
    public var epoch: Int
    /// The losses of this step, if they are what differs; otherwise the weights differ after it.
    public var losses: Pair?
    /// The last step before, after which all weights are known to have been the same.
    public var lastSameWeights: Int?

    public init(step: Int, epoch: Int, losses: Pair? = nil, lastSameWeights: Int? = nil) {
      self.step = step
      self.epoch = epoch
      self.losses = losses
      self.lastSameWeights = lastSameWeights
    }
  }

  public struct Pair: Sendable, Equatable {
    public var first: Float
    public var second: Float

    public init(_ first: Float, _ second: Float) {
      self.first = first
      self.second = second
    }

    /// To the bit, so that two that are not numbers are equal.
    public static func == (a: Pair, b: Pair) -> Bool {
      a.first.isSame(as: b.first) && a.second.isSame(as: b.second)
    }
  }

  /// The model.
  public var series: String
  /// From 1; more for a model that a run trains several times.
  public var number: Int
  /// How many steps each run has of it.
  public var firstSteps: Int
  public var secondSteps: Int
  /// `nil` if all steps that both have are the same.
  public var parting: Parting?

  /// Whether the training is the same from the first step to the last.
  public var isSame: Bool { parting == nil && firstSteps == secondSteps }

  /// All trainings of two runs, in the order of the first run, then of the second.
  static func between(_ first: [LoggedSteps], _ second: [LoggedSteps]) -> [TrainingDifference] {
    let (a, b) = (Training.all(in: first), Training.all(in: second))
    func partner(_ own: Training, _ others: [Training]) -> Training? {
      others.first { $0.series == own.series && $0.number == own.number }
    }
    return a.map { TrainingDifference($0, partner($0, b)) }
      + b.filter { partner($0, a) == nil }.map { TrainingDifference(nil, $0) }
  }

  private init(_ first: Training?, _ second: Training?) {
    series = first?.series ?? second?.series ?? ""
    number = first?.number ?? second?.number ?? 1
    firstSteps = first?.losses.count ?? 0
    secondSteps = second?.losses.count ?? 0
    if let first, let second { parting = Parting(first, second) }
  }
}

/// The steps of one training of one run.
private struct Training {
  var series: String
  var number: Int
  var cell: Int
  var losses: [(step: Int, epoch: Int, loss: Float)] = []
  var digests: [(epoch: Int, digest: StepTrace.Digest)] = []

  static func all(in steps: [LoggedSteps]) -> [Training] {
    var trainings: [Training] = []
    for part in steps {
      let place: Int
      if let known = trainings.firstIndex(where: { $0.series == part.series && $0.cell == part.cell }) {
        place = known
      } else {
        place = trainings.count
        let number = trainings.count { $0.series == part.series } + 1
        trainings.append(Training(series: part.series, number: number, cell: part.cell))
      }
      let trace = part.trace
      trainings[place].losses += trace.losses.enumerated().map { (trace.firstStep + $0, trace.epoch, $1) }
      trainings[place].digests += trace.digests.map { (trace.epoch, $0) }
    }
    return trainings
  }
}

extension TrainingDifference.Parting {
  /// The first step whose loss, or after which a digest of the weights, differs; the loss of a step is that of the
  /// weights before it, so that weights may be seen to differ first.
  fileprivate init?(_ first: Training, _ second: Training) {
    let loss = zip(first.losses, second.losses).first { $0.step != $1.step || !$0.loss.isSame(as: $1.loss) }
    let known = Dictionary(second.digests.map { ($0.digest.step, $0.digest.value) }) { old, _ in old }
    let shared = first.digests.filter { known[$0.digest.step] != nil }
    let weights = shared.first { known[$0.digest.step] != $0.digest.value }
    let step: Int
    if let weights, weights.digest.step < loss?.0.step ?? .max {
      step = weights.digest.step
      self.init(step: step, epoch: weights.epoch)
    } else if let (a, b) = loss {
      step = a.step
      self.init(step: step, epoch: a.epoch, losses: .init(a.loss, b.loss))
    } else {
      return nil
    }
    lastSameWeights =
      shared.last { $0.digest.step < step && known[$0.digest.step] == $0.digest.value }?.digest.step
  }
}

extension Float {
  /// To the bit, but all that are not numbers are alike.
  fileprivate func isSame(as other: Float) -> Bool {
    bitPattern == other.bitPattern || (isNaN && other.isNaN)
  }
}
