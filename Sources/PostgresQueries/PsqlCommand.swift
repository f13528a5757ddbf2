import Formats

/// One statement, asked by `psql` where the server is, for a server that libpq cannot reach.
///
/// Statement and values go in as hexadecimal digits on standard input and are quoted by `psql`
/// itself, so that nothing of them is ever read as SQL or as one of psql's own commands. The
/// server binds the values (`PREPARE`, `EXECUTE`), as it does for a connection. What comes out is
/// told apart by random words, which no row can contain. psql 11 and later: older ones know neither
/// `\gdesc` nor `:ERROR`.
///
/// A session lasts for one statement: see `Code.clientFailed`.
package struct PsqlCommand: Sendable {
  package let argv: [String]
  /// With the password, if any: it never stands in `argv`.
  package let environment: [String: String]
  package let script: [UInt8]
  /// Of standard output, as much as a result may have.
  package let outputLimit: Int

  private let sql: String
  private let token: String
  private let isPreparable: Bool

  /// - Throws: what the protocol would refuse too, and `clientFailed` for a statement whose effect
  ///   or result is lost on psql.
  package init(
    _ parameters: PostgresParameters,
    _ sql: String,
    _ values: [PostgresValue]
  ) throws(PostgresError) {
    var random = SystemRandomNumberGenerator()
    let token = "parity" + String(random.next(), radix: 36) + String(random.next(), radix: 36)
    try self.init(parameters, sql, values, token: token)
  }

  init(
    _ parameters: PostgresParameters,
    _ sql: String,
    _ values: [PostgresValue],
    token: String
  ) throws(PostgresError) {
    try parameters.check()
    if sql.utf8.contains(0) {
      throw PostgresError(.invalidParameters, "the statement contains a NUL", statement: sql)
    }
    _ = try BoundParameters(values, statement: sql)
    let shape = StatementShape(sql)
    if shape.isSeveral {
      // What the server says of the same in its extended protocol.
      throw PostgresError(
        .sqlState("42601"),
        "cannot insert multiple commands into a prepared statement",
        sqlState: "42601",
        statement: sql
      )
    }
    guard !shape.needsSession else {
      throw PostgresError(
        .clientFailed,
        "\(shape.firstWord.isEmpty ? "an empty statement" : shape.firstWord) cannot be asked by "
          + "psql inside the container, where a session lasts for one statement and only those "
          + "that can be prepared tell the types of their columns",
        statement: sql
      )
    }
    self.sql = sql
    self.token = token
    isPreparable = shape.isPreparable
    outputLimit = parameters.maximumResultBytes
    argv = [
      "psql", "-X", "-q", "-A", "-t", "--no-password", "--host=\(parameters.host)",
      "--port=\(parameters.port)", "--username=\(parameters.user)",
      // In this form it is a name, whatever it looks like.
      "--dbname=dbname='\(parameters.database.escapedForConnection)'",
    ]
    environment = parameters.psqlEnvironment
    script = Array(
      Self.script(sql, values, token: token, isPreparable: shape.isPreparable).utf8
    )
  }

  private static func script(
    _ sql: String,
    _ values: [PostgresValue],
    token: String,
    isPreparable: Bool
  ) -> String {
    let stopOnError = """
      \\if :ERROR
      \\echo \(token)e :LAST_ERROR_SQLSTATE :LAST_ERROR_MESSAGE
      \\quit
      \\endif

      """
    var script = """
      \\pset fieldsep \(token)f
      \\pset recordsep \(token)r
      \\pset null \(token)n
      \\echo \(token)s

      """
    func set(_ name: String, _ bytes: [UInt8]) {
      script += """
        SELECT pg_catalog.convert_from(pg_catalog.decode('\(Hexadecimal.text(of: bytes))', 'hex'), 'UTF8') \
        AS \(name) \\gset
        \(stopOnError)
        """
    }
    set("parity_statement", Array(sql.utf8))
    guard isPreparable else {
      return script + """
        SELECT :'parity_statement' \\gexec
        \(stopOnError)\\echo \(token)c
        \\echo \(token)d
        \\echo \(token)z 0

        """
    }
    for (index, value) in values.enumerated() {
      guard let bytes = value.textForm else { continue }
      set("parity_\(index + 1)", bytes)
    }
    let types = values.map { PostgresResult.typeNames[$0.typeOID] ?? "unknown" }
    let places = values.enumerated().map { index, value in
      value == .null ? "NULL" : ":'parity_\(index + 1)'"
    }
    func inParentheses(_ texts: [String]) -> String {
      texts.isEmpty ? "" : " (\(texts.joined(separator: ", ")))"
    }
    let execute = "EXECUTE parity\(inParentheses(places))"
    return script + """
      SELECT 'PREPARE parity\(inParentheses(types)) AS ' || :'parity_statement' \\gexec
      \(stopOnError)\\echo \(token)c
      \(execute) \\gdesc
      \(stopOnError)\\echo \(token)d
      \(execute);
      \(stopOnError)\\echo \(token)z :ROW_COUNT

      """
  }

  /// Reads what psql wrote.
  ///
  /// - Parameters:
  ///   - lastWords: what it wrote beside that, for errors that it has no words of its own for.
  ///   - isCut: whether there was more.
  package func result(
    _ output: [UInt8],
    lastWords: String,
    isCut: Bool
  ) throws(PostgresError) -> PostgresResult {
    if isCut {
      throw failure(
        .resultTooLarge(limit: outputLimit),
        "the result has more than \(outputLimit) bytes"
      )
    }
    let words = lastWords.split(whereSeparator: \.isNewline).first.map { String($0) }
    guard let (_, started) = output[...].cut(at: "\(token)s\n") else {
      // psql says the SQLSTATE of a failed connection nowhere: who asks is not told from where.
      throw failure(.connectionFailed, words ?? "psql said nothing")
    }
    if let (_, error) = started.cut(at: "\(token)e ") {
      let line = String(decoding: error.dropLast(), as: UTF8.self)
      let state = String(line.prefix(5))
      var failure = failure(.sqlState(state), String(line.dropFirst(6).prefix { !$0.isNewline }))
      failure.sqlState = state
      failure.detail = Self.words(behind: "DETAIL:  ", in: lastWords)
      failure.hint = Self.words(behind: "HINT:  ", in: lastWords)
      throw failure
    }
    guard let (unasked, described) = started.cut(at: "\(token)c\n"),
      let (columns, answered) = described.cut(at: "\(token)d\n"),
      let (rows, end) = answered.cut(at: "\(token)z ")
    else { throw failure(.connectionLost, words ?? "psql ended before its answer did") }
    guard let count = Int(String(decoding: end.dropLast(), as: UTF8.self)) else {
      throw clientFailure("is older than 11 and tells neither types nor errors")
    }
    guard unasked.isEmpty else {
      throw clientFailure("cannot tell the types of what this statement returns")
    }
    return try result(columns, rows, affectedRows: isPreparable ? count : nil)
  }

  private func result(
    _ columns: ArraySlice<UInt8>,
    _ rows: ArraySlice<UInt8>,
    affectedRows: Int?
  ) throws(PostgresError) -> PostgresResult {
    var result = PostgresResult(affectedRows: affectedRows)
    result.columns = table(columns).compactMap { line in
      // One field is psql's sentence that there are no columns.
      guard line.count == 2, let type = line[1] else { return nil }
      return PostgresResult.Column(
        name: String(decoding: line[0] ?? [], as: UTF8.self),
        formattedType: String(decoding: type, as: UTF8.self)
      )
    }
    guard !result.columns.isEmpty else {
      // Rows of no column are not in psql's output.
      guard StatementShape(sql).firstWord != "SELECT" else {
        throw clientFailure("shows no rows without columns")
      }
      return result
    }
    for row in table(rows) {
      guard row.count == result.columns.count else {
        throw clientFailure(
          "wrote a row of \(row.count) values for \(result.columns.count) columns"
        )
      }
      result.rows.append(
        zip(row, result.columns).map { text, column in
          text.map { PostgresCell(text: $0, ofType: column.typeOID) } ?? .null
        }
      )
    }
    return result
  }

  /// What psql has no variable for.
  private static func words(behind label: String, in text: String) -> String? {
    text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(label) }
      .map { String($0.dropFirst(label.count)) }
  }

  private func failure(_ code: PostgresError.Code, _ message: String) -> PostgresError {
    PostgresError(code, message, statement: sql)
  }

  private func clientFailure(_ what: String) -> PostgresError {
    failure(.clientFailed, "psql inside the container \(what)")
  }

  /// psql ends the last row with a line break, whatever stands between rows.
  private func table(_ text: ArraySlice<UInt8>) -> [[[UInt8]?]] {
    guard !text.isEmpty else { return [] }
    return text.dropLast().parts(at: "\(token)r").map { row in
      row.parts(at: "\(token)f").map { $0.elementsEqual("\(token)n".utf8) ? nil : Array($0) }
    }
  }
}

