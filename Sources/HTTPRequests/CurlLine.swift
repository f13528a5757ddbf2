/// The command line with which `curl` sends the same request, for a POSIX shell.
///
/// Secrets are replaced by variables, so that the line can be shown and still be run; where one is not
/// set, a shell says so and sends nothing:
///
/// - a value as it stands by `"${NAME:?}"`,
/// - percent-encoded, where that differs, by `"${NAME_URLENCODED:?}"`,
/// - as part of a JSON string by `"${NAME_JSON:?}"`,
/// - in base64 by `"${NAME_BASE64:?}"`.
///
/// `Authorization`, `Proxy-Authorization` and `Cookie` are never shown: what no secret explains is
/// `"${AUTHORIZATION:?}"`, `"${PROXY_AUTHORIZATION:?}"`, `"${COOKIE:?}"`. So are user and password in
/// the URL: `"${USERINFO:?}"`.
///
/// Redirects are followed as `HTTPRequest.Redirects` says, as far as one line can: curl sends a method
/// that it is told to every address, so that PUT, PATCH and DELETE are not followed.
package struct CurlLine: Sendable, Hashable {
  /// A value that must not be shown, and the variable that stands for it.
  package struct Secret: Sendable, Hashable {
    package var value: String
    /// A shell variable's name, without `$`.
    package var variable: String

    package init(_ value: String, as variable: String) {
      self.value = value
      self.variable = variable
    }
  }

  /// The line, without a line end.
  package let text: String
  /// Whether the body is too large for an argument or is not text, and is to be given on standard
  /// input.
  package let readsBodyFromStandardInput: Bool
  /// Whether curl goes on where a redirect leads.
  package let followsRedirects: Bool

  /// - Parameters:
  ///   - secrets: Empty values are ignored; where two match, the longer one counts.
  ///   - timeout: What belongs to the request itself; what is left of a wait does not.
  ///   - cookieFile: What takes the place of the request's jar, for this line and those of the other
  ///     requests with it; nil for a request that has to do with no cookies.
  package init(
    _ request: HTTPRequest,
    secrets: [Secret] = [],
    timeout: Duration? = nil,
    cookieFile: String? = nil
  ) {
    let quoter = ShellQuoter(secrets)
    // `-q` keeps ~/.curlrc out, as the client does.
    var words = ["curl", "-q", "--noproxy '*'"]
    if request.url.utf8.contains(where: { "[]{}".utf8.contains($0) }) { words.append("--globoff") }
    if CurlLine.hasDots(request.url) { words.append("--path-as-is") }
    let follows = CurlLine.follows(request)
    followsRedirects = follows
    switch request.method {
    case "GET" where request.body == nil: break
    case "HEAD" where request.body == nil: words.append("--head")
    // The body says it, and 301, 302 and 303 turn it into GET.
    case "POST" where follows: break
    default: words.append("--request \(quoter.quote(request.method))")
    }
    for header in request.headers {
      words.append("--header \(quoter.quote(header))")
    }
    var readsStandardInput = false
    if let body = request.body ?? (follows && request.method == "POST" ? [] : nil) {
      if request.headers.first(named: "Content-Type") == nil {
        words.append("--header 'Content-Type:'")
      }
      if let text = CurlLine.argument(body) {
        words.append("--data-raw \(quoter.quote(text))")
      } else {
        words.append("--data-binary @-")
        readsStandardInput = true
      }
    }
    if let cookieFile {
      let file = quoter.quote(cookieFile)
      words.append("--cookie \(file) --cookie-jar \(file)")
    }
    words += CurlLine.limits(of: request, follows: follows, timeout, quoter)
    words.append(quoter.quote(url: request.url))
    text = words.joined(separator: " ")
    readsBodyFromStandardInput = readsStandardInput
  }

  /// The body as an argument, where it can be one: Linux takes 128 KiB, and no NUL.
  private static func argument(_ body: [UInt8]) -> String? {
    guard body.count < 100_000, !body.contains(0) else { return nil }
    return String(validating: body, as: UTF8.self)
  }

  /// Whether curl would follow as the client does.
  private static func follows(_ request: HTTPRequest) -> Bool {
    guard case .follow(let limit) = request.redirects, limit > 0 else { return false }
    return ["GET", "HEAD", "OPTIONS", "POST"].contains(request.method)
  }

  /// What curl would take out of a path.
  private static func hasDots(_ url: String) -> Bool {
    let path = url.prefix { $0 != "?" }
    return path.contains("/./") || path.contains("/../") || path.hasSuffix("/.")
      || path.hasSuffix("/..")
  }

  private static func limits(
    of request: HTTPRequest,
    follows: Bool,
    _ timeout: Duration?,
    _ quoter: ShellQuoter
  ) -> [String] {
    var words = ["--compressed"]
    if follows, case .follow(let limit) = request.redirects {
      words.append("--location --max-redirs \(limit)")
    }
    if let timeout { words.append("--max-time \(seconds(timeout))") }
    if let path = request.unixSocketPath {
      words.append("--unix-socket \(quoter.quote(path))")
    }
    switch request.tls {
    case .verified: break
    case .trusting(let file): words.append("--cacert \(quoter.quote(file))")
    case .unverified: words.append("--insecure")
    }
    return words
  }

  private static func seconds(_ duration: Duration) -> String {
    let milliseconds = duration.atLeastOneMillisecond
    if milliseconds.isMultiple(of: 1000) { return "\(milliseconds / 1000)" }
    let fraction = String(milliseconds % 1000)
    return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}

extension CurlLine: CustomStringConvertible {
  package var description: String { text }
}
