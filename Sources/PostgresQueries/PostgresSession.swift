import CLibpq
import Formats
package import Threads

/// libpq's connection, used from one thread at a time and closed with the last reference.
package final class PostgresSession {
  private let connection: OpaquePointer
  private let maximumResultBytes: Int

  /// Connects, or says why not.
  package init(_ parameters: PostgresParameters, until deadline: Deadline) throws(PostgresError) {
    try parameters.check()
    PostgresParameters.forgetVariables()
    var addresses: [String] = []
    if !parameters.host.hasPrefix("/") {
      let lookup = NameLookup.addresses(of: parameters.host, until: deadline)
      try PostgresSession.check(lookup.outcome, at: .resolving, nil)
      addresses = lookup.addresses
      if addresses.isEmpty {
        throw PostgresError(.nameNotResolved, "the host \(parameters.host) is not known")
      }
    }
    let connection = PostgresSession.start(parameters.keywords(addresses: addresses))
    guard let connection else {
      throw PostgresError(.connectionFailed, "libpq has no memory")
    }
    self.connection = connection
    maximumResultBytes = parameters.maximumResultBytes
    // Verbose, because only then is the SQLSTATE part of a failed connection's message.
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
    PQsetNoticeReceiver(connection, { _, _ in }, nil)
    try finishConnecting(until: deadline)
    guard PQsetnonblocking(connection, 1) == 0 else { throw connectionFailure() }
  }

  deinit {
    PQfinish(connection)
  }

  /// Asks the server to stop what it is doing, on a thread of its own: `PQcancel` opens a
  /// connection and waits.
  func cancel() {
    guard let request = CancelRequest(connection) else { return }
    _ = DedicatedThread.start { request.send() }
  }

  /// Sends one statement and reads all it returns.
  func query(
    _ sql: String,
    _ parameters: [PostgresValue],
    until deadline: Deadline
  ) throws(PostgresError) -> PostgresResult {
    try PostgresSession.check(sql)
    let bound = try BoundParameters(parameters, statement: sql)
    let isSent = bound.withPointers { types, values, lengths, formats in
      PQsendQueryParams(
        connection,
        sql,
        Int32(parameters.count),
        types,
        values,
        lengths,
        formats,
        0
      ) == 1
    }
    guard isSent else { throw lost(sql) }
    return try receive(sql, until: deadline).last ?? PostgresResult()
  }

  /// Sends text that may hold several statements, in the simple protocol.
  func execute(
    _ script: String,
    until deadline: Deadline
  ) throws(PostgresError) -> [PostgresResult] {
    try PostgresSession.check(script)
    guard PQsendQuery(connection, script) == 1 else { throw lost(script) }
    return try receive(script, until: deadline)
  }

  private static func check(_ sql: String) throws(PostgresError) {
    if sql.utf8.contains(0) {
      throw PostgresError(.invalidParameters, "the statement contains a NUL", statement: sql)
    }
  }

  private static func check(
    _ outcome: Deadline.Outcome,
    at stage: PostgresError.Stage,
    _ statement: String?
  ) throws(PostgresError) {
    switch outcome {
    case .ready: return
    case .timedOut:
      throw PostgresError(
        .timedOut(stage),
        "the time was up while \(stage)",
        statement: statement
      )
    case .cancelled:
      throw PostgresError(.cancelled, "cancelled while \(stage)", statement: statement)
    }
  }
}

// MARK: - Connecting

extension PostgresSession {
  private static func start(_ keywords: [(name: String, value: String)]) -> OpaquePointer? {
    let strings = keywords.flatMap { [CString($0.name), CString($0.value)] }
    var names: [UnsafePointer<CChar>?] = []
    var values: [UnsafePointer<CChar>?] = []
    for (index, string) in strings.enumerated() {
      if index.isMultiple(of: 2) {
        names.append(string.pointer)
      } else {
        values.append(string.pointer)
      }
    }
    return withExtendedLifetime(strings) {
      // The name of the database is a name and not a connection string: nothing is expanded.
      PQconnectStartParams(names + [nil], values + [nil], 0)
    }
  }

  private func finishConnecting(until deadline: Deadline) throws(PostgresError) {
    guard PQstatus(connection) != CONNECTION_BAD else { throw connectionFailure() }
    // libpq's manual: until the first call, as if it had asked for writing.
    var state = PGRES_POLLING_WRITING
    while state != PGRES_POLLING_OK {
      let outcome = deadline.wait(
        PQsocket(connection),
        reading: state == PGRES_POLLING_READING,
        writing: state == PGRES_POLLING_WRITING
      )
      try PostgresSession.check(outcome, at: .connecting, nil)
      state = PQconnectPoll(connection)
      if state == PGRES_POLLING_FAILED { throw connectionFailure() }
    }
  }

