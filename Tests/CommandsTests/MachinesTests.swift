import BuiltTool
import Evidence
import Formats
import Foundation
import Testing
import XMLParts

/// Parts of runs, several at once, on several machines, and what they come to together.
@Suite(.serialized) struct MachinesTests {
  /// Suites with neither backup nor restore, so that a run takes a second.
  static func project(_ recipes: String...) async throws -> ToolProject {
    let project = try ToolProject()
    for recipe in recipes {
      let name = "\(recipe)-\(project.recipe)"
      try await project.addSite(named: name)
      let compose = try project.text("suites/\(name)/recipe/compose.yml")
      try project.write(
        "suites/\(name)/recipe/compose.yml",
        compose.replacingOccurrences(of: "        - \"backupbot.backup=true\"\n", with: "")
      )
    }
    return project
  }

  static func name(_ recipe: String, _ project: ToolProject) -> String {
    "\(recipe)-\(project.recipe)"
  }

  /// A script that fails as long as a file is there; the suite is the same either way.
  static func addMoody(_ recipe: String, _ project: ToolProject) throws {
    let path = "suites/\(name(recipe, project))/functional/moody.sh"
    // It asks the app, or it would pass where nothing answers too.
    let script = """
      #!/bin/sh
      curl --silent --fail --output /dev/null "$PARITY_BASE_URL/" && test ! -e \(project.path("mood"))

      """
    try project.write(path, script)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755],
      ofItemAtPath: project.path(path)
    )
  }

  private static func move(_ project: ToolProject, _ from: String, to target: String) throws {
    try FileManager.default.moveItem(atPath: project.path(from), toPath: project.path(target))
  }

  private static func coverage(_ project: ToolProject, _ path: String) throws -> CoverageModel {
    try CoverageModel(json: Array(project.bytes("\(path)/coverage.json")))
  }

  private static func record(_ project: ToolProject, _ recipe: String) throws -> RunRecord {
    let runs = "reports/\(name(recipe, project))/runs"
    let ids = try FileManager.default.contentsOfDirectory(atPath: project.path(runs)).sorted()
    let newest = try #require(ids.last)
    return try project.record("\(runs)/\(newest)")
  }

  /// Cases of a JUnit file, by class and name, with what they came to.
  private static func cases(_ project: ToolProject, _ path: String) throws -> [String: String] {
    var result: [String: String] = [:]
    var current = ""
    for (name, attributes) in try XMLPart.elements(of: project.bytes(path)) {
      switch name {
      case "testcase":
        current = "\(attributes["classname"] ?? "").\(attributes["name"] ?? "")"
        result[current] = "passed"
      case "failure", "error", "skipped":
        result[current] = "\(name) \(attributes["type"] ?? "")"
      default: break
      }
    }
    return result
  }

  // MARK: A part

  @Test func `A part runs what it needs, publishes nothing, and has no other case`() async throws {
    let project = try await Self.project("a")
    let run = try await project.run("run", "--only", "p3")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    let name = Self.name("a", project)
    #expect(!project.exists("reports/\(name)/coverage.json"))
    #expect(!project.exists("suites/\(name)/PARITY.md"))
    let record = try Self.record(project, "a")
    #expect(record.header.selection?.parts == [.p3] && !record.header.isFull)
    let cases = try Self.cases(project, "reports/\(name)/runs/\(record.header.id)/junit.xml")
    #expect(cases.keys.allSatisfy { !$0.contains("integrity") && !$0.contains("P4") })
    #expect(cases.keys.contains { $0.hasSuffix("functional.content.test_content_roundtrip") })
    #expect(run.out.contains("selection P3, and what that needs"))
  }

  @Test func `A row of cases runs alone`() async throws {
    let project = try await Self.project("a")
    try project.write(
      "suites/\(Self.name("a", project))/functional/kinds.yml",
      """
      test_kinds:
        cases: {html: {kind: html}, text: {kind: text}}
        steps:
          - file: {service: app, path: "/srv/www/{{unique}}.txt", write: "{{kind}} {{unique}}"}
          - http: {get: "/{{unique}}.txt"}
            expect: {status: 200, body: "{{kind}} {{unique}}"}

      """
    )
    let run = try await project.run("run", "--check", "test_kinds[text]")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    let own = try Self.record(project, "a").checks.filter { $0.kind != .generic }
    #expect(own.map(\.id.name) == ["test_kinds[text]"])

    let unknown = try await project.run("run", "--check", "test_kinds[txt]", "--check", "nowhere")
    #expect(unknown.status == 64)
    #expect(
      unknown.err == """
        parity: --check "test_kinds[txt]" is not a check of \(Self.name("a", project)); did you mean \
        test_kinds[text]?
        parity: --check "nowhere" is not a check of \(Self.name("a", project))

        """
    )
  }

  @Test(arguments: [
    (["--only", "P5"], "\"P5\" is not a part; parts are P1 (lifecycle)"),
    (["--only", "P2"], "belongs to it; `parity audit` tells what has no port"),
    (["--check", "x", "--publish"], "--publish cannot go with --check"),
    (["--only", "P1", "--until", "install"], "--until cannot go with --only"),
    (["--rerun-failed", "--check", "x"], "--rerun-failed picks the checks itself"),
    (["--max-failures", "0"], "--max-failures needs a number from 1, not 0"),
    (["--max-failures", "2", "--fail-fast"], "--fail-fast is --max-failures 1"),
    (["--jobs", "0"], "--jobs needs a number from 1 to 64, not 0"),
    (["--shard", "3/2"], "--shard needs a part and the number of parts, as 2/5, not \"3/2\""),
  ])
  func `What cannot be asked for is told before anything starts`(
    _ arguments: [String],
    _ message: String
  ) async throws {
    let project = try await Self.project("a")
    let run = try await ToolRun(project, ["run"] + arguments, [:]).result()
    #expect(run.status == 64)
    #expect(run.err.contains(message), "\(run.err)")
    #expect(!project.exists("reports"))
  }

  @Test func `After a failure nothing more begins, in this recipe and in others`() async throws {
    let project = try await Self.project("a", "b")
    try project.write(
      "suites/\(Self.name("a", project))/functional/before.yml",
      "test_wrong: {steps: [{http: {get: /nowhere.txt}, expect: {status: 200}}]}\n"
    )
    let run = try await project.run("run", "--fail-fast")
    #expect(run.status == 1)
    #expect(
      run.err.contains(
        "\(Self.name("b", project)): not run: the run was stopped by its failures (1 failure)"
      )
    )
    let record = try Self.record(project, "a")
    #expect(record.end == .failuresReached)
    let left = record.checks.filter { $0.id.stem == "content" && $0.kind == .functional }
    #expect(left.count == 2)
    #expect(
      left.allSatisfy {
        $0.outcome == .notRun(reason: Reason(.stopped(.failuresReached, failures: 1, detail: nil)))
      }
    )
    #expect(!project.exists("reports/\(Self.name("a", project))/coverage.json"))
    #expect(!project.exists("reports/\(Self.name("b", project))"))
  }

  @Test func `What was not proven runs again, and after that there is nothing`() async throws {
    let project = try await Self.project("a")
    try Self.addMoody("a", project)
    try project.write("mood", "")
    #expect(try await project.run("run").status == 1)
    try project.remove("mood")
    let again = try await project.run("run", "--rerun-failed")
    // What is well in a part is not yet well in the whole.
    #expect(again.status == 1, "\(again.out)\(again.err)")
    #expect(again.err.contains("runs again:\n  functional/moody::moody.sh\n"))
    #expect(again.err.contains("only a full run can end better"))
    for command in ["audit", "report"] {
      #expect(try await project.run(command).status == 1)
    }
    let own = try Self.record(project, "a").checks.filter { $0.kind != .generic }
    #expect(own.map(\.id.name) == ["moody.sh"])

    let nothing = try await project.run("run", "--rerun-failed")
    // A part that passed does not take back what the whole was refuted for.
    #expect(nothing.status == 1)
    let full = try #require(project.runsOf(Self.name("a", project)).first)
    #expect(
      nothing.err.contains(
        "nothing to run again: no check is open; the verdict of run \(full) stands: exit 1; only a "
          + "full run makes another\n"
      )
    )
    #expect(project.runsOf(Self.name("a", project)).count == 2)
    #expect(try await project.run("run").status == 0)
    #expect(try await project.run("run", "--rerun-failed").status == 0)
  }

  @Test func `The verdict that stands where nothing is to be run again need not be green`()
    async throws
  {
    let project = try await Self.project("a")
    try project.write("parity.yml", "corpus: {root: nowhere}\n")
    #expect(try await project.run("run").status == 2)
    let nothing = try await project.run("run", "--rerun-failed")
    #expect(nothing.status == 2)
    #expect(nothing.err.contains("stands: exit 2"))
  }

  // MARK: At once

  @Test func `Two recipes at once have their own lines, reports and places in the index`()
    async throws
  {
    let project = try await Self.project("a", "b", "c")
    let run = try await project.run("run", "--jobs", "3")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    let names = ["a", "b", "c"].map { Self.name($0, project) }
    for line in run.err.split(separator: "\n") {
      #expect(names.contains { line.hasPrefix("\($0)  ") }, "\(line)")
    }
    let index = try project.text("reports/index.html")
    for name in names {
      #expect(index.contains("\(name)/coverage.html"))
      // A summary is one block: nobody else's line stands between its first and its last.
      let start = try #require(run.out.range(of: "\(name) 0.1.0+1.22 · driver local"))
      let block = run.out[start.lowerBound...]
      let end = try #require(block.range(of: "→ reports/\(name)/coverage.html"))
      let others = names.filter { $0 != name }
      #expect(others.allSatisfy { !block[..<end.upperBound].contains($0) })
    }
    let list = run.out.split(separator: "\n").suffix(4)
    #expect(list.first == "3 recipes, all as claimed")
    #expect(zip(list.dropFirst(), names).allSatisfy { $0.hasPrefix("  ✓ \($1)  exit 0  level ") })
    let ports = try ["a", "b", "c"].compactMap { try Self.record(project, $0).values["base_url"] }
    #expect(Set(ports).count == 3)
  }

  @Test func `Quiet says what is not as claimed, and the closing list has the worst last`()
    async throws
  {
    let project = try await Self.project("a", "b")
    let names = ["a", "b"].map { Self.name($0, project) }
    try project.write(
      "suites/\(names[0])/functional/wrong.yml",
      "test_wrong: {steps: [{http: {get: /nowhere.txt}, expect: {status: 200}}]}\n"
    )
    let run = try await project.run("run", "--quiet")
    #expect(run.status == 1)
    #expect(run.err == "")
    #expect(!run.out.contains("\(names[1]) 0.1.0+1.22"))
    #expect(run.out.contains("\(names[0]) 0.1.0+1.22"))
    let list = run.out.split(separator: "\n").suffix(3).map(String.init)
    #expect(list[0] == "2 recipes, 1 as claimed")
    #expect(list[1].hasPrefix("  ✓ \(names[1])  exit 0"))
    #expect(list[2].hasPrefix("  ✗ \(names[0])  exit 1"))
  }

  @Test func `What passed before today's broken run is not taken for it`() async throws {
    let project = try await Self.project("a")
    let local = "suites/\(Self.name("a", project))/local.yml"
    // The suite is the same: what it starts is not there any more.
    let server = project.path("server")
    try FileManager.default.createSymbolicLink(
      atPath: server,
      withDestinationPath: "/usr/bin/python3"
    )
    let text = try project.text(local)
    try project.write(local, text.replacingOccurrences(of: "- python3\n", with: "- \(server)\n"))
    #expect(try await project.run("run").status == 0)
    try project.remove("server")
    let today = try await project.run("run").status
    #expect(today != 0)
    #expect(try await project.run("merge", "reports", "--into", "all").status == today)
  }

  @Test func `Ctrl-C takes down all that run, and the others do not begin`() async throws {
    let project = try await Self.project("a", "b", "c")
    let names = ["a", "b", "c"].map { Self.name($0, project) }
    for name in names {
      try project.write(
        "suites/\(name)/functional/waits.yml",
        """
        test_waits:
          steps:
            - http: {get: /nowhere.txt}
              retry: {within: 300s}
              expect: {status: 200}

        """
      )
    }
    let run = try project.start("run", "--jobs", "2")
    let isWaiting = await eventually {
      names.prefix(2).allSatisfy { name in
        project.runsOf(name).contains { id in
          (try? project.text("reports/\(name)/runs/\(id)/events.ndjson"))?
            .contains("\"checkStarted\":{\"check\":\"functional/waits::test_waits\"") == true
        }
      }
    }
    #expect(isWaiting)
    let ids = names.prefix(2).flatMap { project.runsOf($0) }
    let folders = ids.flatMap { RunTraces.folders(of: $0) }
    #expect(folders.count == 2)
    run.signal(SIGINT)
    let result = try await run.result()
    #expect(result.status == 2)
    for name in names.prefix(2) {
      #expect(result.err.contains("\(name)  interrupted: taking everything down"))
    }
    #expect(result.err.contains("\(names[2]): not run: interrupted"))
    #expect(!project.exists("reports/\(names[2])"))
    #expect(RunTraces.processes(in: folders).isEmpty)
    #expect(folders.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
    for recipe in ["a", "b"] { #expect(try Self.record(project, recipe).end == .interrupted) }
  }

  // MARK: Shards

  /// Runs each shard as a machine of its own would, into `shard-1`, `shard-2` …
  private static func runShards(_ count: Int, _ project: ToolProject) async throws -> [Int32] {
    var statuses: [Int32] = []
    for number in 1...count {
      let run = try await project.run("run", "--shard", "\(number)/\(count)")
      statuses.append(run.status)
      try move(project, "reports", to: "shard-\(number)")
    }
    return statuses
  }

  @Test func `Two shards with different outcomes come to one report, in any order`() async throws {
    let project = try await Self.project("a", "b")
    try Self.addMoody("a", project)
    try project.write("mood", "")
    #expect(Set(try await Self.runShards(2, project)) == [0, 1])
    let merge = try await project.run("merge", "shard-1", "shard-2", "--into", "all")
    #expect(merge.status == 1, "\(merge.out)\(merge.err)")
    for recipe in ["a", "b"] {
      let name = Self.name(recipe, project)
      for file in ["PARITY.md", "coverage.json", "junit.xml", "coverage.html"] {
        #expect(project.exists("all/\(name)/\(file)"))
      }
      #expect(try project.text("all/index.html").contains("\(name)/coverage.html"))
      // It says what the machine itself said.
      let own = [1, 2].map { "shard-\($0)/\(name)/coverage.json" }.filter(project.exists)
      #expect(
        try project.bytes("all/\(name)/coverage.json") == project.bytes(try #require(own.first))
      )
      #expect(own.count == 1)
    }
    let again = try await project.run("merge", "--into", "other", "shard-2", "shard-1")
    #expect(again.status == 1)
    #expect(project.files(below: "other") == project.files(below: "all"))
    // A merge of a merge is the same merge.
    let twice = try await project.run("merge", "all", "shard-1", "--into", "all")
    #expect(twice.status == 1)
    #expect(project.files(below: "other") == project.files(below: "all"))
    let third = try await project.run("merge", "other", "--into", "third")
    #expect(third.status == 1)
    #expect(project.files(below: "third") == project.files(below: "all"))
  }

  @Test func `A shard that never came leaves its recipes not run, and the merge is not green`()
    async throws
  {
    let project = try await Self.project("a", "b")
    #expect(try await Self.runShards(2, project) == [0, 0])
    let name = Self.name("a", project)
    let lost = project.exists("shard-1/\(name)") ? "shard-1" : "shard-2"
    let kept = lost == "shard-1" ? "shard-2" : "shard-1"
    let merge = try await project.run("merge", kept, "--into", "all")
    #expect(merge.status == 2, "\(merge.out)\(merge.err)")
    let number = lost.suffix(1)
    #expect(merge.err.contains("shard \(number)/2 is missing: \(name)"))
    #expect(!project.exists("all/\(name)/coverage.json"))
    let run = try #require(
      FileManager.default.contentsOfDirectory(atPath: project.path("all/\(name)/runs")).first
    )
    let cases = try Self.cases(project, "all/\(name)/runs/\(run)/junit.xml")
    #expect(cases.values.filter { $0 == "error notRun" }.count > 5)
    #expect(!cases.values.contains("passed"))
    // It comes later: then all is well.
    let late = try await project.run("merge", "all", lost, "--into", "all")
    #expect(late.status == 0, "\(late.out)\(late.err)")
    #expect(project.exists("all/\(name)/coverage.json"))
  }

  @Test func `A machine that died in its shard leaves what it did not come to not run`()
    async throws
  {
    let project = try await Self.project("a", "b")
    let names = ["a", "b"].map { Self.name($0, project) }
    try project.write(
      "suites/\(names[0])/functional/waits.yml",
      "test_waits: {steps: [{http: {get: /no}, retry: {within: 300s}, expect: {status: 200}}]}\n"
    )
    let run = try project.start("run", "--shard", "1/1")
    let isWaiting = await eventually {
      project.runsOf(names[0]).contains { id in
        (try? project.text("reports/\(names[0])/runs/\(id)/events.ndjson"))?
          .contains("\"checkStarted\":{\"check\":\"functional/waits::test_waits\"") == true
      }
    }
    #expect(isWaiting)
    let folders = project.runsOf(names[0]).flatMap { RunTraces.folders(of: $0) }
    run.signal(SIGKILL)
    _ = try await run.result()
    #expect(await eventually { RunTraces.processes(in: folders).isEmpty })
    try Self.move(project, "reports", to: "shard-1")
    let merge = try await project.run("merge", "shard-1", "--into", "all")
    #expect(merge.status == 2)
    #expect(merge.out.contains("✗ the run died"))
    #expect(merge.out.contains("shard 1/1 ended before this recipe"))
    #expect(names.allSatisfy { !project.exists("all/\($0)/coverage.json") })
  }

  @Test func `A retry that turns green is flaky, not proven`() async throws {
    let project = try await Self.project("a")
    try Self.addMoody("a", project)
    try project.write("mood", "")
    #expect(try await project.run("run").status == 1)
    try Self.move(project, "reports", to: "first")
    try project.remove("mood")
    // Ids of runs go up by the second.
    try await Task.sleep(for: .seconds(1))
    #expect(try await project.run("run").status == 0)
    let merge = try await project.run("merge", "first", "reports")
    #expect(merge.status == 1, "\(merge.out)\(merge.err)")
    let name = Self.name("a", project)
    let told = "flaky functional/moody::moody.sh: failed in attempt 1, passed in attempt 2"
    #expect(merge.out.contains(told))
    let coverage = try Self.coverage(project, "reports/\(name)")
    #expect(coverage.findings.map(\.rule).contains("check-flaky"))
    let claim = coverage.claims.first { $0.id == "P3/functional/moody::moody.sh" }
    #expect(claim?.verdict.word == .refuted)
    let note = Reason.Note.flaky(passed: [2], failed: [1], broken: [])
    #expect(claim?.verdict.reason?.notes == [note])
    let cases = try Self.cases(project, "reports/\(name)/junit.xml")
    #expect(cases["\(name).stand-in.functional.moody.moody.sh"] == "failure flaky")
    #expect(try project.text("reports/\(name)/coverage.html").contains("failed in attempt 1"))
    #expect(try project.text("reports/merge.json").contains("functional/moody::moody.sh"))
    #expect(try project.text("suites/\(name)/PARITY.md").contains("flaky"))
    // Nor does looking at it again make it green.
    #expect(try await project.run("report").status == 1)
    #expect(try await project.run("audit").status == 1)
  }

  @Test func `Attempts at other files are an error that names both`() async throws {
    let project = try await Self.project("a")
    #expect(try await project.run("run", "--until", "install").status == 0)
    try Self.move(project, "reports", to: "first")
    let suite = "suites/\(Self.name("a", project))/recipe.yml"
    try project.write(suite, try project.text(suite) + "# more\n")
    #expect(try await project.run("run", "--until", "install").status == 0)
    let merge = try await project.run("merge", "first", "reports", "--into", "all")
    #expect(merge.status == 2)
    // Within a second the ids of runs, and with them the order, are a matter of chance.
    #expect(merge.err.contains(" in first ") && merge.err.contains(" in reports "))
    #expect(merge.err.contains(" are not of the same files: suite tree"))
    #expect(!project.exists("all"))
    // Neither is what was run here before the change, nor what the suite is not any more.
    let stale = try await project.run("merge", "first", "--into", "all")
    #expect(stale.status == 2)
    #expect(stale.err.contains("check out the commit that was run"))
  }

  @Test func `Clocks that disagree change nothing`() async throws {
    let project = try await Self.project("a")
    try Self.addMoody("a", project)
    for (folder, moves) in [("one", true), ("two", false)] {
      if moves { try project.write("mood", "") } else { try project.remove("mood") }
      _ = try await project.run("run", "--only", "P3")
      try Self.move(project, "reports", to: folder)
    }
    let straight = try await project.run("merge", "one", "two", "--into", "straight")
    // The machine that failed first says that it was last, by years.
    let name = Self.name("a", project)
    let runs = "one/\(name)/runs"
    let id = try #require(FileManager.default.contentsOfDirectory(atPath: project.path(runs)).first)
    let late = "2090" + id.dropFirst(4)
    try Self.move(project, "\(runs)/\(id)", to: "\(runs)/\(late)")
    let events = "\(runs)/\(late)/events.ndjson"
    try project.write(
      events,
      project.text(events).replacingOccurrences(of: id, with: late)
        .replacingOccurrences(of: "\"startedAt\":\"\(id.prefix(4))", with: "\"startedAt\":\"2090")
    )
    let crooked = try await project.run("merge", "one", "two", "--into", "crooked")
    #expect(straight.status == 1 && crooked.status == 1)
    // Both ran within a second or two on one machine, so that their numbers may be either way.
    #expect(straight.out.contains("flaky functional/moody::moody.sh: failed in attempt "))
    #expect(crooked.out.contains("failed in attempt 2, passed in attempt 1"))
  }

  @Test func `What is no folder of reports is refused`() async throws {
    let project = try await Self.project("a")
    try project.write("empty/file.txt", "")
    let empty = try await project.run("merge", "empty")
    #expect(empty.status == 64)
    #expect(
      empty.err
        == "parity: empty holds no reports: there is neither a shard.json nor a <recipe>/runs in it\n"
    )
    #expect(try await project.run("merge", "nowhere").status == 64)
    #expect(try await project.run("merge").status == 64)
    try project.write("shard/shard.json", "<<<<<<< ours\n")
    #expect(try await project.run("merge", "shard").status == 2)
  }

  @Test func `A shard without recipes says so`() async throws {
    let project = try await Self.project("a")
    let first = try await project.run("run", "--shard", "1/2")
    try Self.move(project, "reports", to: "shard-1")
    let second = try await project.run("run", "--shard", "2/2")
    try Self.move(project, "reports", to: "shard-2")
    #expect(first.status == 0 && second.status == 0)
    let empty = [first, second].filter { $0.err.contains("none of 1 recipe falls to it") }
    #expect(empty.count == 1)
    #expect(try await project.run("merge", "shard-1", "shard-2", "--into", "all").status == 0)
    try project.write(
      "shard-2/shard.json",
      "{\"schema\": 1, \"shard\": {\"number\": 2, \"count\": 2}, \"plan\": [[\"x\"], [\"y\"]]}"
    )
    let other = try await project.run("merge", "shard-1", "shard-2", "--into", "all")
    #expect(other.status == 2)
    #expect(other.err.contains("are not shards of the same plan"))
  }
}

extension ToolProject {
  /// Ids of kept runs of a recipe, oldest first.
  fileprivate func runsOf(_ recipe: String) -> [String] {
    let all = try? FileManager.default.contentsOfDirectory(atPath: path("reports/\(recipe)/runs"))
    return (all ?? []).sorted()
  }
}
