import Evidence
import Formats
import SeededGenerators

/// Assertions and reasons of every kind.
extension RandomCoverage {
  // MARK: Operands

  static let operands: [TemplateTree] = [
    .null, .bool(true), .number("0"), .number("-1.10"), .number("1e400"),
    .number("123456789012345678901"), .template(Template(literal: "")),
    .template(Template(literal: "é {{ \" \n")), .template(Template(name: "unique")),
    .template(template("/{{ site }}/{{{{x")), .list([]), .object([]),
  ]

  /// A text whose braces are well-formed.
  static func template(_ text: String) -> Template {
    (try? Template(parsing: text)) ?? Template(literal: text)
  }

  mutating func operand(depth: Int = 2) -> TemplateTree {
    guard depth > 0, chance(3) else { return generator.pick(Self.operands) }
    if chance(2) { return .list(list(3) { $0.operand(depth: depth - 1) }) }
    // In an order that is not that of their keys.
    let keys = ["b", "a", "é", "z z"].shuffled(using: &generator).prefix(generator.below(4))
    return .object(keys.map { .init(key: $0, value: operand(depth: depth - 1)) })
  }

  // MARK: Assertions

  static let subjects: [Subject] =
    [
      .status, .header("content-type"), .body, .xpath("//a[@b = 'c d']"), .rows, .row,
      .cell("a.b c"), .column("n"), .stdout, .stderr, .exit, .size, .content, .path(.mode),
      .duration, .error,
      .gate, .services, .service("app"), .runningVersion, .versionProof("app says"),
      .contradiction, .snapshotID, .snapshotFiles, .declaredPaths, .snapshotBytes(path: "db/x"),
      .backedUp(service: "db"), .rowCount(table: "sites"), .inventory("table t"), .leftovers,
      .dependency("sso"), .deployments,
      .written("é \"x\" == 1"),
    ] + ["$", "$.a['b c'][0]", "$..x[?@.n > 1]"].compactMap { try? .jsonpath(JSONPath($0)) }
    + [".a > b"].compactMap { try? .css(CSSSelector($0)) }
    + ["a(b)?", "\\d+/é"].compactMap { try? .regex(Pattern($0)) }

  mutating func predicate(depth: Int = 2) -> Predicate {
    let pattern = try? Pattern(generator.pick(["a|b", "^\\S+$"]))
    let text = Self.template(generator.pick(["/", "{{unique}}-x", "{{{{", ""]))
    switch generator.below(19) {
    case 0: return .greater(operand())
    case 1: return .greaterOrEqual(operand())
    case 2: return .less(operand())
    case 3: return .lessOrEqual(operand())
    case 4: return .contains(operand())
    case 5: return .startsWith(text)
    case 6: return .endsWith(text)
    case 7: return pattern.map { .matches($0) } ?? .isEmpty
    case 8: return .exists(chance(2))
    case 9 where depth > 0: return .count(list(2) { $0.predicate(depth: depth - 1) })
    case 10: return .kind(generator.pick(Predicate.Kind.allCases))
    case 11: return .isEmpty
    case 12: return .subset(operand())
    case 13: return .oneOf(list(3) { $0.operand() })
    case 14 where depth > 0: return .not(predicate(depth: depth - 1))
    case 15: return .captured(name: "id")
    case 16: return .isWell
    case 17:
      let bytes: [BytesSource] = [
        .file(text), .sha256(text), .fresh(FreshBytes(size: 9, seed: text)),
      ]
      return .hasBytes(generator.pick(bytes))
    default: return .equals(operand())
    }
  }

