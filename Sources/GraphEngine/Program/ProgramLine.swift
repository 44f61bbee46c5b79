extension Program {
  /// One entry of the list, for dumps and profiles.
  public struct Line: Sendable {
    /// Of the op, or of what else is done: "feed", "unpack", "collect", "assign", "update".
    public var name: String
    /// Of the result; of an update the number of weights in each run of memory.
    public var shape: [Int]
    /// About as many operations as take the same time.
    public var cost: Int
    public var purpose: Graph.Purpose
    public var operands: [[Int]] = []
    /// How the result lies in memory.
    public var layout = Layout.rowMajor
    /// Floating-point operations of a product; 0 for what is none.
    public var flops = 0
    /// Every operand once, however often it is read.
    public var bytesRead = 0
    public var bytesWritten = 0
    /// Where the result is, in floats from the start of the arena; `nil` for what lies elsewhere.
    public var offset: Int?
    /// Whether the result is added to weights instead of being stored.
    public var updatesWeights = false
  }
}

extension Program.Line {
  init(name: String, shape: [Int], cost: Int, purpose: Graph.Purpose) {
    self.name = name
    self.shape = shape
    self.cost = cost
    self.purpose = purpose
  }

  /// An op in its place.
  init(_ op: any Op, _ site: BindSite, _ purpose: Graph.Purpose, offset: Int?) {
    let (shapes, output) = (site.inputs.map(\.shape), site.output)
    self.init(name: op.name, shape: output.shape, cost: op.cost(shapes, output.shape), purpose: purpose)
    operands = shapes
    layout = output.layout
    self.offset = offset
    flops = op.flops(shapes, output.shape)
    updatesWeights = site.update != nil
    let read = site.inputs.map(\.count).reduce(0, +) + (updatesWeights ? output.count : 0)
    bytesRead = 4 * read
    bytesWritten = 4 * output.count
  }

  /// A copy of a value, perhaps lying otherwise than the value.
  init(copying place: Place, _ name: String, _ purpose: Graph.Purpose) {
    self.init(name: name, shape: place.shape, cost: place.count, purpose: purpose)
    operands = [place.shape]
    layout = place.layout
    bytesRead = 4 * place.count
    bytesWritten = 4 * place.count
  }

  /// A pass over weights, their gradients and the optimizer's slots.
  init(updating counts: [Int], slots: Int) {
    let count = counts.reduce(0, +)
    self.init(name: "update", shape: counts, cost: 4 * count, purpose: Graph.Purpose("(optimizer)", .update))
    bytesRead = 4 * count * (2 + slots)
    bytesWritten = 4 * count * (1 + slots)
  }
}
