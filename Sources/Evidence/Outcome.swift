/// What became of one check.
package enum Outcome: Hashable, Sendable {
  case passed
  /// An answer came and does not satisfy, also after polling.
  case failed(reason: Reason)
  /// No answer, a lost connection, a tool of ours missing: the run cannot tell.
  case broken(reason: Reason)
  case skipped(reason: Reason)
  case notRun(reason: Reason)

  /// The outcome without its reason, for tables, colours and exhaustive tests.
  package enum Word: String, Codable, CaseIterable, Sendable {
    case passed, failed, broken, skipped, notRun
  }

  package var word: Word {
    switch self {
    case .passed: .passed
    case .failed: .failed
    case .broken: .broken
    case .skipped: .skipped
    case .notRun: .notRun
    }
  }

  /// Nil for `passed` only.
  package var reason: Reason? {
    switch self {
    case .passed: nil
    case .failed(let reason), .broken(let reason), .skipped(let reason), .notRun(let reason): reason
    }
  }

  package init(_ word: Word, reason: Reason) {
    self =
      switch word {
      case .passed: .passed
      case .failed: .failed(reason: reason)
      case .broken: .broken(reason: reason)
      case .skipped: .skipped(reason: reason)
      case .notRun: .notRun(reason: reason)
      }
  }

  package var isPassed: Bool { word == .passed }

  /// The same word with another reason; `passed` has none.
  package func mapReason(_ transform: (Reason) -> Reason) -> Outcome {
    reason.map { Outcome(word, reason: transform($0)) } ?? .passed
  }
}

extension Outcome: Codable {
  private enum Key: String, CodingKey { case outcome, reason }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let word = try container.decode(Word.self, forKey: .outcome)
    self =
      word == .passed
      ? .passed : Outcome(word, reason: try container.decode(Reason.self, forKey: .reason))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(word, forKey: .outcome)
    try container.encodeIfPresent(reason, forKey: .reason)
  }
}
