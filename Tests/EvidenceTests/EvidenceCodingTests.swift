import Evidence
import Formats
import FoundationEssentials
import Testing

struct EvidenceCodingTests {
  private static let id = CheckID(folder: "functional", stem: "a/b", name: "test_ü[1]")
  private static let reason = Reason(.noAnswer(detail: "ü"), during: "GET /")
  private static let reasonText = #"{"code":{"notDeployed":{}},"notes":[]}"#
  private static let step = StepRecord(
    number: "1",
    kind: "http",
    title: "GET /",
    place: SourcePlace(file: "a.yml", line: 1, column: 2),
    outcome: .failed(reason: Reason(.outputTruncated, during: "GET /")),
    exchange: .file(FileExchange(source: "snapshot", path: "a", bytes: nil)),
    assertions: [
      Assertion(.status, .equals(number: 200), actual: .number(500), holds: false)
    ]
  )
  private static let header = RunHeader(
    id: "1",
    toolVersion: "0",
    startedAt: "2026-01-01T00:00:00.000Z",
    host: "h",
    plan: Plan(
      recipe: "toy",
      driver: "local",
      base: nil,
      target: RecipeRevision(version: "1.0.0+v1", tree: "aa"),
      suiteTree: "bb"
    )
  )

  private func again<Value: Codable>(_ value: Value) throws -> Value {
    try JSONTextDecoder().decode(from: JSONTextEncoder().bytes(of: value))
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONTextDecoder().decode(from: Array(text.utf8))
  }

  // MARK: Outcome

  @Test(arguments: Outcome.Word.allCases) func anOutcomeComesBackAsItWas(word: Outcome.Word) throws
  {
    let outcome = Outcome(word, reason: .told("why: \"ü\"\n"))
    #expect(outcome.word == word)
    #expect(try again(outcome) == outcome)
  }

  @Test(arguments: Outcome.Word.allCases)
  func anOutcomeWithoutItsReasonIsRefused(word: Outcome.Word) throws {
    for text in [
      #"{"outcome":"\#(word.rawValue)"}"#, #"{"outcome":"\#(word.rawValue)","reason":"why"}"#,
      #"{"outcome":"\#(word.rawValue)","reason":{"notes":[]}}"#,
    ] {
      if word == .passed {
        #expect(try decode(Outcome.self, text) == .passed)
      } else {
        #expect(throws: JSONParsingError.self) { try decode(Outcome.self, text) }
      }
    }
  }

  // MARK: Verdict

  private func verdict(_ word: Verdict.Word) -> Verdict {
    switch word {
    case .proven: .proven
    case .provenOnStandin: .provenOnStandin(reason: Self.reason)
    case .refuted: .refuted(reason: Self.reason)
    case .unproven: .unproven(reason: Self.reason)
    case .vacuous: .vacuous(reason: Self.reason)
    case .declared: .declared(reason: Self.reason)
    case .deferred: .deferred(reason: Self.reason, until: "u")
    case .notApplicable: .notApplicable(reason: Self.reason)
    }
  }

  @Test(arguments: Verdict.Word.allCases) func aVerdictComesBackAsItWas(word: Verdict.Word) throws {
    #expect(verdict(word).word == word)
    #expect(try again(verdict(word)) == verdict(word))
  }

  @Test(arguments: Verdict.Word.allCases)
  func aVerdictWithoutItsReasonIsRefused(word: Verdict.Word) throws {
    for rest in ["", #","reason":"why""#, #","reason":{},"until":"u""#] {
      let text = #"{"verdict":"\#(word.rawValue)"\#(rest)}"#
      if word == .proven {
        #expect(try decode(Verdict.self, text) == .proven)
      } else {
        #expect(throws: JSONParsingError.self) { try decode(Verdict.self, text) }
      }
    }
  }

