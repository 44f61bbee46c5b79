// swift-tools-version: 6.2
import PackageDescription

/// What every target is compiled with, beside Swift 6 mode.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Code that runs inside a training step: optimised in debug builds too, so that tests run at full speed.
///
/// Exclusivity checks cost calls in loops over pointers; nothing in these targets relies on them.
let hot: [SwiftSetting] = [.unsafeFlags(["-Ounchecked", "-enforce-exclusivity=unchecked"])]

/// Code that reads whole files: optimised in debug builds too, but with every check, since files can be hostile.
let fast: [SwiftSetting] = [.unsafeFlags(["-O"])]

/// One build of the kernels for one instruction set.
///
/// `Sources/KernelSource` is written once and compiled once per set: each `KernelsX/Shared` is a symbolic link to
/// it. Without `-fno-math-errno` every square root becomes a call of libm.
func kernels(_ name: String, define: String, machine: String...) -> Target {
  .target(
    name: name, dependencies: ["KernelABI"],
    swiftSettings: strict + hot + [
      .define(define),
      .unsafeFlags((["-fno-math-errno"] + machine).flatMap { ["-Xcc", $0] }),
    ])
}

func target(_ name: String, _ dependencies: Target.Dependency..., settings: [SwiftSetting] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict + settings)
}

