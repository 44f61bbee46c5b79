import Foundation
import Testing

/// The line of an epoch on a terminal.
@Suite struct LiveLineTests {
  /// Runs an experiment on a terminal so many columns wide.
  /// - Returns: what it said, without colours.
  private func lines(columns: UInt16, experiment: String) throws -> [Substring] {
    let place = try Workplace()
    try place.write(experiment, to: "e.exp")
    let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    defer { close(terminal) }
    // What `unlockpt` and `ptsname` do, which Swift does not see.
    var (lock, number): (Int32, Int32) = (0, 0)
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    try #require(terminal >= 0 && ioctl(terminal, 0x4004_5431, &lock) == 0)
    try #require(ioctl(terminal, 0x8004_5430, &number) == 0 && ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
    let name = "/dev/pts/\(number)"
    let process = Process()
    process.executableURL = Workplace.program
    process.arguments = ["e.exp"]
    process.currentDirectoryURL = place.folder
    process.environment = ProcessInfo.processInfo.environment.merging(["TERM": "xterm", "NO_COLOR": "1"]) {
      $1
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forUpdatingAtPath: name)
    try process.run()
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    var ready = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
    while true {
      if poll(&ready, 1, 100) > 0, ready.revents & Int16(POLLIN) != 0 {
        let count = read(terminal, &piece, piece.count)
        if count > 0 { bytes += piece[..<count] }
      } else if !process.isRunning {
        break
      }
    }
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let text = String(decoding: bytes, as: UTF8.self).replacing(/\u{1B}\[[0-9;]*[mK]/, with: "")
    return text.replacing("\r\n", with: "\n").split(whereSeparator: { $0 == "\n" || $0 == "\r" })
  }

  /// The lines of epochs that have ended: they tell how long it took, or of validation.
  private func ended(_ lines: [Substring]) -> [Substring] {
    lines.filter { $0.contains("epoch") && $0.contains("val_loss") }
  }

  @Test(arguments: [70, 80, 100, 132])
  func `the line of an epoch shows the loss of validation on every terminal`(
    columns: UInt16
  ) throws {
    let lines = try lines(columns: columns, experiment: digits())
    let ended = ended(lines)
    #expect(ended.count == 2, "\(lines)")
    for line in ended {
      #expect(line.count < columns && line.contains("  loss "), "\(line)")
      #expect(columns < 80 || line.contains("val_accuracy"), "\(line)")
    }
    // What moves must not wrap.
    for line in lines where line.contains("epoch") { #expect(line.count < columns, "\(line)") }
  }

  @Test func `of many metrics those of validation are told first, the losses always`() throws {
    let many = digits().replacing(
      "metrics: [accuracy]", with: "metrics: [accuracy, sparse_top_k_categorical_accuracy]")
    for line in try ended(lines(columns: 60, experiment: many)) {
      #expect(line.contains("  loss ") && line.contains("val_loss"), "\(line)")
    }
    let wide = try ended(lines(columns: 240, experiment: many))
    #expect(wide.allSatisfy { $0.contains("41/41") && $0.contains("━") && $0.contains("val_sparse_top_k") })
  }
}
