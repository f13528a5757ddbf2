import Evidence
import Testing

@testable import Auditing
@testable import Suites

/// What is claimed of a run that was asked for a part only, and of several runs that do not agree.
@Suite struct SelectionTests {
  private func selected(_ parts: [ClaimPart], checks: [CheckID] = []) -> Sample {
    var sample = Sample()
    sample.record.header.selection = RunSelection(
      parts: parts,
      checks: checks,
      stages: [.install, .upgrade, .functional]
    )
    let planned = sample.record.header.planned.filter { check in
      check.kind == .generic || checks.contains(check.id) || parts.contains { $0.holds(check) }
    }.map(\.id)
    sample.remove { !planned.contains($0) }
    return sample
  }

  @Test(arguments: ClaimPart.allCases)
  func `Nothing is claimed of a part that was not asked for`(_ part: ClaimPart) {
    let coverage = selected([part]).coverage
    #expect(coverage.claims.allSatisfy { $0.part == part })
    #expect(coverage.stores.isEmpty == (part != .p4))
  }

  @Test func `One check that was asked for has its claim, and the floor has none`() {
    let coverage = selected([], checks: [Sample.first]).coverage
    #expect(coverage.claims.map(\.id) == ["P3/\(Sample.first)"])
    #expect(coverage.claims.first?.verdict == .proven)
    #expect(coverage.findings.isEmpty)
  }

  @Test func `A selection reaches no rung of which it did not run all`() {
    #expect(Sample().coverage.level == 4)
    for parts in [[ClaimPart.p3], [.p1], [.p4], [.p1, .p3], [.p3, .p4]] {
      let sample = selected(parts)
      #expect(sample.rung(2) == .unver && sample.rung(3) == .unver)
      #expect(sample.coverage.level <= 1)
    }
    #expect(selected([.p1]).rung(1) == .pass)
    #expect(selected([.p3]).rung(1) == .unver)
    #expect(selected([.p3]).rung(4) == .pass)
    #expect(selected([], checks: [Sample.first, Sample.second]).rung(4) == .unver)
  }

  @Test func `A selection that fails is refuted all the same`() {
    var sample = selected([], checks: [Sample.first])
    sample.set(Sample.first, .failed(reason: "was 500"))
    #expect(sample.status == .refuted)
    #expect(sample.rung(4) == .fail)
    var deploy = selected([.p3])
    deploy.setStage(.install) { $0.outcome = .failed(reason: "hook exited with 1") }
    #expect(deploy.status == .refuted)
  }

  @Test func `A corpus that is not there does not break a run that does not look at it`() {
    var sample = selected([.p3])
    sample.corpus = Sample.corpus(.rootMissing)
    #expect(sample.status == .proven)
    var ported = selected([.p2, .p3])
    ported.corpus = Sample.corpus(.rootMissing)
    #expect(ported.status == .broken)
  }

  // MARK: Attempts

  @Test func `A check that failed once is refuted as flaky, although it passed, too`() {
    var sample = Sample()
    sample.merge { $0.set(Sample.first, .failed(reason: "was 500")) }
    #expect(sample.status == .refuted)
    let verdict = sample.verdict("P3/\(Sample.first)")
    let flaky = Reason.Note.flaky(passed: [1], failed: [2], broken: [])
    #expect(verdict == .refuted(reason: Reason(.told(text: "was 500"), notes: [flaky])))
    #expect(sample.rules.contains("check-flaky"))
  }

  @Test func `A check that gave no answer once is proven and a warning`() {
    var sample = Sample()
    sample.set(Sample.first, .broken(reason: "no answer"))
    sample.merge { $0.set(Sample.first, .passed) }
    #expect(sample.verdict("P3/\(Sample.first)") == .proven)
    #expect(sample.rules == ["check-unsteady"])
    #expect(sample.status == .proven && sample.strictStatus == .refuted)
  }

  @Test func `What differs between the machines of attempts is in no claim`() {
    var sample = Sample()
    sample.record.values = ["base_url": "http://127.0.0.1:1111"]
    sample.merge { other in
      other.record.values = ["base_url": "http://127.0.0.1:2222"]
      other.set(Sample.first, .failed(reason: "no note at http://127.0.0.1:2222"))
    }
    #expect(sample.code("P3/\(Sample.first)") == .told(text: "no note at {{base_url}}"))
  }
}
