package import HTTPRequests

/// Asks a ClickHouse server over HTTP, 18.16 and later.
///
/// The password goes into a header and never into the URL; every request is a POST.
package struct ClickHouseClient: Sendable {
  private let http: HTTPClient
  private let endpoint: String
  private let database: String
  private let user: String
  private let password: String?

  /// - Parameter endpoint: Scheme, host and port, such as `http://127.0.0.1:8123`.
  package init(
    http: HTTPClient,
    endpoint: String,
    database: String = "default",
    user: String = "default",
    password: String? = nil
  ) {
    self.http = http
    self.endpoint = endpoint
    self.database = database
    self.user = user
    self.password = password
  }

  /// Sends one statement and returns its whole result.
  ///
  /// `{name:Type}` outside of quotations and comments stands for a parameter. Types: `String`,
  /// `FixedString(N)`, `Int8…64`, `UInt8…64`, `Float32`, `Float64`, `Date`, `DateTime`, `UUID`,
  /// `Nullable(T)`, `Array(T)`.
  package func query(
    _ sql: String,
    parameters: [String: ClickHouseValue] = [:],
    within limit: Duration
  ) async throws(ClickHouseError) -> ClickHouseResult {
    throw ClickHouseError(.incomplete, "not written yet", statement: sql)
  }
}
