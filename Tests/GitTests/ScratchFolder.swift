import Foundation
import Git
import Programs
import Testing

/// A folder of a test's own, gone when the test is done, and real git in it.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    let template = FileManager.default.temporaryDirectory.appending(path: "parity-git-XXXXXX").path
    var bytes = Array(template.utf8CString)
    guard mkdtemp(&bytes) != nil else { throw CocoaError(.fileWriteUnknown) }
    path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String, isExecutable: Bool = false) throws {
    let file = "\(path)/\(name)"
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
    try FileManager.default.setAttributes(
      [.posixPermissions: isExecutable ? 0o755 : 0o644],
      ofItemAtPath: file
    )
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: "\(path)/\(name)",
      withDestinationPath: target
    )
  }

  func folder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: "\(path)/\(name)",
      withIntermediateDirectories: true
    )
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

  func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: "\(path)/\(name)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
  }

  /// What git itself says, without its last newline.
  @discardableResult
  func git(_ arguments: String..., input: String = "") async throws -> String {
    let variables = [
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.test",
      "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.test",
      "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
    ]
    let output = try await #require(Program.find("git")).run(
      Command(
        argv: ["git", "-C", path] + arguments,
        stdin: Array(input.utf8),
        environment: ProcessInfo.processInfo.environment.merging(variables) { $1 }
      )
    )
    guard output.succeeded else {
      throw Failure(said: String(decoding: output.stderr, as: UTF8.self))
    }
    return String(output.text.dropLast())
  }

  struct Failure: Error { let said: String }

  /// A repository with everything committed, and its tree.
  func commitAll(_ message: String = "one") async throws -> String {
    if !exists(".git") { try await git("init", "-q", "-b", "main") }
    try await git("add", "-A")
    try await git("commit", "-q", "--allow-empty", "-m", message)
    return try await git("rev-parse", "HEAD^{tree}")
  }
}

/// The code of the `GitError` that a call throws, nil where it throws none.
func codeThrown(_ body: () async throws -> Void) async -> GitError.Code? {
  do {
    try await body()
    return nil
  } catch { return (error as? GitError)?.code }
}
