import Evidence
import Formats
import MarkdownDocuments
import Testing
import XMLParts

@testable import Reports

@Suite struct SentenceTests {
  private static let check = Fixture.goal!
  private static let row = Assertion(
    .rows,
    .atLeast(1),
    actual: .number(0),
    holds: false,
    place: SourcePlace(file: "functional/a.yml", line: 7, column: 9)
  )
  private static let failed = Reason(.violated(assertions: [row]), during: "postgres db: SELECT 1")
  private static let dead = Reason(
    .violated(assertions: [
      Assertion(.header("location"), .exists(true), actual: .absent, holds: false)
    ]),
    during: "GET /",
    notes: [.died(service: "db", ending: "killed by signal 9", log: "PANIC: disk\n  at 0x0")]
  )

  /// One of each code, and each of its variants.
  static var reasons: [Reason] {
    let gap = PortGap(.becameOther, line: 4, source: "GET /x", wanted: "status is 200", own: [row])
    let stages: [Reason.Code] = [
      .notDeployed, .noSnapshot, .versionUnknown(detail: "no such label"),
      .sameFiles(base: "1.0.0+1", target: "1.0.1+1"), .blocked(by: .install, because: failed),
      .notReached(in: .backup, because: failed),
      .notReached(in: .backup, because: Reason(.blocked(by: .install, because: failed))),
      .notPerformed, .noChecks(in: .backup), .eventsUnreadable,
      .stopped(.failuresReached, failures: 3, detail: nil),
      .stopped(.died, failures: nil, detail: "disk full"), .notSelected(after: .backup),
      .notNeeded(RunSelection(parts: [.p1], checks: [check], stages: [.install])),
      .needs(check: check), .onlyOn(drivers: ["swarm"], driver: "local"),
      .onlyFor(versions: ">=3.0", version: "2.1"), .declared(why: "no volume is kept"),
      .noOlderVersion, .noBackupLabel, .dependencyDown(dependency: "sso", because: failed),
      .operationFailed(detail: "image not found"),
      .interrupted, .outputTruncated, .unknownName(name: "token"), .happened(milliseconds: 10_000),
      .form(selector: "#login", .noPage), .form(selector: "#login", .unreadable(.empty(.body))),
      .form(selector: "#login", .noForm(forms: ["form#search"])),
      .form(selector: "#login", .noForm(forms: [])),
      .form(selector: "form", .severalForms(count: 2)),
      .form(selector: "#login", .noField("usr", fields: ["user", "password"])),
      .form(selector: "#login", .disabled("user")),
      .form(selector: "#edit", .noChoice("x", of: "kind", choices: ["plain", "md"])),
      .form(selector: "#edit", .noButton("go", buttons: ["save"])),
      .form(selector: "#login", .elsewhere("http://sign-in.example.org/login")),
      .noAnswer(detail: "connection refused"), .searchGivenUp(detail: "the pattern took too long"),
    ]
    let controls: [Reason.Code] = [
      .noMarkerPlanted(store: "db", stage: .install), .storeNeverWritten(store: "db"),
      .keptInNoStore, .markerNotDropped(because: failed),
      .controlNotPossible(why: "nothing fresh is looked for"), .answeredByAnyPath,
      .gateTakesAnyPath(gate: "GET /healthz"), .addressElsewhere, .absenceUnseen,
      .standin(service: "app"),
      .checkFailed(check: check, because: failed),
      .checkDidNotTell(check: check, outcome: .skipped, because: .declared("too slow")),
      .assertsNothing(check: check), .assertsNothing(check: nil), .onlyAcknowledged, .mayBeStale,
      .imported(file: "report.xml", finished: "2026-05-29T18:05:16Z", age: .current),
      .imported(file: "report.xml", finished: "2026-05-29T18:05:16Z", age: .stale),
      .imported(file: "report.xml", finished: nil, age: .unknown),
      .onlyExited(check: nil), .onlyExited(check: check), .passesNowhere(check: nil),
      .controlPassed(check: check), .controlPassed(check: nil),
      .controlBroken(check: nil, because: failed), .controlMissing,
      .controlOfStoreMissing(because: failed), .controlOfStoreMissing(because: nil),
      .markerStillThere, .markerWasNotDropped, .noMarker(store: "db"),
      .tooFew(proven: 1, wanted: 2, failed: check), .tooFew(proven: 0, wanted: 1, failed: nil),
      .stageDidNotRun, .noGenericCheck(in: .install), .notPlanned(check: check),
      .notInRun(check: check), .nothingLookedAt(claim: "P1/backup"), .nothingLookedAt(claim: nil),
      .partNotAsked(part: .p3), .lintDidNotRun(driver: "local"), .notPorted, .nothingRan,
      .portGaps([gap]), .portUnread([PortGap(.addressUnknown, line: 3, source: "GET {…}")]),
      .originalChanged(changes: ["- GET /a", "+ GET /b", "- GET /c", "+ GET /d"]),
      .units(worst: [.init(unit: "restart.py", disposition: .missing)], of: 10),
      .units(
        worst: ["a.py", "b.py", "c.py", "d.py"].map { .init(unit: $0, disposition: .weaker) },
        of: 10
      ),
      .told(text: "as an older file says"),
    ]
    let ends = RunEnd.allCases.flatMap { end in
      Reason.UnendedPart.allCases.map { Reason.Code.unended($0, run: end, in: .backup) }
    }
    let answers: [Reason.Inconclusive] = [
      .status(503), .unexpectedStatus(403),
      .foreignPage(status: 404, owner: "nginx's own 404 page"),
      .programMissing(exit: 127), .unexpectedExit(1),
      .unreadable(.header("x-a"), .noHeader("x-a", names: [])),
    ]
    let gates: [Reason.GateAnswer] = [
      .none(detail: "connection refused"), .status(503, accepted: [200, 302]),
      .missing(status: 200, keys: ["clickhouse = ok"]),
      .foreignPage(status: 404, owner: "Traefik's own 404 page"),
    ]
    let codes =
      stages + controls + ends
      + answers.map { .inconclusive($0, never: false) } + [.inconclusive(.status(503), never: true)]
      + gates.map { .notReady(gate: "GET /api/health", milliseconds: 1_200_000, last: $0) }
      + Reason.ScriptProblem.allCases.map { .script(path: "opaque.sh", problem: $0, exit: 3) }
      + [
        .script(path: "a.py::test_x", problem: .testFailed, exit: 1, detail: "assert 500 == 200"),
        .script(path: "a.py::test_x", problem: .skipped, exit: 0, detail: "no browser"),
      ]
      + CorpusCoverage.State.allCases.map { .corpus($0) }
      + Reason.ControlProblem.allCases.map { .controlMissedItsPoint($0, because: failed) }
      + Reason.CountPhase.allCases.map { .rowsNotCounted(table: "sites", phase: $0, detail: "") }
    let notes: [Reason.Note] = [
      .foreignPage(owner: "Caddy's own welcome page"), .lost(detail: "the stack is gone"),
      .flaky(passed: [2], failed: [1], broken: []),
    ]
    return codes.map { Reason($0, during: "POST /api/event") } + [dead]
      + notes.map { Reason(failed.code, notes: [$0]) }
  }

