/// What an audit rule has to say.
package struct Finding: Codable, Hashable, Sendable {
  package enum Severity: String, Codable, CaseIterable, Sendable, Comparable {
    case error, warning, note

    private var order: Int {
      switch self {
      case .error: 0
      case .warning: 1
      case .note: 2
      }
    }

    package static func < (a: Severity, b: Severity) -> Bool { a.order < b.order }
  }

  /// The rule's id, as in `docs/rules/<id>.md`.
  package var rule: String
  package var severity: Severity
  /// One line that starts with its subject.
  package var message: String
  package var place: SourcePlace?
  /// What to do about it.
  package var advice: String
  /// Why the finding does not count, where the suite waives it.
  package var waived: String?

  package init(
    rule: String,
    severity: Severity,
    message: String,
    place: SourcePlace? = nil,
    advice: String,
    waived: String? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.message = message
    self.place = place
    self.advice = advice
    self.waived = waived
  }
}