  mutating func unreadable() -> Unreadable {
    let part = generator.pick(Unreadable.Part.allCases)
    return generator.pick([
      .told(text()), .empty(part), .notJSON(part, detail: text()), .notXML(part, detail: text()),
      .noMarkup(part, type: text()), .unknownCharset(part, name: text()),
      .notText(part, charset: text(), offset: 3), .cut(part), .noRow, .noFile,
      .noMember(text(), in: "$.a", names: list(3) { $0.text() }), .noElement(1, in: "$", count: 0),
      .otherKind("$.a", kind: "null"), .nothingFound, .otherNamespace, .noContainer("ul"),
      .expressionFailed(detail: text()), .noColumn(text(), names: list(3) { $0.text() }),
      .noHeader(text(), names: []), .noFolder(text()),
    ])
  }

  mutating func actual() -> Assertion.Actual {
    switch generator.below(5) {
    case 0: .absent
    case 1: .unreadable(unreadable())
    case 2: .excerpt(text(), rest: generator.below(9_000))
    case 3: .value(generator.pick([.null, false, 7, 1.5, ["a", ["b": 1]], [:]]))
    default: .text(text())
    }
  }

  mutating func assertion() -> Assertion {
    Assertion(
      generator.pick(Self.subjects),
      predicate(),
      filled: some { $0.predicate() },
      actual: actual(),
      holds: chance(2),
      isNever: chance(4),
      place: some { $0.place() }
    )
  }

  mutating func gap() -> PortGap {
    PortGap(
      generator.pick(PortGap.Kind.allCases),
      line: some { $0.generator.below(99) },
      source: text(),
      wanted: text(),
      own: list(2) { $0.assertion() }
    )
  }

  // MARK: Reasons

  mutating func reason(depth: Int = 2) -> Reason {
    let codes = codes(depth: depth)
    return Reason(generator.pick(codes), during: some { $0.text() }, notes: list(1) { $0.note() })
  }

  mutating func note() -> Reason.Note {
    switch generator.below(4) {
    case 0: .died(service: text(), ending: text(), log: text())
    case 1: .foreignPage(owner: text())
    case 2: .flaky(passed: list(2) { $0.generator.below(9) }, failed: [1], broken: [])
    default: .lost(detail: text())
    }
  }

  /// One of each code; those that rest on another reason only above the depth 0.
  mutating func codes(depth: Int = 1) -> [Reason.Code] {
    let codes = runCodes() + claimCodes()
    return depth > 0 ? codes + nestedCodes(because: reason(depth: depth - 1)) : codes
  }

  private mutating func formProblem() -> FormProblem {
    generator.pick([
      .noPage, .unreadable(.empty(.body)), .noForm(forms: [text()]), .severalForms(count: 2),
      .noField(text(), fields: [text()]), .disabled(text()),
      .noChoice(text(), of: text(), choices: [text()]), .noButton(text(), buttons: [text()]),
      .elsewhere(text()),
    ])
  }