  private static var assertions: [Assertion] {
    func one(_ subject: Subject, _ predicate: Predicate, _ actual: Assertion.Actual) -> Assertion {
      Assertion(subject, predicate, actual: actual, holds: false)
    }
    let text = TemplateTree.template(Template(literal: "a"))
    let kinds = Predicate.Kind.allCases.map { one(.body, .kind($0), .value(.null)) }
    return kinds + [
      one(.status, .equals(number: 202), .number(500)),
      one(.header("x-dropped"), .exists(false), .text("1")),
      one(.body, .contains(text), .excerpt("b b b", rest: 4_000)),
      one(.body, .not(.contains(text)), .text("a")), one(.stdout, .isEmpty, .text("x")),
      one(.stderr, .startsWith(Template(literal: "a")), .text("b")),
      one(.content, .endsWith(Template(literal: "a")), .absent),
      one(.xpath("//a"), .count([.atLeast(1), .less(.number("3"))]), .number(3)),
      one(.cell("name"), .oneOf([text, .number("5")]), .value(.null)),
      one(
        .row,
        .subset(.object([.init(key: "name", value: text)])),
        .unreadable(.told("not JSON"))
      ),
      one(.rows, .captured(name: "id"), .absent),
      one(.column("id"), .greater(.number("5")), .absent),
      one(.duration, .lessOrEqual(.number("500")), .number(900)), one(.size, .isEmpty, .number(9)),
      one(.exit, .equals(number: 0), .number(3)),
      one(.error, .exists(false), .text("42P01: relation \"x\" does not exist")),
      one(.gate, .isWell, .text("503")), one(.services, .atLeast(1), .number(0)),
      one(.service("db"), .isWell, .text("exit 1")),
      one(.runningVersion, .equals(text), .text("b")),
      one(.versionProof("image"), .exists(true), .absent),
      one(.contradiction, .exists(false), .text("app reports 1.1, expected 1.2")),
      one(.snapshotID, .exists(true), .absent), one(.snapshotFiles, .atLeast(1), .number(0)),
      one(.declaredPaths, .atLeast(1), .number(0)),
      one(.snapshotBytes(path: "cache"), .atLeast(1), .number(0)),
      one(.backedUp(service: "app"), .exists(true), .text("every volume is excluded")),
      one(.rowCount(table: "sites"), .atLeast(3), .number(2)),
      one(.leftovers, .isEmpty, .value(["volume a", "folder b"])),
      one(.dependency("sso"), .isWell, .text("not ready")),
      one(.deployments, .equals(number: 2), .number(1)),
      one(.written("a == 1, was 2"), .isWell, .absent),
    ] + unreadable.map { one(.body, .exists(false), .unreadable($0)) }
  }

