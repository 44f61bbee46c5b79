// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "example",
  dependencies: [.package(name: "runexp", path: "../..")],
  targets: [
    .executableTarget(
      name: "example", dependencies: [.product(name: "Runexp", package: "runexp")],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ])