func tests(
  _ name: String, _ dependencies: Target.Dependency..., exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
  name: "runexp",
  products: [
    .executable(name: "runexp", targets: ["runexp"]),
    .library(name: "Runexp", targets: ["Runexp"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    // Level 0: no Swift target below. A target may depend on those of lower levels only.
    target("Diagnostics"),
    target("Plotting"),
    target("KernelABI", settings: hot),
    system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    system("CHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev"),
    system("CCairo", pkgConfig: "cairo", apt: "libcairo2-dev"),
    system("CMarkdown", pkgConfig: "libcmark-gfm", apt: "libcmark-gfm-dev libcmark-gfm-extensions-dev"),
    system("CZip", pkgConfig: "libzip", apt: "libzip-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    // Level 1
    kernels("KernelsBaseline", define: "KERNEL_BASELINE"),
    kernels("KernelsAVX2", define: "KERNEL_AVX2", machine: "-mavx2", "-mfma"),
    kernels(
      "KernelsAVX512", define: "KERNEL_AVX512",
      machine: "-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw", "-mfma", "-mprefer-vector-width=512"),
    target("Config", "Diagnostics"),
    target("TensorCore", "Diagnostics"),
    target("RunEvents", "Diagnostics", "CCrypto"),
    target("Files", "Diagnostics"),
    target("PlottingCairo", "Plotting", "CCairo", "Diagnostics"),
    // Level 2
    target("HDF5Files", "CHDF5", "CZlib", "Files", "Diagnostics"),
    target("ZipFiles", "CZip", "Files"),
    target("Kernels", "KernelABI", "KernelsBaseline", "KernelsAVX2", "KernelsAVX512", settings: fast),
    target("ExpLanguage", "Config", "Diagnostics", .product(name: "Yams", package: "Yams")),
    target("Datasets", "RunEvents", "TensorCore", "Config", "Diagnostics", "Files", "CZlib", settings: fast),
    target("Reporting", "Plotting", "Config", "Diagnostics", "CMarkdown"),
    target(
      "RunLog", "RunEvents", "Config", "Diagnostics", "Files", .product(name: "GRDB", package: "GRDB.swift")),
    // Level 3
    target("GraphEngine", "TensorCore", "Kernels", "KernelABI", "Diagnostics", settings: fast),
    target(
      "RunAnalysis", "RunLog", "Reporting", "Plotting", "ExpLanguage", "TensorCore", "RunEvents", "Config",
      "Diagnostics"),
    target("Exports", "RunLog", "RunEvents", "Config", "Diagnostics"),
    target(
      "Archives", "RunLog", "RunEvents", "Reporting", "Plotting", "ZipFiles", "Files", "ExpLanguage",
      "Config", "Diagnostics"),
    // Level 4
    target("Layers", "GraphEngine", "TensorCore", "KernelABI", "Config", "Diagnostics"),
    target("Losses", "GraphEngine", "TensorCore", "KernelABI", "Config", "Diagnostics"),
    target("Optimizers", "GraphEngine", "TensorCore", "KernelABI", "Config", "Diagnostics"),
    // Level 5
    target(
      "Training", "ExpLanguage", "Layers", "Losses", "Optimizers", "GraphEngine", "TensorCore", "Kernels",
      "KernelABI", "Datasets", "RunEvents", "Config", "Diagnostics", settings: fast),
    target(
      "ModelScripts", "ExpLanguage", "Layers", "Losses", "GraphEngine", "TensorCore", "KernelABI", "Config",
      "Diagnostics"),
    // Level 6
    target(
      "KerasFiles", "ModelScripts", "Training", "Layers", "Losses", "Optimizers", "GraphEngine", "Datasets",
      "Kernels", "KernelABI", "TensorCore", "HDF5Files", "ZipFiles", "Files", "Config", "Diagnostics"),
    // Level 7
    target(
      "Analysis", "KerasFiles", "ModelScripts", "Training", "Layers", "Losses", "Optimizers", "GraphEngine",
      "Datasets", "Reporting", "RunEvents", "ExpLanguage", "TensorCore", "Files", "Config", "Diagnostics"),
    // Level 8
    target(
      "Running", "Analysis", "KerasFiles", "Training", "Layers", "Losses", "Optimizers", "GraphEngine",
      "Datasets", "Reporting", "Plotting", "RunEvents", "ExpLanguage", "TensorCore", "Kernels", "Files",
      "Config", "Diagnostics"),
    // Level 9
    target(
      "Plots", "Running", "Analysis", "Training", "Layers", "Losses", "GraphEngine", "Datasets", "Reporting",
      "Plotting", "RunEvents", "ExpLanguage", "TensorCore", "Config", "Diagnostics"),
    // Level 10
    target(
      "Experiments", "Plots", "Running", "Analysis", "KerasFiles", "ModelScripts", "Training", "Layers",
      "Losses", "Optimizers", "GraphEngine", "Datasets", "Reporting", "Plotting", "RunEvents", "ExpLanguage",
      "TensorCore", "Files", "Config", "Diagnostics"),
    // Level 11
    target(
      "RunService", "Archives", "Exports", "Experiments", "Plots", "Running", "Analysis", "KerasFiles",
      "Training", "Layers", "GraphEngine", "Datasets", "ExpLanguage", "RunAnalysis", "RunLog", "RunEvents",
      "TensorCore", "Reporting", "Plotting",
      "PlottingCairo", "Kernels", "Files", "Config", "Diagnostics"),
    target(
      "Descriptions", "Experiments", "Plots", "Analysis", "Training", "Layers", "Losses", "Optimizers",
      "Config"),
    target(
      "Fuzzing", "Files", "Archives", "RunAnalysis", "RunLog", "RunEvents", "Experiments", "Running",
      "Analysis", "Plots", "Reporting", "KerasFiles",
      "ModelScripts", "Training", "Layers", "GraphEngine", "Datasets", "ExpLanguage", "HDF5Files", "CHDF5",
      "CZlib", "TensorCore", "Config", "Diagnostics", .product(name: "GRDB", package: "GRDB.swift"),
      settings: fast),
    // Level 12
    target(
      "RunexpCommands", "RunService", "Descriptions", "Archives", "Exports", "Experiments", "Plots",
      "Running",
      "Analysis", "KerasFiles", "Training", "ModelScripts", "Layers", "Losses", "Optimizers", "RunAnalysis",
      "RunLog", "TensorCore", "RunEvents", "Reporting",
      "Plotting", "PlottingCairo", "ExpLanguage", "Datasets", "Kernels", "Files", "Config", "Diagnostics",
      .product(name: "ArgumentParser", package: "swift-argument-parser")),
    // Level 13
    target(
      "Runexp", "RunexpCommands", "RunService", "KerasFiles", "Training", "Layers", "Losses", "Optimizers",
      "GraphEngine",
      "Datasets", "TensorCore", "Kernels", "Config", "Diagnostics"),
    .executableTarget(name: "runexp", dependencies: ["RunexpCommands"], swiftSettings: strict),
    .executableTarget(
      name: "runexp-bench",
      dependencies: [
        "Kernels", "KernelABI", "KerasFiles", "Training", "Layers", "Losses", "Optimizers", "GraphEngine",
        "Datasets", "RunLog", "Experiments", "Running", "Analysis", "Plots", "Plotting", "Config",
        "Diagnostics", "RunEvents", "TensorCore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict + hot),
    .executableTarget(
      name: "runexp-fuzz",
      dependencies: [
        "Fuzzing", "ExperimentSamples", "EngineTestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    // Tests
    tests("KernelsTests", "Kernels", "KernelABI"),
    tests("TensorCoreTests", "TensorCore"),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .target(name: "ExperimentSamples", path: "Tests/ExperimentSamples", swiftSettings: strict),
    .target(
      name: "EngineTestSupport",
      dependencies: [
        "Training", "Layers", "Losses", "Optimizers", "Datasets", "GraphEngine", "Kernels", "KernelABI",
        "TensorCore", "Config", "Diagnostics",
      ],
      path: "Tests/EngineTestSupport", swiftSettings: strict + hot),
    tests(
      "GraphEngineTests", "EngineTestSupport", "GraphEngine", "TensorCore", "Kernels", "KernelABI",
      "Diagnostics", exclude: ["make_references.py"], resources: [.copy("Fixtures")]),
    tests(
      "LayersTests", "EngineTestSupport", "Fuzzing", "Layers", "Losses", "Optimizers", "GraphEngine",
      "Config", "TensorCore", "Kernels", "KernelABI", "Diagnostics", exclude: ["Fixtures"]),
    tests(
      "LossesTests", "EngineTestSupport", "Losses", "GraphEngine", "TensorCore", "Config", "Diagnostics"),
    tests(
      "OptimizersTests", "EngineTestSupport", "Optimizers", "GraphEngine", "Kernels", "KernelABI", "Config",
      "Diagnostics"),
    tests("ConfigTests", "Config", "Diagnostics"),
    tests("FilesTests", "Files", "Diagnostics"),
    tests("RunEventsTests", "RunEvents", "Diagnostics"),
    tests("HDF5FilesTests", "HDF5Files", "Fuzzing", "Diagnostics"),
    tests(
      "ExpLanguageTests", "ExpLanguage", "TensorCore", "Config", "Diagnostics", resources: [.copy("Golden")]),
    tests("DatasetsTests", "Datasets", "TensorCore", "Config", "Diagnostics", "CZlib"),
    tests("PlottingTests", "Plotting", "PlottingCairo", "Diagnostics"),
    tests("ReportingTests", "Reporting"),
    tests("RunLogTests", "RunLog", "RunEvents", "Diagnostics", .product(name: "GRDB", package: "GRDB.swift")),
    tests("RunAnalysisTests", "RunAnalysis", "RunLog", "RunEvents", "Diagnostics"),
    tests(
      "TrainingTests", "EngineTestSupport", "CAllocations", "Training", "ModelScripts", "ExpLanguage",
      "Layers", "Losses", "Optimizers", "GraphEngine", "Datasets", "RunEvents", "Config", "TensorCore",
      "Kernels", "KernelABI", "Diagnostics", resources: [.copy("Fixtures")]),
    tests(
      "ExperimentsTests", "ExperimentSamples", "Fuzzing", "Experiments", "Plots", "Running", "Analysis",
      "Datasets",
      "ExpLanguage", "RunLog", "RunEvents",
      "Plotting", "Kernels", "Config", "Diagnostics",
      resources: [.copy("Golden")]),
    tests(
      "ModelScriptsTests", "ModelScripts", "ExpLanguage", "Layers", "Losses", "GraphEngine", "TensorCore",
      "Config", "Diagnostics", exclude: ["Fixtures"]),
    tests("ExportsTests", "Exports", "RunLog", "RunEvents", "Diagnostics"),
    tests("RunexpTests", "Runexp"),
    tests(
      "RunexpCommandsTests", "runexp", "Fuzzing", "ExperimentSamples", "ExpLanguage", "RunAnalysis", "RunLog",
      "RunEvents", "Config", "Diagnostics",
      .product(name: "GRDB", package: "GRDB.swift"), exclude: ["Golden"]),
    tests("ZipFilesTests", "ZipFiles", "Fuzzing"),
    tests(
      "ArchivesTests", "Archives", "Fuzzing", "RunLog", "RunEvents", "ZipFiles", "Config", "Diagnostics",
      exclude: ["Contexts"]),
    tests(
      "KerasFilesTests", "EngineTestSupport", "Fuzzing", "KerasFiles", "Training", "ModelScripts",
      "ExpLanguage", "Layers", "Losses", "Optimizers", "GraphEngine", "Datasets", "Kernels", "HDF5Files",
      "TensorCore", "Config", "Diagnostics",
      exclude: [
        "make_fixtures.py", "make_kinds.py", "make_kinds_more.py", "make_masks.py", "make_stateful.py",
        "make_query_masks.py", "make_quirks.py", "make_texts.py",
      ],
      resources: [.copy("Fixtures")]),
  ],
  swiftLanguageModes: [.v6]
)
