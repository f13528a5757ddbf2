import BuiltTool
import Evidence
import Foundation
import Testing

@Suite(.serialized) struct CorpusInGitTests {
  @discardableResult
  private func git(_ project: ToolProject, in folder: String = "older", _ words: String...) throws
    -> String
  {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", project.path(folder), "-c", "user.name=t", "-c", "user.email=t@example.org"]
      + words
    process.environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null",
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func `A corpus in git counts as it was committed, and a later commit is noticed`()
    async throws
  {
    let project = try ToolProject(parity: "corpus: {git: older}\n")
    try project.write("older/recipe-info/another/tests/a.py", "pass\n")
    try git(project, "init", "-q")
    try git(project, "add", "-A")
    try git(project, "commit", "-qm", "one")
    // Not committed, so not there.
    try project.write("older/recipe-info/\(project.recipe)/tests/a.py", "pass\n")
    try await project.addSite()
    let run = try await project.run("run")
    let corpus = try RunTests.coverage(project).corpus
    #expect(corpus.state == .noEntry, "\(run.out)\(run.err)")
    #expect(corpus.root == "older/recipe-info@HEAD")
    #expect(corpus.recipes == 1)
    let commit = try git(project, "rev-parse", "HEAD")
    #expect(corpus.commit == commit)
    #expect(
      try project.text("\(project.suite)/PARITY.md").contains("commit \(commit.prefix(12)), tree ")
    )
    #expect(try await project.run("verify").status == 0)

    try git(project, "add", "-A")
    try git(project, "commit", "-qm", "two")
    let verified = try await project.run("verify")
    #expect(verified.status == 1)
    #expect(verified.out.contains("the corpus changed since the coverage was made"))
  }

  /// Committing the coverage would change what it says.
  @Test func `A corpus in the project's own repository is named by its tree alone`() async throws {
    let project = try ToolProject(parity: "corpus: {git: .}\n")
    try project.write("recipe-info/\(project.recipe)/tests/a.py", "pass\n")
    try await project.addSite()
    try git(project, in: ".", "init", "-q")
    try git(project, in: ".", "add", "-A")
    try git(project, in: ".", "commit", "-qm", "one")
    _ = try await project.run("run")
    let corpus = try RunTests.coverage(project).corpus
    #expect(corpus.state == .scripts)
    #expect(corpus.commit == nil)
  }

  @Test(arguments: ["bare", "file URL", "server"])
  func `A bare clone and a file URL are read, and nothing is fetched without a cache`(
    _ kind: String
  ) async throws {
    let project = try ToolProject(parity: "corpus: {git: older}\n")
    try project.write("older/recipe-info/\(project.recipe)/tests/a.py", "import requests\n")
    try git(project, "init", "-q")
    try git(project, "add", "-A")
    try git(project, "commit", "-qm", "one")
    try git(project, "clone", "-q", "--bare", ".", project.path("older.git"))
    try await project.addSite()
    switch kind {
    case "bare": try project.write("parity.yml", "corpus: {git: older.git}\n")
    case "file URL":
      try project.write("parity.yml", "corpus: {git: 'file://\(project.path("older"))'}\n")
    default: try project.write("parity.yml", "corpus: {git: 'https://git.example.org/infra'}\n")
    }
    let audit = try await project.run("audit")
    if kind == "server" {
      #expect(audit.status == 2)
      #expect(audit.out.contains("no clone can be kept in /dev/null"))
    } else {
      #expect(audit.status == 1)
      #expect(audit.out.contains("refuted P2/a.py: no check covers it"))
    }
  }
}
