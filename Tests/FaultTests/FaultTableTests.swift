import BuiltTool
import Evidence
import Formats
import Foundation
import Testing

/// Every fault of `Tests/faults`, one at a time, on the built tool and real services.
struct FaultTableTests {
  @Test(
    "a fault is told for what it is",
    arguments: FaultRow.all.filter { !$0.start.isOnSwarm && !$0.start.isApp }
  )
  func isTold(_ row: FaultRow) async throws {
    try await Lanes.shared.use { try await Self.check(row) }
  }

  @Test(
    "without its fault the project is proven, twice the same, and tells no secret",
    arguments: [FaultRow.Start.plausible, .site]
  )
  func isGreen(_ start: FaultRow.Start) async throws {
    try await Lanes.shared.use {
      let project = try await FaultProject(FaultRow(sound: start))
      var coverages: [Data] = []
      for _ in 0..<2 {
        var run = FaultRun(project)
        let result = try await run.perform()
        let said = result.out + result.err
        #expect(result.status == 0, "\(said)")
        coverages.append(try project.tool.bytes("\(project.tool.reports)/coverage.json"))
        Self.expectNoSecret(project, said, run)
      }
      #expect(coverages[0] == coverages[1])
      let coverage = try #require(try Self.coverage(project))
      #expect(coverage.level == 4)
      #expect(coverage.claims.allSatisfy { $0.verdict.word != .proven })
    }
  }

  /// Tries one row, and says how long it took.
  static func check(_ row: FaultRow) async throws {
    let start = ContinuousClock.now
    try await hold(row)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print("\(row.name): \(Int(seconds.rounded(.up))) s")
  }

