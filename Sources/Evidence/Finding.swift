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
  /// What it rests on, where that is an outcome's or a verdict's reason: it is told behind the
  /// message.
  package var because: Reason?
  package var place: SourcePlace?
  /// What to do about it.
  package var advice: String
  /// What it is about, by name: checks, stores, services, volumes, files. A waiver may name one.
  package var about: [String]
  /// Why the finding does not count, where the suite waives it.
  package var waived: String?
  /// The waiver's end: a date `YYYY-MM-DD`, or a trigger in words.
  package var waivedUntil: String?

  package init(
    rule: String,
    severity: Severity,
    message: String,
    because: Reason? = nil,
    place: SourcePlace? = nil,
    advice: String,
    about: [String] = [],
    waived: String? = nil,
    waivedUntil: String? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.message = message
    self.because = because
    self.place = place
    self.advice = advice
    self.about = about
    self.waived = waived
    self.waivedUntil = waivedUntil
  }

  package var isWaived: Bool { waived != nil }

  // MARK: Codable

  private enum CodingKeys: String, CodingKey {
    case rule, severity, message, because, place, advice, about, waived, waivedUntil
  }

  /// Older files have no `about`, and the waiver's end at the end of its reason.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    rule = try values.decode(String.self, forKey: .rule)
    severity = try values.decode(Severity.self, forKey: .severity)
    message = try values.decode(String.self, forKey: .message)
    because = try values.decodeIfPresent(Reason.self, forKey: .because)
    place = try values.decodeIfPresent(SourcePlace.self, forKey: .place)
    advice = try values.decode(String.self, forKey: .advice)
    about = try values.decodeIfPresent([String].self, forKey: .about) ?? []
    waived = try values.decodeIfPresent(String.self, forKey: .waived)
    waivedUntil = try values.decodeIfPresent(String.self, forKey: .waivedUntil)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(rule, forKey: .rule)
    try values.encode(severity, forKey: .severity)
    try values.encode(message, forKey: .message)
    try values.encodeIfPresent(because, forKey: .because)
    try values.encodeIfPresent(place, forKey: .place)
    try values.encode(advice, forKey: .advice)
    if !about.isEmpty { try values.encode(about, forKey: .about) }
    try values.encodeIfPresent(waived, forKey: .waived)
    try values.encodeIfPresent(waivedUntil, forKey: .waivedUntil)
  }
}