/// Without the password, wherever it is printed.
extension PsqlCommand: CustomStringConvertible, CustomReflectable {
  package var description: String { argv.joined(separator: " ") }

  package var customMirror: Mirror { Mirror(reflecting: description) }
}

extension PostgresParameters {
  /// What a variable of the container or a file in it could decide about otherwise.
  fileprivate var psqlEnvironment: [String: String] {
    var known = Dictionary(uniqueKeysWithValues: keywords(addresses: []))
    // Variables, because a keyword that a psql does not know yet is an error there.
    let names = [
      "password": "PGPASSWORD", "passfile": "PGPASSFILE", "application_name": "PGAPPNAME",
      "client_encoding": "PGCLIENTENCODING", "options": "PGOPTIONS",
      "connect_timeout": "PGCONNECT_TIMEOUT", "target_session_attrs": "PGTARGETSESSIONATTRS",
      "channel_binding": "PGCHANNELBINDING", "gssencmode": "PGGSSENCMODE",
      "sslmode": "PGSSLMODE", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
      "sslrootcert": "PGSSLROOTCERT", "sslcrl": "PGSSLCRL", "sslcrldir": "PGSSLCRLDIR",
    ]
    // English words for what stands beside an error.
    var environment = ["PGTZ": "UTC", "PGDATESTYLE": "ISO", "PGHOSTADDR": host, "LC_ALL": "C"]
    for (keyword, name) in names { environment[name] = known.removeValue(forKey: keyword) }
    return environment
  }
}

