import ClickHouseQueries
import Deployments
import Evidence
import Formats
import HTTPRequests
import PostgresQueries
import Suites
import Threads

extension Probes {
  func query(_ action: QueryAction, _ scope: Scope, _ limit: Duration)
    async throws(Unperformed) -> Ending
  {
    let limit = min(action.timeout ?? limit, limit)
    if action.database == .sqlite { return try await querySQLite(action, scope, limit) }
    guard let settings = options.services[action.service]?.database,
      settings.kind == action.database
    else {
      throw Unperformed("\(action.service) is not declared as \(action.database) under services")
    }
    var query = Query(
      action: action,
      way: try await way(
        to: action.service,
        port: options.services[action.service]?.port ?? action.database.usualPort
      ),
      limit: limit
    )
    if let name = settings.name { query.database = try text(name, scope) }
    if let user = settings.user { query.user = try text(user, scope) }
    if let password = settings.password { query.password = try text(password, scope) }
    switch action.parameters {
    case .positional(let trees):
      for tree in trees { query.values.append(try json(tree, scope)) }
    case .named(let pairs):
      for (name, tree) in pairs { query.named.append((name, try json(tree, scope))) }
    case .none: break
    }
    switch action.database {
    case .postgres: return try await queryPostgres(query)
    case .mysql: return try await queryMySQL(query)
    case .clickhouse: return try await queryClickHouse(query)
    case .redis: return try await queryRedis(query)
    case .sqlite: throw Unperformed("\(action.service) is not a file")
    }
  }

  /// A statement with everything filled in, and whom to ask.
  struct Query: Sendable {
    let action: QueryAction
    let way: Way
    let limit: Duration
    var database: String?
    var user: String?
    var password: String?
    var values: [JSONValue] = []
    var named: [(name: String, value: JSONValue)] = []
    let start = ContinuousClock.now

    var service: String { action.service }
    /// At least a little, so that what is late says so itself.
    var left: Duration { max(limit - (ContinuousClock.now - start), .milliseconds(1)) }

    /// - Parameter program: who asks where nothing leads to the port.
    func exchange(through program: String) -> SQLExchange {
      SQLExchange(
        service: service,
        statement: action.statement,
        parameters: named.map { "\($0.name)=\(Scope.text(of: $0.value))" }
          + values.map { $0 == .null ? "null" : Scope.text(of: $0) },
        through: way.client(named: program)
      )
    }
  }

  // MARK: PostgreSQL

  private func queryPostgres(_ query: Query) async throws(Unperformed) -> Ending {
    let number = options.services[query.service]?.port ?? DatabaseKind.postgres.usualPort
    let host: String
    let port: Int
    switch query.way {
    case .endpoint(.tcp(let name, let number)): (host, port) = (name, number)
    case .endpoint(.unix(let path)):
      guard let socket = Self.postgresSocket(path) else {
        throw Unperformed("\(path) is no name that libpq looks for")
      }
      (host, port) = socket
    case .client: (host, port) = ("127.0.0.1", number)
    }
    let parameters = PostgresParameters(
      host: host,
      port: port,
      database: query.database ?? "postgres",
      user: query.user ?? "postgres",
      password: query.password
    )
    let values = query.values.map(Self.postgres)
    var exchange = query.exchange(through: "psql")
    do throws(PostgresError) {
      let result: PostgresResult
      switch query.way {
      case .endpoint:
        let connection = try await databases.postgres.connection(
          to: query.service
        ) { () async throws(PostgresError) in
          try await PostgresConnection.connect(parameters, within: query.limit)
        }
        result = try await connection.query(query.action.statement, values, within: query.left)
      case .client(let service, let reason):
        let command = try PsqlCommand(parameters, query.action.statement, values)
        result = try await ask(command, in: service, within: query.limit, because: reason)
      }
      exchange.microseconds = (ContinuousClock.now - query.start).microseconds
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
      exchange.microseconds = (ContinuousClock.now - query.start).microseconds
      exchange.errorCode = error.sqlState
      guard case .sqlState(let state) = error.code, !Self.isConnectionState(state) else {
        await databases.postgres.discard(query.service)
        return .unanswered(
          .noAnswer(detail: "\(query.service): \(error.description)"),
          .sql(exchange),
          isHopeless: error.code == .authenticationFailed
        )
      }
      return refused(state, error.wholeMessage, exchange)
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

  private static func json(_ cell: PostgresCell) -> JSONValue {
    switch cell {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .number(let text): JSONValue(numberText: text) ?? .string(text)
    case .json(let text): (try? JSONParser().parse(text)) ?? .string(text)
    case .array(let cells): .array(cells.map(json))
    case .text(let text): .string(text)
    case .bytes(let bytes): .string(Hexadecimal.text(of: bytes))
    }
  }

  // MARK: ClickHouse

  private func queryClickHouse(_ query: Query) async throws(Unperformed) -> Ending {
    let values = Dictionary(
      query.named.map { ($0.name, Self.clickhouse($0.value)) },
      uniquingKeysWith: { $1 }
    )
    let database = query.database ?? "default"
    let user = query.user ?? "default"
    var exchange = query.exchange(through: "clickhouse-client")
    do throws(ClickHouseError) {
      let result: ClickHouseResult
      switch query.way {
      case .endpoint(let place):
        let client = clickHouse(at: place, database, user, query.password)
        result = try await client.query(
          query.action.statement,
          parameters: values,
          within: query.limit
        )
      case .client(let service, let reason):
        let command = try ClickHouseCommand(
          query.action.statement,
          parameters: values,
          database: database,
          user: user,
          password: query.password
        )
        result = try await ask(command, in: service, within: query.limit, because: reason)
      }
      exchange.microseconds = (ContinuousClock.now - query.start).microseconds
      return answered(
        columns: result.columns.map(\.name),
        rows: result.rows.map { row in
          .object(JSONObject(zip(result.columns, row).map { ($0.name, Self.json($1)) }))
        },
        exchange
      )
    } catch {
      exchange.microseconds = (ContinuousClock.now - query.start).microseconds
      switch error.code {
      case .server(let code, _) where !ClickHouseError.isAboutServer(code):
        exchange.errorCode = String(code)
        return refused(String(code), error.message, exchange)
      case .binding:
        throw Unperformed("\(query.service): \(error.description)")
      case .server(let code, _), .brokenOff(let code, _):
        exchange.errorCode = String(code)
      case .http, .notClickHouse, .incomplete, .timedOut, .clientFailed: break
      }
      return .unanswered(
        .noAnswer(detail: "\(query.service): \(error.description)"),
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

  // MARK: All

  func answered(columns: [String], rows: [JSONValue], _ exchange: SQLExchange) -> Ending {
    var exchange = exchange
    exchange.columns = columns
    exchange.rowCount = rows.count
    let secrets = options.secrets()
    exchange.rows = rows.prefix(20).map {
      Array($0.description.utf8).shown(2048, without: secrets) ?? ""
    }
    var answer = Answer()
    answer.columns = columns
    answer.rows = rows
    answer.microseconds = exchange.microseconds
    return .answered(answer, .sql(exchange))
  }

  /// - Parameter number: the server's own, beside an SQLSTATE.
  func refused(
    _ code: String,
    _ message: String,
    number: Int? = nil,
    _ exchange: SQLExchange
  ) -> Ending {
    var answer = Answer()
    answer.error = Answer.Refusal(code: code, number: number, message: message)
    answer.microseconds = exchange.microseconds
    return .answered(answer, .sql(exchange))
  }
}
