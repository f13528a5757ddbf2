#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where a MariaDB or MySQL server is and who asks. Nothing else decides: no `my.cnf` and no variable does.
package struct MySQLParameters: Sendable, Hashable {
  package enum Address: Sendable, Hashable {
    /// A name or an address.
    case tcp(host: String, port: Int)
    case unix(path: String)
  }

  package var address: Address
  package var database: String
  package var user: String
  package var password: String
  /// The most bytes of cells a result may have; a larger one is an error.
  package var maximumResultBytes: Int

  package init(
    address: Address,
    database: String,
    user: String,
    password: String = "",
    maximumResultBytes: Int = 64 << 20
  ) {
    self.address = address
    self.database = database
    self.user = user
    self.password = password
    self.maximumResultBytes = maximumResultBytes
  }

  /// What libmariadb takes from the environment where a parameter is absent (Connector/C 3.3,
  /// `mysql_server_init`, `mthd_my_real_connect`, `mysql_client_plugin_init`).
  static let variables = [
    "MYSQL_PWD", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT", "MARIADB_UNIX_PORT", "MARIADB_PLUGIN_DIR",
    "LIBMYSQL_PLUGINS", "MYSQL_HOME", "MARIADB_HOME",
  ]

  /// Removes them from this process, for good, where they are there at all.
  static func forgetVariables() {
    for name in variables where getenv(name) != nil { unsetenv(name) }
  }

  /// What C's texts cannot say.
  func check() throws(MySQLError) {
    let host: String
    switch address {
    case .tcp(let name, let port):
      host = name
      guard (1...65_535).contains(port) else {
        throw MySQLError(.invalidParameters, "port \(port) is out of range")
      }
    case .unix(let path): host = path
    }
    guard [host, database, user, password].allSatisfy({ !$0.utf8.contains(0) }) else {
      throw MySQLError(.invalidParameters, "a connection parameter contains a NUL")
    }
    guard !host.isEmpty, !user.isEmpty else {
      throw MySQLError(.invalidParameters, "the host or the user is empty")
    }
  }
}

/// Without the password, wherever it is printed.
extension MySQLParameters: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(user)@\(address)/\(database)" }

  package var customMirror: Mirror { Mirror(reflecting: description) }
}
