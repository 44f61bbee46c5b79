public import Diagnostics
import Foundation
import RunEvents

/// The folder of one run in a reports folder: `reports/mlp-3`.
public struct RunFolder: Sendable, Equatable {
  /// The experiment's name and a number: `mlp-3`.
  public var name: String
  public var path: String

  /// The log of the run.
  public var log: String { Self.log(in: path) }

  /// The log of the run in a folder.
  public static func log(in folder: String) -> String { "\(folder)/\(RunFile.log)" }

  public init(name: String, path: String) {
    self.name = name
    self.path = path
  }

  /// Makes the folder of the next run of an experiment.
  ///
  /// The number is one more than the largest that there is or was: a name that stood in notes, archives and other
  /// experiments never comes to mean another run. Making a folder fails if it exists, so that of two runs that start
  /// at once each gets its own.
  /// - Throws: E0707 if it cannot be made.
  public static func next(of experiment: String, in folder: String) throws(Diagnostic) -> RunFolder {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotMakeFolder(folder, "\(error.localizedDescription)")
    }
    let given = GivenNumbers(of: experiment, in: folder)
    var number = max(lastNumber(of: experiment, in: folder), given.last) + 1
    while true {
      let name = "\(experiment)-\(number)"
      let path = folder + "/" + name
      if mkdir(path, 0o777) == 0 {
        given.note(number)
        return RunFolder(name: name, path: path)
      }
      guard errno == EEXIST else { throw .cannotMakeFolder(path, String(cString: strerror(errno))) }
      number += 1
    }
  }

  /// The names of all runs of a reports folder, in order.
  public static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") && access(log(in: "\(folder)/\($0)"), F_OK) == 0 }.sorted()
  }

  private static func lastNumber(of experiment: String, in folder: String) -> Int {
    numbers(of: experiment, in: folder).max() ?? 0
  }

  /// The numbers behind the name of an experiment among the names in a folder.
  fileprivate static func numbers(of experiment: String, in folder: String) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix(experiment + "-") else { return nil }
      let digits = name.dropFirst(experiment.count + 1)
      // The number after it is one, too.
      return digits.allSatisfy(\.isASCII) && digits.allSatisfy(\.isNumber)
        ? Int(digits).flatMap { $0 < .max ? $0 : nil } : nil
    }
  }
}

/// The last number that was given to a run of an experiment, which outlives the run: an empty file `.given/mlp-7`.
///
/// Making a file needs no lock. Of several numbers of one experiment, which processes that started at once may leave, the
/// largest counts.
private struct GivenNumbers {
  private let experiment: String
  private let folder: String

  init(of experiment: String, in reports: String) {
    self.experiment = experiment
    folder = reports + "/.given"
  }

  var last: Int { RunFolder.numbers(of: experiment, in: folder).max() ?? 0 }

  /// Where nothing can be noted the run is none the worse: its folder is there.
  func note(_ number: Int) {
    mkdir(folder, 0o777)
    let file = open("\(folder)/\(experiment)-\(number)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard file >= 0 else { return }
    close(file)
    for older in RunFolder.numbers(of: experiment, in: folder) where older < number {
      unlink("\(folder)/\(experiment)-\(older)")
    }
  }
}
