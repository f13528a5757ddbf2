import PrivateServers
import Testing

@testable import HTTPRequests

struct CurlLineTests {
  private static let start = "curl -q --noproxy '*'"
  private static let end = "--compressed"

  @Test func aPlainRequestIsAPlainLine() {
    let line = CurlLine(HTTPRequest(url: "http://127.0.0.1:80/a?b=c&d=$e"))
    #expect(
      line.text == "\(CurlLineTests.start) \(CurlLineTests.end) 'http://127.0.0.1:80/a?b=c&d=$e'"
    )
    #expect(!line.readsBodyFromStandardInput)
  }

  /// Where a secret stands, and what stands there afterwards.
  @Test(arguments: [
    (HTTPHeader("X-Token", "t0k/n"), #"--header 'X-Token: '"${TOKEN:?}""#),
    (
      HTTPHeader("Authorization", "Bearer t0k/n"), #"--header 'Authorization: Bearer '"${TOKEN:?}""#
    ),
    (
      HTTPHeader("Authorization", "Bearer other"),
      #"--header 'Authorization: '"${AUTHORIZATION:?}""#
    ),
    (HTTPHeader("cookie", "a=b"), #"--header 'cookie: '"${COOKIE:?}""#),
    (HTTPHeader("X-B64", "dDBrL24="), #"--header 'X-B64: '"${TOKEN_BASE64:?}""#),
    (HTTPHeader("X-Enc", "t0k%2Fn"), #"--header 'X-Enc: '"${TOKEN_URLENCODED:?}""#),
    (HTTPHeader("X-Enc", "t0k%2fn"), #"--header 'X-Enc: '"${TOKEN_URLENCODED:?}""#),
    (HTTPHeader("X-JSON", #"t0k\/n"#), #"--header 'X-JSON: '"${TOKEN_JSON:?}""#),
    (HTTPHeader("X-Empty", ""), "--header 'X-Empty;'"),
    (HTTPHeader("X-Quote", "it's"), #"--header 'X-Quote: it'\''s'"#),
  ])
  func aSecretIsAVariable(header: HTTPHeader, expected: String) {
    let request = HTTPRequest(url: "http://h/", headers: [header])
    let line = CurlLine(request, secrets: [.init("t0k/n", as: "TOKEN"), .init("", as: "NONE")])
    #expect(line.text == "\(CurlLineTests.start) \(expected) \(CurlLineTests.end) http://h/")
  }

  @Test func theLongerSecretCounts() {
    let line = CurlLine(
      HTTPRequest(url: "http://h/abcdef"),
      secrets: [.init("abc", as: "SHORT"), .init("abcdef", as: "LONG")]
    )
    #expect(line.text.hasSuffix(#" http://h/"${LONG:?}""#))
  }

  @Test func userAndPasswordInAURLAreHidden() {
    let line = CurlLine(HTTPRequest(url: "http://me:pw@h/"))
    #expect(line.text.hasSuffix(#" http://"${USERINFO:?}"@h/"#))
  }

  @Test func aBodyThatIsNoTextComesFromStandardInput() {
    let line = CurlLine(HTTPRequest(method: "POST", url: "http://h/", body: [0, 255]))
    #expect(line.readsBodyFromStandardInput)
    #expect(line.text.contains("--header 'Content-Type:' --data-binary @-"))
  }

  @Test func aShellReadsTheLineAsItIsMeant() async throws {
    let secret = "p' \"$w\\ \n`id`"
    let request = HTTPRequest(
      method: "PUT",
      url: "https://h/[x]?k=p%27%20%22%24w%5C%20%0A%60id%60",
      headers: [
        HTTPHeader("X", "$(id) `id` \\ \" ' ! * ~ #"), HTTPHeader("Content-Type", "text/plain"),
      ],
      body: Array("a\n'b' \(secret) $HOME".utf8),
      timeout: .milliseconds(1500),
      redirects: .follow(atMost: 3),
      unixSocketPath: "/run/a b.sock",
      tls: .trusting(caFile: "/c d.pem")
    )
    let line = CurlLine(
      request,
      secrets: [.init(secret, as: "PW")],
      timeout: .milliseconds(1500)
    )
    #expect(!line.text.contains("`id` $HOME'"))
    let printed = try await Command.run(
      ["/bin/sh", "-c", "curl() { printf '%s\\0' \"$@\"; }; \(line.text)"],
      environment: ["PW": secret, "PW_URLENCODED": "p%27%20%22%24w%5C%20%0A%60id%60"]
    )
    #expect(
      printed.text.split(separator: "\0", omittingEmptySubsequences: false).dropLast() == [
        "-q", "--noproxy", "*", "--globoff", "--request", "PUT",
        "--header", "X: $(id) `id` \\ \" ' ! * ~ #", "--header", "Content-Type: text/plain",
        "--data-raw", "a\n'b' p' \"$w\\ \n`id` $HOME", "--compressed",
        "--max-time", "1.500", "--unix-socket", "/run/a b.sock", "--cacert", "/c d.pem",
        "https://h/[x]?k=p%27%20%22%24w%5C%20%0A%60id%60",
      ]
    )
  }

  /// What curl would do otherwise than the client: repeat a method that it is told.
  @Test(arguments: [
    ("GET", "--compressed --location --max-redirs 2"),
    ("HEAD", "--head --compressed --location --max-redirs 2"),
    ("POST", "--header 'Content-Type:' --data-raw '' --compressed --location --max-redirs 2"),
    ("PUT", "--request PUT --compressed"), ("DELETE", "--request DELETE --compressed"),
  ])
  func redirectsAreFollowedAsTheClientDoes(method: String, options: String) {
    let request = HTTPRequest(method: method, url: "http://h/a", redirects: .follow(atMost: 2))
    let line = CurlLine(request)
    #expect(line.text == "\(CurlLineTests.start) \(options) http://h/a")
    #expect(line.followsRedirects == options.contains("--location"))
  }

  @Test func dotsStay() {
    let line = CurlLine(HTTPRequest(url: "http://h/a/../b"))
    #expect(line.text == "\(CurlLineTests.start) --path-as-is --compressed http://h/a/../b")
    #expect(!CurlLine(HTTPRequest(url: "http://h/a..b?c=/../")).text.contains("as-is"))
  }

  @Test func aVariableThatIsNotSetEndsTheLine() async throws {
    let line = CurlLine(HTTPRequest(url: "http://h/", headers: [HTTPHeader("Cookie", "a=b")]))
    let printed = try await Command.run(
      ["/bin/sh", "-c", "curl() { echo sent; }; \(line.text) 2>&1; echo never"],
      environment: [:]
    )
    #expect(!printed.text.contains("sent") && !printed.text.contains("never"))
  }
}
