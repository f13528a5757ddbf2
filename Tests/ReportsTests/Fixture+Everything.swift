import Formats

@testable import Evidence

extension Fixture {
  /// What somebody may write, or an app may answer, to break a report.
  static let hostile: [String] = [
    "a | b || c",
    "`code` ``more`` ```",
    "<script>alert(1)</script>",
    "]]> <!-- --> &amp; &#0;",
    "\u{1B}[31mred\u{1B}[0m \u{1B}]0;title\u{07} bell",
    "nul\u{0} del\u{7F} \u{FFFE}\u{FFFF}",
    "\u{202E}desrever\u{202C} עברית",
    "line one\nline two\r\n\n# not a heading\n| not | a | row |",
    "**bold** _under_ [link](javascript:alert(1)) ![image](http://example.org/x.png)",
    "{{recipe}} {{{notes}}} {{> page/claim}}",
    "\\| \\` \\",
    "e\u{301} é 👩‍👩‍👧‍👦 🇫🇷",
  ]

  /// More than anybody reads, with a terminal code at every cut.
  static let long = String(repeating: "long \u{1B}[1m| ", count: 1_000)

  static func verdict(_ word: Verdict.Word, _ text: String) -> Verdict {
    let reason = Reason.told(text)
    return switch word {
    case .proven: .proven
    case .provenOnStandin: .provenOnStandin(reason: reason)
    case .refuted: .refuted(reason: reason)
    case .unproven: .unproven(reason: reason)
    case .vacuous: .vacuous(reason: reason)
    case .declared: .declared(reason: reason)
    case .deferred: .deferred(reason: reason, until: "2027-01-01 or \(text)")
    case .notApplicable: .notApplicable(reason: reason)
    }
  }

