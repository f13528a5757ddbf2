import Synchronization
import Testing

@testable import HTTPRequests

@Suite(.timeLimit(.minutes(1)))
struct RedirectTests {
  /// `/n` points to `/n-1`, `/0` is the end; `/out` leads to another scheme.
  private static func serve(_ connection: RawConnection) {
    while let request = connection.readRequest() {
      let path = String(request.head.split(separator: " ")[1].dropFirst())
      if path == "out" {
        connection.write(
          "HTTP/1.1 302 F\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"
        )
      } else if let number = Int(path), number > 0 {
        connection.write(
          "HTTP/1.1 302 Found\r\nLocation: /\(number - 1)\r\nX-Hop: 1\r\nContent-Length: 3\r\n\r\nhop"
        )
      } else {
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend")
      }
    }
  }

  @Test func aRedirectIsReturnedUnlessItIsToBeFollowed() async throws {
    try await withRawServer(RawService(RedirectTests.serve)) { server in
      try await withClient { client in
        let response = try await client.send(HTTPRequest(url: "\(server.url)/1"))
        #expect(response.status == 302)
        #expect(response.body == Array("hop".utf8))
        #expect(response.hops.isEmpty)
      }
    }
  }

  @Test func everyHopIsTold() async throws {
    try await withRawServer(RawService(RedirectTests.serve)) { server in
      try await withClient { client in
        let response = try await client.send(
          HTTPRequest(url: "\(server.url)/2", redirects: .follow(atMost: 2))
        )
        #expect(response.status == 200)
        #expect(response.body == Array("end".utf8))
        #expect(
          response.hops == [.init(status: 302, location: "/1"), .init(status: 302, location: "/0")]
        )
        #expect(response.effectiveURL == "\(server.url)/0")
        #expect(response.values(of: "X-Hop").isEmpty)
      }
    }
  }

  @Test func oneRedirectTooManyIsAnError() async throws {
    try await withRawServer(RawService(RedirectTests.serve)) { server in
      try await withClient { client in
        let error = try await failure(
          client,
          HTTPRequest(url: "\(server.url)/3", redirects: .follow(atMost: 2))
        )
        #expect(error.code == .tooManyRedirects(limit: 2))
      }
    }
  }

  @Test func aRedirectToAnotherSchemeIsNotFollowed() async throws {
    try await withRawServer(RawService(RedirectTests.serve)) { server in
      try await withClient { client in
        let error = try await failure(
          client,
          HTTPRequest(url: "\(server.url)/out", redirects: .follow(atMost: 5))
        )
        #expect(error.code == .unsupportedScheme)
      }
    }
  }

  @Test func credentialsAreNotSentToAnotherPort() async throws {
    let seen = Mutex("")
    try await withRawServer(
      RawService { connection in
        while let request = connection.readRequest() {
          seen.withLock { $0 = request.head }
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
      }
    ) { other in
      let answer = "HTTP/1.1 302 F\r\nLocation: \(other.url)/x\r\nContent-Length: 0\r\n\r\n"
      try await withRawServer(always(answer)) { server in
        try await withClient { client in
          let request = HTTPRequest(
            url: server.url,
            headers: [
              HTTPHeader("Authorization", "Bearer abc"), HTTPHeader("Cookie", "a=b"),
              HTTPHeader("X-Kept", "1"),
            ],
            redirects: .follow(atMost: 1)
          )
          _ = try await client.send(request)
          let head = seen.withLock { $0 }
          #expect(head.contains("X-Kept: 1"))
          #expect(!head.contains("Authorization"))
          #expect(!head.contains("Cookie"))
        }
      }
    }
  }

  @Test func aPostBecomesAGetWhereItShould() async throws {
    let methods = Mutex<[String]>([])
    try await withRawServer(
      RawService { connection in
        while let request = connection.readRequest() {
          methods.withLock { $0.append(String(request.head.split(separator: " ")[0])) }
          let isFirst = request.head.hasPrefix("POST /30")
          let status = request.head.split(separator: " ")[1].dropFirst()
          connection.write(
            isFirst
              ? "HTTP/1.1 \(status) F\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
              : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
          )
        }
      }
    ) { server in
      try await withClient { client in
        for status in [303, 307] {
          _ = try await client.send(
            HTTPRequest(
              method: "POST",
              url: "\(server.url)/\(status)",
              body: [1],
              redirects: .follow(atMost: 1)
            )
          )
        }
        #expect(methods.withLock { $0 } == ["POST", "GET", "POST", "POST"])
      }
    }
  }
}
