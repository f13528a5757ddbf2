import Foundation
import Testing
import XMLDocuments

/// Places relative to the package, found from where this file lies.
enum Fixtures {
  static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let schemaFile = package.appending(path: "templates/junit/junit.xsd")

  /// Data of others that is not part of this project; tests of it are skipped where it is absent.
  ///
  /// Looked for beside the package, and beside the folder of worktrees that the package is in.
  static let shared: URL? = [
    package.appending(path: "../shared"), package.appending(path: "../../shared"),
  ].map(\.standardizedFileURL).first {
    FileManager.default.fileExists(atPath: $0.appending(path: "junit-samples").path())
  }

  static func bytes(_ file: URL) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: file))
  }

  static func schema() throws -> XMLSchema {
    try XMLSchema(try bytes(schemaFile), name: "junit.xsd")
  }
}

extension XMLSchema {
  /// What is wrong with a document that is fed in one piece; nil where it is valid.
  func error(in text: String) throws -> XMLError? {
    let validator = try XMLValidator(self)
    validator.feed(Array(text.utf8))
    return xmlError { try validator.finish() }
  }
}

/// The most memory that this process has had, in kilobytes, as Linux counts it.
func peakKilobytes() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
}

/// The error that the body throws.
func xmlError<Result>(_ body: () throws -> Result) -> XMLError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? XMLError
  }
}
