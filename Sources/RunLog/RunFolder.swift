public import Diagnostics
import Foundation

/// The folder of one run in a reports folder: `reports/mlp-3`.
public struct RunFolder: Sendable, Equatable {
  /// The experiment's name and a number: `mlp-3`.
  public var name: String
  public var path: String

  public init(name: String, path: String) {
    self.name = name
    self.path = path
  }

  /// Makes the folder of the next run of an experiment.
  ///
  /// The number is one more than the largest there is. Making a folder fails if it exists, so that of two runs that
  /// start at once each gets its own.
  /// - Throws: E0707 if it cannot be made.
  public static func next(of experiment: String, in folder: String) throws(Diagnostic) -> RunFolder {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotMakeFolder(folder, "\(error.localizedDescription)")
    }
    var number = lastNumber(of: experiment, in: folder) + 1
    while true {
      let name = "\(experiment)-\(number)"
      let path = folder + "/" + name
      if mkdir(path, 0o777) == 0 { return RunFolder(name: name, path: path) }
      guard errno == EEXIST else { throw .cannotMakeFolder(path, String(cString: strerror(errno))) }
      number += 1
    }
  }

  /// The names of all runs of a reports folder, in order.
  public static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") && access("\(folder)/\($0)/run.sqlite", F_OK) == 0 }.sorted()
  }

  private static func lastNumber(of experiment: String, in folder: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let numbers = names.compactMap { name -> Int? in
      guard name.hasPrefix(experiment + "-") else { return nil }
      let digits = name.dropFirst(experiment.count + 1)
      return digits.allSatisfy(\.isASCII) && digits.allSatisfy(\.isNumber) ? Int(digits) : nil
    }
    return numbers.max() ?? 0
  }
}
