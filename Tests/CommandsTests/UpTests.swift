import BuiltTool
import Evidence
import Foundation
import Testing

/// A deployment that somebody looks around in.
@Suite struct UpTests {
  private static let password = "a value that nobody sees"

  /// One web server with a volume, a fixed account, and a secret.
  private static func project() async throws -> ToolProject {
    let project = try ToolProject(named: "up")
    _ = try await project.run("new", project.recipe)
    let recipe = try project.text("\(project.suite)/recipe.yml")
    let more = """
      vars: {account: "someone@example.org", fresh: "{{unique}}"}
      secrets: {admin: {value: \(password)}}

      """
    try project.write("\(project.suite)/recipe.yml", recipe + more)
    return project
  }

  /// Runs the tool on a terminal of its own, and types Ctrl-C once it says that it may.
  private static func onTerminal(
    _ project: ToolProject,
    _ arguments: String...
  ) async throws -> ToolProject.Result {
    let script = """
      import os, pty, sys
      child, terminal = pty.fork()
      if child == 0:
          os.execv(sys.argv[1], sys.argv[1:])
      seen, typed = b"", False
      while True:
          try:
              data = os.read(terminal, 65536)
          except OSError:
              break
          if not data:
              break
          seen += data
          os.write(1, data)
          if not typed and b"Ctrl-C takes it down" in seen:
              os.write(terminal, b"\\x03")
              typed = True
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
      """
    return try await ToolRun(project, arguments, [:], under: ["python3", "-c", script]).result()
  }

  private static func answer(of address: String) throws -> String {
    let curl = Process()
    curl.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    curl.arguments = [
      "-q", "--noproxy", "*", "-s", "-o", "/dev/null", "-w", "%{http_code}", address,
    ]
    let pipe = Pipe()
    curl.standardOutput = pipe
    try curl.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    curl.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  private static func word(after mark: String, in text: String) -> String? {
    guard let found = text.firstRange(of: mark) else { return nil }
    return String(text[found.upperBound...].prefix { !$0.isWhitespace && $0 != "," })
  }

  @Test func `It is up until it is told to end, and nothing is left`() async throws {
    let project = try await Self.project()
    let up = try project.start("up", project.recipe)
    #expect(await eventually { up.out.contains("Ctrl-C takes it down") })
    let address = try #require(Self.word(after: " is up at ", in: up.out))
    #expect(try Self.answer(of: address + "/") == "200")
    let folder = try #require(Self.word(after: "  content  ", in: up.out))
    #expect(FileManager.default.fileExists(atPath: folder))
    #expect(up.out.contains("account  someone@example.org"))
    #expect(up.out.contains("secret admin  "))
    #expect(!up.out.contains("fresh"))
    let other = try await project.run("run", project.recipe, "--no-wait")
    #expect(other.status == 2)
    up.signal(SIGTERM)
    let result = try await up.result()
    #expect(result.status == 0, "\(result.err)")
    #expect(!(result.out + result.err).contains(Self.password))
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(try Self.answer(of: address + "/") == "000")
    // Nothing was tested: no run, no page.
    #expect(project.runs.isEmpty)
    #expect(!project.exists("\(project.suite)/PARITY.md"))
  }

  @Test func `What does not become ready is taken down, and that is a failure`() async throws {
    let project = try await Self.project()
    let recipe = try project.text("\(project.suite)/recipe.yml")
    let health = "{path: /nowhere, ok: [200], within: 1s}"
    try project.write(
      "\(project.suite)/recipe.yml",
      recipe.replacing("{path: /, ok: [200], within: 60s}", with: health)
    )
    let result = try await project.run("up", project.recipe)
    #expect(result.status == 1)
    #expect(result.out.isEmpty)
    #expect(result.err.contains("\(project.recipe) is not up"))
  }

  @Test func `Secrets are shown on a terminal, and nowhere else`() async throws {
    let project = try await Self.project()
    #expect(try await project.run("up", project.recipe, "--show-secrets").status == 64)
    let shown = try await Self.onTerminal(project, "up", project.recipe, "--show-secrets")
    #expect(shown.status == 0, "\(shown.out)")
    #expect(shown.out.contains("secret admin  \(Self.password)"))
    for (name, content) in project.files(below: "reports") {
      #expect(!String(decoding: content, as: UTF8.self).contains(Self.password), "\(name)")
    }
  }

  @Test func `A failed run is kept for a person, and comes to the same`() async throws {
    let project = try await Self.project()
    #expect(try await project.run("run", project.recipe, "--keep").status == 64)
    #expect(project.runs.isEmpty)
    let good = try await Self.onTerminal(
      project,
      "run",
      project.recipe,
      "--keep",
      "--until",
      "install"
    )
    #expect(good.status == 0, "\(good.out)")
    #expect(!good.out.contains("Ctrl-C takes it down"))
    let checks = try project.text("\(project.suite)/functional/content.yml")
    try project.write(
      "\(project.suite)/functional/content.yml",
      checks.replacing("body: old", with: "body: never")
    )
    let failed = try await Self.onTerminal(project, "run", project.recipe, "--keep")
    #expect(failed.status == 1, "\(failed.out)")
    #expect(failed.out.contains(" is up at http://127.0.0.1:"))
    let run = try #require(project.runs.last)
    let record = try project.record("\(project.reports)/runs/\(run)")
    #expect(record.isWhole)
    #expect(record[.teardown]?.outcome.word == .passed)
  }
}
