/// Orders the layers so that few lines cross.
extension LayeredGraph {
  private static let mostSweeps = 24
  /// Larger graphs are ordered by sweeps alone.
  private static let mostTransposed = 3000

  /// Sweeps down and up, each time sorting a layer by the mean place of what its nodes hang on, and swaps neighbours
  /// where that helps; the best order met is kept.
  mutating func reduceCrossings() {
    var best = layers
    var fewest = crossings
    var idle = 0
    for sweep in 0..<Self.mostSweeps where fewest > 0 && idle < 6 {
      sweepOnce(down: sweep.isMultiple(of: 2))
      if nodes.count <= Self.mostTransposed { transpose() }
      let found = crossings
      idle += 1
      if found < fewest {
        fewest = found
        best = layers
        idle = 0
      }
    }
    setOrder(best)
  }

  /// How often lines cross.
  var crossings: Int {
    let places = places
    return layers.indices.dropLast().map { crossings(below: layers[$0], places) }.reduce(0, +)
  }

  private mutating func sweepOnce(down: Bool) {
    var order = layers
    var places = places
    for l in down ? Array(layers.indices.dropFirst()) : layers.indices.dropLast().reversed() {
      let means = order[l].map { node -> Double? in
        let near = down ? above[node].map { links[$0].from } : below[node].map { links[$0].to }
        return near.isEmpty ? nil : near.map { Double(places[$0]) }.reduce(0, +) / Double(near.count)
      }
      // Nodes that hang on nothing stay where they are.
      let moving = order[l].indices.filter { means[$0] != nil }
      let sorted = moving.sorted { (means[$0] ?? 0, $0) < (means[$1] ?? 0, $1) }.map { order[l][$0] }
      for (slot, node) in zip(moving, sorted) { order[l][slot] = node }
      for (i, node) in order[l].enumerated() { places[node] = i }
    }
    setOrder(order)
  }

  /// Swaps neighbours as long as that saves crossings.
  private mutating func transpose() {
    var order = layers
    var places = places
    var hasImproved = true
    var rounds = 0
    while hasImproved && rounds < 10 {
      hasImproved = false
      rounds += 1
      for l in order.indices {
        for i in order[l].indices.dropLast() {
          let (v, w) = (order[l][i], order[l][i + 1])
          if crossings(v, w, places) > crossings(w, v, places) {
            order[l].swapAt(i, i + 1)
            places[v] = i + 1
            places[w] = i
            hasImproved = true
          }
        }
      }
    }
    setOrder(order)
  }

  /// Crossings of the lines of two neighbours, the first standing left.
  private func crossings(_ left: Int, _ right: Int, _ places: [Int]) -> Int {
    func count(_ a: [Int], _ b: [Int]) -> Int {
      a.reduce(0) { sum, x in sum + b.filter { $0 < x }.count }
    }
    return count(above[left].map { places[links[$0].from] }, above[right].map { places[links[$0].from] })
      + count(below[left].map { places[links[$0].to] }, below[right].map { places[links[$0].to] })
  }

  /// Crossings between a layer and the next: inversions, counted with a tree of sums.
  private func crossings(below layer: [Int], _ places: [Int]) -> Int {
    let ends = layer.flatMap { node in below[node].map { places[links[$0].to] }.sorted() }
    var sums = [Int](repeating: 0, count: (ends.max() ?? 0) + 2)
    var count = 0
    for (seen, end) in ends.enumerated() {
      var i = end + 1
      var notRight = 0
      while i > 0 {
        notRight += sums[i]
        i -= i & -i
      }
      count += seen - notRight
      i = end + 1
      while i < sums.count {
        sums[i] += 1
        i += i & -i
      }
    }
    return count
  }
}
