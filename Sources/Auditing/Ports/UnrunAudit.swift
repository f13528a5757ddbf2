package import Evidence
import Formats
package import Suites

/// What can be said of a recipe that never ran: what its corpus asks for and what its suite names.
package struct UnrunAudit: Sendable {
  package let recipe: String
  /// P2 and its units; nothing else is claimed.
  package let claims: [Claim]
  package let units: [UnitCoverage]
  package let findings: [Finding]

  /// - Parameters:
  ///   - statement: What the state of the corpus says, with its proof.
  ///   - today: `YYYY-MM-DD`.
  package init(
    suite: Suite,
    corpus: CorpusCoverage,
    statement: String,
    held: HeldCorpus,
    today: String
  ) {
    recipe = suite.recipe
    let audit = PortAudit(held, corpus: corpus, suite: suite, record: nil)
    let judged = audit.judged()
    units = judged.map(\.unit)
    claims =
      [PortAudit.claim(corpus: corpus, statement: statement, judged)] + judged.map(\.claim)
    let waivers = Waivers(suite.waivers, today: today)
    let expired = suite.deferred.filter { Waivers.isPast($0.until, today: today) }.map {
      Rule.deferralExpired.finding("\($0.what) was deferred until \($0.until)", about: [$0.what])
    }
    let blind = [.rootMissing, .unreadable].contains(corpus.state)
    findings =
      ((blind ? [Rule.corpusUnreachable.finding(statement)] : []) + audit.findings(judged) + expired)
      .map(waivers.applied)
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

  /// What a person reads.
  package var text: String {
    var lines = ["\(recipe): no run is kept, so nothing is proven"]
    for claim in claims {
      let until = claim.verdict.until.map { " until \($0)" } ?? ""
      let reason = claim.verdict.reason.map { ": \($0)" } ?? ""
      lines.append("  \(claim.verdict.word.shown)\(until) \(claim.id)\(reason)")
    }
    for finding in findings where finding.severity != .note && finding.waived == nil {
      let place = finding.place.map { " (\($0.file):\($0.line))" } ?? ""
      lines.append("  \(finding.severity.rawValue) \(finding.rule): \(finding.message)\(place)")
    }
    return lines.map { TerminalText.stripped($0) + "\n" }.joined()
  }
}
