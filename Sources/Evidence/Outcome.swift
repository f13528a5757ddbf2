/// What became of one check.
package enum Outcome: Hashable, Sendable {
  case passed
  /// An answer came and does not satisfy, also after polling.
  case failed(reason: String)
  /// No answer, a lost connection, a tool of ours missing: the run cannot tell.
  case broken(reason: String)
  case skipped(reason: String)
  case notRun(reason: String)

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
  package var reason: String? {
    switch self {
    case .passed: nil
    case .failed(let reason), .broken(let reason), .skipped(let reason), .notRun(let reason): reason
    }
  }

  package init(_ word: Word, reason: String) {
    self =
      switch word {
      case .passed: .passed
      case .failed: .failed(reason: reason)
      case .broken: .broken(reason: reason)
      case .skipped: .skipped(reason: reason)
      case .notRun: .notRun(reason: reason)
      }
  }

  package var isPassed: Bool { self == .passed }
}

extension Outcome: Codable {
  private enum Key: String, CodingKey { case outcome, reason }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let word = try container.decode(Word.self, forKey: .outcome)
    let reason = try container.decodeIfPresent(String.self, forKey: .reason)
    guard word == .passed || reason?.isEmpty == false else {
      throw DecodingError.dataCorruptedError(
        forKey: .reason,
        in: container,
        debugDescription: "\(word.rawValue) without a reason"
      )
    }
    self.init(word, reason: reason ?? "")
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(word, forKey: .outcome)
    try container.encodeIfPresent(reason, forKey: .reason)
  }
}
