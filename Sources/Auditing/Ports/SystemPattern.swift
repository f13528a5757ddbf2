import Corpus

/// What an original does beside HTTP: a statement of SQL by what it does to which tables, a command
/// by its words.
struct SystemPattern {
  private enum Content {
    case statement(verb: String, tables: Set<String>, words: [String])
    case command([String])
  }

  private let content: Content

  /// Nil where nothing of it is known, or where no step of a suite is like it.
  init?(_ system: CorpusSystem) {
    switch system.kind {
    case .sql:
      guard let verb = Self.verb(of: system.text) else { return nil }
      let tables = Self.tables(in: system.text)
      let words = Self.words(of: system.text)
      // Without a table only the same words are the same.
      if tables.isEmpty, words.contains(where: { $0.utf8.contains(Fingerprint.hole.utf8) }) {
        return nil
      }
      content = .statement(verb: verb, tables: tables, words: words)
    case .exec, .command:
      let words = Self.command(in: system.text, isInContainer: system.kind == .exec)
      guard !words.isEmpty else { return nil }
      content = .command(words)
    case .abra: content = .command([])
    }
  }

  func matches(statement: String) -> Bool {
    guard case .statement(let verb, let tables, let words) = content,
      Self.verb(of: statement) == verb
    else { return false }
    return tables.isEmpty
      ? Self.words(of: statement) == words : tables.isSubset(of: Self.tables(in: statement))
  }

  /// Whether every word that is known of the original is among those of a command.
  func matches(argv: [String]) -> Bool {
    guard case .command(let words) = content, !words.isEmpty else { return false }
    let own = Set(argv.flatMap { Self.plain($0) })
    return words.allSatisfy { own.contains($0) }
  }

  // MARK: SQL

  private static let verbs: Set<String> = [
    "select", "insert", "update", "delete", "truncate", "create", "alter", "drop", "show",
  ]

  private static func words(of statement: String) -> [String] {
    statement.lowercased().split { " \t\n\r(),;".contains($0) }.map(String.init)
  }

  /// What it does: behind a `WITH` the first verb that writes, else `select`.
  private static func verb(of statement: String) -> String? {
    let found = words(of: statement).filter { verbs.contains($0) }
    guard let first = found.first else { return nil }
    return words(of: statement).first == "with" ? found.first { $0 != "select" } ?? first : first
  }

  /// Names behind the words of SQL that a table follows, in small letters, without schema and quotes.
  private static func tables(in statement: String) -> Set<String> {
    let words = words(of: statement)
    var found: Set<String> = []
    for (word, next) in zip(words, words.dropFirst())
    where ["from", "into", "update", "join", "table"].contains(word) {
      let name = next.split(separator: ".").last.map(String.init) ?? next
      let plain = name.filter { !"\"'`".contains($0) }
      if !plain.contains("{"), !plain.isEmpty { found.insert(plain) }
    }
    return found
  }

  // MARK: Commands

  /// The words of a command that are known, its options and folders left out.
  private static func command(in text: String, isInContainer: Bool) -> [String] {
    var words = text.split(separator: " ").map(String.init)[...]
    if isInContainer {
      // `docker exec -i app nginx -t`: what stands behind the container's name.
      words = words.drop { $0 != "exec" && $0 != "run" }.dropFirst()
      while let first = words.first, first.hasPrefix("-") {
        let takesValue = ["-u", "-e", "-w", "--user", "--env", "--workdir"].contains(first)
        words = words.dropFirst(takesValue ? 2 : 1)
      }
      words = words.dropFirst()
    }
    return words.flatMap { plain($0) }.filter { !$0.utf8.contains(Fingerprint.hole.utf8) }
  }

  /// The words inside one, without the signs of a shell and without options and folders.
  private static func plain(_ argument: String) -> [String] {
    argument.split { " \t\n;|&()'\"<>".contains($0) }.compactMap { word in
      word.hasPrefix("-") ? nil : word.split(separator: "/").last.map(String.init)
    }
  }
}