  private static var unreadable: [Unreadable] {
    [
      .empty(.body),
      .notJSON(.stdout, detail: "JSON at line 1, column 1: expected a value"),
      .notXML(.content, detail: "XML document:1:5: tag mismatch"),
      .noMarkup(.body, type: "application/json"), .noMarkup(.stdout, type: nil),
      .unknownCharset(.body, name: "klingon"), .notText(.body, charset: "utf-8", offset: 6),
      .notText(.content, charset: nil, offset: 0), .cut(.content),
      .noMember("nmae", in: "$.items[*]", names: ["name", "id"]),
      .noMember("a", in: "$", names: []), .noElement(2, in: "$.items", count: 1),
      .otherKind("$.data", kind: "null"), .nothingFound, .otherNamespace, .noContainer("ul.notes"),
      .expressionFailed(detail: "XPath expression: undefined namespace prefix"),
      .noColumn("titel", names: ["title"]), .noRow, .noHeader("x-a", names: ["x-b"]), .noFile,
      .noFolder("/srv/dta"),
    ]
  }

  @Test func `An expected object reads alike at once and from a file`() throws {
    func member(_ key: String, _ value: TemplateTree) -> TemplateTree.Member {
      .init(key: key, value: value)
    }
    let inner = TemplateTree.object([member("z", .bool(true)), member("a", .null)])
    let now = Assertion(
      .row,
      .subset(.object([member("unit", inner), member("count", .number("2"))])),
      actual: .absent,
      holds: false
    )
    let read = try JSONTextDecoder().decode(
      Assertion.self,
      from: JSONTextEncoder().bytes(of: now)
    )
    #expect(now.expectations == ["row.count: 2", "row.unit.a: null", "row.unit.z: true"])
    #expect(read.expectations == now.expectations)
    #expect(read.sentence() == now.sentence())
  }

  @Test func `Every reason, assertion and gap has a sentence of its own`() throws {
    let causes = Self.reasons.map(\.cause)
    let said = Self.assertions.map { $0.sentence() }
    let expected = Self.assertions.flatMap(\.expectations)
    let gaps = PortGap.Kind.allCases.map {
      PortGap($0, line: 4, source: "GET /x", wanted: "status is 200").sentence
    }
    for group in [causes, said, gaps] {
      #expect(group.allSatisfy { !$0.isEmpty && !$0.contains("\n") })
    }
    #expect(Set(causes).count >= causes.count - RunEnd.allCases.count)
    let parts = [
      ("causes", causes), ("assertions", said), ("expectations", expected), ("gaps", gaps),
    ]
    let text = parts.map { "\($0):\n" + $1.map { "  \($0)\n" }.joined() }.joined(separator: "\n")
    try Golden.expect(text, is: "sentences.txt")
  }

  @Test func `A cause is one short line whatever others wrote, and the details have all of it`() {
    let long = Reason(.operationFailed(detail: "a\n\u{1B}[31m" + Fixture.long), during: "deploy")
    #expect(long.cause.count == Reason.causeLimit)
    #expect(!long.cause.utf8.contains(0x1B) && !long.cause.contains("\n"))
    #expect(long.details.joined().count > 10_000)
    #expect(long.details.count == 2)
  }

  @Test func `What died is the cause, and its last log lines are told with what that led to`() {
    #expect(Self.dead.cause.hasPrefix("db died"))
    #expect(Self.dead.furtherDetails.contains("  PANIC: disk"))
    #expect(Self.dead.furtherDetails.contains { $0.contains("header location") })
  }

  /// The reports of a run in which one check failed for a reason.
  private func reports(_ reason: Reason) throws -> [String: String] {
    var (coverage, record) = Fixture.plausible()
    let place = try #require(coverage.checks.firstIndex { $0.id == Self.check })
    record.checks[place].outcome = .failed(reason: reason)
    record.checks[place].steps[1].outcome = .failed(reason: reason)
    // The coverage holds no log and no value that another run would not have.
    var kept = reason
    kept.notes = reason.notes.map { note in
      if case .died(let service, let ending, _) = note {
        .died(service: service, ending: ending, log: "")
      } else {
        note
      }
    }
    coverage.checks[place].outcome = .failed(reason: kept)
    for index in coverage.claims.indices where coverage.claims[index].checks == [Self.check] {
      coverage.claims[index].verdict = .refuted(reason: kept)
    }
    let document = try JUnitReport(coverage, record).rendered().utf8
    let messages = try XMLPart.elements(of: document).filter { $0.name == "failure" }
      .compactMap { $0.attributes["message"] }
    let annotation = coverage.annotations.first { $0.title.hasPrefix("\(Self.check)") }
    return [
      "page": try MarkdownDocument(parsing: ParityPage(coverage).rendered()).html(),
      "JUnit": messages.joined(separator: "\n"),
      "terminal": TerminalSummary(coverage, record, style: .init(width: 500)).rendered(),
      "annotation": annotation?.message ?? "",
      "job summary": try MarkdownDocument(parsing: JobSummary([coverage]).rendered()).html(),
      "html": try HTMLReport(coverage, record).rendered(),
    ]
  }

  @Test(arguments: [failed, dead, Reason(.noAnswer(detail: "connection refused"), during: "GET /")])
  func `Every report names the same cause`(reason: Reason) throws {
    for (name, text) in try reports(reason) {
      #expect(text.contains(reason.cause), "the \(name) does not say \(reason.cause)")
    }
  }
}
