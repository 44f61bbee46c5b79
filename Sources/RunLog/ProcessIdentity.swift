import Foundation

/// Which process runs a run, exactly: a number alone is used again, after a restart or sooner.
public struct ProcessIdentity: Sendable, Equatable {
  public var host: String
  /// Changes with every start of the machine.
  public var bootID: String
  public var pid: Int
  /// When the process started, in the kernel's ticks since the start of the machine.
  public var startTicks: Int

  public init(host: String, bootID: String, pid: Int, startTicks: Int) {
    self.host = host
    self.bootID = bootID
    self.pid = pid
    self.startTicks = startTicks
  }

  /// This process, from `/proc`.
  public static func current() -> ProcessIdentity {
    let pid = Int(getpid())
    return ProcessIdentity(
      host: hostName(), bootID: bootID(), pid: pid, startTicks: startTicks(of: pid) ?? 0
    )
  }

  /// Whether the process has certainly ended, seen from this machine; nothing is certain about another host.
  public func hasEnded(seenFrom observer: ProcessIdentity) -> Bool {
    guard host == observer.host else { return false }
    return bootID != observer.bootID || Self.startTicks(of: pid) != startTicks
  }

  /// Foundation's way may ask the network.
  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func bootID() -> String {
    let text = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Field 22 of `/proc/PID/stat`, counted after the program's name, which may itself contain spaces and brackets.
  private static func startTicks(of pid: Int) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[end...].split(separator: " ")
    return fields.count > 20 ? Int(fields[20]) : nil
  }
}
