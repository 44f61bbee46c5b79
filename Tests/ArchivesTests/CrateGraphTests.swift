import Config
import Testing

@testable import Archives

@Suite struct CrateGraphTests {
  @Test func `times are in UTC with an offset`() {
    #expect(CrateGraph.time(1_764_000_000) == "2025-11-24T16:00:00+00:00")
    #expect(CrateGraph.time(.nan) == "1970-01-01T00:00:00+00:00")
  }

  @Test(arguments: ["a b.csv", "größe.png", "100%.txt", "a/b#c?.md"]) func `an id leads back to its path`(
    path: String
  ) {
    let id = CrateGraph.id(of: path)
    #expect(id.utf8.allSatisfy { $0 > 32 && $0 < 127 } && CrateGraph.path(of: id) == path)
  }

  @Test(arguments: ["#run", "https://example.org/", "urn:x:y", "ni:///sha-256;x"])
  func `what lies elsewhere is no path`(id: String) {
    #expect(CrateGraph.path(of: id) == nil)
  }

  @Test func `one value is no list`() {
    #expect(CrateGraph.links(["a"]) == CrateGraph.link("a") && CrateGraph.links([]) == nil)
    #expect(CrateGraph.links(["a", "b"])?.list?.count == 2)
  }

  @Test func `an entity is described once`() {
    var graph = CrateGraph()
    graph.add("a", ["File"], ["name": "first"])
    graph.add("a", ["File"], ["name": "second", "about": nil])
    #expect(graph.entities.count == 1 && graph.entities[0]["name"]?.string == "first")
  }

  @Test func `a hash is named as RFC 6920 says`() {
    // The example of the RFC: "Hello World!".
    let hash = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"
    #expect(CrateInput.identifier(hash) == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk")
  }
}
