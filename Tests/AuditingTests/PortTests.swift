import Corpus
import Evidence
import Testing

@testable import Auditing
@testable import Suites

@Suite struct PortTests {
  static func ported() -> Sample {
    var sample = Sample()
    sample.addPort()
    sample.pin()
    return sample
  }

  @Test func `A port that passed and looked at all of its original is proven`() {
    let sample = Self.ported()
    #expect(sample.disposition() == .ported)
    #expect(sample.verdict("P2/health.py::test_up") == .proven)
    #expect(sample.verdict("P2") == .proven)
    #expect(sample.status == .proven)
    #expect(sample.units.first?.checks == [Sample.first])
    #expect(sample.units.first?.isPinned == true)
  }

  @Test func `On a stand-in it is never plainly proven`() {
    var sample = Self.ported()
    sample.addStandin()
    #expect(sample.verdict("P2/health.py::test_up")?.word == .provenOnStandin)
    #expect(sample.verdict("P2")?.word == .provenOnStandin)
  }

  @Test(arguments: [
    "health.py", "health.py::*", "recipe-info/demo/tests/health.py", "tests/health.py",
    "./health.py", "demo/tests/health.py::test_up",
  ])
  func `A script, its path in the corpus, and a star mean all of its units`(_ name: String) {
    var sample = Self.ported()
    sample.link(Sample.first, to: [name])
    #expect(sample.disposition() == .ported)
  }

  @Test func `What no check names is missing and refuted`() {
    var sample = Self.ported()
    sample.suite.checks = []
    #expect(sample.disposition() == .missing)
    #expect(sample.verdict("P2")?.word == .refuted)
    #expect(sample.status == .refuted)
  }

  // MARK: What the run showed

