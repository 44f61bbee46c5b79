/// Why a zip file cannot be read or written; who asked for it says it in words that fit what the file is for.
public enum ZipError: Error, Equatable {
  /// There is no such file, or it may not be read.
  case cannotOpen(String)
  /// It is no sound zip file, or one that nobody with good intentions made.
  case damaged(String)
  /// It cannot be written, or what is unpacked of it.
  case cannotWrite(String)

  /// The reason, in lower case and without a period.
  public var reason: String {
    switch self {
    case .cannotOpen(let reason), .damaged(let reason), .cannotWrite(let reason): reason
    }
  }
}
