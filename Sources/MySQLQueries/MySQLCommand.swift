import Formats

/// One statement, asked by the server's own client where the server is, for one that cannot be reached.
///
/// Statement and values go in as hexadecimal digits on standard input, and the server binds them (`PREPARE`,
/// `EXECUTE … USING`), so that nothing of them is ever read as SQL or as one of the client's own commands.
/// What comes out is XML, the one form of the client's in which a value can be told from markup, and no
/// value from `NULL`; it has no types. Where the statement reads, the client is asked a second time for
/// the types of the columns, with no rows (`sql_select_limit`).
///
/// A session lasts for one statement.
package struct MySQLCommand: Sendable {
  /// The client's names: MariaDB's images of 11 and later have only the first, MySQL's only the second.
  package static let programs = ["mariadb", "mysql"]

  /// Behind the program.
  package let arguments: [String]
  package let environment: [String: String]
  package let script: [UInt8]
  /// What brings the columns' types; nil for a statement that returns none.
  package let typesScript: [UInt8]?
  package let outputLimit: Int

  private let sql: String

  package init(
    _ parameters: MySQLParameters,
    _ sql: String,
    _ values: [MySQLValue]
  ) throws(MySQLError) {
    try parameters.check()
    guard !sql.utf8.contains(0) else {
      throw MySQLError(.invalidParameters, "the statement contains a NUL", statement: sql)
    }
    self.sql = sql
    outputLimit = parameters.maximumResultBytes
    var arguments = [
      "--no-defaults", "--user=\(parameters.user)", "--default-character-set=utf8mb4",
      "--local-infile=0", "--skip-auto-rehash",
      // A NUL is a space in XML. An older client knows no such option, and goes on.
      "--loose-binary-as-hex",
    ]
    switch parameters.address {
    case .tcp(let host, let port):
      arguments += ["--protocol=tcp", "--host=\(host)", "--port=\(port)"]
    case .unix(let path): arguments += ["--protocol=socket", "--socket=\(path)"]
    }
    if !parameters.database.isEmpty { arguments.append("--database=\(parameters.database)") }
    self.arguments = arguments
    // Both clients take it, and it never stands in the arguments.
    environment = ["MYSQL_PWD": parameters.password]
    script = Array(Self.script(sql, values, isForTypes: false).utf8)
    let reads = ["SELECT", "SHOW", "WITH", "VALUES", "TABLE", "DESCRIBE", "EXPLAIN"]
    let isReading = reads.contains(SQLScanner(sql, .mysql).firstWord)
    typesScript = isReading ? Array(Self.script(sql, values, isForTypes: true).utf8) : nil
  }

  /// - Parameter isForTypes: as a table, which the client alone tells types with.
  package func argv(_ program: String, isForTypes: Bool) -> [String] {
    [program] + arguments + (isForTypes ? ["--table", "--column-type-info"] : ["--xml"])
  }

  private static func script(_ sql: String, _ values: [MySQLValue], isForTypes: Bool) -> String {
    func text(_ bytes: some Sequence<UInt8>) -> String {
      "CONVERT(X'\(Hexadecimal.text(of: Array(bytes)))' USING utf8mb4)"
    }
    var script = MySQLSession.settings + ";\nSET @parity = \(text(sql.utf8));\n"
    for (index, value) in values.enumerated() {
      let literal =
        switch value {
        case .null: "NULL"
        case .int(let number): String(number)
        case .double(let number): "\(number)e0"
        case .text(let value): text(value.utf8)
        case .bytes(let bytes): "X'\(Hexadecimal.text(of: bytes))'"
        }
      script += "SET @parity_\(index + 1) = \(literal);\n"
    }
    if isForTypes { script += "SET sql_select_limit = 0;\n" }
    let places = values.indices.map { "@parity_\($0 + 1)" }.joined(separator: ", ")
    return script + """
      PREPARE parity FROM @parity;
      EXECUTE parity\(places.isEmpty ? "" : " USING \(places)");

      """
  }

  /// Reads what the client wrote.
  ///
  /// - Parameters:
  ///   - output: of `script`.
  ///   - types: what it wrote for `typesScript`.
  ///   - lastWords: what it wrote beside that.
  package func result(
    _ output: [UInt8],
    types: [UInt8],
    lastWords: String,
    succeeded: Bool,
    isCut: Bool
  ) throws(MySQLError) -> MySQLResult {
    guard !isCut else {
      throw failure(
        .resultTooLarge(limit: outputLimit),
        "the result has more than \(outputLimit) bytes"
      )
    }
    guard succeeded else { throw refusal(lastWords) }
    let described = Self.columns(types)
    var result = MySQLResult(columns: described.map(\.name))
    let rows = try xmlRows(output)
    if result.columns.isEmpty, let first = rows.first { result.columns = first.map(\.name) }
    for row in rows {
      guard row.count == result.columns.count else {
        throw failure(.clientFailed, "the client wrote rows of different lengths")
      }
      result.rows.append(
        row.enumerated().map { index, field in
          let kind = described.isEmpty ? .text : described[index].kind
          return field.value.map { MySQLCell(Self.bytes($0, kind), kind) } ?? .null
        }
      )
    }
    return result
  }

  private func failure(_ code: MySQLError.Code, _ message: String) -> MySQLError {
    MySQLError(code, message, statement: sql)
  }

  /// `ERROR 1054 (42S22) at line 3: Unknown column …`, which is all that the client tells a failure with.
  private func refusal(_ words: String) -> MySQLError {
    let line = words.split(whereSeparator: \.isNewline).first { $0.hasPrefix("ERROR ") }
    guard let line,
      let match = line.firstMatch(of: /^ERROR (\d+) \(([0-9A-Z]{5})\)(?: at line \d+)?: (.*)$/),
      let number = Int(match.output.1)
    else {
      let first = words.split(whereSeparator: \.isNewline).first.map(String.init)
      return failure(.clientFailed, first ?? "the client said nothing")
    }
    let (state, message) = (String(match.output.2), String(match.output.3))
    if state.hasPrefix("28") {
      return MySQLError(.authenticationFailed, message, number: number, sqlState: state)
    }
    guard !(2000..<3000).contains(number) else {
      return MySQLError(.connectionFailed, message, number: number, sqlState: state)
    }
    return failure(.server(number: number, sqlState: state), message)
  }

  // MARK: The client's forms

  /// Of what has no character set the client writes `0x00FF`.
  private static func bytes(_ text: [UInt8], _ kind: MySQLCell.Kind) -> [UInt8] {
    guard kind == .bytes || kind == .bit, text.starts(with: "0x".utf8) else { return text }
    return Hexadecimal.bytes(of: String(decoding: text.dropFirst(2), as: UTF8.self)) ?? text
  }

  /// Names and types out of blocks of `Field   1:  `name``, `Type:       LONG`, `Collation:  binary (63)`.
  static func columns(_ types: [UInt8]) -> [(name: String, kind: MySQLCell.Kind)] {
    var columns: [(name: String, kind: MySQLCell.Kind)] = []
    var (type, name) = ("", String?.none)
    for line in String(decoding: types, as: UTF8.self).split(separator: "\n") {
      func value(_ key: String) -> Substring? {
        guard line.hasPrefix(key), let colon = line.firstIndex(of: ":") else { return nil }
        return line[line.index(after: colon)...].drop { $0 == " " }
      }
      if let field = value("Field ") {
        name = String(field.dropFirst().dropLast())
      } else if let found = value("Type:") {
        type = String(found)
      } else if let collation = value("Collation:"), let known = name {
        columns.append((known, .init(clientsType: type, isBinary: collation.hasPrefix("binary "))))
        name = nil
      }
    }
    return columns
  }

  private typealias Field = (name: String, value: [UInt8]?)

  /// The client escapes `<` in values and names; everything else stands as it is, so that it need not be XML.
  private func xmlRows(_ output: [UInt8]) throws(MySQLError) -> [[Field]] {
    var rows: [[Field]] = []
    var rest = output[...]
    while let start = rest.cut(behind: "<") {
      if start.after.starts(with: "row>".utf8) {
        rows.append([])
        rest = start.after
      } else if start.after.starts(with: "field name=\"".utf8), !rows.isEmpty {
        guard let name = start.after.dropFirst(12).cut(behind: "\"") else { break }
        let text = String(decoding: Self.plain(name.before), as: UTF8.self)
        if name.after.starts(with: " xsi:nil".utf8) {
          rows[rows.count - 1].append((text, nil))
          rest = name.after
        } else {
          guard let value = name.after.dropFirst().cut(behind: "</field>") else { break }
          rows[rows.count - 1].append((text, Self.plain(value.before)))
          rest = value.after
        }
      } else if start.after.starts(with: "/resultset>".utf8) {
        return rows
      } else {
        rest = start.after
      }
    }
    guard rows.isEmpty else {
      throw failure(.connectionLost, "the client ended before its answer did")
    }
    return rows
  }

  private static func plain(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard bytes.contains(UInt8(ascii: "&")) else { return Array(bytes) }
    let names: [(String, UInt8)] = [
      ("&lt;", 0x3C), ("&gt;", 0x3E), ("&amp;", 0x26), ("&quot;", 0x22),
    ]
    var plain: [UInt8] = []
    var rest = bytes
    while let byte = rest.first {
      if byte == 0x26, let known = names.first(where: { rest.starts(with: $0.0.utf8) }) {
        plain.append(known.1)
        rest = rest.dropFirst(known.0.utf8.count)
      } else {
        plain.append(byte)
        rest = rest.dropFirst()
      }
    }
    return plain
  }
}

