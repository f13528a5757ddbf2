import BuiltTool
import Evidence
import Formats
import Foundation
import Testing

/// `parity diff`, as a person and a CI run it.
struct DiffTests {
  /// A project in git with the coverage of two recipes, committed.
  final class Repository: Sendable {
    let project: ToolProject

    init() async throws {
      project = try ToolProject()
      try coverage("demo") { _ in }
      try coverage("other") { $0.recipe = "other" }
      try git("init", "-q", "-b", "main")
      try commit("one")
    }

    func coverage(
      _ recipe: String,
      in reports: String = "reports",
      _ change: (inout CoverageModel) -> Void
    ) throws {
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      let fixture = root.appending(path: "EvidenceTests/Fixtures/coverage-2.json")
      var model = try CoverageModel(json: Array(Data(contentsOf: fixture)))
      model.recipe = recipe
      change(&model)
      let bytes = try JSONTextEncoder(.spaced).bytes(of: model)
      try project.write(
        "\(reports)/\(recipe)/coverage.json",
        String(decoding: bytes, as: UTF8.self)
      )
    }

    func git(_ arguments: String...) throws {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["git", "-C", project.folder] + arguments
      process.environment = ProcessInfo.processInfo.environment.merging([
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.test",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.test",
      ]) { $1 }
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "git \(arguments)")
    }

    func commit(_ message: String) throws {
      try git("add", "-A")
      try git("commit", "-q", "-m", message)
    }

