import Glibc
import PrivateServers
import Synchronization
import Testing

@testable import HTTPRequests

@Suite(.timeLimit(.minutes(1)))
struct HTTPClientTests {
  @Test func anAnswerIsReturnedWhole() async throws {
    try await withFox { url in
      try await withClient { client in
        let response = try await client.send(HTTPRequest(url: "\(url)/hello?q=1"))
        #expect(response.status == 200)
        #expect(response.body == Array("hello".utf8))
        #expect(response.values(of: "x-oNE") == ["1"])
        #expect(response.httpVersion == "1.1")
        #expect(response.effectiveURL == "\(url)/hello?q=1")
        #expect(response.hops.isEmpty)
        #expect(response.remoteAddress.hasPrefix("[::1]:"))
        #expect(!response.connectionReused)
        #expect(response.sizes.body == 5)
        #expect(response.timings.total >= response.timings.firstByte)
        #expect(response.timings.firstByte >= response.timings.connect)
      }
    }
  }

  @Test(arguments: [204, 304, 404, 500, 599])
  func everyStatusIsAnAnswer(status: Int) async throws {
    try await withRawServer(always("HTTP/1.1 \(status) Odd\r\nContent-Length: 0\r\n\r\n")) {
      server in
      try await withClient { client async throws in
        #expect(try await client.send(HTTPRequest(url: server.url)).status == status)
      }
    }
  }

