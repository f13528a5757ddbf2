import PrivateServers
import Synchronization
import Testing

@testable import HTTPRequests

/// What RFC 6265 says of cookies, and what this client adds: they never leave their origin.
@Suite(.timeLimit(.minutes(1)))
struct CookieTests {
  /// Answers with the request's `Cookie`, after `/set?…` with that as `Set-Cookie`, after `/to?…` with a
  /// redirect there that sets one.
  private static func serve(_ connection: RawConnection) {
    while let request = connection.readRequest() {
      let lines = request.head.split(whereSeparator: \.isNewline)
      let target = String(lines.first?.split(separator: " ").dropFirst().first ?? "/")
      let query = target.split(separator: "?", maxSplits: 1).last.map(String.init) ?? ""
      let cookie = lines.first { $0.lowercased().hasPrefix("cookie: ") }?.dropFirst(8) ?? "-"
      let head: String
      if target.hasPrefix("/set?") {
        head = "200 OK\r\nSet-Cookie: " + query.replacing("%20", with: " ")
      } else if target.hasPrefix("/to?") {
        head = "302 Found\r\nSet-Cookie: hop=1; Path=/\r\nLocation: \(query)"
      } else {
        head = "200 OK"
      }
      connection.write("HTTP/1.1 \(head)\r\nContent-Length: \(cookie.utf8.count)\r\n\r\n\(cookie)")
    }
  }

  /// Sends one request after the other with one jar; what each server saw of it.
  private func seen(_ urls: [String], redirects: Int = 0, jar: inout CookieJar) async throws
    -> [String]
  {
    var all = jar
    let seen = try await withClient { client in
      var seen: [String] = []
      for url in urls {
        var request = HTTPRequest(url: url, redirects: .follow(atMost: redirects))
        request.cookies = all
        let response = try await client.send(request)
        all = response.cookies ?? CookieJar()
        seen.append(String(decoding: response.body, as: UTF8.self))
      }
      return seen
    }
    jar = all
    return seen
  }

  @Test(arguments: [
    ("sid=s3", "/", "sid=s3"),
    ("sid=s3;%20Path=/a", "/a/b", "sid=s3"),
    ("sid=s3;%20Path=/a", "/b", "-"),
    ("sid=s3;%20Path=/a", "/ab", "-"),
    // On this machine itself nothing needs to be encrypted.
    ("sid=s3;%20Secure;%20HttpOnly", "/", "sid=s3"),
    ("sid=s3;%20Max-Age=0", "/", "-"),
    ("sid=s3;%20Max-Age=60", "/", "sid=s3"),
    ("sid=s3;%20Expires=Thu,%2001%20Jan%202015%2000:00:00%20GMT", "/", "-"),
    ("sid=s3;%20Domain=example.org", "/", "-"),
    ("__Host-sid=s3;%20Path=/a;%20Secure", "/a", "-"),
    ("sid=", "/", "sid="),
  ])
  func aCookieIsSentWhereItBelongs(_ cookie: String, _ path: String, _ sent: String) async throws {
    try await withRawServer(RawService(CookieTests.serve)) { server in
      var jar = CookieJar()
      let seen = try await seen([server.url + "/set?" + cookie, server.url + path], jar: &jar)
      #expect(seen == ["-", sent])
    }
  }

  @Test func aCookieThatExpiresIsGone() async throws {
    try await withRawServer(RawService(CookieTests.serve)) { server in
      var jar = CookieJar()
      let seen = try await seen(
        ["/set?sid=s3", "/", "/set?sid=s4", "/", "/set?sid=;%20Max-Age=0", "/"].map {
          server.url + $0
        },
        jar: &jar
      )
      #expect(seen == ["-", "sid=s3", "sid=s3", "sid=s4", "sid=s4", "-"])
      #expect(jar.isEmpty)
    }
  }

  @Test func cookiesOfRedirectsGoOnToTheirTarget() async throws {
    try await withRawServer(RawService(CookieTests.serve)) { server in
      var jar = CookieJar()
      let seen = try await seen([server.url + "/to?/to?/end"], redirects: 2, jar: &jar)
      #expect(seen == ["hop=1"])
      #expect(jar.cookies.map(\.name) == ["hop"])
    }
  }

  /// All services of this machine have one host, and RFC 6265 knows no ports.
  @Test func noCookieLeavesItsOrigin() async throws {
    try await withRawServer(RawService(CookieTests.serve)) { server in
      try await withRawServer(RawService(CookieTests.serve)) { other in
        var jar = CookieJar()
        let seen = try await seen(
          [
            server.url + "/set?sid=s3", other.url + "/", server.url + "/to?\(other.url)/",
            server.url,
          ],
          redirects: 1,
          jar: &jar
        )
        #expect(seen[..<3] == ["-", "-", "-"])
        #expect(seen[3].contains("sid=s3"))
      }
    }
  }

  @Test func aRequestWithoutAJarSendsNoneAndLeavesNone() async throws {
    try await withRawServer(RawService(CookieTests.serve)) { server in
      try await withClient { client in
        var request = HTTPRequest(url: server.url + "/set?sid=s3")
        request.cookies = CookieJar()
        let first = try await client.send(request)
        #expect(first.cookies?.cookies.map(\.value) == ["s3"])
        // The same handle, most likely.
        for _ in 0..<3 {
          let response = try await client.send(HTTPRequest(url: server.url))
          #expect(response.body == Array("-".utf8))
          #expect(response.cookies == nil)
        }
        request = HTTPRequest(url: server.url)
        request.cookies = first.cookies
        #expect(try await client.send(request).sentCookies == "sid=s3")
      }
    }
  }

  @Test func valuesAreReplacedWhereTheyStand() async throws {
    try await withRawServer(RawService(CookieTests.serve)) { server in
      var jar = CookieJar()
      _ = try await seen(
        [server.url + "/set?sid=abc", server.url + "/set?theme=dark"],
        jar: &jar
      )
      jar = jar.replacingValues { $0 == "abc" ? "xyz" : nil }
      let seen = try await seen([server.url], jar: &jar)
      #expect(seen.first.map { Set($0.split(separator: "; ")) } == ["sid=xyz", "theme=dark"])
    }
  }

  @Test func theLineOfARequestKeepsCookiesInAFile() {
    let request = HTTPRequest(url: "http://a.example/")
    #expect(
      CurlLine(request, cookieFile: "cookies-al ice").text
        .contains("--cookie 'cookies-al ice' --cookie-jar 'cookies-al ice'")
    )
    #expect(!CurlLine(request).text.contains("cookie"))
  }
}
