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
    #expect(RandomCoverage.subjects.count == 34)
    #expect(words.count == 31)
  }

  @Test func `Every predicate comes back as it was`() throws {
    var words: Set<String> = []
    for seed in 0..<600 {
      var random = RandomCoverage(seed: UInt64(seed))
      let predicate = random.predicate()
      #expect(try again(predicate) == predicate)
      words.insert(try word(predicate))
    }
    #expect(words.count == 18)
  }

  @Test(arguments: 0..<300) func `An assertion comes back as it was`(_ seed: Int) throws {
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
    #expect(words.count == 67)
  }

  /// A new code fails to compile until it stands here, and then in `RandomCoverage.codes`.
  private func isKnown(_ code: Reason.Code) -> Bool {
    switch code {
    case .violated, .happened, .noAnswer, .inconclusive, .searchGivenUp, .outputTruncated,
      .unknownName, .interrupted, .script, .notReady, .operationFailed, .notDeployed, .noSnapshot,
      .versionUnknown, .sameFiles, .blocked, .notReached, .notPerformed, .noChecks, .unended,
      .eventsUnreadable, .stopped, .notSelected, .notNeeded, .needs, .onlyOn, .onlyFor, .declared,
      .noOlderVersion, .noRepository, .runLost, .shardLost, .noBackupLabel, .noMarkerPlanted,
      .markerNotDropped, .rowsNotCounted, .controlMissedItsPoint, .controlNotPossible, .standin,
      .checkFailed, .checkDidNotTell, .assertsNothing, .onlyAcknowledged, .mayBeStale,
      .controlPassed, .controlBroken, .controlMissing, .controlOfStoreMissing, .markerStillThere,
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