  @Test func fieldsKeepOrderRepetitionAndBytes() async throws {
    let answer =
      "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-Empty:\r\nset-cookie:  b=2 \r\n"
      + "X-Name: käse\r\nContent-Length: 0\r\n\r\n"
    try await withRawServer(always(answer)) { server in
      try await withClient { client in
        let response = try await client.send(HTTPRequest(url: server.url))
        #expect(
          response.headers == [
            HTTPHeader("Set-Cookie", "a=1"), HTTPHeader("X-Empty", ""),
            HTTPHeader("set-cookie", "b=2"), HTTPHeader("X-Name", "käse"),
            HTTPHeader("Content-Length", "0"),
          ]
        )
        #expect(response.values(of: "SET-COOKIE") == ["a=1", "b=2"])
      }
    }
  }

  @Test func aFieldThatIsNotUTF8KeepsItsBytes() async throws {
    try await withRawServer(
      RawService { connection in
        guard connection.readRequest() != nil else { return }
        connection.write("HTTP/1.1 200 OK\r\nX-Name: k")
        connection.write([0xE4])
        connection.write("se\r\nContent-Length: 0\r\n\r\n")
      }
    ) { server in
      try await withClient { client in
        let response = try await client.send(HTTPRequest(url: server.url))
        #expect(response.values(of: "X-Name") == ["käse"])
      }
    }
  }

  @Test func whatIsSentIsWhatWasAskedForAndNoMore() async throws {
    let seen = Mutex<[String]>([])
    try await withRawServer(
      RawService { connection in
        while let request = connection.readRequest() {
          seen.withLock {
            $0.append(request.head + "\n" + String(decoding: request.body, as: UTF8.self))
          }
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
      }
    ) { server in
      try await withClient { client in
        let host = "127.0.0.1:\(server.port)"
        _ = try await client.send(
          HTTPRequest(
            method: "POST",
            url: server.url + "/a?b=c",
            headers: [HTTPHeader("X-Empty", ""), HTTPHeader("user-agent", "mine")],
            body: Array("räksmörgås".utf8)
          )
        )
        _ = try await client.send(HTTPRequest(method: "PATCH", url: server.url))
        _ = try await client.send(HTTPRequest(method: "DELETE", url: server.url))
        _ = try await client.send(HTTPRequest(method: "GET", url: server.url, body: [0x61]))
        _ = try await client.send(HTTPRequest(url: server.url))
        let common = "Accept: */*\r\nAccept-Encoding: gzip, deflate"
        let agent = "Host: \(host)\r\nUser-Agent: parity\r\n\(common)"
        #expect(
          seen.withLock { $0 } == [
            "POST /a?b=c HTTP/1.1\r\nHost: \(host)\r\n\(common)\r\nX-Empty:\r\nuser-agent: mine\r\n"
              + "Content-Length: 13\nräksmörgås",
            "PATCH / HTTP/1.1\r\n\(agent)\r\nContent-Length: 0\n",
            "DELETE / HTTP/1.1\r\n\(agent)\n",
            "GET / HTTP/1.1\r\n\(agent)\r\nContent-Length: 1\na",
            "GET / HTTP/1.1\r\n\(agent)\n",
          ]
        )
      }
    }
  }

  @Test(arguments: [0, 13, 65_535, 65_536, 200_000])
  func whatWentOverTheWireIsCounted(bodyBytes: Int) async throws {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    let sent = Mutex(0)
    try await withRawServer(
      RawService { connection in
        while let request = connection.readRequest() {
          sent.withLock { $0 = request.head.utf8.count + 4 + request.body.count }
          connection.write("\(answer)hello")
        }
      }
    ) { server in
      try await withClient { client in
        let body = [UInt8](repeating: 0x61, count: bodyBytes)
        let response = try await client.send(
          HTTPRequest(method: "POST", url: server.url, body: body)
        )
        #expect(response.sizes.request == sent.withLock { $0 })
        #expect(response.sizes.responseHeaders == answer.utf8.count)
        #expect(response.sizes.body == 5)
      }
    }
  }

  @Test func aHeadRequestHasAnAnswerWithoutItsBody() async throws {
    try await withRawServer(always("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n")) { server in
      try await withClient { client in
        let response = try await client.send(HTTPRequest(method: "HEAD", url: server.url))
        #expect(response.body.isEmpty)
        #expect(response.values(of: "content-length") == ["12"])
      }
    }
  }

  @Test func connectionsAreKept() async throws {
    try await withRawServer(always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) { server in
      try await withClient { client in
        let responses = [
          try await client.send(HTTPRequest(url: server.url)),
          try await client.send(HTTPRequest(method: "POST", url: server.url, body: [1])),
          try await client.send(HTTPRequest(url: server.url)),
        ]
        #expect(responses.map(\.connectionReused) == [false, true, true])
        #expect(server.connections == 1)
      }
    }
  }

  @Test func twoHundredTransfersRunAtOnce() async throws {
    // No connection is answered before all are there.
    let waiting = Mutex(0)
    try await withRawServer(
      RawService { connection in
        guard let request = connection.readRequest() else { return }
        waiting.withLock { $0 += 1 }
        while waiting.withLock({ $0 }) < 200 { sched_yield() }
        let path = request.head.split(separator: " ")[1]
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)")
      }
    ) { server in
      try await withClient { client in
        try await withThrowingTaskGroup(of: Bool.self) { group in
          for index in 0..<200 {
            group.addTask {
              let response = try await client.send(HTTPRequest(url: "\(server.url)/\(index)"))
              return response.body == Array("/\(index)".utf8)
            }
          }
          var right = 0
          for try await isRight in group where isRight { right += 1 }
          #expect(right == 200)
        }
      }
    }
  }

  @Test func noMoreTransfersRunAtOnceThanAllowed() async throws {
    let counts = Mutex((now: 0, most: 0))
    try await withRawServer(
      RawService { connection in
        while connection.readRequest() != nil {
          counts.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
          }
          sched_yield()
          counts.withLock { $0.now -= 1 }
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
      }
    ) { server in
      try await withClient(.init(concurrentTransfers: 2)) { client in
        try await withThrowingTaskGroup(of: Int.self) { group in
          for _ in 0..<50 {
            group.addTask { try await client.send(HTTPRequest(url: server.url)).status }
          }
          var sum = 0
          for try await status in group { sum += status }
          #expect(sum == 50 * 200)
        }
        #expect(counts.withLock { $0.most } <= 2)
      }
    }
  }

  /// `hello parity` by gzip, `twice` by gzip of gzip, `raw` by deflate without a header.
  private static let gzipped: [UInt8] = [
    31, 139, 8, 0, 29, 57, 3, 107, 2, 255, 203, 72, 205, 201, 201, 87, 40, 72, 44, 202, 44,
    169, 4, 0, 200, 69, 56, 136, 12, 0, 0, 0,
  ]

  private func answered(
    _ headers: String,
    _ body: [UInt8],
    limit: Int = 1_000
  ) async throws -> Result<HTTPResponse, HTTPError> {
    try await withRawServer(
      RawService { connection in
        guard connection.readRequest() != nil else { return }
        connection.write("HTTP/1.1 200 OK\r\n\(headers)Content-Length: \(body.count)\r\n\r\n")
        connection.write(body)
      }
    ) { server in
      try await withClient { client in
        let request = HTTPRequest(url: server.url, maximumBodyBytes: limit)
        do throws(HTTPError) {
          return .success(try await client.send(request))
        } catch {
          return .failure(error)
        }
      }
    }
  }

  @Test(
    arguments: [
      ("Content-Encoding: gzip\r\n", gzipped, "hello parity"),
      ("Content-Encoding: X-GZIP\r\n", gzipped, "hello parity"),
      ("Content-Encoding: gzip\r\n", gzipped + gzipped, "hello parityhello parity"),
      ("Content-Encoding: gzip\r\n", gzipped + [0, 0, 0], "hello parity"),
      ("Content-Encoding: identity, gzip\r\n", gzipped, "hello parity"),
      ("Content-Encoding: UTF-8\r\n", Array("plain".utf8), "plain"),
      ("Content-Encoding: utf-8\r\nContent-Encoding: gzip\r\n", gzipped, "hello parity"),
      ("Content-Encoding: gzip\r\n", [], ""),
      // With zlib's header, without it, and one gzip in another.
      (
        "Content-Encoding: deflate\r\n",
        [120, 156, 43, 74, 44, 7, 0, 2, 146, 1, 75], "raw"
      ),
      ("Content-Encoding: deflate\r\n", [43, 74, 44, 7, 0], "raw"),
    ] as [(String, [UInt8], String)]
  )
  func aBodyIsDecoded(headers: String, body: [UInt8], text: String) async throws {
    let response = try await answered(headers, body).get()
    #expect(String(decoding: response.body, as: UTF8.self) == text)
    #expect(response.sizes.body == body.count)
  }

  @Test(
    arguments: [
      (Array(gzipped.prefix(20)), HTTPError.Code.incompleteContentEncoding("gzip")),
      // Its sum and length are missing, though all of the text is there.
      (Array(gzipped.dropLast(8)), .incompleteContentEncoding("gzip")),
      (gzipped + gzipped.prefix(12), .incompleteContentEncoding("gzip")),
      (gzipped + Array("junk".utf8), .badContentEncoding("gzip")),
      (gzipped.dropLast(1) + [9], .badContentEncoding("gzip")),
    ] as [([UInt8], HTTPError.Code)]
  )
  func whatIsDecodedByHalfIsNoAnswer(body: [UInt8], code: HTTPError.Code) async throws {
    let result = try await answered("Content-Encoding: gzip\r\n", body)
    #expect(throws: HTTPError.self) { try result.get() }
    if case .failure(let error) = result { #expect(error.code == code) }
  }

  /// The limit is for what comes out.
  @Test func aBodyMayNotGrowWithoutEnd() async throws {
    let result = try await answered("Content-Encoding: gzip\r\n", Self.gzipped, limit: 11)
    if case .failure(let error) = result { #expect(error.code == .bodyTooLarge(limit: 11)) }
    #expect(throws: HTTPError.self) { try result.get() }
  }

  @Test func aPathIsSentAsItIsWritten() async throws {
    let seen = Mutex<[String]>([])
    try await withRawServer(
      RawService { connection in
        while let request = connection.readRequest() {
          seen.withLock { $0.append(String(request.head.prefix { $0 != "\r\n" })) }
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
      }
    ) { server in
      try await withClient { client in
        for path in ["/files/../secret", "/./a//b", "/%2e%2E/a", "/a/.."] {
          _ = try await client.send(HTTPRequest(url: server.url + path))
        }
        let error = try await failure(client, HTTPRequest(url: server.url + "/a#b?c=d"))
        #expect(error.code == .fragmentInURL && error.isHopeless)
      }
    }
    #expect(
      seen.withLock { $0 }
        == ["/files/../secret", "/./a//b", "/%2e%2E/a", "/a/.."].map { "GET \($0) HTTP/1.1" }
    )
  }

  @Test func aUnixSocketIsSpokenTo() async throws {
    let path = "/tmp/parity-test-\(getpid()).sock"
    let service = RawService { connection in
      while let request = connection.readRequest() {
        let isRight = request.head.contains("\r\nHost: docker\r\n")
        connection.write("HTTP/1.1 \(isRight ? 200 : 400) OK\r\nContent-Length: 0\r\n\r\n")
      }
    }
    let server = try RawServer(unixSocketPath: path, service.serve)
    defer {
      server.stop()
      unlink(path)
    }
    try await withClient { client in
      let response = try await client.send(
        HTTPRequest(url: "http://docker/info", unixSocketPath: path)
      )
      #expect(response.status == 200)
      #expect(response.remoteAddress == "")
    }
  }

  @Test func aUnixSocketThatCannotBeHasItsOwnError() async throws {
    try await withClient { client in
      let error = try await failure(
        client,
        HTTPRequest(url: "http://docker/info", unixSocketPath: "/nonexistent/socket")
      )
      #expect(error.code == .unixSocketMissing)
      let long = String(repeating: "x", count: 108)
      let other = try await failure(client, HTTPRequest(url: "http://a/", unixSocketPath: long))
      #expect(other.code == .unixSocketPathTooLong)
    }
  }

  @Test func nothingIsTakenFromTheEnvironment() async throws {
    // In a process of its own: variables are the whole process's.
    await #expect(processExitsWith: .success) {
      for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "HTTPS_PROXY"] {
        setenv(name, "http://127.0.0.1:1", 1)
      }
      try await withRawServer(always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) { server in
        try await withClient { client in
          let response = try await client.send(HTTPRequest(url: server.url))
          #expect(response.status == 200)
        }
      }
    }
  }
}
