package import Evidence
import Formats
package import Foundation

/// A project in a folder of its own, and the built tool to be run in it.
package final class ToolProject: Sendable {
  package let folder: String
  /// No other run on this machine has this name, so that no lock is shared.
  package let recipe: String

  /// How a run of the tool ended, and what it said.
  package struct Result: Sendable {
    /// That of the exit, or the signal's number.
    package var status: Int32
    package var out: String
    package var err: String
  }

  package init(named stem: String = "demo", parity: String = "corpus: {none: it is an example}\n")
    throws
  {
    let letters = "abcdefghijkmnpqrstuvwxyz23456789"
    let token = String((0..<8).compactMap { _ in letters.randomElement() })
    recipe = "\(stem)-\(token)"
    folder = FileManager.default.temporaryDirectory.path + "/of-\(recipe)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if !parity.isEmpty { try write("parity.yml", parity) }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  package var suite: String { "suites/\(recipe)" }
  package var reports: String { "reports/\(recipe)" }

  // MARK: Files

  package func path(_ name: String) -> String { "\(folder)/\(name)" }

  package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  package func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name)))
  }

  package func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  /// What a run's events tell.
  ///
  /// - Parameter folder: the run's own.
  package func record(_ folder: String) throws -> RunRecord {
    var builder = RunRecord.Builder()
    for line in try bytes("\(folder)/events.ndjson").split(separator: UInt8(ascii: "\n")) {
      builder.add(try JSONTextDecoder().decode(from: Array(line)))
    }
    guard let record = builder.record() else { throw CocoaError(.fileReadCorruptFile) }
    return record
  }

  package func write(_ name: String, _ text: String) throws {
    let parent = URL(fileURLWithPath: path(name)).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
  }

  package func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path(name))
  }

  /// Every file below a folder with its content.
  package func files(below name: String) -> [String: Data] {
    let all = FileManager.default.enumerator(atPath: path(name))?.allObjects as? [String] ?? []
    var result: [String: Data] = [:]
    for entry in all { result[entry] = try? bytes("\(name)/\(entry)") }
    return result
  }

  /// Ids of kept runs, oldest first.
  package var runs: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path("\(reports)/runs"))) ?? []).sorted()
  }

  // MARK: The tool

  /// Beside the test bundle.
  package static let program: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    for argument in [own] + CommandLine.arguments {
      let candidate = URL(fileURLWithPath: argument).deletingLastPathComponent().path + "/parity"
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    }
    return FileManager.default.currentDirectoryPath + "/.build/debug/parity"
  }()

  /// Runs the tool in the project's folder to its end.
  package func run(_ arguments: String..., environment: [String: String] = [:]) async throws
    -> Result
  {
    try await ToolRun(self, arguments, environment).result()
  }

  /// Runs the tool in a folder below the project's.
  package func run(_ arguments: String..., in folder: String) async throws -> Result {
    try await ToolRun(self, arguments, [:], in: path(folder)).result()
  }

  package func start(_ arguments: String...) throws -> ToolRun { try ToolRun(self, arguments, [:]) }
}