extension PostgresValue {
  /// What a quoted literal holds; nil for null.
  fileprivate var textForm: [UInt8]? {
    if case .bytes(let bytes) = self { return Array("\\x\(Hexadecimal.text(of: bytes))".utf8) }
    return wireForm
  }
}

extension String {
  /// Between the single quotes of a connection string (libpq 15, section 34.1.1.1).
  fileprivate var escapedForConnection: String {
    var escaped = ""
    for scalar in unicodeScalars {
      if scalar == "'" || scalar == "\\" { escaped.unicodeScalars.append("\\") }
      escaped.unicodeScalars.append(scalar)
    }
    return escaped
  }
}

extension ArraySlice<UInt8> {
  /// What stands before the first of these words, and what after it.
  fileprivate func cut(at word: String) -> (before: Self, after: Self)? {
    let mark = Array(word.utf8)
    guard let first = mark.first else { return nil }
    var start = startIndex
    while let place = self[start...].firstIndex(of: first) {
      if self[place...].starts(with: mark) {
        return (self[startIndex..<place], self[(place + mark.count)...])
      }
      start = place + 1
    }
    return nil
  }

  fileprivate func parts(at word: String) -> [Self] {
    var parts: [Self] = []
    var rest = self
    while let (before, after) = rest.cut(at: word) {
      parts.append(before)
      rest = after
    }
    return parts + [rest]
  }
}
