import ClickHouseQueries
import Deployments
import Evidence
import Formats
import HTTPRequests
import PostgresQueries
import Suites

extension Probes {
  // MARK: PostgreSQL

  func queryPostgres(_ action: SQLAction, _ scope: Scope, _ limit: Duration)
    async throws(Unperformed) -> Ending
  {
    guard
      case .postgres(let database, let user, let password)? =
        options.services[action.service]?.database
    else { throw Unperformed("\(action.service) is not declared as postgres under services") }
    let number = options.services[action.service]?.port ?? 5432
    let way = try await way(to: action.service, port: number)
    let host: String
    let port: Int
    switch way {
    case .endpoint(.tcp(let name, let number)): (host, port) = (name, number)
    case .endpoint(.unix(let path)):
      guard let socket = Self.postgresSocket(path) else {
        throw Unperformed("\(path) is no name that libpq looks for")
      }
      (host, port) = socket
    case .client: (host, port) = ("127.0.0.1", number)
    }
    var parameters = PostgresParameters(
      host: host,
      port: port,
      database: try text(database, scope),
      user: try text(user, scope)
    )
    if let password { parameters.password = try text(password, scope) }

    var values: [PostgresValue] = []
    if case .positional(let trees) = action.parameters {
      for tree in trees { values.append(Self.postgres(try json(tree, scope))) }
    }
    var exchange = SQLExchange(
      service: action.service,
      statement: action.statement,
      parameters: values.map(Self.shown),
      through: way.client(named: "psql")
    )
    let limit = min(action.timeout ?? limit, limit)
    let start = ContinuousClock.now
    do throws(PostgresError) {
      let result: PostgresResult
      switch way {
      case .endpoint:
        let connection = try await databases.connection(
          to: action.service,
          parameters,
          within: limit
        )
        let left = limit - (ContinuousClock.now - start)
        result = try await connection.query(
          action.statement,
          values,
          within: max(left, .milliseconds(1))
        )
      case .client(let service, let reason):
        let command = try PsqlCommand(parameters, action.statement, values)
        result = try await ask(command, in: service, within: limit, because: reason)
      }
      exchange.microseconds = (ContinuousClock.now - start).microseconds
      return answered(
        columns: result.columns.map(\.name),
        rows: result.rows.map { row in
          .object(
            JSONObject(
              zip(result.columns, row).map { ($0.name, Self.json($1)) }
            )
          )
        },
        exchange
      )
    } catch {
      exchange.microseconds = (ContinuousClock.now - start).microseconds
      exchange.errorCode = error.sqlState
      guard case .sqlState(let state) = error.code, !Self.isConnectionState(state) else {
        await databases.discard(action.service)
        return .unanswered(
          .noAnswer(detail: "\(action.service): \(error.description)"),
          .sql(exchange),
          isHopeless: error.code == .authenticationFailed
        )
      }
      return refused(state, error.message, exchange)
    }
  }

  /// The folder and the port that libpq makes `<folder>/.s.PGSQL.<port>` of.
  private static func postgresSocket(_ path: String) -> (folder: String, port: Int)? {
    guard let slash = path.lastIndex(of: "/") else { return nil }
    let name = path[path.index(after: slash)...]
    guard name.hasPrefix(".s.PGSQL."), let port = Int(name.dropFirst(9)) else { return nil }
    return (String(path[..<slash]), port)
  }

  /// SQLSTATE classes that tell of the connection or the server's state, not of the statement:
  /// 08 connection exception, 53 insufficient resources, 57P shutdown and start-up, 58 system
  /// error (PostgreSQL 15, appendix A).
  static func isConnectionState(_ state: String) -> Bool {
    ["08", "53", "57P", "58"].contains { state.hasPrefix($0) }
  }

  /// As text whose type the server takes from the statement: a number fits a text column then.
  private static func postgres(_ value: JSONValue) -> PostgresValue {
    switch value {
    case .null: .null
    default: .text(Scope.text(of: value))
    }
  }

  private static func shown(_ value: PostgresValue) -> String {
    if case .text(let text) = value { text } else { "null" }
  }

  private static func json(_ cell: PostgresCell) -> JSONValue {
    switch cell {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .number(let text): JSONValue(numberText: text) ?? .string(text)
    case .json(let text): (try? JSONParser().parse(text)) ?? .string(text)
    case .text(let text): .string(text)
    case .bytes(let bytes): .string(Hexadecimal.text(of: bytes))
    }
  }

  // MARK: ClickHouse

