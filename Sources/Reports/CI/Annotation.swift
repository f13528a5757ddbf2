package import Evidence

/// What a CI shows beside the line of a file that it is about.
package struct Annotation: Hashable, Sendable {
  /// `error` or `warning`; notes are for who asks.
  var severity: Finding.Severity
  /// One line: `functional/notes::test_a failed`.
  package var title: String
  var message: String
  /// In the suite's folder, where it is about a line.
  package var place: SourcePlace?

  package init(
    _ severity: Finding.Severity,
    _ title: String,
    _ message: String,
    at place: SourcePlace?
  ) {
    self.severity = severity
    self.title = title
    self.message = message
    self.place = place
  }
}

extension RecipeDiff {
  /// The changes that make the command fail, each with what it was and is.
  package func annotations(_ failOn: CoverageDiff.FailOn) -> [Annotation] {
    changes.filter { change in
      ([change] + change.consequences).contains(where: failOn.includes)
    }.map { change in
      let entry = DiffEntry(recipe: recipe, change: change)
      let title = [change.kind.shown, entry.subject].compactMap(\.self).joined(separator: " ")
      let said =
        [entry.step + (entry.reason.map { ": \($0)" } ?? "")] + entry.details(isShort: true)
      return Annotation(.error, title, said.joined(separator: "\n"), at: change.place)
    }
  }
}

extension CoverageModel {
  /// What failed, broke or was refuted, and what rules found, errors first, each once.
  package var annotations: [Annotation] {
    let ill = checks.filter { $0.outcome.word == .failed || $0.outcome.word == .broken }
    let told = Set(ill.map(\.id))
    var all = ill.map { check in
      Annotation(
        .error,
        "\(check.id) \(check.outcome.word == .failed ? "failed" : "broke")",
        check.outcome.reason?.cause ?? "",
        at: check.outcome.reason?.violated.first?.place ?? check.place
      )
    }
    // A unit of the corpus is refuted by a finding, most other claims by a check.
    all += claims.filter {
      $0.verdict.word == .refuted && $0.part != .p2 && told.isDisjoint(with: $0.checks)
        && $0.id != "P3"
    }.map { Annotation(.error, "\($0.id) is refuted", $0.verdict.reason?.cause ?? "", at: nil) }
    all += findings.filter { !$0.isWaived && $0.severity != .note }.map {
      Annotation($0.severity, $0.rule, "\($0.sentence). \($0.advice)", at: $0.place)
    }
    return all.filter { $0.severity == .error } + all.filter { $0.severity != .error }
  }
}
