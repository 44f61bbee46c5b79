import Config
import Diagnostics
import Testing

@testable import Datasets

/// Rows for models of which nothing is known but what their inputs take.
@Suite struct PlainRowTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func shapes(_ text: String, _ inputs: RawRows.PlainInput...) throws -> [[Int]] {
    try RawRows(try folder.write("n.csv", text), inputs: inputs).part.features.map(\.rowShape)
  }

  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? Diagnostic)?.code
    }
  }

  @Test func `a length follows from the number of columns`() throws {
    let row = "a,b,c,d,e,f\n1,2,3,4,5,6\n"
    #expect(try shapes(row, .init("x", dims: [nil])) == [[6]])
    #expect(try shapes(row, .init("x", dims: [nil, 2])) == [[3, 2]])
    #expect(try shapes(row, .init("x", dims: [3, nil])) == [[3, 2]])
    #expect(try shapes(row, .init("x", dims: [2]), .init("t", dims: [nil, 2])) == [[2], [2, 2]])
    #expect(try shapes(row, .init("t", dims: [nil]), .init("x", dims: [2, 2])) == [[2], [2, 2]])
  }

  @Test func `columns are shared out by the shapes of the inputs`() throws {
    let path = try folder.write("n.csv", "a,b,c,d,e\n1,2,3,4,5\n")
    let part = try RawRows(path, inputs: [.init("x", dims: [1]), .init("y", dims: [2, 2])]).part
    #expect(part.features.map(\.storage) == [.floats([1]), .floats([2, 3, 4, 5])])
    #expect(part.features.map(\.rowShape) == [[1], [2, 2]])
  }

  @Test func `a length that does not come out is refused`() throws {
    let row = "a,b,c\n1,2,3\n"
    #expect(code { _ = try shapes(row, .init("x", dims: [nil, 2])) } == "E0419")
    #expect(code { _ = try shapes(row, .init("x", dims: [3]), .init("t", dims: [nil])) } == "E0419")
    #expect(code { _ = try shapes(row, .init("x", dims: [nil, nil, 3])) } == "E0422")
    #expect(code { _ = try shapes(row, .init("x", dims: [nil]), .init("t", dims: [nil])) } == "E0422")
  }

  @Test func `images say their shape themselves`() throws {
    let path = try folder.write("i", idx([2, 2, 3], Array(0..<12)))
    let part = try RawRows(path, inputs: [.init("x", dims: [nil, nil, 1])]).part
    #expect(part.features[0].rowShape == [2, 3, 1])
    #expect(part.count == 2)
    #expect(try RawRows(path, inputs: [.init("x", dims: [6])]).part.features[0].rowShape == [6])
    #expect(code { _ = try RawRows(path, inputs: [.init("x", dims: [nil, nil, 3])]) } == "E0419")
    #expect(
      code { _ = try RawRows(path, inputs: [.init("x", dims: [1]), .init("z", dims: [nil])]) } == "E0420")
  }

  @Test func `images of another size than those of the training are scaled as these were`() throws {
    var input = Preparation.Input("x", shape: [2, 2])
    input.scaling = Scaling(scale: 0.5)
    let preparation = Preparation(inputs: [input])
    let path = try folder.write("i", idx([1, 2, 3], [2, 4, 6, 8, 10, 12]))
    let open = [RawRows.PlainInput("x", dims: [nil, nil])]
    let part = try RawRows(path, preparation, open: open).part
    #expect(part.features[0].rowShape == [2, 3])
    #expect(part.matrix == [[1, 2, 3, 4, 5, 6]])
    #expect(code { _ = try RawRows(path, preparation) } == "E0419")
  }
}
