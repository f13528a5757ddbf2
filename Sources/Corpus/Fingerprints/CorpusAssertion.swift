/// What a script must see, or fails.
package struct CorpusAssertion: Hashable, Sendable {
  /// What it looks at.
  package enum Subject: Hashable, Sendable {
    case status
    /// In lower case.
    case header(String)
    /// A place in a JSON answer: `clickhouse`, `results[0].id`; empty for all of it.
    case field(String)
    case body
    /// Where the answer came from in the end, after redirects.
    case address
    /// What a command printed or a query gave.
    case output
    /// The exit status of a command.
    case exit
    /// Anything else, as it is written.
    case value(String)
  }

  package enum Condition: Hashable, Sendable {
    /// Of a status.
    case codes(StatusCodes)
    case compare(Comparison, String)
  }

  /// The request or the system whose answer is looked at: `GET /api/health`; nil where it cannot be
  /// told.
  package var source: String?
  package var subject: Subject
  package var condition: Condition
  /// The line of the script; that of the call where a helper asserts.
  package var line: Int
}

extension CorpusAssertion.Subject: CustomStringConvertible {
  package var description: String {
    switch self {
    case .status: "status"
    case .header(let name): "header \(name)"
    case .field(let path): path.isEmpty ? "JSON" : "field \(path)"
    case .body: "body"
    case .address: "address"
    case .output: "output"
    case .exit: "exit"
    case .value(let text): "value \(text)"
    }
  }

  init?(_ text: String) {
    switch text {
    case "status": self = .status
    case "JSON": self = .field("")
    case "body": self = .body
    case "address": self = .address
    case "output": self = .output
    case "exit": self = .exit
    default:
      if let rest = text.rest(after: "header ") {
        self = .header(rest)
      } else if let rest = text.rest(after: "field ") {
        self = .field(rest)
      } else if let rest = text.rest(after: "value ") {
        self = .value(rest)
      } else {
        return nil
      }
    }
  }
}

extension CorpusAssertion.Condition: CustomStringConvertible {
  package var description: String {
    switch self {
    case .codes(let codes): codes.description
    case .compare(let comparison, let operand):
      operand.isEmpty ? comparison.rawValue : "\(comparison.rawValue) \(operand)"
    }
  }

  init?(_ text: String, of subject: CorpusAssertion.Subject) {
    if subject == .status, let codes = StatusCodes(text) {
      self = .codes(codes)
      return
    }
    // The longest word first: `is not there` is not `is not`, `<=` is not `<`.
    let words = Comparison.allCases.sorted { $0.rawValue.utf8.count > $1.rawValue.utf8.count }
    for word in words {
      if text == word.rawValue {
        self = .compare(word, "")
        return
      }
      if let rest = text.rest(after: "\(word.rawValue) ") {
        self = .compare(word, rest)
        return
      }
    }
    return nil
  }

  /// Whether whatever satisfies the other satisfies this, and not the other way round; false where
  /// that cannot be told.
  package func isWeaker(than other: CorpusAssertion.Condition) -> Bool {
    guard self != other else { return false }
    switch (self, other) {
    case (.codes(let own), .codes(let theirs)): return theirs.isSubset(of: own)
    case (.compare(let own, _), .compare(let theirs, _)): return own.strength < theirs.strength
    // A status that is only compared with something unknown.
    case (.compare(let own, _), .codes): return own.strength < 4
    case (.codes, .compare): return false
    }
  }
}

extension String {
  func rest(after prefix: String) -> String? {
    utf8.starts(with: prefix.utf8) ? String(dropFirst(prefix.count)) : nil
  }
}
