package import Evidence
package import Suites

/// What can be said of a recipe that never ran: what its corpus asks for and what its suite names.
package struct UnrunAudit: Sendable {
  package let recipe: String
  package let corpus: CorpusCoverage
  /// P2 and its units; nothing else is claimed.
  package let claims: [Claim]
  package let units: [UnitCoverage]
  package let findings: [Finding]

  /// - Parameter today: `YYYY-MM-DD`.
  package init(suite: Suite, corpus: CorpusCoverage, held: HeldCorpus, today: String) {
    recipe = suite.recipe
    self.corpus = corpus
    let audit = PortAudit(held, corpus: corpus, suite: suite, record: nil)
    let judged = audit.judged()
    units = judged.map(\.unit)
    claims = [PortAudit.claim(corpus: corpus, judged)] + judged.map(\.claim)
    let waivers = Waivers(suite.waivers, today: today)
    let expired = suite.expiredDeferrals(today: today)
    findings = (audit.findings(judged) + expired).map(waivers.applied)
  }

  /// What never ran is never as claimed.
  package func status(strict: Bool) -> ExitStatus {
    let limit: Finding.Severity = strict ? .warning : .error
    let isWrong =
      claims.contains { $0.verdict.word == .refuted }
      || findings.contains {
        $0.waived == nil && $0.severity <= limit && $0.rule != Rule.corpusUnreachable.rawValue
      }
    return isWrong ? .refuted : .broken
  }
}
