/// A request that a script makes, without its host.
package struct CorpusRequest: Hashable, Sendable {
  /// In capitals; `{…}` where it is only known at run time.
  package var method: String
  /// Begins with a slash, unless it begins with a hole.
  package var path: String
  /// Without the question mark; nil where there is none.
  package var query: String?
  /// The line of the script; that of the call where a helper asks.
  package var line: Int
}

extension CorpusRequest: CustomStringConvertible {
  /// `GET /api/sites?page={…}`.
  package var description: String { "\(method) \(path)\(query.map { "?\($0)" } ?? "")" }

  /// From its description.
  package init?(_ text: String) {
    guard let space = text.firstIndex(of: " ") else { return nil }
    let target = text[text.index(after: space)...]
    method = String(text[..<space])
    let mark = target.firstIndex(of: "?")
    path = String(target[..<(mark ?? target.endIndex)])
    query = mark.map { String(target[target.index(after: $0)...]) }
    line = 0
  }
}

/// Something else than HTTP that a script reaches for.
package struct CorpusSystem: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// A statement for a database, by a client program or a library.
    case sql
    /// A command in a container.
    case exec
    case abra
    /// Another program.
    case command
  }

  package var kind: Kind
  /// The statement or the command on one line, `{…}` for what is only known at run time.
  package var text: String
  package var line: Int

  init(kind: Kind, text: String, line: Int) {
    self.kind = kind
    let words = text.split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r\n" || $0 == "\r" }
    self.text = words.joined(separator: " ")
    self.line = line
  }
}

extension CorpusSystem: CustomStringConvertible {
  /// `sql SELECT 1`.
  package var description: String { "\(kind.rawValue) \(text)" }
}
