/// What the evidence says of one claim. Every verdict but `proven` carries its reason.
package enum Verdict: Hashable, Sendable {
  case proven
  /// Shown, but on a program that stands for the real app: never plain green.
  case provenOnStandin(reason: Reason)
  case refuted(reason: Reason)
  /// Not run, broken, or evidence too weak.
  case unproven(reason: Reason)
  /// Nothing to prove, with proof that there is nothing.
  case vacuous(reason: Reason)
  /// A person's word stands where evidence would.
  case declared(reason: Reason)
  /// `until` is a date or a trigger in words.
  case deferred(reason: Reason, until: String)
  case notApplicable(reason: Reason)

  /// The verdict without its reason. The raw value is what coverage files hold.
  package enum Word: String, Codable, CaseIterable, Sendable {
    case proven, provenOnStandin, refuted, unproven, vacuous, declared, deferred, notApplicable

    /// What a person reads.
    package var shown: String {
      switch self {
      case .proven: "proven"
      case .provenOnStandin: "proven (stand-in)"
      case .refuted: "refuted"
      case .unproven: "unproven"
      case .vacuous: "vacuous"
      case .declared: "declared"
      case .deferred: "deferred"
      case .notApplicable: "not applicable"
      }
    }
  }

  package var word: Word {
    switch self {
    case .proven: .proven
    case .provenOnStandin: .provenOnStandin
    case .refuted: .refuted
    case .unproven: .unproven
    case .vacuous: .vacuous
    case .declared: .declared
    case .deferred: .deferred
    case .notApplicable: .notApplicable
    }
  }

  package var reason: Reason? {
    switch self {
    case .proven: nil
    case .provenOnStandin(let reason), .refuted(let reason), .unproven(let reason),
      .vacuous(let reason), .declared(let reason), .deferred(let reason, _),
      .notApplicable(let reason):
      reason
    }
  }

  package var until: String? {
    if case .deferred(_, let until) = self { until } else { nil }
  }

  package var isProven: Bool { word == .proven || word == .provenOnStandin }
}

extension Verdict: Codable {
  private enum Key: String, CodingKey { case verdict, reason, until }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let word = try container.decode(Word.self, forKey: .verdict)
    func reason() throws -> Reason { try container.decode(Reason.self, forKey: .reason) }
    self =
      switch word {
      case .proven: .proven
      case .provenOnStandin: .provenOnStandin(reason: try reason())
      case .refuted: .refuted(reason: try reason())
      case .unproven: .unproven(reason: try reason())
      case .vacuous: .vacuous(reason: try reason())
      case .declared: .declared(reason: try reason())
      case .deferred:
        .deferred(reason: try reason(), until: try container.decode(String.self, forKey: .until))
      case .notApplicable: .notApplicable(reason: try reason())
      }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(word, forKey: .verdict)
    try container.encodeIfPresent(reason, forKey: .reason)
    try container.encodeIfPresent(until, forKey: .until)
  }
}
