import PrivateServers
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
        let hops = [("/2", "/1"), ("/1", "/0")].map {
          HTTPResponse.Hop(method: "GET", url: server.url + $0, status: 302, location: $1)
        }
        #expect(response.hops == hops)
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

  /// A server that leads to another one with a status, and what that other was sent.
  private static func led(
    _ status: Int,
    _ request: (String) -> HTTPRequest
  ) async throws -> (first: HTTPResponse, heads: [String]) {
    let seen = Mutex<[String]>([])
    var response: HTTPResponse?
    try await withRawServer(
      RawService { connection in
        while let request = connection.readRequest() {
          seen.withLock { $0.append(request.head) }
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
      }
    ) { other in
      let answer = "HTTP/1.1 \(status) F\r\nLocation: \(other.url)/x\r\nContent-Length: 0\r\n\r\n"
      try await withRawServer(always(answer)) { server in
        try await withClient { client in response = try await client.send(request(server.url)) }
      }
    }
    return (try #require(response), seen.withLock { $0 })
  }

  @Test func fieldsThatAreSecretStayWithTheirOrigin() async throws {
    let fields = ["X-Api-Key", "private-token", "X-Own"]
    let (_, heads) = try await Self.led(302) { url in
      var request = HTTPRequest(
        url: url,
        headers: fields.map { HTTPHeader($0, "s3cret") } + [HTTPHeader("X-Kept", "1")],
        redirects: .follow(atMost: 1)
      )
      request.secretFields = ["x-api-key", "Private-Token", "X-Own"]
      return request
    }
    #expect(heads.count == 1)
    #expect(heads[0].contains("X-Kept: 1"))
    #expect(!heads[0].contains("s3cret"))
  }

  @Test(arguments: ["DELETE", "PUT", "PATCH", "PROPFIND"], [301, 302, 307, 308])
  func whatChangesSomethingGoesNowhereByItself(_ method: String, _ status: Int) async throws {
    let (first, heads) = try await Self.led(status) {
      HTTPRequest(method: method, url: $0, redirects: .follow(atMost: 5))
    }
    #expect(first.status == status)
    #expect(first.hops.isEmpty)
    #expect(heads.isEmpty)
  }

  @Test func aBodyIsNotSentToAnotherOrigin() async throws {
    for status in [307, 308] {
      let (first, heads) = try await Self.led(status) {
        HTTPRequest(method: "POST", url: $0, body: [1], redirects: .follow(atMost: 5))
      }
      #expect(first.status == status)
      #expect(heads.isEmpty)
    }
    for (method, status) in [("DELETE", 303), ("PUT", 303), ("POST", 301), ("POST", 302)] {
      let (first, heads) = try await Self.led(status) {
        HTTPRequest(
          method: method,
          url: $0,
          headers: [HTTPHeader("Content-Type", "text/plain")],
          body: [1],
          redirects: .follow(atMost: 5)
        )
      }
      #expect(first.status == 200)
      #expect(first.hops.map(\.method) == [method])
      #expect(heads.count == 1 && heads[0].hasPrefix("GET /x "))
      #expect(!heads.joined().lowercased().contains("content-"))
    }
  }

  @Test(
    arguments: [
      ("/a?b=c", "/a?b=c"), ("a", "/in/a"), ("../a", "/a"), ("?q", "/in/here?q"),
      ("#x", "/in/here"),
      ("/a b", "/a%20b"), ("//HOST/a", "/a"), ("/%2e%2e/a", "/%2e%2e/a"),
    ]
  ) func addressesAreResolvedAsTheyAreWritten(_ location: String, _ target: String) async throws {
    let paths = Mutex<[String]>([])
    let isFirst = Mutex(true)
    try await withRawServer(
      RawService { connection in
        while let request = connection.readRequest() {
          paths.withLock { $0.append(String(request.head.split(separator: " ")[1])) }
          let leads = isFirst.withLock { first in
            defer { first = false }
            return first
          }
          let host = request.head.split(separator: "\r\n").first { $0.hasPrefix("Host: ") }
          let to = location.replacing("HOST", with: host?.dropFirst(6) ?? "")
          connection.write(
            leads
              ? "HTTP/1.1 302 F\r\nLocation: \(to)\r\nContent-Length: 0\r\n\r\n"
              : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
          )
        }
      }
    ) { server in
      try await withClient { client in
        let url = "\(server.url)/in/here"
        _ = try await client.send(HTTPRequest(url: url, redirects: .follow(atMost: 1)))
        #expect(paths.withLock { $0 } == ["/in/here", target])
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
