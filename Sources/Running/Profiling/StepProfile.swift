import Analysis
import GraphEngine
import Kernels
import Training

/// What a training step costs, layer by layer: means over the timed steps, in nanoseconds.
///
/// A time is the mean over threads, so that steps, waiting and starting add up to the whole.
struct StepProfile {
  /// All steps of one layer.
  package struct Layer {
    package var name: String
    package var times: [Graph.Purpose.Direction: Double] = [:]
    var flops = 0.0
    package var time: Double { Graph.Purpose.Direction.allCases.reduce(0) { $0 + (times[$1] ?? 0) } }
  }

  /// One step of the program.
  struct Step {
    package var number: Int
    package var line: Program.Line
    package var time: Double
    var flops: Double
    package var bytes: Double
  }

  let costs: StepCosts
  /// Floating-point operations a second that the threads could make.
  let peak: Double
  /// In the order in which they are first at work.
  package let layers: [Layer]
  package let steps: [Step]
  /// At barriers, and between steps.
  let waiting: Double
  /// From the beginning of a run to a thread's first step.
  let starting: Double

  package var threads: Int { costs.times.parts }
  /// A run of the program.
  package var whole: Double { Double(costs.times.whole) / Double(costs.times.runs) }
  /// All steps.
  package var sum: Double { steps.reduce(0) { $0 + $1.time } }
  /// What the training does beside the program: order of samples, optimizer's numbers, totals of metrics.
  package var around: Double { max(0, costs.lap - whole) }
  var flops: Double { steps.reduce(0) { $0 + $1.flops } }

  init(_ costs: StepCosts, peak: Double) {
    self.costs = costs
    self.peak = peak
    let times = costs.times
    let (runs, each) = (Double(times.runs), Double(times.runs * times.parts))
    steps = times.steps.enumerated().map { number, step in
      let share = Double(step.calls) / runs
      return Step(
        number: number, line: step.line, time: Double(step.busy.reduce(0, +)) / each,
        flops: Double(step.line.flops) * share,
        bytes: Double(step.line.bytesRead + step.line.bytesWritten) * share)
    }
    waiting = Double(times.steps.flatMap(\.waiting).reduce(0, +)) / each
    starting = Double(times.starting.reduce(0, +)) / each
    var layers: [Layer] = []
    var places: [String: Int] = [:]
    for step in steps {
      let name = step.line.purpose.layer
      let place = places[name] ?? layers.count
      if place == layers.count {
        places[name] = place
        layers.append(Layer(name: name.isEmpty ? "(model)" : name))
      }
      layers[place].times[step.line.purpose.direction, default: 0] += step.time
      layers[place].flops += step.flops
    }
    self.layers = layers
  }
}