  private func connectionFailure() -> PostgresError {
    let failure = ConnectionFailure(String(cString: PQerrorMessage(connection)))
    let isAboutWho =
      failure.sqlState?.hasPrefix("28") ?? (PQconnectionUsedPassword(connection) == 1)
    return PostgresError(
      isAboutWho ? .authenticationFailed : .connectionFailed,
      failure.message,
      sqlState: failure.sqlState
    )
  }
}

// MARK: - Results

extension PostgresSession {
  private func receive(
    _ statement: String,
    until deadline: Deadline
  ) throws(PostgresError) -> [PostgresResult] {
    // Row by row, so that a result that is too large is noticed before it has filled the memory.
    PQsetSingleRowMode(connection)
    try flush(statement, until: deadline)
    var reader = ResultReader(maximumBytes: maximumResultBytes)
    var failures: [PostgresError] = []
    while let result = try next(statement, until: deadline) {
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR, PGRES_PIPELINE_ABORTED:
        let error = self.error(result, statement)
        if error.code == .connectionLost { throw error }
        failures.append(error)
        // A statement ends with its error, and a farewell may follow.
        guard failures.count < 3 else { throw endless(statement) }
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        throw PostgresError(
          .copyNotSupported,
          "COPY from or to the client is not supported",
          statement: statement
        )
      default:
        guard reader.read(result) else {
          throw PostgresError(
            .resultTooLarge(limit: maximumResultBytes),
            "the result is over \(maximumResultBytes) bytes",
            statement: statement
          )
        }
      }
    }
    if let failure = failures.first { throw failure }
    return reader.results
  }

  private func flush(_ statement: String, until deadline: Deadline) throws(PostgresError) {
    while true {
      switch PQflush(connection) {
      case 0: return
      case 1:
        let outcome = deadline.wait(PQsocket(connection), reading: true, writing: true)
        try PostgresSession.check(outcome, at: .sending, statement)
        // The server may have to be read before it reads on.
        guard PQconsumeInput(connection) == 1 else { throw lost(statement) }
      default: throw lost(statement)
      }
    }
  }

  /// The caller clears it; `nil` after the last.
  private func next(
    _ statement: String,
    until deadline: Deadline
  ) throws(PostgresError) -> OpaquePointer? {
    while PQisBusy(connection) == 1 {
      let outcome = deadline.wait(PQsocket(connection), reading: true, writing: false)
      try PostgresSession.check(outcome, at: .receiving, statement)
      // What the server said before it went is a result, so a failure here is not the end yet.
      if PQconsumeInput(connection) != 1, PQisBusy(connection) == 1 { throw lost(statement) }
      // libpq keeps what nobody asked to be notified of.
      while let notification = PQnotifies(connection) { PQfreemem(notification) }
    }
    return PQgetResult(connection)
  }

  private func error(_ result: OpaquePointer, _ statement: String) -> PostgresError {
    func field(_ pointer: UnsafePointer<CChar>?) -> String? {
      pointer.map { String(cString: $0) }
    }
    let sqlState = field(shim_pq_sqlstate(result))
    let isFatal = ["FATAL", "PANIC"].contains(field(shim_pq_severity(result)))
    let message =
      field(shim_pq_message(result))
      ?? ConnectionFailure(String(cString: PQresultErrorMessage(result))).message
    var code = PostgresError.Code.connectionLost
    if let sqlState, !isFatal, PQstatus(connection) == CONNECTION_OK { code = .sqlState(sqlState) }
    return PostgresError(
      code,
      message,
      sqlState: sqlState,
      detail: field(shim_pq_detail(result)),
      hint: field(shim_pq_hint(result)),
      position: field(shim_pq_position(result)).flatMap { Int($0) },
      statement: statement
    )
  }

  private func endless(_ statement: String) -> PostgresError {
    PostgresError(
      .connectionLost,
      "the server ends a statement again and again",
      statement: statement
    )
  }

  private func lost(_ statement: String) -> PostgresError {
    let failure = ConnectionFailure(String(cString: PQerrorMessage(connection)))
    return PostgresError(
      .connectionLost,
      failure.message,
      sqlState: failure.sqlState,
      statement: statement
    )
  }
}

/// A request to cancel, which outlives the connection it is about.
private final class CancelRequest: @unchecked Sendable {
  private let pointer: OpaquePointer

  init?(_ connection: OpaquePointer) {
    guard let pointer = PQgetCancel(connection) else { return nil }
    self.pointer = pointer
  }

  deinit {
    PQfreeCancel(pointer)
  }

  func send() {
    // The reason for a failure is of no use to anyone: the connection is given up either way.
    var reason = [CChar](repeating: 0, count: 256)
    PQcancel(pointer, &reason, Int32(reason.count))
  }
}
