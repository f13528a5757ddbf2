import Deployments
import Evidence
import Formats
import MySQLQueries
import RedisQueries
import SQLiteQueries
import Suites
import Threads

extension Probes {
  // MARK: MariaDB and MySQL

  func queryMySQL(_ query: Query) async throws(Unperformed) -> Ending {
    let number = options.services[query.service]?.port ?? DatabaseKind.mysql.usualPort
    let address: MySQLParameters.Address =
      switch query.way {
      case .endpoint(.tcp(let host, let port)): .tcp(host: host, port: port)
      case .endpoint(.unix(let path)): .unix(path: path)
      case .client: .tcp(host: "127.0.0.1", port: number)
      }
    let parameters = MySQLParameters(
      address: address,
      database: query.database ?? "",
      user: query.user ?? "root",
      password: query.password ?? ""
    )
    let values = query.values.map(Self.mysql)
    var exchange = query.exchange(through: "mariadb")
    do throws(MySQLError) {
      let result: MySQLResult
      switch query.way {
      case .endpoint:
        let connection = try await databases.mysql.connection(
          to: query.service
        ) { () async throws(MySQLError) in
          try await MySQLConnection.connect(parameters, within: query.limit)
        }
        result = try await connection.query(query.action.statement, values, within: query.left)
      case .client(let service, let reason):
        let command = try MySQLCommand(parameters, query.action.statement, values)
        result = try await ask(command, in: service, within: query.limit, because: reason)
      }
      exchange.microseconds = (ContinuousClock.now - query.start).microseconds
      return answered(
        columns: result.columns,
        rows: result.rows.map { row in
          .object(JSONObject(zip(result.columns, row).map { ($0, $1.json) }))
        },
        exchange
      )
    } catch {
      exchange.microseconds = (ContinuousClock.now - query.start).microseconds
      exchange.errorCode = error.sqlState
      guard case .server(let number, let state) = error.code, !Self.isConnectionState(state) else {
        await databases.mysql.discard(query.service)
        return .unanswered(
          .noAnswer(detail: "\(query.service): \(error.description)"),
          .sql(exchange),
          isHopeless: error.code == .authenticationFailed
        )
      }
      return refused(state, "\(error.message) (\(number))", number: number, exchange)
    }
  }

  /// As typed as it was written: MariaDB compares a text with a number by cutting the text.
  private static func mysql(_ value: JSONValue) -> MySQLValue {
    switch value {
    case .null: .null
    case .bool(let value): .int(value ? 1 : 0)
    case .int(let value): .int(value)
    default: .text(Scope.text(of: value))
    }
  }

  // MARK: Redis

