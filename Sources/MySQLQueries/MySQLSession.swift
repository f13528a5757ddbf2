import CLibmariadb
import Formats
package import Threads

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// libmariadb's connection, used from one thread at a time and closed with the last reference.
package final class MySQLSession {
  private let connection: UnsafeMutablePointer<MYSQL>
  private let parameters: MySQLParameters
  /// The address that answered.
  private var host = ""
  /// Statements in the middle of something: freed once the connection is closed, when nothing is sent any more.
  private var abandoned: [UnsafeMutablePointer<MYSQL_STMT>] = []

  /// What this session must not inherit from the server's settings: texts as they are, moments in UTC, and
  /// no value of ours changed to fit. `GROUP_CONCAT` of MySQL ends after 1024 bytes otherwise.
  static let settings = """
    SET character_set_client = utf8mb4, character_set_results = utf8mb4, \
    character_set_connection = utf8mb4, time_zone = '+00:00', group_concat_max_len = 16777216, \
    sql_mode = CONCAT_WS(',', NULLIF(@@sql_mode, ''), 'STRICT_ALL_TABLES')
    """

  /// Not safe to be done twice at once.
  private static let isLibraryReady = mysql_server_init(0, nil, nil) == 0

  /// Connects, or says why not.
  package init(_ parameters: MySQLParameters, until deadline: Deadline) throws(MySQLError) {
    try parameters.check()
    MySQLParameters.forgetVariables()
    guard Self.isLibraryReady, let connection = mysql_init(nil) else {
      throw MySQLError(.connectionFailed, "libmariadb has no memory")
    }
    self.connection = connection
    self.parameters = parameters
    Self.configure(connection, parameters)
    guard mysql_options(connection, MYSQL_OPT_NONBLOCK, nil) == 0 else {
      throw MySQLError(.connectionFailed, "libmariadb cannot wait without blocking")
    }
    let hosts: [String]
    switch parameters.address {
    case .unix(let path): hosts = [path]
    case .tcp(let name, _):
      let lookup = NameLookup.addresses(of: name, until: deadline)
      try Self.check(lookup.outcome, at: .resolving, nil)
      hosts = lookup.addresses
      if hosts.isEmpty { throw MySQLError(.nameNotResolved, "the host \(name) is not known") }
    }
    for host in hosts {
      self.host = host
      if try connect(until: deadline, isLast: host == hosts.last) { break }
    }
    _ = try query(Self.settings, [], until: deadline)
  }

  deinit {
    mysql_close(connection)
    for statement in abandoned { mysql_stmt_close(statement) }
  }

  private static func configure(
    _ connection: UnsafeMutablePointer<MYSQL>,
    _ parameters: MySQLParameters
  ) {
    // No file of the server's asking is ever sent.
    _ = shim_mysql_option(connection, MYSQL_OPT_LOCAL_INFILE, 0)
    _ = shim_mysql_switch(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, 0)
    _ = shim_mysql_switch(connection, MYSQL_OPT_RECONNECT, 0)
    _ = shim_mysql_packet_limit(connection, parameters.maximumResultBytes + (1 << 20))
    _ = mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4")
    let isFile = if case .unix = parameters.address { true } else { false }
    let way = isFile ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP
    _ = shim_mysql_option(connection, MYSQL_OPT_PROTOCOL, way.rawValue)
  }

  /// - Returns: false where this address does not answer and another one may.
  private func connect(until deadline: Deadline, isLast: Bool) throws(MySQLError) -> Bool {
    let texts = [host, parameters.user, parameters.password, parameters.database].map {
      CString($0)
    }
    var port: UInt32 = 0
    var socket: UnsafePointer<CChar>?
    var name: UnsafePointer<CChar>? = texts[0].pointer
    switch parameters.address {
    case .tcp(_, let number): port = UInt32(number)
    case .unix: (name, socket) = (nil, texts[0].pointer)
    }
    var connected: UnsafeMutablePointer<MYSQL>?
    let database = parameters.database.isEmpty ? nil : texts[3].pointer
    let started = mysql_real_connect_start(
      &connected,
      connection,
      name,
      texts[1].pointer,
      texts[2].pointer,
      database,
      port,
      socket,
      0
    )
    try finish(started, at: .connecting, nil, until: deadline) {
      mysql_real_connect_cont(&connected, connection, $0)
    }
    withExtendedLifetime(texts) {}
    if connected != nil { return true }
    let number = Int(mysql_errno(connection))
    // 2000 to 2999 are the library's own: nobody answered as a server does.
    if !isLast, (2000..<3000).contains(number) { return false }
    let state = String(cString: mysql_sqlstate(connection))
    throw MySQLError(
      state.hasPrefix("28") ? .authenticationFailed : .connectionFailed,
      String(cString: mysql_error(connection)).firstLine,
      number: number,
      sqlState: state
    )
  }

  /// Ends the conversation at once, and asks the server to end what it was doing.
  func abandon(isServerThere: Bool) {
    let id = mysql_thread_id(connection)
    // Closing would wait for the other side otherwise.
    shutdown(mysql_get_socket(connection), Int32(SHUT_RDWR))
    guard isServerThere, id != 0 else { return }
    let (parameters, host) = (parameters, host)
    _ = DedicatedThread.start { Self.kill(id, parameters, host) }
  }

  /// By a connection of its own, blocking. The reason for a failure is of no use to anyone.
  private static func kill(_ id: UInt, _ parameters: MySQLParameters, _ host: String) {
    guard let connection = mysql_init(nil) else { return }
    defer { mysql_close(connection) }
    configure(connection, parameters)
    for option in [MYSQL_OPT_CONNECT_TIMEOUT, MYSQL_OPT_READ_TIMEOUT, MYSQL_OPT_WRITE_TIMEOUT] {
      _ = shim_mysql_option(connection, option, 5)
    }
    let connected =
      switch parameters.address {
      case .tcp(_, let port):
        mysql_real_connect(
          connection,
          host,
          parameters.user,
          parameters.password,
          nil,
          UInt32(port),
          nil,
          0
        )
      case .unix:
        mysql_real_connect(
          connection,
          nil,
          parameters.user,
          parameters.password,
          nil,
          0,
          host,
          0
        )
      }
    if connected != nil { _ = mysql_query(connection, "KILL QUERY \(id)") }
  }

  // MARK: Waiting

  /// Waits for what an operation waits for, and lets it go on, until it is done.
  private func finish(
    _ started: Int32,
    at stage: MySQLError.Stage,
    _ statement: String?,
    until deadline: Deadline,
    _ goOn: (Int32) -> Int32
  ) throws(MySQLError) {
    var status = started
    while status != 0 {
      let outcome = deadline.wait(
        mysql_get_socket(connection),
        reading: status & MYSQL_WAIT_READ != 0,
        writing: status & MYSQL_WAIT_WRITE != 0
      )
      try Self.check(outcome, at: stage, statement)
      status = goOn(status & ~MYSQL_WAIT_TIMEOUT)
    }
  }

  private static func check(
    _ outcome: Deadline.Outcome,
    at stage: MySQLError.Stage,
    _ statement: String?
  ) throws(MySQLError) {
    switch outcome {
    case .ready: return
    case .timedOut:
      throw MySQLError(.timedOut(stage), "the time was up while \(stage)", statement: statement)
    case .cancelled:
      throw MySQLError(.cancelled, "cancelled while \(stage)", statement: statement)
    }
  }
}

