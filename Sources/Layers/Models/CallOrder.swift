/// The orders that Keras gives to the layers and the calls of a functional model.
///
/// Both go by the largest distance from an output. Keras: `map_graph`.
struct CallOrder {
  /// Every call, in an order in which it runs after what it uses.
  let calls: [Int]
  /// The largest distance of a layer's calls from an output.
  private let depths: [Int: Int]
  /// Layers as a walk from the outputs through the inputs meets them.
  private let met: [Int]

  init(_ calls: [Functional.Call], outputs: [Functional.Source]) {
    var walk = Walk(calls)
    for output in outputs { walk.visit(output.call) }
    met = walk.met
    var callDepth = [Int](repeating: 0, count: calls.count)
    var layerDepth: [Int: Int] = [:]
    var noted = [Bool](repeating: false, count: calls.count)
    var order: [Int] = []
    func note(_ call: Int) {
      if !noted[call] { order.append(call) }
      noted[call] = true
    }
    for call in walk.finished.reversed() {
      note(call)
      let depth = max(callDepth[call], layerDepth[calls[call].layer] ?? 0)
      layerDepth[calls[call].layer] = depth
      callDepth[call] = depth
      for source in calls[call].inputs {
        note(source.call)
        callDepth[source.call] = max(callDepth[source.call], depth + 1)
      }
    }
    depths = layerDepth
    let places = order.indices.sorted { a, b in
      let (first, second) = (callDepth[order[a]], callDepth[order[b]])
      return first != second ? first > second : a < b
    }
    // What no output needs runs last.
    self.calls = places.map { order[$0] } + calls.indices.filter { !noted[$0] }
  }

  /// - Parameter count: how many layers there are.
  func layers(_ count: Int) -> [Int] {
    let rank = Dictionary(uniqueKeysWithValues: met.enumerated().map { ($1, $0) })
    return (0..<count).sorted {
      let (a, b) = (depths[$0] ?? 0, depths[$1] ?? 0)
      return a != b ? a > b : (rank[$0] ?? -1, $0) < (rank[$1] ?? -1, $1)
    }
  }
}

/// A walk from outputs through inputs.
///
/// A call is finished when all it uses are; deep graphs need no recursion.
private struct Walk {
  private let calls: [Functional.Call]
  private var isDone: [Bool]
  private(set) var met: [Int] = []
  private var isMet: Set<Int> = []
  private(set) var finished: [Int] = []

  init(_ calls: [Functional.Call]) {
    self.calls = calls
    isDone = [Bool](repeating: false, count: calls.count)
  }

  mutating func visit(_ output: Int) {
    var stack: [(call: Int, next: Int)] = [(output, 0)]
    while let (call, next) = stack.last {
      if next == 0 {
        if isDone[call] {
          stack.removeLast()
          continue
        }
        if isMet.insert(calls[call].layer).inserted { met.append(calls[call].layer) }
      }
      if next < calls[call].inputs.count {
        stack[stack.count - 1].next += 1
        let source = calls[call].inputs[next].call
        if !isDone[source] { stack.append((source, 0)) }
      } else {
        isDone[call] = true
        finished.append(call)
        stack.removeLast()
      }
    }
  }
}
