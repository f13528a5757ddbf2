package import Evidence

/// What the process says to its caller.
package enum ExitStatus: Int32, CaseIterable, Sendable {
  /// As claimed.
  case proven = 0
  /// A check failed, a claim was refuted, or a rule was broken.
  case refuted = 1
  /// The run cannot tell.
  case broken = 2
  case wrongUsage = 64
  case wrongSuite = 65

  /// What a run and its audit come to: refuted before broken.
  ///
  /// - Parameter strict: warnings count as errors.
  package init(coverage: CoverageModel, record: RunRecord?, strict: Bool = false) {
    let open = coverage.findings.filter { !$0.isWaived }
    let limit: Finding.Severity = strict ? .warning : .error
    let isRefuted =
      coverage.checks.contains { $0.outcome.word == .failed }
      || coverage.claims.contains { $0.verdict.word == .refuted }
      || record.map { Self.has(.failed, in: $0) } ?? false
      || open.contains { $0.severity <= limit && !Self.tellsOfBreakage($0) }
    if isRefuted {
      self = .refuted
      return
    }
    let looksAtCorpus = record?.header.selection?.parts.contains(.p2) ?? true
    let isBroken =
      coverage.checks.contains { $0.outcome.word == .broken || $0.outcome.word == .notRun }
      || coverage.checks.contains { $0.control?.result.word == .broken }
      || looksAtCorpus && [.rootMissing, .unreadable].contains(coverage.corpus.state)
      || record.map { !$0.isWhole || Self.has(.broken, in: $0) } ?? false
      || open.contains { $0.severity <= limit }
    self = isBroken ? .broken : .proven
  }

  /// Whether a stage came to this, or something that the driver did: not all of it is a check's.
  private static func has(_ word: Outcome.Word, in record: RunRecord) -> Bool {
    record.stages.contains { stage in
      stage.outcome.word == word || stage.operations.contains { $0.outcome.word == word }
    }
  }

  /// Findings that say that nothing can be said, not that something is wrong.
  private static func tellsOfBreakage(_ finding: Finding) -> Bool {
    [Rule.corpusUnreachable, .runNotFinished, .controlBroken].contains {
      $0.rawValue == finding.rule
    }
  }
}
