#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension PostgresParameters {
  /// What libpq takes from the environment although no parameter, or none that is empty, can say
  /// otherwise (libpq 15: `conninfo_add_defaults` takes a variable for every parameter that is
  /// absent or empty, `parseServiceInfo` insists on a service, and `PGTZ` and its like go straight
  /// into the start-up packet).
  static let variables = [
    "PGSERVICE", "PGHOSTADDR", "PGREQUIREPEER", "PGTZ", "PGDATESTYLE", "PGGEQO", "PGREQUIREAUTH",
    "PGSSLCERTMODE", "PGSSLNEGOTIATION", "PGSSLKEYLOGFILE", "PGGSSDELEGATION", "PGGSSLIB",
    "PGKRBSRVNAME", "PGLOADBALANCEHOSTS", "PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION",
  ]

  /// Removes them from this process, for good, where they are there at all: an untouched
  /// environment is never written to.
  static func forgetVariables() {
    for name in variables where getenv(name) != nil { unsetenv(name) }
  }

  /// Every parameter that a variable or a file could decide about, each with a value that is not
  /// empty: libpq takes an empty one for none.
  ///
  /// - Parameter addresses: Of the host, empty for a unix socket.
  func keywords(addresses: [String]) -> [(name: String, value: String)] {
    // No such file: a certificate below the home folder would be used if there is one.
    let nowhere = "/nonexistent/parity"
    let (mode, rootCertificate) =
      switch tls {
      case .disabled: ("disable", nowhere)
      case .preferred: ("prefer", nowhere)
      case .required: ("require", nowhere)
      case .trusting(let file): ("verify-full", file)
      }
    func repeated(_ value: String) -> String {
      Array(repeating: value, count: max(1, addresses.count)).joined(separator: ",")
    }
    var keywords = [
      ("host", repeated(host)),
      ("port", repeated("\(port)")),
      ("dbname", database),
      ("user", user),
      // A word in its place keeps `PGPASSWORD` out; a server that asks for one refuses it.
      ("password", password.flatMap { $0.isEmpty ? nil : $0 } ?? "none was given"),
      ("passfile", "/dev/null"),
      ("application_name", applicationName.isEmpty ? "parity" : applicationName),
      ("client_encoding", "UTF8"),
      ("options", "-c DateStyle=ISO -c TimeZone=UTC -c IntervalStyle=postgres"),
      ("connect_timeout", "0"),
      ("target_session_attrs", "any"),
      ("channel_binding", "prefer"),
      ("gssencmode", "disable"),
      ("sslmode", mode),
      ("sslcompression", "0"),
      ("sslcert", nowhere),
      ("sslkey", nowhere),
      ("sslrootcert", rootCertificate),
      ("sslcrl", nowhere),
      ("sslcrldir", nowhere),
      ("sslsni", "1"),
      ("ssl_min_protocol_version", "TLSv1.2"),
      ("ssl_max_protocol_version", "TLSv1.3"),
      // For the cancel request too, which has no deadline of its own.
      ("tcp_user_timeout", "10000"),
    ]
    if !addresses.isEmpty { keywords.append(("hostaddr", addresses.joined(separator: ","))) }
    return keywords
  }

  /// What the protocol or libpq's lists have no way to say.
  func check() throws(PostgresError) {
    let texts = [host, database, user, password ?? "", applicationName]
    guard texts.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw PostgresError(.invalidParameters, "a connection parameter contains a NUL")
    }
    // A comma would make it two hosts.
    guard !host.isEmpty, !host.utf8.contains(UInt8(ascii: ",")) else {
      throw PostgresError(.invalidParameters, "the host is empty or has a comma")
    }
    guard !database.isEmpty, !user.isEmpty else {
      throw PostgresError(.invalidParameters, "the database or the user is empty")
    }
    guard (1...65535).contains(port) else {
      throw PostgresError(.invalidParameters, "the port \(port) is none")
    }
  }
}
