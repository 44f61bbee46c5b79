import Foundation
public import KernelABI
import KernelsAVX2
import KernelsAVX512
import KernelsBaseline

/// The instruction sets a kernel table exists for, slowest first.
public enum InstructionSet: String, CaseIterable, Sendable, Comparable {
  case baseline, avx2, avx512

  public var table: KernelTable {
    switch self {
    case .baseline: type(of: KernelsBaseline.compiledKernels())
    case .avx2: type(of: KernelsAVX2.compiledKernels())
    case .avx512: type(of: KernelsAVX512.compiledKernels())
    }
  }

  /// The name people know: "AVX-512".
  public var title: String {
    switch self {
    case .baseline: "baseline"
    case .avx2: "AVX2"
    case .avx512: "AVX-512"
    }
  }

  public static func < (a: Self, b: Self) -> Bool { a.level < b.level }
  private var level: Int { self == .baseline ? 0 : self == .avx2 ? 1 : 2 }

  /// The sets a machine can run, from the text of its /proc/cpuinfo.
  ///
  /// The kernel lists there only what it has enabled, which a bare CPUID does not tell.
  public static func supported(cpuinfo: String) -> [InstructionSet] {
    let line = cpuinfo.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
    let flags = Set(line.split(whereSeparator: { " \t:".contains($0) }))
    var sets: [InstructionSet] = [.baseline]
    if flags.isSuperset(of: ["avx2", "fma"]) { sets.append(.avx2) }
    if flags.isSuperset(of: ["avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512dq"]) {
      sets.append(.avx512)
    }
    return sets
  }

  /// Those of this machine.
  public static let supported: [InstructionSet] =
    supported(cpuinfo: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")

  /// The best of this machine, or what `RUNEXP_ISA` lowers it to.
  public static let current: InstructionSet = {
    let best = supported.max() ?? .baseline
    let asked = ProcessInfo.processInfo.environment["RUNEXP_ISA"].flatMap(InstructionSet.init(rawValue:))
    return min(asked ?? best, best)
  }()
}

/// The table this process uses, chosen once.
public let kernels: KernelTable = InstructionSet.current.table