  func queryRedis(_ query: Query) async throws(Unperformed) -> Ending {
    var exchange = query.exchange(through: "redis-cli")
    do throws(RedisError) {
      let reply = try await reply(to: query)
      exchange.microseconds = (ContinuousClock.now - query.start).microseconds
      if case .error(let code, let message) = reply {
        exchange.errorCode = code
        // It is there, and says that it is no time to ask.
        guard ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN"].contains(code) else {
          return refused(code, message, exchange)
        }
        throw RedisError(.connectionFailed, "\(code) \(message)")
      }
      let isPaired = RedisCommand.pairing.contains(query.action.statement)
      return answered(
        columns: isPaired ? ["field", "value"] : ["value"],
        rows: Self.rows(of: reply, isPaired: isPaired),
        exchange
      )
    } catch {
      exchange.microseconds = (ContinuousClock.now - query.start).microseconds
      return .unanswered(
        .noAnswer(detail: "\(query.service): \(error.description)"),
        .sql(exchange),
        isHopeless: error.code == .authenticationFailed
      )
    }
  }

  private func reply(to query: Query) async throws(RedisError) -> RedisReply {
    let words = [query.action.statement] + query.values.map { Scope.text(of: $0) }
    let address: RedisClient.Address
    switch query.way {
    case .endpoint(.tcp(let host, let port)): address = .tcp(host: host, port: port)
    case .endpoint(.unix(let path)): address = .unix(path: path)
    case .client(let service, let reason):
      let command = RedisCommandLine(
        words,
        port: options.services[query.service]?.port ?? DatabaseKind.redis.usualPort,
        database: query.database ?? "0",
        user: query.user,
        password: query.password
      )
      return try await ask(command, in: service, within: query.limit, because: reason)
    }
    let client = RedisClient(
      address,
      database: query.database ?? "0",
      user: query.user,
      password: query.password
    )
    return try await client.send(words, within: query.limit)
  }

  /// Each element of a list is a row; nothing is none.
  private static func rows(of reply: RedisReply, isPaired: Bool) -> [JSONValue] {
    guard case .list(let items) = reply else {
      return reply == .null ? [] : [["value": reply.json]]
    }
    guard isPaired else { return items.map { ["value": $0.json] } }
    return stride(from: 0, to: items.count - 1, by: 2).map {
      ["field": items[$0].json, "value": items[$0 + 1].json]
    }
  }

  // MARK: SQLite

  /// The most bytes that a database file, or its log, may have.
  private static let fileLimit = 64 << 20

  func querySQLite(_ action: QueryAction, _ scope: Scope, _ limit: Duration)
    async throws(Unperformed) -> Ending
  {
    guard let template = action.path else { throw Unperformed("no path") }
    let path = try text(template, scope)
    let service = try await service(action.service)
    var values: [JSONValue] = []
    if case .positional(let trees) = action.parameters {
      for tree in trees { values.append(try json(tree, scope)) }
    }
    var exchange = SQLExchange(
      service: action.service,
      statement: action.statement,
      parameters: values.map { $0 == .null ? "null" : Scope.text(of: $0) },
      through: "a copy of \(path)"
    )
    let start = ContinuousClock.now
    do throws(SQLiteError) {
      guard let file = try await copy(of: path, in: service, until: start + limit) else {
        return .unanswered(
          .noAnswer(detail: "\(action.service): \(path): no such file"),
          .sql(exchange)
        )
      }
      let left = max(limit - (ContinuousClock.now - start), .milliseconds(1))
      let result = try await file.query(action.statement, values.map(Self.sqlite), within: left)
      exchange.microseconds = (ContinuousClock.now - start).microseconds
      return answered(
        columns: result.columns,
        rows: result.rows.map { .object(JSONObject(zip(result.columns, $0))) },
        exchange
      )
    } catch {
      exchange.microseconds = (ContinuousClock.now - start).microseconds
      guard case .sql(let code) = error.code else {
        return .unanswered(
          .noAnswer(detail: "\(action.service): \(path): \(error.message)"),
          .sql(exchange)
        )
      }
      exchange.errorCode = String(code)
      return refused(String(code), error.message, exchange)
    }
  }

  /// The database with its log and its journal, read until nobody wrote to them between two looks.
  ///
  /// - Returns: nil where there is no such file.
  private func copy(
    of path: String,
    in service: ServiceAccess,
    until end: ContinuousClock.Instant
  ) async throws(SQLiteError) -> SQLiteFile? {
    func read(_ ending: String) async throws(SQLiteError) -> [UInt8]? {
      do throws(DeploymentError) {
        return try await service.read(path + ending, limit: Self.fileLimit)
      } catch {
        throw SQLiteError(.noCopy, error.message)
      }
    }
    var last: SQLiteFile?
    while true {
      // The log before the database: what is moved meanwhile from one to the other is in both.
      let log = try await read("-wal")
      let journal = try await read("-journal")
      guard let database = try await read("") else { return nil }
      let file = SQLiteFile(database: database, log: log, journal: journal)
      if let last, last == file { return file }
      if last != nil, ContinuousClock.now >= end {
        throw SQLiteError(.timedOut, "somebody writes to it all the time")
      }
      last = file
    }
  }

  private static func sqlite(_ value: JSONValue) -> SQLiteValue {
    switch value {
    case .null: .null
    case .bool(let value): .int(value ? 1 : 0)
    case .int(let value): .int(value)
    case .number(let text): Double(text).map { .double($0) } ?? .text(text)
    default: .text(Scope.text(of: value))
    }
  }
}
