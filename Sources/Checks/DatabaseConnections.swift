import MySQLQueries
import PostgresQueries
import Threads

/// Connections to the recipe's databases that are kept between steps.
struct DatabaseConnections: Sendable {
  let postgres = KeptConnections<PostgresConnection>()
  let mysql = KeptConnections<MySQLConnection>()

  func closeAll() async {
    await postgres.closeAll()
    await mysql.closeAll()
  }
}

protocol ClosableConnection: Sendable {
  func close() async
}

extension SessionConnection: ClosableConnection {}

/// One connection for each service and account.
actor KeptConnections<Connection: ClosableConnection> {
  private var connections: [String: Connection] = [:]

  /// The kept connection, or a new one.
  func connection<Failure: Error>(
    to service: String,
    _ connect: () async throws(Failure) -> Connection
  ) async throws(Failure) -> Connection {
    if let connection = connections[service] { return connection }
    let connection = try await connect()
    connections[service] = connection
    return connection
  }

  /// Forgets a connection after an error that it does not survive.
  func discard(_ service: String) async {
    await connections.removeValue(forKey: service)?.close()
  }

  func closeAll() async {
    for connection in connections.values { await connection.close() }
    connections = [:]
  }
}
