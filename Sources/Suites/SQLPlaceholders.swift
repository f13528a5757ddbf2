import Formats

/// Holds the placeholders of a statement against the values that are given for them.
enum SQLPlaceholders {
  /// One line that says what does not match; nil where all does.
  static func problem(
    in statement: String,
    _ parameters: QueryAction.Parameters,
    _ database: DatabaseKind
  ) -> String? {
    guard let dialect = database.dialect else { return nil }
    let parts = SQLScanner(statement, dialect).parts
    if database != .clickhouse {
      let sign = database == .postgres ? "$" : "?"
      let used = Set(
        parts.compactMap { if case .parameter(let number) = $0 { number } else { nil } }
      )
      let highest = used.max() ?? 0
      let given = if case .positional(let list) = parameters { list.count } else { 0 }
      if highest > given {
        return
          "statement uses \(sign)\(highest), params has \(given) \(given == 1 ? "value" : "values")"
      }
      if let idle = (1...max(given, 1)).first(where: { $0 <= given && !used.contains($0) }) {
        return
          "params has \(given) \(given == 1 ? "value" : "values"), the statement never uses \(sign)\(idle)"
      }
      return nil
    }
    let used = parts.compactMap { if case .placeholder(let name, _, _) = $0 { name } else { nil } }
    let given = if case .named(let list) = parameters { list.map(\.name) } else { [String]() }
    if let missing = used.first(where: { !given.contains($0) }) {
      return "statement uses {\(missing):…}, params has no \"\(missing)\""
    }
    if let idle = given.first(where: { !used.contains($0) }) {
      return "params has \"\(idle)\", the statement never uses {\(idle):…}"
    }
    return nil
  }
}

extension DatabaseKind {
  /// Nil for Redis, whose commands have no placeholders.
  fileprivate var dialect: SQLScanner.Dialect? {
    switch self {
    case .postgres: .postgres
    case .mysql: .mysql
    case .clickhouse: .clickhouse
    case .sqlite: .sqlite
    case .redis: nil
    }
  }
}
