/// Where a database is and who asks. Nothing else decides: no `PG*` variable and no file does.
package struct PostgresParameters: Sendable, Hashable {
  /// Whether the connection is encrypted; a unix socket never is.
  package enum TLS: Sendable, Hashable {
    case disabled
    /// Encrypted if the server offers it; its certificate is not checked.
    case preferred
    /// Encrypted or not at all; its certificate is not checked.
    case required
    /// Encrypted, and chain and name are checked against this PEM file.
    case trusting(caFile: String)
  }

  /// A name, an address, or the absolute path of the folder with the server's unix socket.
  package var host: String
  /// Also part of the unix socket's name.
  package var port: Int
  package var database: String
  package var user: String
  package var password: String?
  package var tls: TLS
  /// What the server's list of sessions shows.
  package var applicationName: String
  /// The most bytes of cells a result may have; a larger one is an error.
  package var maximumResultBytes: Int

  package init(
    host: String,
    port: Int = 5432,
    database: String,
    user: String,
    password: String? = nil,
    tls: TLS = .preferred,
    applicationName: String = "parity",
    maximumResultBytes: Int = 64 << 20
  ) {
    self.host = host
    self.port = port
    self.database = database
    self.user = user
    self.password = password
    self.tls = tls
    self.applicationName = applicationName
    self.maximumResultBytes = maximumResultBytes
  }
}

/// Without the password, wherever it is printed.
extension PostgresParameters: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(user)@\(host):\(port)/\(database)" }

  package var customMirror: Mirror { Mirror(reflecting: description) }
}
