/// A picture of opaque pixels, row by row from the top.
public struct Picture: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// `0xRRGGBB` each.
  public let pixels: [UInt32]

  /// Makes a picture; rows that `pixels` does not fill are cut off, so that size and pixels always agree.
  private init(width: Int, height: Int, pixels: [UInt32]) {
    let rows = width > 0 ? min(max(height, 0), pixels.count / width) : 0
    self.width = rows > 0 ? width : 0
    self.height = rows
    self.pixels = Array(pixels.prefix(self.width * rows))
  }

  /// A picture of greys; 0 is black.
  public init(width: Int, height: Int, gray: [UInt8]) {
    self.init(width: width, height: height, pixels: gray.map { UInt32($0) * 0x01_01_01 })
  }

  /// A picture of colours, whose opacity does not count.
  public init(width: Int, height: Int, colors: [Color]) {
    self.init(
      width: width, height: height,
      pixels: colors.map { UInt32($0.red) << 16 | UInt32($0.green) << 8 | UInt32($0.blue) })
  }
}
