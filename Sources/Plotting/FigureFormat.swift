/// A kind of file that figures are drawn into.
public enum FigureFormat: String, Sendable, CaseIterable {
  case png, svg, pdf

  public var mediaType: String {
    switch self {
    case .png: "image/png"
    case .svg: "image/svg+xml"
    case .pdf: "application/pdf"
    }
  }

  /// The format that a file's name ends in; nil when it is none of them.
  public init?(path: String) {
    guard let ending = path.split(separator: ".", omittingEmptySubsequences: false).last, path.contains(".")
    else { return nil }
    self.init(rawValue: ending.lowercased())
  }
}