// MARK: - Statements

extension MySQLSession {
  /// Sends one statement and reads all it returns.
  func query(
    _ sql: String,
    _ values: [MySQLValue],
    until deadline: Deadline
  ) throws(MySQLError) -> MySQLResult {
    guard !sql.utf8.contains(0) else {
      throw MySQLError(.invalidParameters, "the statement contains a NUL", statement: sql)
    }
    guard let statement = mysql_stmt_init(connection) else { throw lost(sql) }
    let result: MySQLResult
    do throws(MySQLError) {
      result = try perform(statement, sql, values, until: deadline)
      mysql_stmt_close(statement)
    } catch {
      switch error.code {
      case .server, .invalidParameters: mysql_stmt_close(statement)
      default: abandoned.append(statement)
      }
      throw error
    }
    if !values.isEmpty, !result.columns.isEmpty { try checkComparisons(sql, until: deadline) }
    return result
  }

  private func perform(
    _ statement: UnsafeMutablePointer<MYSQL_STMT>,
    _ sql: String,
    _ values: [MySQLValue],
    until deadline: Deadline
  ) throws(MySQLError) -> MySQLResult {
    let text = CString(sql)
    var failed: Int32 = 0
    let length = UInt(sql.utf8.count)
    try finish(
      mysql_stmt_prepare_start(&failed, statement, text.pointer, length),
      at: .preparing,
      sql,
      until: deadline
    ) { mysql_stmt_prepare_cont(&failed, statement, $0) }
    withExtendedLifetime(text) {}
    guard failed == 0 else { throw error(of: statement, sql) }
    let count = Int(mysql_stmt_param_count(statement))
    guard count == values.count else {
      throw MySQLError(
        .invalidParameters,
        "the statement has \(count) places for values, not \(values.count)",
        statement: sql
      )
    }
    let bound = BoundValues(values)
    if count > 0 {
      guard mysql_stmt_bind_param(statement, bound.binds) == 0 else {
        throw error(of: statement, sql)
      }
    }
    try finish(
      mysql_stmt_execute_start(&failed, statement),
      at: .executing,
      sql,
      until: deadline
    ) { mysql_stmt_execute_cont(&failed, statement, $0) }
    withExtendedLifetime(bound) {}
    guard failed == 0 else { throw error(of: statement, sql) }
    var result = try rows(of: statement, sql, until: deadline)
    while mysql_stmt_more_results(statement) != 0 {
      try finish(
        mysql_stmt_next_result_start(&failed, statement),
        at: .receiving,
        sql,
        until: deadline
      ) { mysql_stmt_next_result_cont(&failed, statement, $0) }
      guard failed == 0 else { throw error(of: statement, sql) }
      let next = try rows(of: statement, sql, until: deadline)
      if result.columns.isEmpty { result = next }
    }
    return result
  }

