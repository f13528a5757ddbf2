import Evidence
import Formats
import SeededGenerators
import Testing

/// Subjects, predicates, assertions and reasons are values in JSON too.
@Suite struct TypedEvidenceTests {
  private func again<Value: Codable>(_ value: Value) throws -> Value {
    try JSONTextDecoder().decode(from: JSONTextEncoder().bytes(of: value))
  }

  /// The keys of an object, or the word itself.
  private func word(_ value: some Encodable) throws -> String {
    let json = try JSONParser().parse(JSONTextEncoder().bytes(of: value))
    return json.stringValue ?? json.objectValue?.members.map(\.key).joined(separator: " ") ?? ""
  }

  @Test func `Every subject comes back as it was, under a word of its own`() throws {
    for subject in RandomCoverage.subjects { #expect(try again(subject) == subject) }
    // Three paths and two patterns among them.
    let words = try Set(RandomCoverage.subjects.map(word))
    #expect(RandomCoverage.subjects.count == 39)
    #expect(words.count == 36)
  }

  @Test func `Every predicate comes back as it was`() throws {
    var words: Set<String> = []
    // So many that each word comes.
    for seed in 0..<600 {
      var random = RandomCoverage(seed: UInt64(seed))
      let predicate = random.predicate()
      #expect(try again(predicate) == predicate)
      words.insert(try word(predicate))
    }
    #expect(words.count == 21)
  }

  @Test func `Of a confidential header neither what was wanted is kept nor what was there`() throws
  {
    func text(_ text: String) throws -> TemplateTree {
      .template(try Template(parsing: text))
    }
    let assertion = Assertion(
      .header("Set-Cookie"),
      .not(.contains(try text("sid=Zq81xW; Path={{path}}"))),
      filled: .not(.contains(try text("sid=Zq81xW; Path=/"))),
      actual: .text("sid=Zq81xW; Path=/; HttpOnly"),
      holds: false
    )
    let others: [Assertion] = [
      Assertion(
        .header("authorization"),
        .matches(try Pattern("Bearer Zq81xW.*")),
        actual: .value(.array(["Bearer Zq81xW"])),
        holds: true
      ),
      Assertion(.header("X-Api-Key"), .equals(try text("Zq81xW")), actual: .absent, holds: false),
      Assertion(
        .header("cookie"),
        .oneOf([try text("a=Zq81xW")]),
        actual: .excerpt("a=Zq81xW", rest: 9),
        holds: true
      ),
    ]
    for assertion in [assertion] + others {
      let json = String(decoding: try JSONTextEncoder().bytes(of: assertion), as: UTF8.self)
      #expect(!json.contains("Zq81xW"), "\(json)")
      #expect(try again(assertion) == assertion)
    }
    #expect(assertion.actual == .text("sid=[masked]; Path=/; HttpOnly"))
    #expect(assertion.predicate == .not(.contains(try text("sid=[masked]; Path={{path}}"))))
    let shown = Assertion(
      .header("location"),
      .equals(try text("/a?b=c")),
      actual: .text("/a?b=d"),
      holds: false
    )
    #expect(shown.actual == .text("/a?b=d"))
  }

  @Test(arguments: Seeds.upTo(300)) func `An assertion comes back as it was`(_ seed: Int) throws {
    var random = RandomCoverage(seed: UInt64(seed))
    let assertion = random.assertion()
    #expect(try again(assertion) == assertion)
    #expect(try again(assertion.asserted) == assertion.asserted)
  }

  @Test func `Every reason comes back as it was, under a code of its own`() throws {
    var words: Set<String> = []
    for seed in 0..<40 {
      var random = RandomCoverage(seed: UInt64(seed))
      for code in random.codes() {
        let reason = Reason(code, during: random.text(), notes: random.list(2) { $0.note() })
        #expect(try again(reason) == reason)
        #expect(reason.mapTexts { $0 } == reason)
        #expect(isKnown(code))
        words.insert(try word(code))
      }
    }
    #expect(words.count == 83)
  }

  /// A new code fails to compile until it stands here, and then in `RandomCoverage.codes`.
  private func isKnown(_ code: Reason.Code) -> Bool {
    switch code {
    case .violated, .happened, .noAnswer, .inconclusive, .searchGivenUp, .outputTruncated,
      .unknownName, .form, .interrupted, .script, .notReady, .operationFailed, .notDeployed,
      .noSnapshot,
      .versionUnknown, .versionNotShown, .sameFiles, .blocked, .notReached, .notPerformed,
      .noChecks, .unended,
      .eventsUnreadable, .stopped, .notSelected, .notNeeded, .needs, .onlyOn, .onlyFor, .declared,
      .noOlderVersion, .noRepository, .runLost, .shardLost, .noBackupLabel, .dependencyDown,
      .noMarkerPlanted,
      .markerNotDropped, .notCarried, .sessionNotMadeAgain, .inventoryNotTaken, .storeNeverWritten,
      .keptInNoStore,
      .rowsNotCounted,
      .controlMissedItsPoint, .controlNotPossible,
      .standin,
      .answeredByAnyPath, .gateTakesAnyPath, .addressElsewhere, .absenceUnseen,
      .checkFailed, .checkDidNotTell, .assertsNothing, .onlyAcknowledged, .onlyExited,
      .imported,
      .passesNowhere, .mayBeStale,
      .controlPassed, .controlBroken, .controlMissing, .controlOfStoreMissing, .upgradeNotProven,
      .markerStillThere,
      .markerWasNotDropped, .noMarker, .tooFew, .stageDidNotRun, .noGenericCheck, .notPlanned,
      .notInRun, .nothingLookedAt, .partNotAsked, .lintDidNotRun, .corpus, .notPorted, .nothingRan,
      .portGaps, .portUnread, .originalChanged, .units, .told:
      true
    }
  }

  @Test func `The order in which an operand's members are written has no say`() {
    func object(_ keys: [String]) -> TemplateTree {
      .list([.object(keys.map { .init(key: $0, value: .null) })])
    }
    #expect(object(["b", "a"]) == object(["a", "b"]))
    #expect(Set([object(["b", "a"]), object(["a", "b"])]).count == 1)
    #expect(object(["a"]) != object(["b"]))
    #expect(TemplateTree.list([.null, .bool(true)]) != .list([.bool(true), .null]))
    #expect(TemplateTree.number("1") != .number("1.0"))
    #expect(TemplateTree.number("1") != .template(Template(literal: "1")))
  }

  @Test func `What is too long to be kept is cut, and nothing else is`() {
    let long = String(repeating: "é", count: 2_000)
    guard case .excerpt(let start, let rest) = Assertion.Actual(.string(long)) else {
      Issue.record("it is kept as a whole")
      return
    }
    #expect(long.hasPrefix(start))
    #expect(start.utf8.count + rest == 4_000)
    #expect(start.utf8.count <= Assertion.Actual.limit)
    #expect(Assertion.Actual(.string("é")) == .text("é"))
    #expect(Assertion.Actual(.null) == .value(.null))
    #expect(Assertion.Actual(nil) == .absent)
  }

  @Test(arguments: [
    #"{}"#, #"{"no": 1}"#, #"{"matches": "("}"#, #"{"exists": "yes"}"#, #"{"kind": "list of"}"#,
  ]) func `What is no predicate is refused`(_ text: String) {
    #expect(throws: JSONParsingError.self) {
      try JSONTextDecoder().decode(Predicate.self, from: Array(text.utf8))
    }
  }

  @Test(arguments: [
    #""header""#, #""no""#, #"{"status": "x"}"#, #"{"jsonpath": "$["}"#, #"{"regex": "("}"#, "{}",
    "3",
  ]) func `What is no subject is refused`(_ text: String) {
    #expect(throws: JSONParsingError.self) {
      try JSONTextDecoder().decode(Subject.self, from: Array(text.utf8))
    }
  }
}
