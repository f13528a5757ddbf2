import Foundation
import PrivateServers
import Testing

@testable import HTTPRequests

/// nginx speaks HTTP/2 over TLS, in front of a server that speaks HTTP/1.1.
@Suite(.timeLimit(.minutes(1)))
struct HTTP2Tests {
  private func withProxy(
    of backend: RawServer,
    _ body: (_ url: String, HTTPClient) async throws -> Void
  ) async throws {
    let server = try await GuardedServer.start(stoppedBy: "TERM") { folder, port in
      let made = try await Command.run(
        GuardedServer.unprivileged([
          "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
          "-nodes", "-subj", "/CN=localhost", "-days", "2", "-keyout", "\(folder)/key.pem",
          "-out", "\(folder)/certificate.pem",
        ])
      )
      guard made.status == 0 else { throw FixtureError("openssl req: \(made.text)") }
      let configuration = """
        daemon off;
        pid nginx.pid;
        error_log stderr;
        events {}
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          server {
            listen 127.0.0.1:\(port) ssl http2;
            listen [::1]:\(port) ssl http2;
            ssl_certificate certificate.pem;
            ssl_certificate_key key.pem;
            location / {
              proxy_pass \(backend.url);
              proxy_buffering off;
              proxy_set_header X-Forwarded-Proto $scheme;
            }
          }
        }
        """
      try Data(configuration.utf8).write(to: URL(fileURLWithPath: "\(folder)/nginx.conf"))
      chmod("\(folder)/nginx.conf", 0o644)
      return ["nginx", "-p", folder, "-e", "stderr", "-c", "nginx.conf"]
    } isReady: { _, port in
      GuardedServer.accepts(port: port)
    }
    do {
      try await withClient { client in
        try await body("https://127.0.0.1:\(server.port)", client)
      }
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  /// A connection that stays says nothing of its certificate the second time.
  @Test func `Whom a certificate is for that is not trusted is told each time`() async throws {
    try await withRawServer(always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) { backend in
      try await withProxy(of: backend) { url, client in
        for _ in 1...3 {
          do {
            _ = try await client.send(HTTPRequest(url: url + "/"))
            Issue.record("trusted")
          } catch let error as HTTPError {
            #expect(error.certificateSubject?.contains("localhost") == true, "\(error)")
          }
        }
      }
    }
  }

  @Test func `Answers over HTTP/2 are whole, share a connection, and say their version`()
    async throws
  {
    let text = String(repeating: "a", count: 100_000)
    let answer = "HTTP/1.1 201 Made\r\nX-It: 1\r\nContent-Length: 100000\r\n\r\n" + text
    try await withRawServer(always(answer)) { backend in
      try await withProxy(of: backend) { url, client in
        let request = HTTPRequest(
          method: "POST",
          url: "\(url)/x",
          body: Array("question".utf8),
          tls: .unverified
        )
        for isReused in [false, true] {
          let response = try await client.send(request)
          #expect(response.httpVersion == "2")
          #expect(response.status == 201)
          #expect(response.values(of: "X-It") == ["1"])
          #expect(response.body.count == 100_000)
          #expect(response.connectionReused == isReused)
        }
      }
    }
  }

  @Test func `Cookies go through a proxy that ends TLS, over HTTP/2 and IPv6`() async throws {
    let service = RawService { connection in
      while let request = connection.readRequest() {
        let head = request.head
        let cookie =
          head.split(whereSeparator: \.isNewline)
          .first { $0.lowercased().hasPrefix("cookie: ") } ?? "none"
        #expect(head.contains("X-Forwarded-Proto: https"))
        let location = head.hasPrefix("GET /end ") ? "" : "Location: /end\r\n"
        connection.write(
          "HTTP/1.1 \(location.isEmpty ? "200 OK" : "302 Found")\r\n\(location)"
            + "Set-Cookie: __Host-sid=s3; Path=/; Secure; HttpOnly\r\n"
            + "Content-Length: \(cookie.utf8.count)\r\n\r\n\(cookie)"
        )
      }
    }
    try await withRawServer(service) { backend in
      try await withProxy(of: backend) { url, client in
        for address in [url, url.replacing("127.0.0.1", with: "[::1]")] {
          var request = HTTPRequest(
            url: "\(address)/x",
            redirects: .follow(atMost: 1),
            tls: .unverified
          )
          request.cookies = CookieJar()
          let response = try await client.send(request)
          #expect(response.httpVersion == "2")
          #expect(response.status == 200)
          #expect(String(decoding: response.body, as: UTF8.self).hasSuffix("__Host-sid=s3"))
          request.url = "\(address)/end"
          request.cookies = response.cookies
          #expect(try await client.send(request).sentCookies == "__Host-sid=s3")
        }
      }
    }
  }

  @Test func `A body that ends early over HTTP/2 is no answer`() async throws {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    let service = RawService { connection in
      _ = connection.readRequest()
      connection.write(half)
    }
    try await withRawServer(service) { backend in
      try await withProxy(of: backend) { url, client in
        let error = try await failure(client, HTTPRequest(url: "\(url)/x", tls: .unverified))
        #expect(error.code == .incompleteBody(bytes: 4, of: 100))
      }
    }
  }

  @Test func `A proxy's answer for a server that is not there has its status`() async throws {
    try await withRawServer(RawService { $0.reset() }) { backend in
      try await withProxy(of: backend) { url, client in
        let response = try await client.send(HTTPRequest(url: "\(url)/x", tls: .unverified))
        #expect(response.status == 502)
        #expect(response.httpVersion == "2")
      }
    }
  }
}