    static func refute(_ model: inout CoverageModel) {
      model.claims[0].verdict = .refuted(reason: .told("it is down"))
    }
  }

  @Test("HEAD is compared with the working tree, and only a regression exits with 1")
  func workingTree() async throws {
    let repository = try await Repository()
    let same = try await repository.project.run("diff")
    #expect(same.status == 0)
    #expect(same.out.hasSuffix("no difference in 2 recipes\n"))
    try repository.coverage("demo", Repository.refute)
    let red = try await repository.project.run("diff")
    #expect(red.status == 1)
    #expect(red.out.contains("✗ newly refuted demo P1/install"))
    #expect(red.out.contains("proven (stand-in) → refuted: it is down"))
    #expect(red.out.hasSuffix("1 regression in 1 of 2 recipes\n"))
    for (kinds, status) in [
      ("none", 0), ("newly-refuted", 1), ("lost,setup", 0), ("regression,slower", 1),
    ] {
      let result = try await repository.project.run("diff", "--fail-on", kinds)
      #expect(result.status == Int32(status), "\(kinds)")
    }
    try repository.commit("two")
    #expect(try await repository.project.run("diff").status == 0)
    #expect(try await repository.project.run("diff", "HEAD~1").status == 1)
    #expect(try await repository.project.run("diff", "HEAD~1", "HEAD").status == 1)
    #expect(try await repository.project.run("diff", "HEAD~1..HEAD").status == 1)
    // The other way round it is progress.
    let back = try await repository.project.run("diff", "HEAD", "HEAD~1")
    #expect(back.status == 0)
    #expect(back.out.contains("◇ newly proven demo P1/install"))
  }

  @Test("three dots compare with what a branch came from")
  func branches() async throws {
    let repository = try await Repository()
    try repository.git("checkout", "-q", "-b", "side")
    try repository.coverage("other", Repository.refute)
    try repository.commit("side")
    try repository.git("checkout", "-q", "main")
    try repository.coverage("demo", Repository.refute)
    try repository.commit("main")
    let two = try await repository.project.run("diff", "main..side")
    #expect(two.out.contains("newly proven demo") && two.out.contains("newly refuted other"))
    let three = try await repository.project.run("diff", "main...side")
    #expect(!three.out.contains(" demo ") && three.out.contains("newly refuted other"))
    try repository.git("checkout", "-q", "--detach", "side")
    let detached = try await repository.project.run("diff", "main...HEAD")
    #expect(detached.status == 1)
    #expect(detached.out.contains("newly refuted other"))
  }

  @Test("a reports folder that was renamed is followed by its recipes")
  func renamedFolder() async throws {
    let repository = try await Repository()
    try repository.project.write(
      "parity.yml",
      "corpus: {none: it is an example}\nreports: out/coverage\nsuites: tests\n"
    )
    for recipe in ["demo", "other"] {
      try repository.coverage(recipe, in: "out/coverage") { _ in }
    }
    try repository.project.remove("reports")
    let worktree = try await repository.project.run("diff")
    #expect(worktree.out.hasSuffix("no difference in 2 recipes\n"))
    try repository.coverage("demo", in: "out/coverage", Repository.refute)
    try repository.commit("two")
    let result = try await repository.project.run("diff", "HEAD~1", "HEAD")
    #expect(result.status == 1)
    #expect(result.out.hasSuffix("1 regression in 1 of 2 recipes\n"))
  }

  @Test("a recipe that is gone is a regression, and a new one is told")
  func recipes() async throws {
    let repository = try await Repository()
    try repository.project.remove("reports/other")
    let lost = try await repository.project.run("diff")
    #expect(lost.status == 1)
    #expect(lost.out.contains("✗ recipe lost other"))
    try repository.commit("two")
    let gained = try await repository.project.run("diff", "HEAD", "HEAD~1")
    #expect(gained.status == 0)
    #expect(gained.out.contains("◇ recipe gained other"))
  }

  @Test("a stand-in that gives way to the app is no progress")
  func provenance() async throws {
    let repository = try await Repository()
    try repository.coverage("demo") { model in
      model.standins = []
      for index in model.claims.indices where model.claims[index].verdict.isProven {
        model.claims[index].verdict = .proven
      }
    }
    let real = try await repository.project.run("diff")
    #expect(real.status == 0)
    #expect(real.out.contains("· provenance demo"))
    #expect(!real.out.contains("newly proven") && !real.out.contains("better"))
    try repository.commit("two")
    let back = try await repository.project.run("diff", "HEAD", "HEAD~1")
    #expect(back.status == 1)
    #expect(back.out.contains("✗ provenance demo"))
  }

  @Test("what cannot be compared is never no difference")
  func missing() async throws {
    let repository = try await Repository()
    let project = repository.project
    func refused(_ status: Int32, _ words: String, _ arguments: String...) async throws {
      let run = try ToolRun(project, ["diff"] + arguments, [:])
      let result = try await run.result()
      #expect(result.status == status, "\(arguments): \(result.err)")
      #expect(result.err.contains(words), "\(arguments): \(result.err)")
      #expect(result.out.isEmpty)
    }
    try await refused(64, "nowhere is no commit of", "nowhere")
    try await refused(64, "\"./nowhere\" is not there", "./nowhere")
    try await refused(64, "reports/x.json", "HEAD", "reports/x.json")
    try await refused(64, "did you mean newly-refuted?", "--fail-on", "newly-refute")
    try await refused(64, "did you mean markdown?", "--format", "markdwn")
    try await refused(64, "--limit takes at least 1000", "--format", "markdown", "--limit", "10")
    try await refused(64, "is a range and names both sides", "HEAD..HEAD", "HEAD")
    try repository.git("branch", "reports")
    try await refused(64, "\"reports\" is a path here and a commit too", "reports")
    #expect(try await project.run("diff", "./reports").status == 0)
    #expect(try await project.run("diff", "refs/heads/reports").status == 0)

    for (text, words) in [
      ("{", "is no coverage file: JSON at line 1, column 2"),
      ("{\n<<<<<<< HEAD\n}", "holds both sides of a merge that nobody finished (line 2)"),
      (#"{"schema": 99}"#, "has schema 99, this tool reads up to 3"),
    ] {
      try project.write("reports/demo/coverage.json", text)
      try await refused(2, "reports/demo/coverage.json \(words)")
    }
    try project.remove("reports")
    try await refused(2, "the working tree has no coverage")
    try repository.commit("none")
    try await refused(2, "has no coverage: there is no */coverage.json in reports", "HEAD")
    try project.remove("parity.yml")
    try repository.commit("no project")
    try project.write("parity.yml", "corpus: {none: it is an example}\n")
    try await refused(2, "has no parity.yml, so that its reports cannot be found", "HEAD")
  }

  @Test("a shallow clone says that it may lack what is asked for")
  func shallow() async throws {
    let repository = try await Repository()
    try repository.coverage("demo", Repository.refute)
    try repository.commit("two")
    try repository.git(
      "clone",
      "-q",
      "--depth",
      "1",
      "file://\(repository.project.folder)",
      "shallow"
    )
    let result = try await repository.project.run(
      "diff",
      "--project",
      "shallow",
      "HEAD~1",
      "HEAD"
    )
    #expect(result.status == 64)
    #expect(result.err.contains("this clone is shallow and may lack it"))
    let head = try await repository.project.run("diff", "--project", "shallow")
    #expect(head.out.hasSuffix("no difference in 2 recipes\n"))
  }

  @Test("a partial clone says what to do about what it lacks")
  func partial() async throws {
    let repository = try await Repository()
    try repository.coverage("demo", Repository.refute)
    try repository.commit("two")
    try repository.git("config", "uploadpack.allowFilter", "true")
    let address = "file://\(repository.project.folder)"
    try repository.git("clone", "-q", "--filter=blob:none", address, "partial")
    for arguments in [["diff", "HEAD~1", "HEAD"], ["history", "demo"]] {
      let all = arguments + ["--project", "partial"]
      let result = try await ToolRun(repository.project, all, [:]).result()
      #expect(result.status == 2)
      #expect(result.err.contains("this is a partial clone"), "\(result.err)")
      #expect(result.err.contains("git fetch --refetch --no-filter"))
    }
  }

  @Test("on GitHub regressions are annotated, and nothing that is printed is a command")
  func actions() async throws {
    let repository = try await Repository()
    try repository.coverage("demo", Repository.refute)
    let environment = ["GITHUB_ACTIONS": "true"]
    let text = try await repository.project.run("diff", environment: environment)
    #expect(text.status == 1)
    #expect(text.out.hasPrefix("::stop-commands::"))
    #expect(text.out.contains("\n::error title="))
    // What a program reads stands alone.
    let json = try await repository.project.run(
      "diff",
      "--format",
      "json",
      environment: environment
    )
    #expect(json.out.hasPrefix("{"))
    #expect(!json.out.contains("::"))
  }

  @Test("files and folders need no project, and an older schema is read")
  func files() async throws {
    let repository = try await Repository()
    let project = repository.project
    try repository.coverage("demo", in: "old") { $0.schema = 1 }
    try repository.coverage("demo", in: "new", Repository.refute)
    try project.remove("parity.yml")
    let files = try await project.run(
      "diff",
      "old/demo/coverage.json",
      "new/demo/coverage.json"
    )
    #expect(files.status == 1)
    #expect(files.out.contains("newly refuted demo P1/install"))
    #expect(try await project.run("diff", "old", "new").status == 1)
    #expect(try await project.run("diff", "old/demo", "new").status == 1)
    let other = try await project.run("diff", "reports/other/coverage.json", "new")
    #expect(other.status == 2)
    #expect(other.err.contains("new has no coverage of other"))
  }

  @Test("every format says the same, and each is what its readers take")
  func formats() async throws {
    let repository = try await Repository()
    try repository.coverage("demo", Repository.refute)
    let project = repository.project
    let json = try await project.run("diff", "--format", "json", "--today", "2026-03-01")
    #expect(json.status == 1)
    let value = try JSONParser(duplicateKeys: .refused).parse(json.out)
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let schema = try Data(contentsOf: root.appending(path: "docs/schema/diff.schema.json"))
    let validator = SchemaValidator(schema: try JSONParser().parse(Array(schema)))
    #expect(validator.problems(value) == [])
    #expect(value["counts"]?["regression"]?.intValue == 1)
    #expect(validator.problems(.object(JSONObject([("schema", 2)]))) != [])

    let junit = try await project.run("diff", "--format", "junit", "--output", "diff.xml")
    #expect(junit.status == 1)
    #expect(junit.out == "1 regression → diff.xml\n")
    let xml = try project.text("diff.xml")
    #expect(xml.contains("tests=\"1\" failures=\"1\""))
    #expect(xml.contains("classname=\"demo.diff.newly-refuted\""))
    let green = try await project.run("diff", "--format", "junit", "--fail-on", "none")
    #expect(green.out.contains("failures=\"0\"") && green.status == 0)

    let markdown = try await project.run("diff", "--format", "markdown")
    #expect(markdown.out.hasPrefix("### Coverage: 1 regression\n"))
    #expect(markdown.out.contains("- **newly refuted** `demo` `P1/install`: "))
    let html = try await project.run("diff", "--format", "html")
    #expect(html.out.contains("<title>Parity — 1 regression</title>"))
  }
}
