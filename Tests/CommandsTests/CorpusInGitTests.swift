import BuiltTool
import Evidence
import Foundation
import Testing

@Suite(.serialized) struct CorpusInGitTests {
  private func git(_ project: ToolProject, _ words: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", project.path("older"), "-c", "user.name=t", "-c", "user.email=t@example.org"]
      + words
    process.environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
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
    _ = try await project.run("new", project.recipe)
    let run = try await project.run("run")
    let corpus = try RunTests.coverage(project).corpus
    #expect(corpus.state == .noEntry, "\(run.out)\(run.err)")
    #expect(corpus.root == "older/recipe-info@HEAD")
    #expect(corpus.recipes == 1)
    #expect(try await project.run("verify").status == 0)

    try git(project, "add", "-A")
    try git(project, "commit", "-qm", "two")
    let verified = try await project.run("verify")
    #expect(verified.status == 1)
    #expect(verified.out.contains("the corpus changed since the coverage was made"))
  }
}
