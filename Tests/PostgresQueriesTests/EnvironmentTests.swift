import Foundation
import PrivateServers
import Testing
import Threads

@testable import PostgresQueries

/// In processes of their own: variables are the whole process's.
@Suite(.postgresServer, .timeLimit(.minutes(2)))
struct EnvironmentTests {
  @Test func noVariableDecidesAboutAConnection() async throws {
    let server = try #require(PrivatePostgres.current)
    await #expect(processExitsWith: .success) {
      [port = server.port as Int, folder = server.folder as String] in
      try setHostileEnvironment(folder)
      for host in ["127.0.0.1", folder] {
        let parameters = PostgresParameters(
          host: host,
          port: port,
          database: "postgres",
          user: PrivatePostgres.user,
          password: PrivatePostgres.password
        )
        try await withConnection(parameters) { connection in
          let result = try await connection.query(
            """
            SELECT current_user::text, current_database()::text, current_setting('search_path'),
              current_setting('TimeZone'), current_setting('DateStyle'), current_setting('geqo'),
              current_setting('application_name'), current_setting('client_encoding')
            """,
            within: .seconds(10)
          )
          let expected = [
            "postgres", "postgres", "\"$user\", public", "UTC", "ISO, MDY", "on", "parity", "UTF8",
          ]
          #expect(result.rows == [expected.map { .text($0) }])
        }
      }
    }
  }

  @Test func neitherVariableNorFileStandsInForAPassword() async throws {
    let server = try #require(PrivatePostgres.current)
    await #expect(processExitsWith: .success) {
      [port = server.port as Int, folder = server.folder as String] in
      try setHostileEnvironment(folder)
      for variable in ["PGPASSWORD", "PGPASSFILE"] {
        if variable == "PGPASSFILE" { unsetenv("PGPASSWORD") }
        let error = try await failure {
          _ = try await PostgresConnection.connect(
            PostgresParameters(
              host: "127.0.0.1",
              port: port,
              database: "postgres",
              user: PrivatePostgres.user
            ),
            within: .seconds(10)
          )
        }
        #expect(error.code == .authenticationFailed)
      }
    }
  }
}

/// Everything that libpq would listen to, each with something that is wrong, but for the password.
private func setHostileEnvironment(_ folder: String) throws {
  let services = "\(folder)/pg_service.conf"
  try Data("[wrong]\nhost=192.0.2.1\ndbname=wrong\n".utf8).write(to: URL(fileURLWithPath: services))
  let passwords = "\(folder)/pgpass"
  try Data("*:*:*:*:\(PrivatePostgres.password)\n".utf8).write(to: URL(fileURLWithPath: passwords))
  chmod(passwords, 0o600)
  let variables = [
    "PGHOST": "192.0.2.1", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGUSER": "nobody",
    "PGPASSWORD": PrivatePostgres.password, "PGPASSFILE": passwords, "PGDATABASE": "wrong",
    "PGSERVICE": "wrong", "PGSERVICEFILE": services,
    "PGOPTIONS": "-c search_path=wrong -c DateStyle=German", "PGAPPNAME": "wrong",
    "PGCLIENTENCODING": "LATIN1", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": services,
    "PGSSLCERT": services, "PGSSLKEY": services, "PGSSLCRL": services, "PGREQUIREPEER": "wrong",
    "PGCONNECT_TIMEOUT": "1", "PGTARGETSESSIONATTRS": "standby", "PGCHANNELBINDING": "require",
    "PGGSSENCMODE": "require", "PGTZ": "Asia/Tokyo", "PGDATESTYLE": "German", "PGGEQO": "off",
    "PGSSLMINPROTOCOLVERSION": "TLSv1.3", "PGSSLMAXPROTOCOLVERSION": "TLSv1.2",
  ]
  for (name, value) in variables { setenv(name, value, 1) }
}
