import BuiltTool
import Foundation

/// What every row would otherwise make anew: the sample recipe and a cluster.
struct Prepared: Sendable {
  let folder: String

  static let sources = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().path
  /// Long, with what JSON, URLs and XML write in other ways.
  static let password = "Tq7/x+Zk29w<Lm&R4vBn8sYd3f"

  /// Made once a process, and gone with it.
  static let shared = Result { try Prepared() }

  private init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/of-prepared-\(getpid())"
    atexit {
      let folder = FileManager.default.temporaryDirectory.path + "/of-prepared-\(getpid())"
      try? FileManager.default.removeItem(atPath: folder)
    }
    try FileManager.default.createDirectory(
      atPath: folder,
      withIntermediateDirectories: true
    )
    chmod(folder, 0o755)
    try Self.execute(["sh", "\(Self.sources)/recipes/make-sample-recipes.sh", folder + "/samples"])
    let built = URL(fileURLWithPath: ToolProject.program).deletingLastPathComponent().path
    try FileManager.default.copyItem(atPath: built + "/plausible-standin", toPath: standin)
    try makeCluster()
  }

  private func makeCluster() throws {
    try Data((Self.password + "\n").utf8).write(to: URL(fileURLWithPath: folder + "/pw"))
    chmod(folder + "/pw", 0o644)
    let place = folder + "/cluster"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    var argv = [
      "\(try Self.postgresPrograms())/initdb", "--pgdata=\(place)", "--username=postgres",
      "--pwfile=\(folder)/pw", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync",
    ]
    if geteuid() == 0 {
      chown(place, 65534, 65534)
      argv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + argv
    }
    try Self.execute(argv)
    // Each run copies it, as a user of its own.
    try Self.execute(["chmod", "-R", "a+rX", place])
  }

  /// The stand-in where every user can run it.
  var standin: String { folder + "/plausible-standin" }

  /// The folder of the newest PostgreSQL's programs.
  static func postgresPrograms() throws -> String {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    guard let version = all.max(by: { (Int($0) ?? 0) < (Int($1) ?? 0) }) else {
      throw Missing("PostgreSQL")
    }
    return "/usr/lib/postgresql/\(version)/bin"
  }

  struct Missing: Error, CustomStringConvertible {
    var description: String
    init(_ what: String) { description = what }
  }

  /// Runs a program to its end.
  static func execute(
    _ argv: [String],
    _ environment: [String: String] = [:],
    in folder: String? = nil
  ) throws {
    _ = try output(argv, environment, in: folder)
  }

  /// What a program wrote on its standard output until its end.
  /// - Throws: Where it does not end with 0.
  static func output(
    _ argv: [String],
    _ environment: [String: String] = [:],
    in folder: String? = nil
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = argv
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let errors = FileManager.default.temporaryDirectory.path + "/of-errors-\(UUID().uuidString)"
    _ = FileManager.default.createFile(atPath: errors, contents: nil)
    defer { try? FileManager.default.removeItem(atPath: errors) }
    process.standardError = FileHandle(forWritingAtPath: errors)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let words = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
      throw Missing("\(argv.joined(separator: " ")): \(words)")
    }
    return String(decoding: said, as: UTF8.self)
  }
}