  @Test(arguments: Outcome.Word.allCases)
  func `Only a check that passed makes its unit ported`(_ word: Outcome.Word) {
    var sample = Self.ported()
    sample.set(Sample.first, Outcome(word, reason: "why"))
    let wanted: UnitCoverage.Disposition =
      word == .passed ? .ported : word == .failed ? .failing : .unshown
    #expect(sample.disposition() == wanted)
    #expect(sample.verdict("P2")?.isProven == (word == .passed))
    switch word {
    case .passed: #expect(sample.reason() == nil)
    case .failed:
      #expect(sample.reason() == .checkFailed(check: Sample.first, because: "why"))
    case .broken, .skipped, .notRun:
      #expect(
        sample.reason() == .checkDidNotTell(check: Sample.first, outcome: word, because: "why")
      )
    }
  }

  @Test func `A check that is not in the run, or cannot fail, shows nothing`() {
    var absent = Self.ported()
    absent.remove { $0 == Sample.first }
    #expect(absent.disposition() == .unshown)
    #expect(absent.reason() == .notInRun(check: Sample.first))
    var unable = Self.ported()
    unable.setControl(Sample.first, .passed)
    #expect(unable.disposition() == .unshown)
    var empty = Self.ported()
    empty.setStrength(Sample.first, .none)
    #expect(empty.disposition() == .unshown)
  }

  @Test func `One failing port among several refutes the unit`() {
    var sample = Self.ported()
    sample.link(Sample.second, to: ["health.py"])
    #expect(sample.disposition() == .ported)
    sample.set(Sample.second, .failed(reason: "no"))
    #expect(sample.disposition() == .failing)
  }

  // MARK: What the port looked at

  @Test(arguments: [
    (url: "http://h/api/health", method: "POST"), (url: "http://h/", method: "GET"),
    (url: "http://h/api/health/x", method: "GET"),
  ])
  func `A port that asks another address is weaker, and the address is named`(
    _ request: (url: String, method: String)
  ) {
    var sample = Self.ported()
    sample.see(
      Sample.first,
      request.method,
      request.url,
      [(.status, .equals(200)), (.json("$.postgres"), .equals("ok"))]
    )
    #expect(sample.disposition() == .weaker)
    #expect(sample.gaps.first == PortGap(.neverAsked, line: 5, source: "GET /api/health"))
    #expect(sample.reason() == .portGaps(sample.gaps))
    #expect(sample.verdict("P2")?.word == .unproven)
  }

  /// What a port saw, and what of its original is then not shown.
  static let weaker: [([(Subject, Predicate)], String, PortGap.Kind, Predicate?)] = [
    ([(.status, .less(500))], "status == 200", .becameOther, .less(500)),
    ([(.status, .oneOf([200, 302]))], "status == 200", .becameOther, .oneOf([200, 302])),
    ([(.status, .equals(200))], #"field postgres == "ok""#, .neverLookedAt, nil),
    (
      [(.status, .equals(200)), (.json("$['postgres']"), .exists(true))],
      #"field postgres == "ok""#, .becameOther, .exists(true)
    ),
    (
      [(.status, .equals(200)), (.json("$.postgres"), .equals("ko"))],
      #"field postgres == "ok""#, .becameOther, .equals("ko")
    ),
    (
      [(.status, .equals(200)), (.json("$.postgres"), .equals("ok"))],
      #"header content-type lacks "text/html""#, .neverLookedAt, nil
    ),
  ]

  @Test(arguments: weaker)
  func `An assertion that became weaker is named`(
    _ seen: [(Subject, Predicate)],
    _ wanted: String,
    _ kind: PortGap.Kind,
    _ own: Predicate?
  ) {
    var sample = Self.ported()
    sample.see(Sample.first, "GET", "http://h/api/health", seen)
    #expect(sample.disposition() == .weaker)
    let gap = sample.gaps.first { $0.wanted == wanted }
    #expect(gap?.source == "GET /api/health")
    #expect(gap?.kind == kind)
    #expect(gap?.own.map(\.predicate) == own.map { [$0] } ?? [])
  }

  @Test func `What did not hold, or stands in a step that did not pass, shows nothing`() {
    var unheld = Self.ported()
    unheld.set(Sample.first) { $0.steps[0].assertions[1].holds = false }
    #expect(unheld.disposition() == .weaker)
    var failed = Self.ported()
    failed.set(Sample.first) { $0.steps[0].outcome = .skipped(reason: "when") }
    #expect(failed.disposition() == .weaker)
    var unanswered = Self.ported()
    unanswered.set(Sample.first) {
      $0.steps[0].exchange = .http(
        HTTPExchange(method: "GET", url: "http://h/api/health", curl: "")
      )
    }
    #expect(unanswered.disposition() == .weaker)
  }

  @Test func `Several checks may look at one original together`() {
    var sample = Self.ported()
    sample.see(Sample.first, "GET", "http://h/api/health", [(.status, .equals(200))])
    sample.link(Sample.second, to: ["health.py"])
    sample.see(
      Sample.second,
      "GET",
      "http://h/api/health",
      [
        (.json("$.postgres"), .equals("ok")),
        (.header("Content-Type"), .not(.contains("text/html"))),
      ]
    )
    #expect(sample.disposition() == .ported)
  }

  @Test func `A path that is only known in part is held against what was asked`() {
    var sample = Self.ported()
    sample.hold(
      "sites.py",
      """
      import requests
      def test_site(base, name):
          assert requests.get(f"{base}/api/sites/{name}/stats").status_code == 200
      """
    )
    sample.link(Sample.second, to: ["sites.py"])
    sample.see(Sample.second, "GET", "http://h/api/sites/a.test/stats", [(.status, .equals(200))])
    #expect(sample.disposition("sites.py::test_site") == .ported)
    sample.see(Sample.second, "GET", "http://h/api/sites/a/b/stats", [(.status, .equals(200))])
    #expect(sample.disposition("sites.py::test_site") == .weaker)
  }

  // MARK: What cannot be read

  @Test func `A unit of which a part cannot be read is unproven, unless a person says otherwise`() {
    var sample = Self.ported()
    sample.hold("health.py", Sample.health + "    assert now() > 3\n")
    sample.pin()
    #expect(sample.disposition() == .unread)
    #expect(Set(sample.unit()?.unread.map(\.line) ?? []) == [9])
    #expect(sample.verdict("P2")?.word == .unproven)
    sample.suite.corpus.covered = [
      CorpusDeclarations.Covered(
        links: [PortLink(name: "health.py", place: Sample.place)],
        checks: [Sample.first],
        why: "the clock is not ours"
      )
    ]
    #expect(sample.disposition() == .covered)
    #expect(
      sample.verdict("P2/\(Sample.unit)") == .declared(reason: .declared("the clock is not ours"))
    )
    #expect(sample.unit()?.why == "the clock is not ours")
  }

  @Test func `What a port leaves open may be covered by others, if they pass`() {
    var sample = Self.ported()
    sample.see(Sample.first, "GET", "http://h/api/health", [(.status, .equals(200))])
    #expect(sample.disposition() == .weaker)
    sample.suite.corpus.covered = [
      CorpusDeclarations.Covered(
        links: [PortLink(name: "health.py", place: Sample.place)],
        checks: [Sample.second],
        why: "the other one looks at the fields"
      )
    ]
    #expect(sample.disposition() == .covered)
    #expect(sample.verdict("P2")?.word == .declared)
    #expect(sample.status == .proven)
    sample.set(Sample.second, .skipped(reason: "when"))
    #expect(sample.disposition() == .weaker)
    sample.set(Sample.second, .failed(reason: "no"))
    #expect(sample.disposition() == .failing)
    // A port that failed is not made good by others.
    sample.set(Sample.second, .passed)
    sample.set(Sample.first, .failed(reason: "no"))
    #expect(sample.disposition() == .failing)
  }

  @Test func `A script that is not valid is never ported, whatever its port did`() {
    var sample = Self.ported()
    sample.hold("health.py", "def test_up(:\n    pass\n")
    sample.link(Sample.first, to: ["health.py"])
    sample.pin()
    #expect(sample.units.allSatisfy { $0.disposition == .unread })
    #expect(sample.verdict("P2")?.word == .unproven)
  }

  // MARK: Drift

  @Test func `An assertion that was gained is drift, in words`() {
    var sample = Self.ported()
    sample.hold(
      "health.py",
      Sample.health.replacing("    assert r.json", with: "    assert r.elapsed\n    assert r.json")
        + "    assert r.json()[\"mail\"] == \"ok\"\n"
    )
    #expect(sample.disposition() == .drifted)
    #expect(
      sample.units.first?.changes.contains(
        "gained an assertion on `/api/health` field mail (== \"ok\")"
      ) == true
    )
    #expect(sample.verdict("P2")?.word == .unproven)
  }

  @Test func `White space and comments are no drift`() {
    var sample = Self.ported()
    sample.hold("health.py", "# Another comment.\n\n" + Sample.health + "\n\n")
    #expect(sample.disposition() == .ported)
    #expect(sample.units.first?.changes.isEmpty == true)
  }

  @Test func `What cannot be read may have changed in any way`() {
    var sample = Self.ported()
    sample.hold("health.py", "def test_up(:\n    pass\n")
    sample.link(Sample.first, to: ["health.py"])
    sample.pin()
    sample.hold("health.py", "def test_up(:\n    return\n")
    #expect(sample.units.first?.disposition == .drifted)
    #expect(sample.units.first?.changes.first?.hasPrefix("changed, and line 1") == true)
  }

  // MARK: Names that mean nothing

  @Test func `A script that was renamed leaves an orphan that names its new place`() {
    var sample = Self.ported()
    sample.held.units = []
    sample.hold("health_check.py", Sample.health)
    #expect(sample.disposition("health_check.py::test_up") == .missing)
    let orphan = sample.coverage.findings.first { $0.rule == Rule.portOrphaned.rawValue }
    #expect(
      orphan?.message.hasSuffix("; the same script is now health_check.py::test_up") == true
    )
    #expect(sample.status == .refuted)
  }

  @Test func `A test that was removed leaves an orphan with the nearest one`() {
    var sample = Self.ported()
    sample.hold("health.py", Sample.health.replacing("test_up", with: "test_is_up"))
    let orphan = sample.coverage.findings.first { $0.rule == Rule.portOrphaned.rawValue }
    #expect(orphan?.message.hasSuffix("did you mean health.py::test_is_up?") == true)
    #expect(orphan?.place == Sample.place)
  }

  @Test func `A name of another recipe's script means nothing here`() {
    var sample = Self.ported()
    sample.link(Sample.first, to: ["recipe-info/other/tests/health.py"])
    #expect(sample.disposition() == .missing)
  }

  @Test(arguments: [CorpusCoverage.State.rootMissing, .unreadable])
  func `Where the corpus cannot be read no name is called an orphan`(
    _ state: CorpusCoverage.State
  ) {
    var sample = Self.ported()
    sample.corpus = Sample.corpus(state)
    sample.held.units = []
    #expect(!sample.coverage.findings.contains { $0.rule == Rule.portOrphaned.rawValue })
    #expect(sample.verdict("P2")?.word == .unproven)
  }

  @Test func `A corpus that can be read in part proves nothing as a whole`() {
    var sample = Self.ported()
    sample.corpus = Sample.corpus(.unreadable)
    #expect(sample.disposition() == .ported)
    #expect(sample.verdict("P2")?.word == .unproven)
    sample.suite.checks = []
    #expect(sample.verdict("P2")?.word == .refuted)
  }

  // MARK: What a person says

  @Test func `Covered, deferred and left out say so with the reason`() {
    var sample = Self.ported()
    sample.suite.checks = []
    let links = [PortLink(name: "health.py", place: Sample.place)]
    sample.suite.corpus.notPorted = [CorpusDeclarations.NotPorted(links: links, why: "no mail")]
    #expect(sample.verdict("P2/\(Sample.unit)") == .notApplicable(reason: .declared("no mail")))
    sample.suite.corpus.deferred = [
      CorpusDeclarations.Deferred(links: links, what: "mail", why: "later", until: "2027-01-01")
    ]
    let later = Reason(.declared(why: "later"), during: "mail")
    #expect(
      sample.verdict("P2/\(Sample.unit)") == .deferred(reason: later, until: "2027-01-01")
    )
    #expect(sample.verdict("P2")?.word == .deferred)
    sample.suite.corpus.covered = [
      CorpusDeclarations.Covered(links: links, checks: [Sample.second], why: "the same")
    ]
    #expect(sample.disposition() == .covered)
    #expect(sample.unit()?.why == "the same")
    sample.set(Sample.second, .failed(reason: "no"))
    #expect(sample.disposition() == .failing)
  }

  @Test func `A recipe that never ran has no ported unit`() {
    var sample = Self.ported()
    sample.link(Sample.second, to: ["nowhere.py"])
    let audit = PortAudit(sample.held, corpus: sample.corpus, suite: sample.suite, record: nil)
    let judged = audit.judged()
    #expect(judged.map(\.unit.disposition) == [.unshown])
    #expect(judged.map(\.claim.verdict) == [.unproven(reason: Reason(.nothingRan))])
    #expect(audit.findings(judged).map(\.rule) == [Rule.portOrphaned.rawValue])
  }

  // MARK: Scripts as ports

  @Test func `A script of the suite is held against what can be read of it`() {
    func script(_ text: String) -> [CorpusUnit] {
      ScriptUnits.of(
        CorpusScript(path: "p.py", language: .python, bytes: Array(text.utf8), hash: "")
      )
    }
    var sample = Self.ported()
    sample.set(Sample.first) { $0.steps = [] }
    #expect(sample.disposition() == .weaker)
    sample.held.scripts = [Sample.first: script(Sample.health)]
    #expect(sample.disposition() == .ported)
    sample.held.scripts = [
      Sample.first: script(Sample.health.replacing("== 200", with: "< 500"))
    ]
    #expect(sample.disposition() == .weaker)
    #expect(sample.gaps.map(\.wanted) == ["status == 200"])
    #expect(sample.gaps.map(\.kind) == [.neverLookedAt])
    sample.held.scripts = [Sample.first: script(Sample.health)]
    sample.set(Sample.first, .skipped(reason: "no pytest"))
    #expect(sample.disposition() == .unshown)
  }
}
