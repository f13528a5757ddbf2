import Foundation

/// The tool while it runs; what it says goes into files, so that it never waits for a reader.
package final class ToolRun: @unchecked Sendable {
  private let process = Process()
  private let ended: AsyncStream<Int32>
  private let name: String

  /// - Parameters:
  ///   - folder: where it is started; nil for the project's own.
  ///   - under: a program and its arguments that becomes the tool: `prlimit`, `unshare`.
  package init(
    _ project: ToolProject,
    _ arguments: [String],
    _ environment: [String: String],
    in folder: String? = nil,
    under wrapper: [String] = []
  ) throws {
    name = project.folder + ".\(UUID().uuidString)"
    for suffix in ["out", "err"] {
      _ = FileManager.default.createFile(atPath: "\(name).\(suffix)", contents: nil)
    }
    let line = wrapper + [ToolProject.program] + arguments
    process.executableURL = URL(fileURLWithPath: wrapper.isEmpty ? line[0] : "/usr/bin/env")
    process.arguments = wrapper.isEmpty ? arguments : line
    process.currentDirectoryURL = URL(fileURLWithPath: folder ?? project.folder)
    var own = ProcessInfo.processInfo.environment.filter { !Self.isOfCI($0.key) }
    // Nothing is left in the caches of whoever runs the tests.
    own["XDG_CACHE_HOME"] = "/dev/null"
    own["PATH"] = (project.programFolders + [own["PATH"] ?? "/usr/bin:/bin"]).joined(separator: ":")
    process.environment = own.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let base = name
    let streams = ["out", "err"].map { FileHandle(forWritingAtPath: "\(base).\($0)") }
    // Foundation keeps them open, and hundreds of rows would run out of descriptors.
    defer { for stream in streams { try? stream?.close() } }
    process.standardOutput = streams[0]
    process.standardError = streams[1]
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    ended = stream
    process.terminationHandler = {
      continuation.yield($0.terminationStatus)
      continuation.finish()
    }
    try process.run()
  }

  /// A test is run by whatever CI there is, and the tool speaks to each in its own way.
  private static func isOfCI(_ name: String) -> Bool {
    ["CI", "DRONE", "FORGEJO_ACTIONS", "GITEA_ACTIONS", "GITLAB_CI"].contains(name)
      || name.hasPrefix("GITHUB_")
  }

  deinit {
    for suffix in ["out", "err"] {
      try? FileManager.default.removeItem(atPath: "\(name).\(suffix)")
    }
  }

  package var id: Int32 { process.processIdentifier }
  package var out: String { (try? String(contentsOfFile: name + ".out", encoding: .utf8)) ?? "" }
  package var err: String { (try? String(contentsOfFile: name + ".err", encoding: .utf8)) ?? "" }

  package func signal(_ number: Int32) { kill(id, number) }

  /// Waits for the end; the status is that of the exit, or the signal's number.
  package func result() async throws -> ToolProject.Result {
    var status: Int32 = -1
    for await value in ended { status = value }
    return ToolProject.Result(status: status, out: out, err: err)
  }
}
