import Formats
import SeededGenerators
import Testing

@testable import Evidence

/// Runs of one recipe, told as one.
struct AttemptMergeTests {
  static let id = CheckID(folder: "functional", stem: "notes", name: "test_kept")
  static let other = CheckID(folder: "functional", stem: "notes", name: "test_listed")

  static func planned(_ id: CheckID) -> PlannedCheck {
    PlannedCheck(
      id: id,
      kind: .functional,
      stage: .functional,
      about: "",
      place: nil,
      strength: .state,
      isHealth: false,
      steps: [],
      ports: []
    )
  }

  static func record(
    _ name: String,
    host: String = "ci-1",
    _ outcome: Outcome = .passed,
    of id: CheckID = id,
    end: RunEnd = .finished
  ) -> RunRecord {
    var plan = Plan(
      recipe: "demo",
      driver: "local",
      base: RecipeRevision(version: "1.0.0+1", tree: "aa"),
      target: RecipeRevision(version: "1.1.0+1", tree: "bb"),
      suiteTree: "cc"
    )
    plan.planned = [planned(Self.id), planned(other)]
    return RunRecord(
      header: RunHeader(
        id: name,
        toolVersion: "0",
        startedAt: "2026-01-01T00:00:00.000Z",
        host: host,
        plan: plan
      ),
      stages: Stage.allCases.map { StageRecord(stage: $0, outcome: .passed, startedAt: 0) },
      checks: [Self.id, other].map {
        CheckRecord(
          id: $0,
          kind: .functional,
          stage: .functional,
          outcome: $0 == id ? outcome : .passed,
          startedAt: 1
        )
      },
      findings: [],
      values: ["base_url": "http://127.0.0.1:\(name.utf8.count)"],
      end: end,
      microseconds: 9
    )
  }

  private func merged(_ records: RunRecord...) throws -> RunRecord {
    try AttemptMerge(records).record(id: "merged")
  }

  // MARK: Which outcome stands

  static let words = Outcome.Word.allCases.map { Outcome($0, reason: .told("r")) }

  @Test(arguments: words, words) func `What failed once has failed`(_ a: Outcome, _ b: Outcome)
    throws
  {
    let record = try merged(Self.record("a", host: "1", a), Self.record("b", host: "2", b))
    let words = [a.word, b.word]
    let order: [Outcome.Word] = [.failed, .passed, .broken, .skipped, .notRun]
    #expect(record[check: Self.id]?.outcome.word == order.first { words.contains($0) })
  }

  @Test(arguments: words, words)
  func `What passed before a full run of the same machine without an answer is of the past`(
    _ a: Outcome,
    _ b: Outcome
  ) throws {
    let isPast = a.isPassed && [.broken, .notRun].contains(b.word)
    let full = try merged(Self.record("a", a), Self.record("b", b))
    let apart = try merged(Self.record("a", host: "1", a), Self.record("b", host: "2", b))
    #expect(full[check: Self.id]?.outcome == (isPast ? b : apart[check: Self.id]?.outcome))
    var part = Self.record("b", b)
    part.header.lastStage = .backup
    let kept = try merged(Self.record("a", a), part)[check: Self.id]?.outcome
    #expect(kept == apart[check: Self.id]?.outcome)
  }

  @Test(arguments: words, words)
  func `Flaky is what passed in one attempt and not in another`(_ a: Outcome, _ b: Outcome) throws {
    let record = try merged(Self.record("a", a), Self.record("b", b))
    let words = Set([a.word, b.word])
    let isFlaky = words == [.passed, .failed] || words == [.passed, .broken]
    #expect(record.flaky.map(\.check) == (isFlaky ? [Self.id] : []))
  }

  @Test func `What a run that died left without an answer makes nothing flaky`() throws {
    let died = Self.record(
      "a",
      .broken(reason: Reason(.unended(.check, run: .died, in: nil))),
      end: .died
    )
    #expect(try merged(died, Self.record("b")).flaky.isEmpty)
    let failed = Self.record("a", .failed(reason: .told("r")), end: .died)
    let flaky = try merged(failed, Self.record("b")).flaky
    #expect(flaky.map(\.failed) == [[1]])
    #expect(flaky.map(\.passed) == [[2]])
    #expect(flaky.map(\.broken) == [[]])
  }

  @Test func `A stage that failed outside of its checks is flaky like a check`() throws {
    var failed = Self.record("a")
    failed.stages[1].outcome = .failed(reason: Reason(.operationFailed(detail: "exit 1")))
    let record = try merged(failed, Self.record("b"))
    #expect(record.flaky.map(\.name) == ["stage upgrade"])
    #expect(record[.upgrade]?.outcome.word == .failed)
  }

  @Test func `A control that passed once counts before one that failed`() throws {
    var wrong = Self.record("b")
    wrong.checks[0].control = ControlRecord(kind: .decoy, result: .passed)
    var right = Self.record("a")
    right.checks[0].control = ControlRecord(kind: .decoy, result: .failed)
    #expect(try merged(right, wrong)[check: Self.id]?.control?.result == .passed)
  }

  // MARK: How it ended

  @Test func `A run that died is made good by one that ended, and by nothing else`() throws {
    let died = Self.record("a", end: .died)
    #expect(try merged(died).end == .died)
    #expect(try merged(died, Self.record("b")).end == .finished)
    var part = Self.record("c")
    part.header.lastStage = .backup
    #expect(try merged(died, part).end == .died)
    #expect(try merged(part).header.isFull == false)
    var cut = Self.record("d")
    cut.unreadableLines = 1
    #expect(try merged(cut).end == .died)
  }

