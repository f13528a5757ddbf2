import BuiltTool
import Foundation
import PrivateServers
import Testing

/// Projects, and neighbours on the machine, that mean harm to whoever runs the tool.
@Suite(.serialized) struct HostileProjectTests {
  private static let user: UInt32 = 61990

  private func execute(_ argv: [String], in folder: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = argv
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func git(_ arguments: String..., in folder: String) throws {
    let options = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    let status = try execute(["git"] + options + arguments, in: folder)
    #expect(status == 0, "git \(arguments)")
  }

  /// Has the site's service be told to run a command of a shell once it is ready, which must succeed.
  private func edit(_ project: ToolProject, setup script: String) throws {
    let settings = "\(project.suite)/local.yml"
    let line = "    command:\n"
    let text = try project.text(settings)
    try #require(text.components(separatedBy: line).count == 2)
    let setup = "    setup:\n      - [sh, -c, '\(script)']\n"
    try project.write(settings, text.replacingOccurrences(of: line, with: setup + line))
  }

  // MARK: Variables of the runner

  @Test(arguments: [
    // What CI says, what the base branch's file names, what the change's own names, what is taken.
    (true, "[]", "[TOKEN]", false), (true, "[TOKEN]", "[]", true), (false, "[]", "[TOKEN]", false),
    (false, "[TOKEN]", "[]", true),
  ])
  func `A suite takes what the base branch names, whatever its own parity.yml says`(
    _ isToldByCI: Bool,
    _ base: String,
    _ own: String,
    _ isTaken: Bool
  ) async throws {
    let corpus = "corpus: {none: it is an example}\n"
    let project = try ToolProject(parity: corpus + "env: \(base)\n")
    try await project.addSite()
    try git("init", "-q", "-b", "main", in: project.folder)
    try git("add", "-A", in: project.folder)
    try git("commit", "-qm", "base", in: project.folder)
    let branch = isToldByCI ? "refs/remotes/origin/release" : "refs/remotes/origin/main"
    try git("update-ref", branch, "HEAD", in: project.folder)
    if !isToldByCI {
      try git("symbolic-ref", "refs/remotes/origin/HEAD", branch, in: project.folder)
    }
    try project.write("parity.yml", corpus + "env: \(own)\n")
    let settings = "\(project.suite)/recipe.yml"
    try project.write(settings, try project.text(settings) + "secrets: {t: {env: TOKEN}}\n")
    try git("commit", "-qam", "change", in: project.folder)
    let environment = isToldByCI ? ["GITHUB_BASE_REF": "release"] : [:]
    let run = try await project.run("run", environment: environment)
    #expect(run.status == 64)
    // It is not set: whoever comes so far was let through.
    #expect(run.err.contains("which is not set") == isTaken, "\(run.err)")
    #expect(run.err.contains("--env TOKEN") == !isTaken, "\(run.err)")
    let given = try await project.run("run", "--env", "TOKEN", environment: environment)
    #expect(given.err.contains("which is not set"), "\(given.err)")
  }

  @Test func `A base branch that the clone lacks allows nothing`() async throws {
    let project = try ToolProject(parity: "corpus: {none: it is an example}\nenv: [TOKEN]\n")
    try await project.addSite()
    let settings = "\(project.suite)/recipe.yml"
    try project.write(settings, try project.text(settings) + "secrets: {t: {env: TOKEN}}\n")
    try git("init", "-q", "-b", "main", in: project.folder)
    try git("add", "-A", in: project.folder)
    try git("commit", "-qm", "one", in: project.folder)
    let environment = ["CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"]
    let run = try await project.run("run", environment: environment)
    #expect(run.status == 64)
    #expect(run.err.contains("which this clone does not have"), "\(run.err)")
  }

  // MARK: Files

  @Test
  func `A run gets what git has of the recipe, with its modes, and says what it does not get`()
    async throws
  {
    let project = try ToolProject()
    try await project.addSite()
    let recipe = project.path("\(project.suite)/recipe")
    try project.write("\(project.suite)/recipe/hook.sh", "#!/bin/sh\n")
    try project.write("\(project.suite)/recipe/private", "x\n")
    try project.write("\(project.suite)/recipe/.gitignore", ".env\n")
    chmod(recipe + "/hook.sh", 0o755)
    try git("init", "-q", in: recipe)
    try git("add", "-A", in: recipe)
    try git("commit", "-qm", "one", in: recipe)
    chmod(recipe + "/private", 0o600)
    try project.write("\(project.suite)/recipe/.env", "TOKEN=secret\n")
    try project.write("\(project.suite)/recipe/new", "\n")
    chmod(recipe + "/.env", 0o600)
    let tests = [
      "! -e {{recipe}}/.env", "! -e {{recipe}}/new", "! -e {{recipe}}/.git",
      "\"$(stat -c %a-%u {{recipe}}/private {{recipe}}/hook.sh | xargs)\" = \"600-$(id -u) 755-$(id -u)\"",
      "\"$(stat -c %a ../..)\" = 700",
    ]
    try edit(project, setup: tests.map { "test \($0)" }.joined(separator: " && "))
    let list = try await project.run("list")
    let sentence = "left out, because git does not have it: .env, new"
    #expect(list.out.contains(sentence), "\(list.out)")
    let run = try await project.run("run", "--until", "install")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    #expect(run.err.contains(sentence), "\(run.err)")
  }

  // MARK: As an ordinary user

  @Test(.enabled(if: geteuid() == 0, "it takes root to be another user"))
  func `Run by an ordinary user, a service cannot read the runner's environment`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    // None of its processes but those of the run itself may be seen to have it.
    let script = "! grep -alsr PARITY_TEST_TOKEN /proc/[0-9]*/environ"
    try edit(project, setup: script)
    let owner = "\(Self.user):\(Self.user)"
    #expect(try execute(["chown", "-R", owner, project.folder], in: "/") == 0)
    let run = try ToolRun(
      project,
      ["run", "--until", "install"],
      ["PARITY_TEST_TOKEN": "0123456789", "HOME": project.folder],
      under: ["setpriv", "--reuid=\(Self.user)", "--regid=\(Self.user)", "--clear-groups"]
    )
    let result = try await run.result()
    #expect(result.status == 0, "\(result.out)\(result.err)")
  }

  // MARK: Locks

  @Test func `Who holds the folder of the reports is told`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    #expect(try await project.run("run", "--until", "install").status == 0)
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    holder.arguments = [project.path("reports"), "sleep", "5"]
    try holder.run()
    try await Task.sleep(for: .milliseconds(300))
    let report = try await project.run("report")
    holder.waitUntilExit()
    #expect(report.status == 0)
    #expect(report.err.contains("which is held by process"), "\(report.err)")
  }
}
