import Foundation
import Kernels
package import RunEvents

/// The version of the program, in records of runs and in archives.
package let runexpVersion = "0.2.0"

/// What a run's record says about where it ran.
package enum Machine {
  /// Processors this process may use.
  package static var processors: Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let mask =
      text.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }?.split(separator: "\t").last ?? ""
    let allowed = mask.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    return allowed > 0 ? allowed : max(1, ProcessInfo.processInfo.activeProcessorCount)
  }

  /// Threads to compute with: as asked for, as `RUNEXP_THREADS` says, or one for each processor.
  package static func threads(_ asked: Int?) -> Int { asked ?? Places.threads ?? processors }

  /// Nanoseconds from any start.
  @Sendable package static func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// - Parameter folder: of the experiment, for git.
  package static func facts(threads: Int, folder: String) -> [RunRecord.Fact] {
    var facts = [
      RunRecord.Fact("runexp", runexpVersion), RunRecord.Fact("cpu", cpu),
      RunRecord.Fact("instruction set", InstructionSet.current.title),
      RunRecord.Fact("threads", "\(threads)"),
      RunRecord.Fact("system", system), RunRecord.Fact("libraries", libraries),
    ]
    if let state = git(["status", "--porcelain=v2", "--branch"], in: folder) {
      let lines = state.split(separator: "\n")
      let isDirty = lines.contains { !$0.hasPrefix("#") }
      let commit = lines.first { $0.hasPrefix("# branch.oid ") }?.split(separator: " ").last
      if let commit, commit != "(initial)" {
        facts.append(RunRecord.Fact("git commit", commit + (isDirty ? ", with changes" : "")))
      }
    }
    return facts
  }

  private static var cpu: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }

  /// The versions of the loaded libraries that decide on the bytes of figures and files, as their files are named.
  private static var libraries: String {
    let wanted = [
      "libcairo.so", "libfreetype.so", "libpixman-1.so", "libpng16.so", "libfontconfig.so", "libhdf5",
      "libzip.so",
      "libz.so", "libsqlite3.so",
    ]
    // A file that says it is empty is read to its end in this way only.
    let maps = FileHandle(forReadingAtPath: "/proc/self/maps")?.readDataToEndOfFile() ?? Data()
    let files = String(decoding: maps, as: UTF8.self).split(separator: "\n").compactMap {
      $0.split(separator: "/").last.map(String.init)
    }
    return Set(files.filter { file in wanted.contains(where: file.hasPrefix) }).sorted().joined(
      separator: " ")
  }

  private static var system: String {
    let text = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
    return line.map { $0.dropFirst(12).trimmingCharacters(in: ["\""]) } ?? "Linux"
  }

  /// Whether git would find a repository: asking it takes longer than a small experiment.
  private static func isInRepository(_ folder: String) -> Bool {
    if ProcessInfo.processInfo.environment["GIT_DIR"] != nil { return true }
    var place = URL(fileURLWithPath: folder.isEmpty ? "." : folder).resolvingSymlinksInPath()
    while true {
      if access(place.appendingPathComponent(".git").path, F_OK) == 0 { return true }
      if place.path == "/" { return false }
      place.deleteLastPathComponent()
    }
  }

  /// What a git command prints; nothing where there is no git or no repository.
  private static func git(_ arguments: [String], in folder: String) -> String? {
    guard isInRepository(folder) else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder.isEmpty ? "." : folder] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
