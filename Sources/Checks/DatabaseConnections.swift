import PostgresQueries

/// Connections to the recipe's databases, one per service, kept between steps.
actor DatabaseConnections {
  private var connections: [String: PostgresConnection] = [:]

  /// The kept connection, or a new one.
  func connection(
    to service: String,
    _ parameters: PostgresParameters,
    within limit: Duration
  ) async throws(PostgresError) -> PostgresConnection {
    if let connection = connections[service] { return connection }
    let connection = try await PostgresConnection.connect(parameters, within: limit)
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