  private static func hold(_ row: FaultRow) async throws {
    let project = try await FaultProject(row)
    if !row.needs.isEmpty {
      do {
        try project.execute(row.needs)
      } catch {
        return print("skipped \(row.testDescription): \(error)")
      }
    }
    for command in row.before { try project.execute(command) }
    let before = project.tool.files(below: ".")
    var run = FaultRun(project)
    let result = try await run.perform()
    var said = project.shown(result.out + result.err)
    #expect(run.problems.isEmpty, "\(run.problems)\n\(said)")
    #expect(result.status == row.expect.exit, "\(said)")
    for text in row.expect.says { #expect(said.holds(text), "\(text)\n\(said)") }
    if row.expect.writesNothing { #expect(project.tool.files(below: ".") == before) }
    if row.expect.needsCoverage { try hold(row.expect, to: try coverage(project), said) }
    // What a killed guardian leaves is for `parity clean`.
    let isCleaned = row.then.contains { $0.run == ["clean"] }
    if !isCleaned { try await expectNothingLeft(project, run, said) }
    expectNothingReplaced(project, before, said)
    for command in row.then {
      let before = project.tool.files(below: ".")
      for name in command.remove { try project.tool.remove(project.named(name)) }
      if !command.command.isEmpty { try project.execute(command.command) }
      let arguments = command.run.map(project.named)
      let next = try await ToolRun(project.tool, arguments, project.environment).result()
      let words = project.shown(next.out + next.err)
      #expect(next.status == command.exit, "\(command.run): \(words)")
      for text in command.says { #expect(words.holds(text), "\(text)\n\(words)") }
      said += words
      expectNothingReplaced(project, before, words)
      if isCleaned { try await expectNothingLeft(project, run, said) }
    }
    expectNoSecret(project, said, run)
    expectNoCommand(said)
  }

  /// Whoever wrote what is told, it drives neither a terminal nor a CI runner.
  private static func expectNoCommand(_ said: String) {
    #expect(TerminalText.printed(said, keepsColour: false) == said)
  }

  /// Of the newest run, wherever it was written.
  private static func coverage(_ project: FaultProject) throws -> CoverageModel? {
    let reports = project.tool.reports
    let places = project.tool.runs.last.map { ["\(reports)/runs/\($0)/coverage.json"] } ?? []
    for place in places + ["\(reports)/coverage.json"] where project.tool.exists(place) {
      return try CoverageModel(json: Array(project.tool.bytes(place)))
    }
    return nil
  }

  private static func hold(
    _ expected: FaultRow.Expected,
    to coverage: CoverageModel?,
    _ said: String
  ) throws {
    let coverage = try #require(coverage, "no coverage was written\n\(said)")
    for (id, word) in expected.claims {
      let claim = coverage.claims.first { $0.id == id }
      #expect(claim?.verdict.word == word, "\(id): \(claim?.verdict.reason as Any)\n\(said)")
    }
    for (id, word) in expected.checks {
      let check = coverage.checks.first { $0.id.description == id }
      #expect(check?.outcome.word == word, "\(id): \(check?.outcome.reason as Any)\n\(said)")
    }
    for (id, word) in expected.controls {
      let check = coverage.checks.first { $0.id.description == id }
      #expect(check?.control?.result.word == word, "\(id)\n\(said)")
    }
    let rules = coverage.findings.map(\.rule)
    for rule in expected.findings { #expect(rules.contains(rule), "\(rules)\n\(said)") }
    if let level = expected.level { #expect(coverage.level == level, "\(said)") }
  }

  /// A run that did not come to its own end replaces nothing that is committed, then or later; and
  /// nobody leaves half a file.
  private static func expectNothingReplaced(
    _ project: FaultProject,
    _ before: [String: Data],
    _ said: String
  ) {
    let after = project.tool.files(below: ".")
    for name in after.keys where before[name] == nil {
      let last = name.split(separator: "/").last ?? ""
      #expect(!last.hasPrefix("."), "\(name)\n\(said)")
    }
    guard let id = project.tool.runs.last else { return }
    let events = after["\(project.tool.reports)/runs/\(id)/events.ndjson"] ?? Data()
    let last = String(decoding: events.split(separator: 0x0A).last ?? Data(), as: UTF8.self)
    if last.contains("runFinished"), last.contains("finished\"") { return }
    for name in ["\(project.tool.suite)/PARITY.md", "\(project.tool.reports)/coverage.json"] {
      #expect(after[name] == before[name], "\(name)\n\(said)")
    }
  }

  private static func expectNothingLeft(
    _ project: FaultProject,
    _ run: FaultRun,
    _ said: String
  ) async throws {
    let isGone = await eventually {
      project.tool.runs.allSatisfy { RunTraces.folders(of: $0).isEmpty }
        && RunTraces.processes(in: Array(run.folders)).isEmpty
        && run.folders.allSatisfy { !FileManager.default.fileExists(atPath: $0) }
    }
    #expect(isGone)
    guard project.row.start.isOnSwarm, let engine = SwarmEngine.given else { return }
    // A node may still hold its own copy of a network that the swarm has removed.
    var remains: [String] = []
    let isEmpty = await eventually {
      remains = try engine.remains(ofRuns: project.tool.runs, stack: project.stack)
      return remains.isEmpty
    }
    #expect(isEmpty, "on the engine: \(remains)\n\(said)")
  }

  /// Files of the suite hold what they declare; everything else must not.
  private static func expectNoSecret(_ project: FaultProject, _ said: String, _ run: FaultRun) {
    let secret = SecretForms(of: Prepared.password)
    #expect(secret.found(in: said) == nil, "\(said)")
    #expect(run.tellingCommandLines.isEmpty)
    func declares(_ name: String) -> Bool {
      name.hasPrefix("suites/") && name.hasSuffix("/recipe.yml")
    }
    for (name, data) in project.tool.files(below: ".") where !declares(name) {
      #expect(secret.found(in: data) == nil, "\(name)")
    }
  }
}

extension ControlRecord.Result {
  fileprivate var word: String {
    switch self {
    case .failed: "failed"
    case .passed: "passed"
    case .broken: "broken"
    case .notPossible: "notPossible"
    }
  }
}

extension String {
  /// Whether a text stands in it, wherever lines were wrapped.
  fileprivate func holds(_ text: String) -> Bool {
    let line = split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.contains(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
  }
}
