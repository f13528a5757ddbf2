import Foundation
import PrivateServers
import Testing

@testable import HTTPRequests

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
  /// `openssl s_server` with a certificate of its own for `localhost`.
  ///
  /// - Parameter command: makes `key.pem` and `certificate.pem` in the folder that it is given.
  private func withServer(
    made command: [String]? = nil,
    _ body: (_ port: Int, _ caFile: String, HTTPClient) async throws -> Void
  ) async throws {
    let server = try await GuardedServer.start(stoppedBy: "TERM") { folder, port in
      let (key, certificate) = ("\(folder)/key.pem", "\(folder)/certificate.pem")
      let made = try await Command.run(
        GuardedServer.unprivileged(
          command.map { $0 + [folder] } ?? [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", key, "-out", certificate, "-days", "2",
          ]
        )
      )
      guard made.status == 0 else { throw FixtureError("openssl req: \(made.text)") }
      return [
        "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-key", key, "-cert", certificate,
        "-www", "-quiet",
      ]
    } isReady: { _, port in
      GuardedServer.accepts(port: port)
    }
    do {
      try await withClient { client in
        try await body(server.port, "\(server.folder)/certificate.pem", client)
      }
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  @Test func aCertificateIsTrustedOnlyAsAskedFor() async throws {
    try await withServer { port, caFile, client in
      var request = HTTPRequest(url: "https://localhost:\(port)/")
      let error = try await failure(client, request)
      guard case .tlsUntrusted(let reason) = error.code else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains("self"))
      #expect(error.reason.hasSuffix("self-signed certificate, it is for CN = localhost"))
      #expect(error.stage == .handshaking)

      request.tls = .trusting(caFile: caFile)
      let response = try await client.send(request)
      #expect(response.status == 200)
      #expect(response.timings.tls >= response.timings.connect)

      // Trust for one request is not trust for the next one, nor for the connection it left.
      request.tls = .verified
      guard case .tlsUntrusted = try await failure(client, request).code else {
        Issue.record("trusted")
        return
      }

      request.tls = .unverified
      #expect(try await client.send(request).status == 200)
    }
  }

  @Test func aCertificateForAnotherNameIsNotTrusted() async throws {
    try await withServer { port, caFile, client in
      let request = HTTPRequest(
        url: "https://127.0.0.1:\(port)/",
        tls: .trusting(caFile: caFile)
      )
      guard case .tlsUntrusted = try await failure(client, request).code else {
        Issue.record("trusted")
        return
      }
    }
  }

  /// One that was good for a day in 2020.
  @Test func aCertificateThatHasExpiredIsNotTrusted() async throws {
    let script = """
      cd "$1" && : >index.txt && echo 01 >serial && cat >ca.cnf <<END && \\
      openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \\
        -keyout key.pem -out request.pem && \\
      openssl ca -batch -notext -config ca.cnf -selfsign -keyfile key.pem -in request.pem \\
        -out certificate.pem -startdate 20200101000000Z -enddate 20200102000000Z
      [ca]
      default_ca = own
      [own]
      database = index.txt
      new_certs_dir = .
      serial = serial
      default_md = sha256
      policy = any
      x509_extensions = names
      [any]
      commonName = supplied
      [names]
      subjectAltName = DNS:localhost
      END
      """
    try await withServer(made: ["sh", "-c", script, "sh"]) { port, caFile, client in
      let request = HTTPRequest(url: "https://localhost:\(port)/", tls: .trusting(caFile: caFile))
      let error = try await failure(client, request)
      guard case .tlsUntrusted(let reason) = error.code else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains("expired"))
    }
  }

  @Test func aFileOfCertificatesMustBeThere() async throws {
    try await withServer { port, _, client in
      let request = HTTPRequest(
        url: "https://localhost:\(port)/",
        tls: .trusting(caFile: "/nonexistent/ca.pem")
      )
      let error = try await failure(client, request)
      #expect(error.code == .caFileUnreadable)
    }
  }

  @Test func plainTextIsNotTLS() async throws {
    try await withRawServer(RawService { $0.write("HTTP/1.1 400 Bad Request\r\n\r\n") }) { server in
      try await withClient { client in
        let request = HTTPRequest(url: "https://127.0.0.1:\(server.port)/", tls: .unverified)
        guard case .tlsFailed = try await failure(client, request).code else {
          Issue.record("no failure of TLS")
          return
        }
      }
    }
  }
}
