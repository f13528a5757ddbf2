/// What the evidence says of one claim. Every verdict but `proven` carries its reason.
package enum Verdict: Hashable, Sendable {
  case proven
  /// Shown, but on a program that stands for the real app: never plain green.
  case provenOnStandin(reason: String)
  case refuted(reason: String)
  /// Not run, broken, or evidence too weak.
  case unproven(reason: String)
  /// Nothing to prove, with proof that there is nothing.
  case vacuous(reason: String)
  /// `until` is a date or a trigger in words.
  case deferred(reason: String, until: String)
  case notApplicable(reason: String)

  /// The verdict without its reason. The raw value is what coverage files hold.
  package enum Word: String, Codable, CaseIterable, Sendable {
    case proven, provenOnStandin, refuted, unproven, vacuous, deferred, notApplicable

    /// What a person reads.
    package var shown: String {
      switch self {
      case .proven: "proven"
      case .provenOnStandin: "proven (stand-in)"
      case .refuted: "refuted"
      case .unproven: "unproven"
      case .vacuous: "vacuous"
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
    case .deferred: .deferred
    case .notApplicable: .notApplicable
    }
  }

  package var reason: String? {
    switch self {
    case .proven: nil
    case .provenOnStandin(let reason), .refuted(let reason), .unproven(let reason),
      .vacuous(let reason), .deferred(let reason, _), .notApplicable(let reason):
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
    func required(_ key: Key) throws -> String {
      let text = try container.decode(String.self, forKey: key)
      guard !text.isEmpty else {
        throw DecodingError.dataCorruptedError(
          forKey: key,
          in: container,
          debugDescription: "\(word.rawValue) without its \(key)"
        )
      }
      return text
    }
    self =
      switch word {
      case .proven: .proven
      case .provenOnStandin: .provenOnStandin(reason: try required(.reason))
      case .refuted: .refuted(reason: try required(.reason))
      case .unproven: .unproven(reason: try required(.reason))
      case .vacuous: .vacuous(reason: try required(.reason))
      case .deferred:
        .deferred(reason: try required(.reason), until: try required(.until))
      case .notApplicable: .notApplicable(reason: try required(.reason))
      }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(word, forKey: .verdict)
    try container.encodeIfPresent(reason, forKey: .reason)
    try container.encodeIfPresent(until, forKey: .until)
  }
}