  @Test func `Parts that were asked for are joined to what they are together`() throws {
    var first = Self.record("a")
    first.header.selection = RunSelection(
      parts: [.p3],
      checks: [],
      stages: [.install, .functional]
    )
    var second = Self.record("b")
    second.header.selection = RunSelection(
      parts: [.p1],
      checks: [Self.id],
      stages: [.install, .upgrade]
    )
    #expect(
      try merged(first, second).header.selection
        == RunSelection(
          parts: [.p1, .p3],
          checks: [Self.id],
          stages: [.install, .upgrade, .functional]
        )
    )
    #expect(try merged(first, Self.record("c")).header.selection == nil)
  }

  @Test func `Which machine saw what is kept`() throws {
    var first = Self.record("a", host: "ci-2", .failed(reason: .told("r")))
    first.header.shard = Shard(number: 2, count: 5)
    let record = try merged(first, Self.record("b", host: "ci-1"))
    #expect(record.header.host == "ci-1, ci-2")
    let attempts = try #require(record.attempts)
    #expect(attempts.map(\.host) == ["ci-1", "ci-2"])
    #expect(attempts.map(\.shard) == [nil, Shard(number: 2, count: 5)])
    #expect(attempts.map { $0.seen[0].outcome.word } == [.passed, .failed])
    #expect(record.values["base_url"] != nil && record.values["base_url#2"] != nil)
  }

  // MARK: What does not belong together

  @Test func `Runs of other files are refused, and both are named`() throws {
    let changes: [(String, (inout RunHeader) -> Void)] = [
      ("recipe demo and wiki", { $0.recipe = "wiki" }),
      ("suite tree cc and dd", { $0.suiteTree = "dd" }),
      ("target 1.1.0+1 (tree bb) and 1.1.0+1 (tree ee)", { $0.target.tree = "ee" }),
      ("base 1.0.0+1 (tree aa) and none", { $0.base = nil }),
      ("driver local and swarm", { $0.driver = "swarm" }),
      ("parity 0 and 1", { $0.toolVersion = "1" }),
    ]
    for (difference, change) in changes {
      var other = Self.record("b")
      change(&other.header)
      #expect(throws: AttemptMerge.Conflict(first: "a", second: "b", difference: difference)) {
        try AttemptMerge([Self.record("a"), other])
      }
    }
    var real = Self.record("b")
    real.header.standins = [Standin(service: "app", what: "a small server", versions: [])]
    #expect(throws: AttemptMerge.Conflict.self) { try AttemptMerge([Self.record("a"), real]) }
  }

  // MARK: Properties

  private static func random(_ generator: inout SeededGenerator) -> RunRecord {
    let word = generator.pick(Outcome.Word.allCases)
    var record = Self.record(
      "run-\(generator.below(1_000))",
      host: "ci-\(generator.below(3))",
      Outcome(word, reason: .told("reason \(generator.below(3))")),
      of: generator.pick([id, other]),
      end: generator.pick(RunEnd.allCases)
    )
    // Clocks of machines do not agree, and nothing may hang on them.
    record.header.startedAt = "20\(10 + generator.below(80))-01-01T00:00:00.000Z"
    record.header.lastStage = generator.below(3) > 0 ? .functional : .backup
    record.unreadableLines = generator.below(5) == 0 ? 1 : 0
    let stage = generator.below(6)
    record.stages[stage].outcome = Outcome(
      generator.pick(Outcome.Word.allCases),
      reason: Reason(.notPerformed)
    )
    if generator.below(3) == 0 {
      record.header.selection = RunSelection(
        parts: [generator.pick(ClaimPart.allCases)],
        checks: [],
        stages: [.install]
      )
      record.checks.removeLast()
      record.header.planned.removeLast()
    }
    if generator.below(2) == 0 {
      let result = generator.pick([
        ControlRecord.Result.passed, .failed, .broken(reason: Reason(.interrupted)),
      ])
      record.checks[0].control = ControlRecord(kind: .decoy, result: result)
    }
    return record
  }

  @Test func `In whatever order runs are merged, the bytes are the same`() throws {
    var generator = SeededGenerator(seed: 4)
    for _ in Seeds.upTo(300) {
      let records = (0..<(1 + generator.below(5))).map { _ in Self.random(&generator) }
      let bytes = try JSONTextEncoder().bytes(of: AttemptMerge(records).record(id: "m"))
      for _ in 0..<4 {
        let again = records.shuffled(using: &generator) + [generator.pick(records)]
        #expect(try JSONTextEncoder().bytes(of: AttemptMerge(again).record(id: "m")) == bytes)
      }
    }
  }

  @Test func `No merge makes anything better than the worst that was seen`() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in Seeds.upTo(300) {
      let records = (0..<(1 + generator.below(5))).map { _ in Self.random(&generator) }
      let merged = try AttemptMerge(records).record(id: "m")
      for check in merged.checks {
        let seen = records.compactMap { $0[check: check.id]?.outcome.word }
        #expect((check.outcome.word == .failed) == seen.contains(.failed))
        #expect(check.outcome.word != .passed || seen.contains(.passed))
      }
      #expect(merged.end != .finished || records.contains(where: \.isWhole))
    }
  }

  @Test func `A merged record is made again from its events`() throws {
    var generator = SeededGenerator(seed: 6)
    for _ in Seeds.upTo(100) {
      let records = (0..<(1 + generator.below(4))).map { _ in Self.random(&generator) }
      let merged = try AttemptMerge(records).record(id: "m")
      var builder = RunRecord.Builder()
      for event in merged.events { builder.add(event) }
      #expect(builder.record() == merged)
    }
  }
}