  @Test(arguments: ["", #","until":null"#]) func aDeferralNeedsItsEnd(rest: String) {
    let whole = #"{"verdict":"deferred","reason":\#(Self.reasonText),"until":"u"}"#
    #expect(throws: Never.self) { try decode(Verdict.self, whole) }
    #expect(throws: JSONParsingError.self) {
      try decode(Verdict.self, #"{"verdict":"deferred","reason":\#(Self.reasonText)\#(rest)}"#)
    }
  }

  // MARK: Controls

  private func result(_ word: ControlRecord.Result.Word) -> ControlRecord.Result {
    switch word {
    case .failed: .failed
    case .passed: .passed
    case .broken: .broken(reason: Self.reason)
    case .notPossible: .notPossible(reason: Self.reason)
    }
  }

  @Test(arguments: ControlRecord.Result.Word.allCases, ControlRecord.Kind.allCases)
  func aControlComesBackAsItWas(
    word: ControlRecord.Result.Word,
    kind: ControlRecord.Kind
  ) throws {
    let control = ControlRecord(kind: kind, result: result(word), steps: [Self.step])
    #expect(control.result.word == word)
    #expect(try again(control) == control)
  }

  @Test(arguments: [ControlRecord.Result.Word.broken, .notPossible])
  func aControlThatShowsNothingSaysWhy(word: ControlRecord.Result.Word) {
    for rest in ["", #","reason":"why""#] {
      #expect(throws: JSONParsingError.self) {
        try decode(ControlRecord.Result.self, #"{"result":"\#(word.rawValue)"\#(rest)}"#)
      }
    }
  }

  // MARK: Events

  /// The switch makes a new case fail to compile until it stands in the table.
  private func name(_ what: RunEvent.What) -> String {
    switch what {
    case .runStarted: "runStarted"
    case .valuesMade: "valuesMade"
    case .stageStarted: "stageStarted"
    case .operationFinished: "operationFinished"
    case .readinessFinished: "readinessFinished"
    case .checkLearned: "checkLearned"
    case .checkStarted: "checkStarted"
    case .stepFinished: "stepFinished"
    case .controlFinished: "controlFinished"
    case .checkFinished: "checkFinished"
    case .stageFinished: "stageFinished"
    case .findingMade: "findingMade"
    case .attemptsMerged: "attemptsMerged"
    case .runFinished: "runFinished"
    }
  }

  static let events: [RunEvent.What] =
    [
      .runStarted(schema: 1, header: header),
      .valuesMade(values: ["base_url": "http://127.0.0.1:1"]),
      .operationFinished(
        stage: .backup,
        operation: OperationRecord(
          name: "back up",
          outcome: .passed,
          command: CommandExchange(service: nil, argv: ["restic"], ending: "exit 0"),
          facts: ["id": "abc"],
          difference: "other"
        )
      ),
      .readinessFinished(
        stage: .install,
        readiness: ReadinessRecord(
          gate: "GET /",
          spans: [.init(state: "000", count: 2, from: 0, to: 9)],
          ready: false,
          microseconds: 9,
          within: 10
        )
      ),
      .checkLearned(
        check: PlannedCheck(
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
      ),
      .checkStarted(check: id, fresh: ["unique": "u"]), .stepFinished(check: id, step: step),
      .controlFinished(check: id, control: ControlRecord(kind: .decoy, result: .failed)),
      .findingMade(
        finding: Finding(rule: "a", severity: .note, message: "m", place: nil, advice: "do")
      ), .attemptsMerged(attempts: [RunAttempt(AttemptMergeTests.record("a"))]),
    ] + Stage.allCases.map { .stageStarted(stage: $0) }
    + Outcome.Word.allCases.flatMap { word -> [RunEvent.What] in
      let outcome = Outcome(word, reason: reason)
      return [
        .checkFinished(check: id, outcome: outcome),
        .stageFinished(stage: .install, outcome: outcome),
      ]
    } + RunEnd.allCases.map { .runFinished(end: $0) }

  @Test(arguments: events) func anEventComesBackAsItWas(what: RunEvent.What) throws {
    let event = RunEvent(at: 42, what: what)
    #expect(try again(event) == event)
    let text = String(decoding: try JSONTextEncoder().bytes(of: event), as: UTF8.self)
    #expect(text.contains(#""\#(name(what))""#))
  }

  @Test func theTableHoldsEveryEvent() {
    #expect(Set(Self.events.map(name)).count == 14)
  }

  // MARK: On disk

  private func fixture(_ name: String) throws -> Data {
    let path = #filePath.replacing("EvidenceCodingTests.swift", with: "Fixtures/\(name)")
    return try #require(FileManager.default.contents(atPath: path))
  }

  @Test func eventsAreReadIntoTheirRecord() throws {
    var builder = RunRecord.Builder()
    for line in try fixture("events.ndjson").split(separator: UInt8(ascii: "\n")) {
      builder.add(try JSONTextDecoder().decode(from: Array(line)))
    }
    let record = try #require(builder.record())
    #expect(record.end == .finished)
    #expect(record.stages.map(\.outcome) == Array(repeating: .passed, count: 7))
    #expect(record == (try JSONTextDecoder().decode(from: Array(fixture("record.json")))))
  }

  @Test func coverageOfVersion1IsStillRead() throws {
    let coverage = try CoverageModel(json: Array(fixture("coverage.json")))
    #expect(coverage.schema == 1)
    #expect(coverage.level == 4)
    #expect(coverage.findings.count == 4)
    #expect(coverage.findings.allSatisfy { $0.about.isEmpty && !$0.isWaived })
    #expect(coverage.corpus.units == nil)
    #expect(coverage.corpus.pins == nil)
  }

  @Test func aFindingOfBeforeWaiversHadEndsIsStillWaived() throws {
    let text = """
      {"rule": "r", "severity": "warning", "message": "m", "advice": "a", "waived": "why (until then)"}
      """
    let finding = try JSONTextDecoder().decode(Finding.self, from: Array(text.utf8))
    #expect(finding.isWaived)
    #expect(finding.waived == "why (until then)")
    #expect(finding.waivedUntil == nil)
  }

  @Test func aFindingComesBackAsItWas() throws {
    let finding = Finding(
      rule: "r",
      severity: .error,
      message: "m",
      place: SourcePlace(file: "compose.yml", line: 2, column: 3),
      advice: "a",
      about: ["db", "db-data"],
      waived: "why",
      waivedUntil: "2027-01-01"
    )
    #expect(try again(finding) == finding)
  }
}
