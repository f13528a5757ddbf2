import BuiltTool
import Evidence
import Formats
import Foundation
import Testing
import XMLParts

/// Runs with real services: a web server for the suite that `parity new` makes, and restic.
@Suite(.serialized) struct RunTests {
  static func coverage(_ project: ToolProject) throws -> CoverageModel {
    try CoverageModel(json: Array(project.bytes("\(project.reports)/coverage.json")))
  }

  // MARK: To the end

  @Test func `A new suite runs, is verified, and its page is held to its coverage`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    let run = try await project.run("run", environment: ["TERM": "xterm"])
    #expect(run.status == 0, "\(run.out)\(run.err)")

    let coverage = try Self.coverage(project)
    #expect(coverage.checks.allSatisfy { ![.failed, .broken, .notRun].contains($0.outcome.word) })
    let upgrade = coverage.claims.first { $0.id == "P1/upgrade" }?.verdict
    #expect(upgrade?.word == .notApplicable)
    #expect(upgrade?.reason?.code == .noOlderVersion)
    let store = coverage.stores.first { $0.name == "content" }
    #expect(store?.dropped.word == .provenOnStandin)
    #expect(store?.restored.word == .provenOnStandin)
    #expect(coverage.rungs.first { $0.level == 3 }?.state == .pass)
    let check = coverage.checks.first {
      $0.kind == .functional && $0.id.name == "test_content_roundtrip"
    }
    #expect(check?.strength == .state)
    #expect(check?.control == ControlCoverage(kind: .decoy, result: .failed))
    #expect(coverage.isOnStandin)

    // Results and progress have a place each, and neither drives a terminal.
    #expect(run.out.contains("\(project.suite)/PARITY.md"))
    #expect(run.err.contains("\(project.recipe)  install …"))
    #expect(!run.out.contains("install …"))
    #expect(!run.err.contains("\(project.suite)/PARITY.md"))
    #expect(!(run.out + run.err).contains("\u{1B}"))