  private mutating func runCodes() -> [Reason.Code] {
    let inconclusive: [Reason.Inconclusive] = [
      .status(503), .unexpectedStatus(403), .foreignPage(status: 404, owner: text()),
      .programMissing(exit: 127), .unexpectedExit(1),
    ]
    let answers: [Reason.GateAnswer] = [
      .none(detail: text()), .status(503, accepted: [200, 302]),
      .missing(status: 200, keys: list(2) { $0.text() }), .foreignPage(status: 200, owner: text()),
    ]
    let selection = RunSelection(parts: [.p1, .p3], checks: [id(1)], stages: [.install])
    return [
      .violated(assertions: [assertion()] + list(2) { $0.assertion() }),
      .happened(milliseconds: 9), .noAnswer(detail: text()),
      .inconclusive(generator.pick(inconclusive), never: chance(2)),
      .searchGivenUp(detail: text()), .outputTruncated, .unknownName(name: text()), .interrupted,
      .form(selector: text(), formProblem()),
      .script(
        path: text(),
        problem: generator.pick(Reason.ScriptProblem.allCases),
        exit: 5,
        detail: some { $0.text() }
      ),
      .notReady(gate: text(), milliseconds: 7, last: generator.pick(answers)),
      .operationFailed(detail: text()), .notDeployed, .noSnapshot, .versionUnknown(detail: text()),
      .versionNotShown(doubts: [text()]),
      .sameFiles(base: text(), target: text()), .notPerformed, .noChecks(in: .backup),
      .unended(
        generator.pick(Reason.UnendedPart.allCases),
        run: generator.pick(RunEnd.allCases),
        in: some { $0.generator.pick(Stage.allCases) }
      ), .eventsUnreadable,
      .stopped(
        .failuresReached,
        failures: some { $0.generator.below(9) },
        detail: some { $0.text() }
      ),
      .notSelected(after: .backup), .notNeeded(selection), .needs(check: id(2)),
      .onlyOn(drivers: list(2) { $0.text() }, driver: text()),
      .onlyFor(versions: text(), version: text()), .declared(why: text()), .noOlderVersion,
      .noRepository(path: text()), .runLost(run: some { $0.text() }),
      .shardLost(Shard(number: 2, count: 5), isMissing: chance(2)), .noBackupLabel,
      .noMarkerPlanted(store: text(), stage: .install),
      .rowsNotCounted(
        table: some { $0.text() },
        phase: generator.pick(Reason.CountPhase.allCases),
        detail: text()
      ), .controlNotPossible(why: text()), .answeredByAnyPath,
      .gateTakesAnyPath(gate: text()), .addressElsewhere, .absenceUnseen,
    ]
  }

  private mutating func claimCodes() -> [Reason.Code] {
    [
      .standin(service: text()), .assertsNothing(check: some { $0.id(1) }), .onlyAcknowledged,
      .onlyExited(check: some { $0.id(1) }),
      .imported(
        file: text(),
        finished: some { $0.text() },
        age: generator.pick(ImportedSource.Age.allCases)
      ),
      .passesNowhere(check: some { $0.id(1) }),
      .mayBeStale, .controlPassed(check: some { $0.id(1) }), .controlMissing,
      .controlOfStoreMissing(because: nil), .markerStillThere, .markerWasNotDropped,
      .noMarker(store: text()), .tooFew(proven: 1, wanted: 2, failed: some { $0.id(1) }),
      .stageDidNotRun, .noGenericCheck(in: .install), .notPlanned(check: id(1)),
      .notInRun(check: id(1)), .nothingLookedAt(claim: some { $0.text() }),
      .partNotAsked(part: generator.pick(ClaimPart.allCases)), .lintDidNotRun(driver: text()),
      .corpus(generator.pick(CorpusCoverage.State.allCases)), .notPorted, .nothingRan,
      .portGaps(list(2) { $0.gap() }), .portUnread(list(2) { $0.gap() }),
      .originalChanged(changes: list(2) { $0.text() }),
      .units(
        worst: list(2) { random in
          .init(
            unit: random.text(),
            disposition: random.generator.pick(UnitCoverage.Disposition.allCases)
          )
        },
        of: 9
      ), .told(text: text()),
    ]
  }

  private mutating func nestedCodes(because: Reason) -> [Reason.Code] {
    [
      .blocked(by: .install, because: because), .notReached(in: .backup, because: because),
      .markerNotDropped(because: because),
      .notCarried(because: because), .sessionNotMadeAgain(because: because),
      .storeNeverWritten(store: text()), .keptInNoStore,
      .inventoryNotTaken(phase: .after, detail: text()),
      .controlMissedItsPoint(
        generator.pick(Reason.ControlProblem.allCases),
        because: because
      ), .checkFailed(check: id(1), because: because),
      .checkDidNotTell(
        check: id(1),
        outcome: generator.pick(Outcome.Word.allCases),
        because: because
      ), .controlBroken(check: some { $0.id(1) }, because: because),
      .controlOfStoreMissing(because: because),
      .upgradeNotProven(because: because),
      .dependencyDown(dependency: text(), because: because),
    ]
  }
}
