import Foundation

/// A project in a folder of its own, and the built tool to be run in it.
final class ToolProject: Sendable {
  let folder: String
  /// No other run on this machine has this name, so that no lock is shared.
  let recipe: String

  struct Result {
    var status: Int32
    var out: String
    var err: String
  }

  init(parity: String = "corpus: {none: it is an example}\n") throws {
    let letters = "abcdefghijkmnpqrstuvwxyz23456789"
    let token = String((0..<8).compactMap { _ in letters.randomElement() })
    recipe = "demo-\(token)"
    folder = FileManager.default.temporaryDirectory.path + "/of-\(recipe)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if !parity.isEmpty { try write("parity.yml", parity) }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var suite: String { "suites/\(recipe)" }
  var reports: String { "reports/\(recipe)" }

  // MARK: Files

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name)))
  }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  func write(_ name: String, _ text: String) throws {
    let parent = URL(fileURLWithPath: path(name)).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  /// Every file below a folder with its content.
  func files(below name: String) -> [String: Data] {
    let all = FileManager.default.enumerator(atPath: path(name))?.allObjects as? [String] ?? []
    var result: [String: Data] = [:]
    for entry in all { result[entry] = try? bytes("\(name)/\(entry)") }
    return result
  }

  /// Ids of kept runs, oldest first.
  var runs: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path("\(reports)/runs"))) ?? []).sorted()
  }

  // MARK: The tool

  /// Beside the test bundle.
  static let program: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    for argument in [own] + CommandLine.arguments {
      let candidate = URL(fileURLWithPath: argument).deletingLastPathComponent().path + "/parity"
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    }
    return FileManager.default.currentDirectoryPath + "/.build/debug/parity"
  }()

  /// Runs the tool in the project's folder to its end.
  func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Result {
    try await ToolRun(self, arguments, environment).result()
  }

  func start(_ arguments: String...) throws -> ToolRun { try ToolRun(self, arguments, [:]) }
}

/// The tool while it runs; what it says goes into files, so that it never waits for a reader.
final class ToolRun: @unchecked Sendable {
  private let process = Process()
  private let ended: AsyncStream<Int32>
  private let name: String

  init(_ project: ToolProject, _ arguments: [String], _ environment: [String: String]) throws {
    name = project.folder + ".\(UUID().uuidString)"
    for suffix in ["out", "err"] {
      _ = FileManager.default.createFile(atPath: "\(name).\(suffix)", contents: nil)
    }
    process.executableURL = URL(fileURLWithPath: ToolProject.program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: project.folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: name + ".out")
    process.standardError = FileHandle(forWritingAtPath: name + ".err")
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    ended = stream
    process.terminationHandler = {
      continuation.yield($0.terminationStatus)
      continuation.finish()
    }
    try process.run()
  }

  deinit {
    for suffix in ["out", "err"] {
      try? FileManager.default.removeItem(atPath: "\(name).\(suffix)")
    }
  }

  var id: Int32 { process.processIdentifier }
  var out: String { (try? String(contentsOfFile: name + ".out", encoding: .utf8)) ?? "" }
  var err: String { (try? String(contentsOfFile: name + ".err", encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) { kill(id, number) }

  /// Waits for the end; the status is that of the exit, or the signal's number.
  func result() async throws -> ToolProject.Result {
    var status: Int32 = -1
    for await value in ended { status = value }
    return ToolProject.Result(status: status, out: out, err: err)
  }
}

/// Looks again and again until something holds; false where it did not come to it in a minute.
func eventually(_ holds: () throws -> Bool) async -> Bool {
  for _ in 0..<1200 {
    if (try? holds()) == true { return true }
    try? await Task.sleep(for: .milliseconds(50))
  }
  return false
}