    try await Self.checkReports(project)
    try await Self.checkShow(project)
    try await Self.checkVerify(project)
    try await Self.checkFlavours(project)
    try await Self.checkProgress(project)
  }

  private static func checkReports(_ project: ToolProject) async throws {
    let before = project.files(below: ".")
    let audit = try await project.run("audit")
    #expect(audit.status == 0)
    #expect(project.files(below: ".") == before)

    let page = try project.bytes("\(project.suite)/PARITY.md")
    try project.remove("\(project.suite)/PARITY.md")
    let report = try await project.run("report", environment: ["NO_COLOR": "1"])
    #expect(report.status == 0)
    #expect(project.files(below: ".") == before)
    try await checkTemplates(project)
    try project.remove("\(project.suite)/PARITY.md")
    try project.remove("\(project.reports)/runs")
    #expect(try await project.run("report").status == 0)
    #expect(try project.bytes("\(project.suite)/PARITY.md") == page)
    try checkJUnit(project)
  }

  /// A program follows a run by objects, a person by lines.
  private static func checkProgress(_ project: ToolProject) async throws {
    let json = try await project.run("run", "--until", "install", "--log-format", "json")
    #expect(json.status == 0)
    let events = try json.err.split(separator: "\n").map { try JSONParser().parse(String($0)) }
    #expect(events.allSatisfy { $0["recipe"]?.stringValue == project.recipe })
    let names = Set(events.compactMap { $0["event"]?.stringValue })
    #expect(
      names.isSuperset(of: ["stage-started", "operation", "check-finished", "stage-finished"])
    )
    let check = events.first { $0["check"]?.stringValue == "generic/install::serving" }
    #expect(check?["outcome"]?.stringValue == "passed")
    #expect(check?["stage"]?.stringValue == "install")
    let lines = try await project.run("run", "--until", "install", "--verbose")
    #expect(lines.err.contains(/passed +generic\/install::serving/))
    #expect(try await project.run("run", "--verbose", "--quiet").status == 64)
    #expect(try await project.run("run", "--verbose", "--log-format", "json").status == 64)

    // What a CI would take for a command is none, and the line is an object all the same.
    try project.write(
      "\(project.suite)/functional/vso.yml",
      """
      test_vso:
        steps:
          - exec: {service: app, argv: [echo, "##vso[task.setvariable]x ##[group]"]}
            expect: {stdout: nothing of the kind}
      """
    )
    let vso = try await project.run(
      "run",
      "--check",
      "functional/vso",
      "--log-format",
      "json",
      "-q"
    )
    #expect(vso.status == 1)
    let told = try vso.err.split(separator: "\n").map { try JSONParser().parse(String($0)) }
    #expect(told.contains { $0["text"]?.stringValue?.contains("##vso[") == true })
    #expect(!vso.err.contains("##vso[") && !vso.err.contains("##[group"))
  }

  /// What is exported makes the same reports, and one more where there is a template of one's own.
  private static func checkTemplates(_ project: ToolProject) async throws {
    let before = project.files(below: ".")
    #expect(try await project.run("templates", "export", "mine").status == 0)
    #expect(try await project.run("templates", "export", "mine").status == 64)
    #expect(try await project.run("report", "--templates", "mine").status == 0)
    try project.write("mine/text/level.txt.mustache", "{{recipe}} {{level}}\n")
    #expect(try await project.run("report", "--templates", "mine").status == 0)
    let level = try project.text("\(project.reports)/level.txt")
    #expect(level.hasPrefix(project.recipe))
    try project.remove("\(project.reports)/level.txt")
    try project.remove("mine")
    #expect(project.files(below: ".") == before)
  }

  /// Without the run, which is gone, only what it showed is known.
  private static func checkShow(_ project: ToolProject) async throws {
    let before = project.files(below: ".")
    let whole = try await project.run("show", project.recipe)
    #expect(whole.status == 0 && whole.out.contains("level"))
    let coverage = try JSONParser().parse(project.text("\(project.reports)/coverage.json"))
    let id = try #require(coverage["checks"]?.arrayValue?.first?["id"]?.stringValue)
    let name = try #require(id.split(separator: ":").last.map(String.init))
    for asked in [id, name] {
      let one = try await project.run("show", project.recipe, asked)
      #expect(one.status == 0 && one.out.contains(id), "\(one.out)\(one.err)")
    }
    let unknown = try await project.run("show", project.recipe, name + "x")
    #expect(unknown.status == 64 && unknown.err.contains(name) && unknown.out.isEmpty)
    #expect(try await project.run("show", project.recipe, "--run", "none").status == 64)
    #expect(project.files(below: ".") == before)
  }

  /// By a run, for the report is written from one.
  private static func checkFlavours(_ project: ToolProject) async throws {
    let run = try await project.run("run", "--junit", "github", "--until", "install", "--publish")
    #expect(run.status == 0, "\(run.err)")
    let path = "\(project.reports)/junit.xml"
    let cases = try XMLPart.elements(of: project.bytes(path)).filter { $0.name == "testcase" }
    let files = cases.compactMap { $0.attributes["file"] }
    #expect(!files.isEmpty && files.allSatisfy { $0.hasPrefix("\(project.suite)/") })
    let github = try await project.run("junit-lint", path, "--reader", "mikepenz")
    #expect(github.status == 0, "\(github.out)")
    let refused = try await project.run("junit-lint", path, "--reader", "xunit", "--format", "json")
    #expect(refused.status == 1)
    let losses = try JSONParser().parse(refused.out).arrayValue?.first?["losses"]?.arrayValue ?? []
    #expect(losses.count == files.count)
    #expect(losses.allSatisfy { $0["rule"]?.stringValue == "case-file" })
    #expect(try await project.run("junit-lint", "\(project.suite)/PARITY.md").status == 65)
  }

  private static func checkJUnit(_ project: ToolProject) throws {
    var counted: [String: Int] = [:]
    var told: [String: Int] = [:]
    for (element, attributes) in try XMLPart.elements(
      of: project.bytes("\(project.reports)/junit.xml")
    ) {
      switch element {
      case "testsuite":
        for name in ["tests", "failures", "errors", "skipped"] {
          told[name, default: 0] += attributes[name].flatMap { Int($0) } ?? 0
        }
      case "testcase": counted["tests", default: 0] += 1
      case "failure": counted["failures", default: 0] += 1
      case "error": counted["errors", default: 0] += 1
      case "skipped": counted["skipped", default: 0] += 1
      default: break
      }
    }
    for name in ["tests", "failures", "errors", "skipped"] {
      #expect(told[name] == counted[name, default: 0], "\(name)")
    }
    #expect(counted["tests", default: 0] > 8)
  }

  private static func checkVerify(_ project: ToolProject) async throws {
    #expect(try await project.run("verify").status == 0)
    let page = "\(project.suite)/PARITY.md"
    let text = try project.text(page)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let number = lines.lastIndex { $0.contains("content") } ?? 0
    var edited = lines.map(String.init)
    edited[number] += "x"
    try project.write(page, edited.joined(separator: "\n"))
    let verify = try await project.run("verify")
    #expect(verify.status == 1)
    #expect(
      verify.out.hasPrefix(
        "\(project.recipe): \(page):\(number + 1): differs from its coverage: "
      )
    )
    try project.write(page, text)
    #expect(try await project.run("verify").status == 0)

    let suite = try project.text("\(project.suite)/recipe.yml")
    try project.write("\(project.suite)/recipe.yml", suite + "# more\n")
    let changed = try await project.run("verify")
    #expect(changed.status == 1)
    #expect(changed.out.contains("the suite changed since the coverage was made"))
  }

  @Test func `A partial run publishes nothing and is no failure`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    let run = try await project.run("run", "--until", "install")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    #expect(!project.exists("\(project.suite)/PARITY.md"))
    #expect(!project.exists("\(project.reports)/coverage.json"))
    let id = try #require(project.runs.first)
    #expect(project.exists("\(project.reports)/runs/\(id)/junit.xml"))
  }

  @Test func `A failing check exits with 1 and names what was there`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    try project.write(
      "\(project.suite)/functional/wrong.yml",
      """
      test_wrong:
        steps:
          - http: {get: /nowhere.txt}
            expect: {status: 200}

      """
    )
    let run = try await project.run("run")
    #expect(run.status == 1)
    #expect((run.out + run.err).contains("status: expected 200, got 404"))
    #expect(try Self.coverage(project).level == 3)
  }

  // MARK: Dying

  enum Moment: CaseIterable { case install, functional }

  /// A suite that stays in one stage until it is ended.
  static func hanging(_ moment: Moment) async throws -> ToolProject {
    let project = try ToolProject()
    try await project.addSite()
    try project.write("\(project.suite)/PARITY.md", "as it was\n")
    switch moment {
    case .install:
      let local = try project.text("\(project.suite)/local.yml")
      let beginning = local.split(separator: "    command:").first ?? ""
      try project.write(
        "\(project.suite)/local.yml",
        beginning + "    command: [sh, -c, \"sleep 600; : $0\", \"{{volume.content}}\"]\n"
      )
    case .functional:
      try project.write(
        "\(project.suite)/functional/waits.yml",
        """
        test_waits:
          steps:
            - http: {get: /nowhere.txt}
              retry: {within: 300s}
              expect: {status: 200}

        """
      )
    }
    return project
  }

  static func reached(_ moment: Moment, _ project: ToolProject) async -> Bool {
    await eventually {
      guard let id = project.runs.last else { return false }
      switch moment {
      case .install:
        return !RunTraces.folders(of: id).isEmpty
          && RunTraces.processes(in: RunTraces.folders(of: id)).count > 1
      case .functional:
        return try project.text("\(project.reports)/runs/\(id)/events.ndjson")
          .split(separator: "\n").contains {
            $0.contains("checkStarted") && $0.contains("functional/waits::test_waits")
          }
      }
    }
  }

  static func expectNothingLeft(_ run: String, _ folders: [String]) async {
    #expect(!folders.isEmpty)
    let isGone = await eventually {
      RunTraces.folders(of: run).isEmpty && RunTraces.processes(in: folders).isEmpty
        && folders.allSatisfy { !FileManager.default.fileExists(atPath: $0) }
    }
    #expect(isGone)
  }

  @Test(arguments: Moment.allCases)
  func `One interruption takes everything down and says so`(_ moment: Moment) async throws {
    let project = try await Self.hanging(moment)
    let run = try project.start("run")
    #expect(await Self.reached(moment, project))
    let id = try #require(project.runs.last)
    let folders = RunTraces.folders(of: id)
    run.signal(SIGINT)
    let result = try await run.result()
    #expect(result.status == 2, "\(result.out)\(result.err)")
    #expect(result.err.contains("interrupted: taking everything down"))
    await Self.expectNothingLeft(id, folders)
    let record = try project.record("\(project.reports)/runs/\(id)")
    #expect(record.end == .interrupted)
    #expect(record[.teardown]?.outcome == .passed)
    #expect(try project.text("\(project.suite)/PARITY.md") == "as it was\n")
    #expect(!project.exists("\(project.reports)/coverage.json"))
  }

  @Test func `An interruption while the target boots refutes nothing`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    let recipe = project.path("\(project.suite)/recipe")
    let compose = "\(project.suite)/recipe/compose.yml"
    try Self.git(in: recipe, "init", "-q", "-b", "main")
    for version in ["0.1.0+1.22", "0.2.0+1.22"] {
      let text = try project.text(compose).replacing("0.1.0+1.22", with: version)
      try project.write(compose, text)
      try Self.git(in: recipe, "add", "-A")
      try Self.git(in: recipe, "commit", "-q", "-m", version)
      try Self.git(in: recipe, "tag", version)
    }
    let local = try project.text("\(project.suite)/local.yml")
    let beginning = local.split(separator: "    command:").first ?? ""
    try project.write(
      "\(project.suite)/local.yml",
      """
      versions: {0.1.0+1.22: {boot: "0"}, 0.2.0+1.22: {boot: "600"}}
      \(beginning)    restart_on_upgrade: true
          command:
            - sh
            - "-c"
            - >-
              sleep {{version.boot}};
              exec python3 -m http.server {{port.80}} --bind 127.0.0.1 --directory {{volume.content}}

      """
    )
    let run = try project.start("run")
    #expect(await eventually { run.err.contains("upgrade …") })
    try await Task.sleep(for: .seconds(2))
    run.signal(SIGINT)
    let result = try await run.result()
    #expect(result.status == 2, "\(result.out)\(result.err)")
    let id = try #require(project.runs.last)
    let record = try project.record("\(project.reports)/runs/\(id)")
    #expect(!record.checks.contains { $0.outcome.word == .failed })
    #expect(record[.upgrade]?.outcome.word == .broken)
  }

  private static func git(in folder: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let author = ["-c", "user.name=a", "-c", "user.email=a@example.test"]
    process.arguments = ["git", "-C", folder] + author + arguments
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "git \(arguments)")
  }

  enum Death: CaseIterable { case twice, killed }

  @Test(arguments: Death.allCases)
  func `A runner that dies leaves nothing, and its report is not green`(_ death: Death)
    async throws
  {
    let project = try await Self.hanging(.functional)
    let run = try project.start("run")
    #expect(await Self.reached(.functional, project))
    let id = try #require(project.runs.last)
    let folders = RunTraces.folders(of: id)
    switch death {
    case .killed: run.signal(SIGKILL)
    case .twice:
      // Stopped between the two, so that the second finds the first still at work.
      run.signal(SIGINT)
      #expect(await eventually { run.err.contains("interrupted: taking everything down") })
      run.signal(SIGINT)
    }
    let result = try await run.result()
    #expect(result.status == (death == .killed ? 9 : 2))
    await Self.expectNothingLeft(id, folders)

    let report = try await project.run("report")
    #expect(report.status == 2, "\(report.out)\(report.err)")
    #expect(try project.text("\(project.suite)/PARITY.md") == "as it was\n")
    #expect(!project.exists("\(project.reports)/coverage.json"))
    let data = try project.bytes("\(project.reports)/runs/\(id)/coverage.json")
    let coverage = try CoverageModel(json: Array(data))
    #expect(coverage.findings.contains { $0.rule == "run-not-finished" })
    let waits = coverage.checks.first { $0.id.name == "test_waits" }
    #expect(waits?.outcome.isPassed == false)
    #expect(coverage.rungs.first { $0.level == 4 }?.state == .unver)
    if death == .killed {
      #expect(coverage.claims.first { $0.id == "P1/teardown" }?.verdict.isProven == false)
      let code = Reason.Code.unended(.check, run: .died, in: .functional)
      #expect(waits?.outcome.reason?.code == code)
    }
  }

  @Test func `A second run waits and names the holder, or ends at once if told to`() async throws {
    let project = try await Self.hanging(.functional)
    let first = try project.start("run")
    #expect(await Self.reached(.functional, project))
    let id = try #require(project.runs.last)
    let folders = RunTraces.folders(of: id)
    let refused = try await project.run("run", "--no-wait")
    #expect(refused.status == 2)
    #expect(refused.err.contains("run \(id) of \(project.recipe)"))
    // One that never began leaves nothing that could stand for the last run.
    #expect(project.runs == [id])
    for command in ["report", "audit"] {
      let early = try await project.run(command, "--run", id)
      #expect(early.status == 2)
      #expect(early.err.contains("run \(id) of \(project.recipe) still goes on"), "\(early.err)")
    }

    let second = try project.start("run", "--until", "install")
    #expect(await eventually { second.err.contains("waiting for run \(id) of \(project.recipe)") })
    first.signal(SIGINT)
    #expect(try await first.result().status == 2)
    let waited = try await second.result()
    #expect(waited.status == 0, "\(waited.out)\(waited.err)")
    await Self.expectNothingLeft(id, folders)
  }
}