  func queryClickHouse(_ action: SQLAction, _ scope: Scope, _ limit: Duration)
    async throws(Unperformed) -> Ending
  {
    guard
      case .clickhouse(let database, let user, let password)? =
        options.services[action.service]?.database
    else { throw Unperformed("\(action.service) is not declared as clickhouse under services") }
    let way = try await way(
      to: action.service,
      port: options.services[action.service]?.port ?? 8123
    )
    let databaseName = try text(database, scope)
    let userName =
      try user.map { template throws(Unperformed) in try text(template, scope) } ?? "default"
    let secret = try password.map { template throws(Unperformed) in try text(template, scope) }
    var values: [String: ClickHouseValue] = [:]
    var shown: [String] = []
    if case .named(let pairs) = action.parameters {
      for (name, tree) in pairs {
        let value = try json(tree, scope)
        values[name] = Self.clickhouse(value)
        shown.append("\(name)=\(Scope.text(of: value))")
      }
    }
    var exchange = SQLExchange(
      service: action.service,
      statement: action.statement,
      parameters: shown,
      through: way.client(named: "clickhouse-client")
    )
    let limit = min(action.timeout ?? limit, limit)
    let start = ContinuousClock.now
    do throws(ClickHouseError) {
      let result: ClickHouseResult
      switch way {
      case .endpoint(let place):
        let client = clickHouse(at: place, databaseName, userName, secret)
        result = try await client.query(action.statement, parameters: values, within: limit)
      case .client(let service, let reason):
        let command = try ClickHouseCommand(
          action.statement,
          parameters: values,
          database: databaseName,
          user: userName,
          password: secret
        )
        result = try await ask(command, in: service, within: limit, because: reason)
      }
      exchange.microseconds = (ContinuousClock.now - start).microseconds
      return answered(
        columns: result.columns.map(\.name),
        rows: result.rows.map { row in
          .object(JSONObject(zip(result.columns, row).map { ($0.name, Self.json($1)) }))
        },
        exchange
      )
    } catch {
      exchange.microseconds = (ContinuousClock.now - start).microseconds
      switch error.code {
      case .server(let code, _) where !ClickHouseError.isAboutServer(code):
        exchange.errorCode = String(code)
        return refused(String(code), error.message, exchange)
      case .binding:
        throw Unperformed("\(action.service): \(error.description)")
      case .server(let code, _), .brokenOff(let code, _):
        exchange.errorCode = String(code)
      case .http, .notClickHouse, .incomplete, .timedOut, .clientFailed: break
      }
      return .unanswered(
        .noAnswer(detail: "\(action.service): \(error.description)"),
        .sql(exchange)
      )
    }
  }

  private func clickHouse(
    at place: Endpoint,
    _ database: String,
    _ user: String,
    _ password: String?
  ) -> ClickHouseClient {
    var url = "http://localhost/"
    var socket: String?
    switch place {
    case .tcp(let host, let port): url = "http://\(host):\(port)/"
    case .unix(let path): socket = path
    }
    return ClickHouseClient(
      http: http,
      endpoint: url,
      unixSocketPath: socket,
      database: database,
      user: user,
      password: password
    )
  }

  private static func clickhouse(_ value: JSONValue) -> ClickHouseValue {
    switch value {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .number(let text): .text(text)
    case .string(let text): .text(text)
    case .array(let items): .array(items.map(clickhouse))
    case .object: .text(value.description)
    }
  }

  private static func json(_ cell: ClickHouseCell) -> JSONValue {
    switch cell {
    case .null: .null
    case .int(let value): .int(value)
    case .uint(let value): Int64(exactly: value).map { .int($0) } ?? .number(String(value))
    case .number(let text): JSONValue(numberText: text) ?? .string(text)
    case .text(let text): .string(text)
    case .array(let cells): .array(cells.map(json))
    }
  }

  // MARK: Both

  private func answered(columns: [String], rows: [JSONValue], _ exchange: SQLExchange) -> Ending {
    var exchange = exchange
    exchange.columns = columns
    exchange.rowCount = rows.count
    exchange.rows = rows.prefix(20).map { Array($0.description.utf8).shown(2048) ?? "" }
    var answer = Answer()
    answer.columns = columns
    answer.rows = rows
    answer.microseconds = exchange.microseconds
    return .answered(answer, .sql(exchange))
  }

  private func refused(_ code: String, _ message: String, _ exchange: SQLExchange) -> Ending {
    var answer = Answer()
    answer.error = (code, message)
    answer.microseconds = exchange.microseconds
    return .answered(answer, .sql(exchange))
  }
}
