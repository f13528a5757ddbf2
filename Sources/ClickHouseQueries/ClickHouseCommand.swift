import Formats

/// One statement, asked by `clickhouse-client` where the server is, for a server whose HTTP port
/// cannot be reached.
///
/// The statement goes in on standard input with its values bound, the password by
/// `CLICKHOUSE_PASSWORD`, which old clients (18.16) do not read; it never stands in `argv`.
package struct ClickHouseCommand: Sendable {
  package let argv: [String]
  package let environment: [String: String]
  package let input: [UInt8]

  /// As given, before values were bound.
  package let sql: String
  private let statement: BoundStatement
  private let hasPassword: Bool

  package init(
    _ sql: String,
    parameters: [String: ClickHouseValue] = [:],
    database: String = "default",
    user: String = "default",
    password: String? = nil
  ) throws(ClickHouseError) {
    statement = try BoundStatement(sql, parameters)
    self.sql = sql
    input = statement.text
    // The port is the client's own business: the native protocol has another than HTTP.
    argv = [
      "clickhouse-client", "--host=127.0.0.1", "--user=\(user)", "--database=\(database)",
      "--format=JSONCompact",
    ]
    hasPassword = password.map { !$0.isEmpty } ?? false
    // One that the container has for itself must not decide.
    environment = ["CLICKHOUSE_PASSWORD": password ?? ""]
  }

  /// Reads what the client wrote.
  ///
  /// - Parameters:
  ///   - elapsed: in microseconds.
  package func result(
    succeeded: Bool,
    output: [UInt8],
    errors: [UInt8],
    elapsed: Int
  ) throws(ClickHouseError) -> ClickHouseResult {
    guard succeeded else { throw failure(errors) }
    if output.isEmpty, !statement.returnsRows { return ClickHouseResult(elapsed: elapsed) }
    guard let document = try? JSONParser().parse(output),
      let result = ClickHouseResult(jsonCompact: document, elapsed: elapsed)
    else {
      throw ClickHouseError(
        .incomplete,
        "the result ends after \(output.count) bytes and is not complete",
        statement: sql
      )
    }
    return result
  }

  private func failure(_ errors: [UInt8]) -> ClickHouseError {
    guard var exception = ServerException(body: errors, header: nil) else {
      let text = String(decoding: TextCut.start(errors, limit: 4096), as: UTF8.self)
      let line = text.split(whereSeparator: \.isNewline).first.map { String($0) }
      return clientFailed(line ?? "clickhouse-client failed without a word")
    }
    let isServers = exception.takeReceived()
    if hasPassword, [192, 193, 194, 516].contains(exception.code) {
      return clientFailed(
        "\(exception.message) (\(exception.code)); the password went to clickhouse-client inside "
          + "the container as CLICKHOUSE_PASSWORD, which old clients such as 18.16 do not read"
      )
    }
    // `ATTEMPT_TO_READ_AFTER_EOF` of the client's own: the server hung up.
    if exception.code == 32, !isServers {
      return ClickHouseError(.incomplete, exception.message, statement: sql)
    }
    return ClickHouseError(
      .server(code: exception.code, name: ServerException.names[exception.code]),
      exception.message,
      statement: sql
    )
  }

  private func clientFailed(_ message: String) -> ClickHouseError {
    ClickHouseError(.clientFailed, message, statement: sql)
  }
}

/// Without the password, wherever it is printed.
extension ClickHouseCommand: CustomStringConvertible, CustomReflectable {
  package var description: String { argv.joined(separator: " ") }

  package var customMirror: Mirror { Mirror(reflecting: description) }
}

extension ServerException {
  /// Removes `Received from HOST:PORT. DB::Exception: `, which the client puts before the server's
  /// words.
  ///
  /// - Returns: Whether it was there.
  fileprivate mutating func takeReceived() -> Bool {
    let mark = "DB::Exception: "
    guard message.hasPrefix("Received from "), let end = message.firstRange(of: mark) else {
      return false
    }
    message = String(message[end.upperBound...])
    // The client's own full stop, behind whatever the server said (18.16 adds a space to it).
    if message.hasSuffix(" ") { message.removeLast() }
    if message.hasSuffix(".") { message.removeLast() }
    return true
  }
}