/// Without the password, wherever it is printed.
extension MySQLCommand: CustomStringConvertible, CustomReflectable {
  package var description: String { arguments.joined(separator: " ") }

  package var customMirror: Mirror { Mirror(reflecting: description) }
}

extension MySQLCell.Kind {
  /// From `FIELD_TYPE`'s names, as both clients write them.
  fileprivate init(clientsType type: String, isBinary: Bool) {
    if type.contains("json") || type.contains("JSON") {
      self = .json
      return
    }
    switch type.prefix(while: { $0 != " " }) {
    case "TINY", "SHORT", "INT24", "LONG", "LONGLONG", "YEAR": self = .int
    case "DECIMAL", "NEWDECIMAL", "FLOAT", "DOUBLE": self = .number
    case "BIT": self = .bit
    case "GEOMETRY": self = .bytes
    case "TINY_BLOB", "MEDIUM_BLOB", "LONG_BLOB", "BLOB", "VAR_STRING", "STRING", "VARCHAR":
      self = isBinary ? .bytes : .text
    default: self = .text
    }
  }
}

extension ArraySlice<UInt8> {
  fileprivate func cut(behind mark: String) -> (before: Self, after: Self)? {
    guard let range = firstRange(of: mark.utf8) else { return nil }
    return (self[startIndex..<range.lowerBound], self[range.upperBound...])
  }
}
