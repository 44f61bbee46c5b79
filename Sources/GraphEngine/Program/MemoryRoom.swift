import Foundation

/// The memory that this process may still take, and what sets the limit: the machine, the process's own limits, those of the
/// control group it runs in (a container's), or `RUNEXP_MEMORY`.
struct MemoryRoom {
  var bytes: Double
  /// As in "…, this machine has 24 GiB".
  var words: String

  /// The narrowest of all limits.
  static func now() -> MemoryRoom {
    let pages = Double(sysconf(Int32(_SC_PAGESIZE)))
    var room = MemoryRoom(bytes: Double(sysconf(Int32(_SC_PHYS_PAGES))) * pages, words: "this machine has")
    let used = ownPages
    room.narrow(to: limit(of: __rlimit_resource_t(RLIMIT_AS.rawValue)) - used.all * pages, limits)
    room.narrow(to: limit(of: __rlimit_resource_t(RLIMIT_DATA.rawValue)) - used.data * pages, limits)
    room.narrow(to: controlGroup, "the control group of this process leaves")
    room.narrow(to: asked - used.resident * pages, "RUNEXP_MEMORY leaves")
    return room
  }

  private static let limits = "the limits of this process leave"

  private mutating func narrow(to other: Double, _ words: String) {
    if other < bytes { self = MemoryRoom(bytes: max(0, other), words: words) }
  }

  private static func limit(of resource: __rlimit_resource_t) -> Double {
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else { return .infinity }
    return Double(limit.rlim_cur)
  }

  /// What the process has taken: addresses, those for data, and memory that is used.
  private static var ownPages: (all: Double, data: Double, resident: Double) {
    let numbers = text("/proc/self/statm").split(separator: " ").map { Double($0) ?? 0 }
    return numbers.count > 5 ? (numbers[0], numbers[5], numbers[1]) : (0, 0, 0)
  }

  /// What the groups leave that the process is in, from its own to the outermost; of memory they count files that are
  /// kept in case they are read again, which go when memory is needed.
  private static var controlGroup: Double {
    var least = Double.infinity
    for line in text("/proc/self/cgroup").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[1].isEmpty || parts[1] == "memory" else { continue }
      let (root, limit, usage) =
        parts[1].isEmpty
        ? ("/sys/fs/cgroup", "memory.max", "memory.current")
        : ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes")
      var path = String(parts[2])
      while true {
        let folder = root + (path == "/" ? "" : path)
        if let most = number("\(folder)/\(limit)"), let used = number("\(folder)/\(usage)") {
          least = min(least, most - used + cache("\(folder)/memory.stat"))
        }
        guard let slash = path.lastIndex(of: "/"), path.count > 1 else { break }
        path = slash == path.startIndex ? "/" : String(path[..<slash])
      }
    }
    return least
  }

  private static func cache(_ path: String) -> Double {
    let lines = text(path).split(separator: "\n").map { $0.split(separator: " ") }
    let line = lines.first { $0.count == 2 && ($0[0] == "total_inactive_file" || $0[0] == "inactive_file") }
    return line.flatMap { Double($0[1]) } ?? 0
  }

  /// `RUNEXP_MEMORY` as bytes: a number with K, M or G behind it.
  private static var asked: Double {
    guard let text = getenv("RUNEXP_MEMORY").map({ String(cString: $0) }), let last = text.last else {
      return .infinity
    }
    let units: [Character: Double] = ["K": 1024, "M": 1_048_576, "G": 1_073_741_824]
    let unit = units[last]
    guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0 else {
      return .infinity
    }
    return number * (unit ?? 1)
  }

  private static func number(_ path: String) -> Double? {
    Double(text(path).trimmingCharacters(in: .whitespacesAndNewlines))
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