  private func rows(
    of statement: UnsafeMutablePointer<MYSQL_STMT>,
    _ sql: String,
    until deadline: Deadline
  ) throws(MySQLError) -> MySQLResult {
    guard mysql_stmt_field_count(statement) > 0 else { return MySQLResult() }
    guard let reader = RowReader(statement) else { throw error(of: statement, sql) }
    var result = MySQLResult(columns: reader.names)
    var left = parameters.maximumResultBytes
    while true {
      var state: Int32 = 0
      try finish(
        mysql_stmt_fetch_start(&state, statement),
        at: .receiving,
        sql,
        until: deadline
      ) { mysql_stmt_fetch_cont(&state, statement, $0) }
      switch state {
      case MYSQL_NO_DATA: return result
      case 0, MYSQL_DATA_TRUNCATED: break
      default: throw error(of: statement, sql)
      }
      left -= reader.bytes
      guard left >= 0 else {
        let limit = parameters.maximumResultBytes
        throw MySQLError(
          .resultTooLarge(limit: limit),
          "the result is over \(limit) bytes",
          statement: sql
        )
      }
      guard let row = reader.row() else { throw error(of: statement, sql) }
      result.rows.append(row)
    }
  }

  /// A number that is compared with a text, and the other way round, is compared after the text was cut to
  /// what looks like a number: `id = 'x…'` finds the row 0. The server only warns of it (1292).
  private func checkComparisons(_ sql: String, until deadline: Deadline) throws(MySQLError) {
    // As text: to prepare it would forget what it shows.
    let text = CString("SHOW WARNINGS")
    var failed: Int32 = 0
    try finish(
      mysql_real_query_start(&failed, connection, text.pointer, UInt(strlen(text.pointer))),
      at: .executing,
      sql,
      until: deadline
    ) { mysql_real_query_cont(&failed, connection, $0) }
    withExtendedLifetime(text) {}
    guard failed == 0 else { throw lost(sql) }
    var warnings: UnsafeMutablePointer<MYSQL_RES>?
    try finish(
      mysql_store_result_start(&warnings, connection),
      at: .receiving,
      sql,
      until: deadline
    ) { mysql_store_result_cont(&warnings, connection, $0) }
    defer { mysql_free_result(warnings) }
    // Level, code, message.
    while let warnings, let row = mysql_fetch_row(warnings) {
      guard let code = row[1], String(cString: code) == "1292", let message = row[2] else {
        continue
      }
      throw MySQLError(
        .server(number: 1292, sqlState: "22007"),
        String(cString: message).firstLine,
        statement: sql
      )
    }
  }

  private func error(
    of statement: UnsafeMutablePointer<MYSQL_STMT>,
    _ sql: String
  ) -> MySQLError {
    let number = Int(mysql_stmt_errno(statement))
    guard number != 0 else { return lost(sql) }
    return Self.error(
      number,
      String(cString: mysql_stmt_sqlstate(statement)),
      String(cString: mysql_stmt_error(statement)),
      sql
    )
  }

  private func lost(_ sql: String) -> MySQLError {
    let error = Self.error(
      Int(mysql_errno(connection)),
      String(cString: mysql_sqlstate(connection)),
      String(cString: mysql_error(connection)),
      sql
    )
    return MySQLError(
      .connectionLost,
      error.message.isEmpty ? "libmariadb gave no reason" : error.message,
      number: error.number,
      sqlState: error.sqlState,
      statement: sql
    )
  }

  private static func error(
    _ number: Int,
    _ state: String,
    _ message: String,
    _ sql: String
  ) -> MySQLError {
    // The library's own (`errmsg.h`), and the server's farewells: shutdown, killed, idle for too long.
    let isLost = (2000..<3000).contains(number) || [1053, 1927, 4031].contains(number)
    return MySQLError(
      isLost ? .connectionLost : .server(number: number, sqlState: state),
      message.firstLine,
      number: number,
      sqlState: state,
      statement: sql
    )
  }
}

extension String {
  fileprivate var firstLine: String {
    split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }
}
