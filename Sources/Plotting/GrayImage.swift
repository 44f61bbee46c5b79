/// A picture of 8-bit greys, row by row from the top; 0 is black.
public struct GrayImage: Sendable, Equatable {
  public let width: Int
  public let height: Int
  public let pixels: [UInt8]

  /// Makes an image; rows that `pixels` does not fill are cut off, so that size and pixels always agree.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    let rows = width > 0 ? min(max(height, 0), pixels.count / width) : 0
    self.width = rows > 0 ? width : 0
    self.height = rows
    self.pixels = Array(pixels.prefix(self.width * rows))
  }
}