  /// Every verdict, outcome, strength, kind, stage, rung state, severity and hostile text.
  static func everything(
    corpus state: CorpusCoverage.State = .scripts,
    end: RunEnd = .died,
    isOnStandin: Bool = false
  ) -> (CoverageModel, RunRecord) {
    var texts = hostile.makeIterator()
    func text() -> String {
      if let next = texts.next() { return next }
      texts = hostile.makeIterator()
      return texts.next() ?? ""
    }
    // Names of checks and units come without control characters.
    let plain = hostile.filter { TerminalText.stripped($0) == $0 && !$0.contains("\n") }
    var checks: [CheckCoverage] = []
    for kind in CheckKind.allCases {
      for word in Outcome.Word.allCases {
        let strength = Strength.allCases[checks.count % Strength.allCases.count]
        let stage = Stage.allCases[checks.count % Stage.allCases.count]
        let name = "test_\(word.rawValue)_\(strength.rawValue)"
        let id =
          kind == .generic
          ? CheckID.generic(stage, name)
          : CheckID(
            folder: kind.rawValue,
            stem: "st|em`",
            name: name + "[\(plain[checks.count % plain.count].prefix(20))]"
          )
        var one = check(
          id,
          kind,
          stage,
          text(),
          strength,
          outcome: Outcome(word, reason: .told(text())),
          isHealth: strength == .ack,
          control: control(checks.count)
        )
        one.evidence = [
          EvidenceStep(
            act: text(),
            assertions: [
              Assertion(
                .header(text()),
                .contains(.template(Template(literal: text()))),
                actual: .absent,
                holds: true
              )
            ]
          )
        ]
        one.ports = ["older/\(text().prefix(10)).py"]
        checks.append(one)
      }
    }
    var claims: [Claim] = []
    for part in [ClaimPart.p1, .p2] {
      for (index, word) in Verdict.Word.allCases.enumerated() {
        claims.append(
          Claim(
            id: "\(part.rawValue)/unit_\(index).py",
            part: part,
            about: text(),
            verdict: verdict(word, text()),
            checks: index.isMultiple(of: 2) ? [] : [checks[index].id, checks[index + 1].id]
          )
        )
      }
    }
    for (index, check) in checks.filter({ $0.kind == .functional && !$0.isHealth }).enumerated() {
      claims.append(
        Claim(
          id: "P3/\(check.id)",
          part: .p3,
          about: check.about,
          verdict: verdict(Verdict.Word.allCases[index % Verdict.Word.allCases.count], text()),
          checks: [check.id]
        )
      )
    }
    let stores = StoreFacts.Kind.allCases.enumerated().flatMap { index, kind in
      Verdict.Word.allCases.map { word in
        StoreCoverage(
          name: "\(kind.rawValue)_\(word.rawValue)",
          kind: kind,
          marker: word == .unproven ? nil : text(),
          counts: index == 0 ? ["a|b", "c"] : [],
          mechanism: word == .vacuous ? nil : text(),
          upgrade: verdict(word, text()),
          dropped: verdict(word, text()),
          restored: verdict(word, text()),
          recovered: verdict(word, text()),
          result: verdict(word, text())
        )
      }
    }
    for store in stores {
      let parts = [
        ("upgrade", store.upgrade), ("dropped", store.dropped), ("restored", store.restored),
        ("recovered", store.recovered),
      ]
      for (name, verdict) in parts {
        claims.append(
          Claim(id: "P4/\(store.name)/\(name)", part: .p4, verdict: verdict, checks: [])
        )
      }
    }
    let units = UnitCoverage.Disposition.allCases.enumerated().map { index, disposition in
      UnitCoverage(
        id: "\(index).py::\(plain[index % plain.count])",
        disposition: disposition,
        about: text(),
        script: "\(index).py",
        lines: [1, 2],
        checks: disposition == .missing ? [] : [checks[index].id],
        strength: index == 0 ? .state : nil,
        facts: [text()],
        changes: disposition == .drifted ? [text()] : [],
        weaker: disposition == .weaker
          ? PortGap.Kind.allCases.map { PortGap($0, line: 4, source: text(), wanted: text()) } : [],
        unread: disposition == .unread ? [PortGap(.notRead, line: 7, source: text())] : []
      )
    }
    claims += (state == .scripts ? units : []).map { unit in
      Claim(
        id: "P2/\(unit.id)",
        part: .p2,
        about: unit.about,
        verdict: unit.disposition == .ported ? .proven : .unproven(reason: .told(text())),
        checks: unit.checks
      )
    }
    let coverage = CoverageModel(
      recipe: "every-thing",
      driver: "swarm",
      standins: isOnStandin ? [Standin(service: "app", what: text(), versions: [])] : [],
      base: nil,
      target: RecipeRevision(version: "1.10.0+2", tree: hash),
      suiteTree: hash,
      corpus: CorpusCoverage(
        state: state,
        root: "recipe-info",
        path: "recipe-info/every-thing/tests",
        recipes: 20,
        scripts: state == .scripts ? ["a.py", "b.sh"] : [],
        tree: state == .rootMissing ? nil : hash,
        isSample: false,
        detail: state == .scripts ? nil : "the project's words",
        units: state == .scripts ? units : nil
      ),
      policy: CoveragePolicy(functionalChecks: 1),
      level: 0,
      rungs: RungCoverage.State.allCases.enumerated().map { index, state in
        RungCoverage(
          level: index + 1,
          name: ["install", "upgrade", "backup, restore and recover", "functional"][index],
          state: state,
          reason: state == .pass ? nil : .told(text())
        )
      },
      gate: GateCoverage(
        path: "/a|b`c",
        port: "app:80",
        accepts: [200, 302],
        requires: [.init(key: text(), value: text())],
        within: 300
      ),
      claims: claims,
      checks: checks,
      stores: stores,
      deferrals: hostile.map { Deferral(what: $0, why: $0, until: $0) },
      notes: hostile.joined(separator: "\n\n"),
      findings: Finding.Severity.allCases.map {
        Finding(
          rule: "rule-\($0.rawValue)",
          severity: $0,
          message: text(),
          advice: text(),
          waived: $0 == .note ? text() : nil
        )
      }
    )
    var record = record(of: coverage, end: end)
    record.stages[6].outcome = .failed(reason: .told(text()))
    record.stages[0].operations = [
      OperationRecord(
        name: "deploy",
        outcome: .broken(reason: .told(text())),
        facts: ["b": text()]
      ),
      OperationRecord(name: "deploy", outcome: .failed(reason: .told(text()))),
    ]
    record.stages[1].readiness?.ready = false
    return (coverage, record)
  }

  private static func control(_ index: Int) -> ControlCoverage? {
    let results: [ControlRecord.Result] = [
      .failed, .passed, .broken(reason: .told(hostile[index % hostile.count])),
      .notPossible(reason: .told(hostile[(index + 1) % hostile.count])),
    ]
    if index.isMultiple(of: 5) { return nil }
    let kinds = ControlRecord.Kind.allCases
    return ControlCoverage(
      kind: kinds[index % kinds.count],
      result: results[(index / 2) % results.count]
    )
  }

  /// A run of so many checks in one suite, all but every thousandth passed.
  static func large(_ count: Int) -> (CoverageModel, RunRecord) {
    var (coverage, record) = plausible()
    coverage.notes = nil
    coverage.checks = (0..<count).map { index in
      var one = check(
        CheckID(folder: "functional", stem: "many", name: "test_number_\(index)"),
        .functional,
        .functional,
        "",
        .content,
        outcome: index % 1_000 == 999 ? .failed(reason: .told("expected 200, got 500")) : .passed
      )
      one.evidence = []
      return one
    }
    coverage.claims = []
    coverage.stores = []
    record.checks = coverage.checks.map {
      CheckRecord(
        id: $0.id,
        kind: $0.kind,
        stage: $0.stage,
        outcome: $0.outcome,
        startedAt: 0,
        microseconds: 1_234
      )
    }
    return (coverage, record)
  }
}
