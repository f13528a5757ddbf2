import Formats

/// What must be known of a statement before it is handed on as text: libpq's protocol sees to
/// the rest.
struct StatementShape: Equatable {
  /// The first word outside of comments, in upper case; empty where there is none.
  let firstWord: String
  /// Whether something other than white space and comments follows a semicolon.
  let isSeveral: Bool

  init(_ sql: String) {
    let scanner = SQLScanner(sql, .postgres)
    firstWord = scanner.firstWord
    isSeveral = scanner.parts.drop { $0 != .semicolon }.contains { $0 != .semicolon }
  }

  /// Whether `PREPARE` takes it (PostgreSQL 15, reference page of `PREPARE`).
  var isPreparable: Bool {
    ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "WITH", "TABLE"]
      .contains(firstWord)
  }

  /// Whether its effect ends with its session, or its rows come without types: neither survives
  /// a session of one statement.
  var needsSession: Bool {
    [
      "", "ABORT", "BEGIN", "CALL", "CLOSE", "COMMIT", "COPY", "DEALLOCATE", "DECLARE", "DISCARD",
      "END", "EXECUTE", "EXPLAIN", "FETCH", "LISTEN", "LOAD", "LOCK", "MOVE", "PREPARE", "RELEASE",
      "RESET", "ROLLBACK", "SAVEPOINT", "SET", "SHOW", "START", "UNLISTEN",
    ].contains(firstWord)
  }
}
