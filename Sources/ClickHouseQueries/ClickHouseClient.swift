import Formats
package import HTTPRequests

/// Asks a ClickHouse server over HTTP, 18.16 and later.
///
/// The password goes into a header and never into the URL; every request is a POST.
package struct ClickHouseClient: Sendable {
  private let http: HTTPClient
  private let endpoint: String
  private let unixSocketPath: String?
  private let database: String
  private let user: String
  private let password: String?

  /// - Parameters:
  ///   - endpoint: Scheme, host and port, such as `http://127.0.0.1:8123`.
  ///   - unixSocketPath: Connects here instead.
  package init(
    http: HTTPClient,
    endpoint: String,
    unixSocketPath: String? = nil,
    database: String = "default",
    user: String = "default",
    password: String? = nil
  ) {
    self.http = http
    self.endpoint = endpoint
    self.unixSocketPath = unixSocketPath
    self.database = database
    self.user = user
    self.password = password
  }

  /// Sends one statement and returns its whole result.
  ///
  /// `{name:Type}` outside of quotations and comments stands for a parameter, which is checked and
  /// written as a literal here: 18.16 has no `param_…`. Types: `String`, `FixedString(N)`,
  /// `Int8…64`, `UInt8…64`, `Float32`, `Float64`, `Date`, `DateTime`, `UUID`, `Nullable(T)`,
  /// `Array(T)`. Integers may stand where only a number can, as after `LIMIT`.
  ///
  /// After a time-out the server may go on with the statement until it notices that nobody listens.
  ///
  /// - Parameter maximumBytes: The largest answer accepted.
  package func query(
    _ sql: String,
    parameters: [String: ClickHouseValue] = [:],
    within limit: Duration,
    maximumBytes: Int = 64 << 20
  ) async throws(ClickHouseError) -> ClickHouseResult {
    let statement = try BoundStatement(sql, parameters)
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await http.send(request(statement, limit, maximumBytes))
    } catch {
      throw ClickHouseError(error, statement: sql)
    }
    return try ClickHouseResult(response, of: statement, sql: sql)
  }

  private func request(
    _ statement: BoundStatement,
    _ limit: Duration,
    _ maximumBytes: Int
  ) -> HTTPRequest {
    var base = endpoint[...]
    while base.last == "/" { base.removeLast() }
    var headers = [HTTPHeader("X-ClickHouse-User", user)]
    if let password { headers.append(HTTPHeader("X-ClickHouse-Key", password)) }
    return HTTPRequest(
      method: "POST",
      // Without waiting for the end, a query that fails half way answers 200.
      url: "\(base)/?database=\(database.percentEncoded)"
        + "&default_format=JSONCompact&wait_end_of_query=1",
      headers: headers,
      body: statement.text,
      timeout: limit,
      connectTimeout: limit,
      maximumBodyBytes: maximumBytes,
      unixSocketPath: unixSocketPath
    )
  }
}

/// Without the password, wherever it is printed.
extension ClickHouseClient: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(user)@\(endpoint)/\(database)" }

  package var customMirror: Mirror { Mirror(reflecting: description) }
}

extension ClickHouseResult {
  /// Decides what an answer is. A status of 200 proves nothing: what counts is a whole result.
  init(
    _ response: HTTPResponse,
    of statement: BoundStatement,
    sql: String
  ) throws(ClickHouseError) {
    let header = response.values(of: "X-ClickHouse-Exception-Code").first
    func exception() -> ClickHouseError? {
      ServerException(body: response.body, header: header).map {
        let name = ServerException.names[$0.code]
        return ClickHouseError(
          // Waiting for the end gives every exception a status of its own: who does not wait has
          // sent a part of the result by then.
          response.status == 200
            ? .brokenOff(code: $0.code, name: name) : .server(code: $0.code, name: name),
          $0.message,
          statement: sql
        )
      }
    }
    let incomplete = ClickHouseError(
      .incomplete,
      "the result ends after \(response.body.count) bytes and is not complete",
      statement: sql
    )

    guard response.status == 200, header == nil else {
      throw exception()
        ?? ClickHouseError(
          .notClickHouse(status: response.status),
          "the answer has status \(response.status) and is not ClickHouse's",
          statement: sql
        )
    }
    if response.body.isEmpty {
      if statement.returnsRows { throw incomplete }
      self.init(elapsed: response.timings.total)
      return
    }
    guard let document = try? JSONParser().parse(response.body),
      let result = ClickHouseResult(jsonCompact: document, elapsed: response.timings.total)
    else { throw exception() ?? incomplete }
    self = result
  }
}

extension ClickHouseError {
  init(_ error: HTTPError, statement: String) {
    let code: Code =
      switch error.code {
      case .timedOut, .connectTimedOut: .timedOut
      case .incompleteBody: .incomplete
      default: .http(error.code)
      }
    self.init(code, error.reason, statement: statement)
  }
}
