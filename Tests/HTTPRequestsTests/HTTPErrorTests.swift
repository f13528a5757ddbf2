import Foundation
import PrivateServers
import Testing

@testable import HTTPRequests

@Suite(.timeLimit(.minutes(1)))
struct HTTPErrorTests {
  /// What a server does, and what becomes of the request.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var serve: @Sendable (RawConnection) -> Void
    var code: HTTPError.Code
    var stage: HTTPError.Stage

    init(
      _ testDescription: String,
      _ code: HTTPError.Code,
      at stage: HTTPError.Stage,
      _ serve: @escaping @Sendable (RawConnection) -> Void
    ) {
      self.testDescription = testDescription
      self.code = code
      self.stage = stage
      self.serve = serve
    }
  }

  static let cases = [
    Case("a reset before an answer", .connectionReset(bytes: nil, of: nil), at: .waiting) {
      _ = $0.readRequest()
      $0.reset()
    },
    Case("a reset in the body", .connectionReset(bytes: 4, of: 100), at: .receiving) {
      _ = $0.readRequest()
      $0.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
      // The client must have read it: what is unread is lost with a reset.
      usleep(50_000)
      $0.reset()
    },
    Case("no answer", .closedWithoutAnswer, at: .waiting) { _ = $0.readRequest() },
    Case("half a body", .incompleteBody(bytes: 4, of: 100), at: .receiving) {
      _ = $0.readRequest()
      $0.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    },
    Case("half of the chunks", .incompleteBody(bytes: 4, of: nil), at: .receiving) {
      _ = $0.readRequest()
      $0.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
    },
    Case("an endless body", .bodyTooLarge(limit: 1000), at: .receiving) {
      _ = $0.readRequest()
      $0.write("HTTP/1.1 200 OK\r\n\r\n")
      while $0.write([UInt8](repeating: 0x61, count: 4096)) {}
    },
    Case("endless headers", .headersTooLarge(limit: 256 << 10), at: .waiting) {
      _ = $0.readRequest()
      $0.write("HTTP/1.1 200 OK\r\n")
      while $0.write("X-More: \(String(repeating: "a", count: 4000))\r\n") {}
    },
    Case("not HTTP", .notHTTP, at: .waiting) {
      _ = $0.readRequest()
      $0.write("220 mail.example.org ESMTP\r\n")
    },
    Case("a body that is not gzip", .badContentEncoding("gzip"), at: .receiving) {
      _ = $0.readRequest()
      $0.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")
    },
    Case("a coding that nobody knows", .unknownContentEncoding("rot13"), at: .receiving) {
      _ = $0.readRequest()
      $0.write("HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 4\r\n\r\nnope")
    },
    Case("no byte in time", .timedOut(after: .milliseconds(300), bytes: 0), at: .waiting) {
      _ = $0.readRequest()
      $0.waitForEnd()
    },
    Case("no end in time", .timedOut(after: .milliseconds(300), bytes: 4), at: .receiving) {
      _ = $0.readRequest()
      $0.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
      $0.waitForEnd()
    },
  ]

  @Test(arguments: cases)
  func aBrokenAnswerHasItsOwnError(_ example: Case) async throws {
    try await withRawServer(RawService(example.serve)) { server in
      try await withClient { client in
        let isTimeout = if case .timedOut = example.code { true } else { false }
        let request = HTTPRequest(
          url: "\(server.url)/p",
          timeout: isTimeout ? .milliseconds(300) : .seconds(30),
          maximumBodyBytes: 1000
        )
        let error = try await failure(client, request)
        #expect(error.code == example.code)
        #expect(error.stage == example.stage)
        #expect(error.description.hasPrefix("GET \(server.url)/p: "))
        #expect(!error.description.contains("\n"))
      }
    }
  }

  @Test(arguments: [
    (HTTPError.Code.connectionReset(bytes: nil, of: nil), "connection reset by peer"),
    (
      .connectionReset(bytes: 1024, of: 4096),
      "connection reset by peer after 1,024 of 4,096 bytes"
    ),
    (.incompleteBody(bytes: 1024, of: nil), "the body ended early, after 1,024 bytes"),
    (.bodyTooLarge(limit: 16 << 20), "the body is over 16,777,216 bytes"),
    (.timedOut(after: .milliseconds(300), bytes: 0), "no answer within 300 ms"),
    (
      .timedOut(after: .milliseconds(1500), bytes: 12_345),
      "no complete answer within 1.5 s, only 12,345 bytes"
    ),
  ])
  func anErrorSaysHowFarItCame(code: HTTPError.Code, words: String) {
    #expect(code.description == words)
  }

  @Test func `A cut answer keeps the status and headers that came`() async throws {
    let head = "HTTP/1.1 500 Oops\r\nX-Request-Id: 7\r\nContent-Length: 100\r\n\r\n"
    try await withRawServer(
      RawService {
        _ = $0.readRequest()
        $0.write(head + "half")
      }
    ) { server in
      try await withClient { client in
        let error = try await failure(client, HTTPRequest(url: server.url))
        #expect(error.code == .incompleteBody(bytes: 4, of: 100))
        #expect(error.status == 500)
        #expect(error.headers.first(named: "X-Request-Id") == "7")
        #expect(error.reason.contains("500"))
      }
    }
  }

  @Test func whereARedirectLedIsSaidWithoutItsSecrets() async throws {
    let location = "http://u:p@127.0.0.1:1/x?token=s"
    try await withRawServer(
      always("HTTP/1.1 302 F\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
    ) { server in
      try await withClient { client in
        let request = HTTPRequest(url: server.url, redirects: .follow(atMost: 1))
        let error = try await failure(client, request)
        #expect(error.code == .connectionRefused)
        #expect(error.reason == "connection refused, redirected to http://127.0.0.1:1/x")
      }
    }
  }

  @Test func theCapIsOnDecodedBytesAndNotBelowItself() async throws {
    let packed = try #require(try await gzip(String(repeating: "a", count: 100_000)))
    try await withRawServer(
      RawService { connection in
        while connection.readRequest() != nil {
          connection.write(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n"
          )
          connection.write(packed)
        }
      }
    ) { server in
      try await withClient { client async throws in
        let fits = HTTPRequest(url: server.url, maximumBodyBytes: 100_000)
        #expect(try await client.send(fits).body.count == 100_000)
        let tooSmall = HTTPRequest(url: server.url, maximumBodyBytes: 99_999)
        #expect(try await failure(client, tooSmall).code == .bodyTooLarge(limit: 99_999))
      }
    }
  }

  private func gzip(_ text: String) async throws -> [UInt8]? {
    let made = try await Command.run(
      ["/bin/sh", "-c", "printf %s \"$TEXT\" | gzip -9"],
      environment: ["TEXT": text]
    )
    return made.status == 0 ? made.output : nil
  }

  @Test func aPortWithoutAServerRefuses() async throws {
    let port = try GuardedServer.freePort()
    try await withClient { client in
      let error = try await failure(client, HTTPRequest(url: "http://127.0.0.1:\(port)/"))
      #expect(error.code == .connectionRefused)
      #expect(error.stage == .connecting)
    }
  }

  @Test func aServerThatDoesNotAcceptTimesOutWhileConnecting() async throws {
    // A TLS handshake that nobody answers counts as connecting.
    try await withRawServer(RawService { $0.waitForEnd() }) { server in
      try await withClient { client in
        let request = HTTPRequest(
          url: "https://127.0.0.1:\(server.port)/",
          connectTimeout: .milliseconds(200)
        )
        let error = try await failure(client, request)
        #expect(error.code == .connectTimedOut)
        #expect(error.stage == .handshaking)
      }
    }
  }

  @Test(arguments: [
    ("", HTTPError.Code.invalidURL), ("example.org", .invalidURL), ("http:/x", .invalidURL),
    ("http://a b/", .invalidURL), ("http://a/\n", .invalidURL), ("http://[::1/", .invalidURL),
    ("http://127.0.0.1:99999/", .invalidURL), ("file:///etc/passwd", .unsupportedScheme),
    ("gopher://127.0.0.1/", .unsupportedScheme), ("http://no..name/", .nameNotResolved),
  ])
  func whatCannotBeAskedForIsRefused(url: String, code: HTTPError.Code) async throws {
    try await withClient { client async throws in
      let error = try await failure(client, HTTPRequest(url: url))
      #expect(error.code == code)
      #expect(!error.description.contains("\n"))
    }
  }

  @Test func noFieldOrMethodCanSmuggleALine() async throws {
    try await withClient { client in
      let url = "http://127.0.0.1:1/"
      for header in [
        HTTPHeader("X", "a\r\nY: b"), HTTPHeader("X", "a\nb"), HTTPHeader("X", "a\0"),
        HTTPHeader("X:", "a"), HTTPHeader("", "a"), HTTPHeader("X\r\n", "a"),
      ] {
        let error = try await failure(client, HTTPRequest(url: url, headers: [header]))
        #expect(error.code == .invalidHeader(name: header.name))
      }
      for method in ["", "GET /", "GET\r\n"] {
        let error = try await failure(client, HTTPRequest(method: method, url: url))
        #expect(error.code == .invalidMethod)
        #expect(!error.description.utf8.contains(10))
      }
    }
  }

  @Test func noErrorNamesUserPasswordOrQuery() async throws {
    try await withClient { client in
      let error = try await failure(
        client,
        HTTPRequest(url: "http://user:pass%40word@127.0.0.1:1/path?token=secret")
      )
      #expect(error.url == "http://127.0.0.1:1/path")
      #expect(error.description == "GET http://127.0.0.1:1/path: connection refused")
      let fragment = try await failure(client, HTTPRequest(url: "http://127.0.0.1:1/p#secret"))
      #expect(fragment.code == .fragmentInURL && !fragment.description.contains("secret"))
      let malformed = try await failure(client, HTTPRequest(url: "http://user:p@ss@127.0.0.1:1/"))
      #expect(malformed.code == .invalidURL)
      #expect(malformed.url == "http://127.0.0.1:1/")
    }
  }

  @Test func aCancelledTaskEndsItsTransferAlone() async throws {
    try await withRawServer(
      RawService { connection in
        while let request = connection.readRequest() {
          if request.head.hasPrefix("GET /slow") { return connection.waitForEnd() }
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
      }
    ) { server in
      try await withClient { client in
        let task = Task { try await client.send(HTTPRequest(url: "\(server.url)/slow")) }
        let first = try await client.send(HTTPRequest(url: "\(server.url)/fast"))
        #expect(first.status == 200)
        task.cancel()
        let result = await task.result
        #expect(throws: HTTPError.self) { try result.get() }
        #expect((result.failure as? HTTPError)?.code == .cancelled)
        let second = try await client.send(HTTPRequest(url: "\(server.url)/fast"))
        #expect(second.status == 200)
      }
    }
  }

  @Test func aTaskCancelledBeforehandSendsNothing() async throws {
    try await withRawServer(always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) { server in
      try await withClient { client in
        let task = Task {
          withUnsafeCurrentTask { $0?.cancel() }
          return try await client.send(HTTPRequest(url: server.url))
        }
        #expect((await task.result.failure as? HTTPError)?.code == .cancelled)
        #expect(server.connections == 0)
      }
    }
  }

  @Test func shuttingDownEndsWhatRunsAndRefusesTheRest() async throws {
    try await withRawServer(RawService { $0.waitForEnd() }) { server in
      let client = HTTPClient()
      let task = Task { try await client.send(HTTPRequest(url: server.url)) }
      while server.connections == 0 { await Task.yield() }
      await client.shutDown()
      #expect((await task.result.failure as? HTTPError)?.code == .cancelled)
      let late = try await failure(client, HTTPRequest(url: server.url))
      #expect(late.code == .cancelled)
      await client.shutDown()
    }
  }
}

extension Result {
  var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
