import Deployments
import Evidence
import Formats
import FoundationEssentials
import HTTPRequests
import Suites

extension Probes {
  func send(_ action: HTTPAction, _ scope: Scope, _ limit: Duration) async throws(Unperformed)
    -> Ending
  {
    let request = try await makeRequest(action, scope, limit)
    let secrets = scope.allSecrets.map { CurlLine.Secret($0.value, as: Self.variable($0.name)) }
    func curl(_ request: HTTPRequest, _ cookies: CookieJar?, _ timeout: Duration? = nil) -> CurlLine
    {
      let file = cookies?.isEmpty == false ? action.session.cookieFile : nil
      return CurlLine(request, secrets: secrets, timeout: timeout, cookieFile: file)
    }
    var exchange = HTTPExchange(
      method: request.method,
      url: request.url,
      requestHeaders: request.headers.map { [$0.name, Self.shown($0)] },
      requestBytes: request.body?.count ?? 0,
      requestBody: request.body?.shown(without: options.secrets()),
      curl: curl(request, request.cookies, action.timeout).text
    )
    do throws(HTTPError) {
      let response = try await http.send(request)
      learn(response.cookies, beside: request.cookies, scope)
      if let sent = response.sentCookies {
        exchange.requestHeaders.append(["Cookie", SecretHeaders.masked(sent, of: "Cookie")])
      }
      let isUsed = request.cookies?.isEmpty == false
      let cookies = isUsed ? request.cookies : response.cookies
      let line = curl(request, cookies, action.timeout)
      exchange.curl = line.text
      if let first = response.followed.first {
        exchange.hops = Self.hops(response)
        // What one line cannot do.
        if !line.followsRedirects { exchange.curl += " && " + curl(first, cookies).text }
      }
      if await isElsewhere(response.followed.last?.url, request, action, scope) {
        exchange.isElsewhere = true
      }
      exchange.status = response.status
      exchange.version = response.httpVersion
      exchange.responseHeaders = response.headers.map { [$0.name, Self.shown($0)] }
      exchange.requestBytes = response.sizes.request
      exchange.responseBytes = response.sizes.body
      exchange.connectionReused = response.connectionReused
      let t = response.timings
      exchange.timings = HTTPExchange.Timings(
        nameLookup: t.nameLookup,
        connect: t.connect,
        tls: t.tls,
        firstByte: t.firstByte,
        total: t.total
      )
      var answer = Answer()
      answer.status = response.status
      answer.headers = response.headers.map { ($0.name, $0.value) }
      answer.body = response.body
      answer.microseconds = t.total
      answer.cookies = response.cookies
      answer.url = response.effectiveURL
      answer.socket = request.unixSocketPath
      exchange.responseBody = AnswerText(answer)?.shown(without: options.secrets())
      return .answered(answer, .http(exchange))
    } catch {
      exchange.status = error.status
      exchange.responseHeaders = error.headers.map { [$0.name, Self.shown($0)] }
      return .unanswered(
        .noAnswer(detail: error.reason),
        .http(exchange),
        isHopeless: error.isHopeless
      )
    }
  }

  /// From here on what identifies a user appears nowhere.
  ///
  /// What is short or holds what the check itself sent is a setting, not a key.
  private func learn(_ cookies: CookieJar?, beside earlier: CookieJar?, _ scope: Scope) {
    guard let cookies, cookies != earlier else { return }
    for (name, value) in cookies.cookies
    where value.utf8.count >= 16 && !scope.fresh.values.contains(where: value.contains) {
      options.learnSecret("cookie-" + name, value)
    }
  }

  /// Whether a redirect, or a whole address that was filled in, led away from the deployment: its own
  /// host and port, all of its domain, and the services that the suite names.
  private func isElsewhere(
    _ last: String?,
    _ request: HTTPRequest,
    _ action: HTTPAction,
    _ scope: Scope
  ) async -> Bool {
    let isWhole = (try? text(action.target, scope)).map(Self.isWhole) ?? false
    guard isWhole || last != nil, let origin = HTTPAddress(last ?? request.url)?.origin else {
      return false
    }
    if !isWhole, origin == HTTPAddress(request.url)?.origin { return false }
    if isOwn(origin, scope) { return false }
    for (name, settings) in options.services {
      guard let port = settings.knownPort,
        case .tcp(let host, let number)? = try? await endpoint(name, port: port)
      else { continue }
      if origin[1...] == [host.lowercased(), "\(number)"] { return false }
    }
    return true
  }

  /// Whether it is the app's own address, or below its domain.
  private func isOwn(_ origin: [String], _ scope: Scope) -> Bool {
    if case .string(let base)? = scope.constants["base_url"],
      origin == HTTPAddress(base)?.origin
    {
      return true
    }
    guard case .string(let domain)? = scope.constants["domain"] else { return false }
    return origin[1] == domain.lowercased() || origin[1].hasSuffix("." + domain.lowercased())
  }

  /// What the suite says of certificates is said of the app's, not of anybody else's.
  func tls(of url: String, _ scope: Scope) -> HTTPRequest.TLS {
    guard options.trust != nil, let origin = HTTPAddress(url)?.origin, isOwn(origin, scope) else {
      return .verified
    }
    return options.tls
  }

  private static func isWhole(_ address: String) -> Bool {
    address.hasPrefix("http://") || address.hasPrefix("https://")
  }

  private static func hops(_ response: HTTPResponse) -> [HTTPExchange.Hop] {
    response.hops.map { HTTPExchange.Hop(method: $0.method, url: $0.url, status: $0.status) }
      + response.followed.suffix(1).map {
        HTTPExchange.Hop(method: $0.method, url: $0.url, status: response.status)
      }
  }

  private static func shown(_ header: HTTPHeader) -> String {
    SecretHeaders.contains(header.name) ? "[masked]" : header.value
  }

  private func makeRequest(_ action: HTTPAction, _ scope: Scope, _ limit: Duration)
    async throws(Unperformed) -> HTTPRequest
  {
    if let form = action.form {
      let (submission, socket) = try submission(of: form, action, scope)
      var request = HTTPRequest(method: submission.method, url: submission.url)
      request.unixSocketPath = socket
      try finish(&request, action, scope, limit)
      request.add(submission)
      return request
    }
    var url = try text(action.target, scope)
    var socket: String?
    if !Self.isWhole(url) {
      let base = try await base(of: action, scope)
      socket = base.socket
      url = base.url + (url.hasPrefix("/") ? url : "/" + url)
    }
    for (index, (name, value)) in action.query.enumerated() {
      url += index == 0 && !url.contains("?") ? "?" : "&"
      url += name.percentEncoded + "=" + (try text(value, scope)).percentEncoded
    }
    var request = HTTPRequest(method: action.method, url: url)
    request.unixSocketPath = socket
    try finish(&request, action, scope, limit)
    return request
  }

  /// What every request has, whatever says where it goes.
  private func finish(
    _ request: inout HTTPRequest,
    _ action: HTTPAction,
    _ scope: Scope,
    _ limit: Duration
  ) throws(Unperformed) {
    request.timeout = min(action.timeout ?? limit, limit)
    request.connectTimeout = min(.seconds(10), request.timeout)
    request.tls = action.verifiesTLS ? tls(of: request.url, scope) : .unverified
    request.cookies = scope.sessions.cookies(for: action)
    if case .atMost(let hops) = action.redirects { request.redirects = .follow(atMost: hops) }
    for (name, value) in action.headers {
      request.headers.append(HTTPHeader(name, try text(value, scope)))
    }
    try addAuthorization(action, scope, to: &request)
    try addBody(action, scope, to: &request)
    let secrets = scope.allSecrets.map(\.value).filter { !$0.isEmpty }
    for header in request.headers
    where SecretHeaders.contains(header.name) || secrets.contains(where: header.value.contains) {
      request.secretFields.insert(header.name)
    }
  }

  private func base(of action: HTTPAction, _ scope: Scope) async throws(Unperformed)
    -> (url: String, socket: String?)
  {
    guard let service = action.service else {
      guard case .string(let url)? = scope.constants["base_url"] else {
        throw Unperformed("nothing is deployed yet: {{base_url}} has no value")
      }
      return (url, nil)
    }
    switch try await endpoint(service, port: action.port ?? 80) {
    case .tcp(let host, let port): return ("http://\(host):\(port)", nil)
    case .unix(let path): return ("http://localhost", path)
    }
  }

  private func addAuthorization(
    _ action: HTTPAction,
    _ scope: Scope,
    to request: inout HTTPRequest
  ) throws(Unperformed) {
    switch action.authorization {
    case nil: break
    case .bearer(let token)?:
      request.headers.append(HTTPHeader("Authorization", "Bearer " + (try text(token, scope))))
    case .basic(let user, let password)?:
      let pair = "\(try text(user, scope)):\(try text(password, scope))"
      request.headers.append(
        HTTPHeader("Authorization", "Basic " + Data(pair.utf8).base64EncodedString())
      )
    }
  }

  private func addBody(_ action: HTTPAction, _ scope: Scope, to request: inout HTTPRequest)
    throws(Unperformed)
  {
    func addType(_ type: String) {
      if request.headers.first(named: "Content-Type") == nil {
        request.headers.append(HTTPHeader("Content-Type", type))
      }
    }
    switch action.body {
    case nil: break
    case .json(let tree)?:
      request.body = Array(try json(tree, scope).description.utf8)
      addType("application/json")
    case .text(let template)?:
      request.body = Array(try text(template, scope).utf8)
      addType("text/plain; charset=utf-8")
    case .form(let fields)?:
      var parts: [String] = []
      for (name, value) in fields {
        parts.append(name.percentEncoded + "=" + (try text(value, scope)).percentEncoded)
      }
      request.body = Array(parts.joined(separator: "&").utf8)
      addType("application/x-www-form-urlencoded")
    case .multipart(let parts)?:
      var entries: [FormEntry] = []
      for part in parts {
        entries.append(FormEntry(name: part.name, value: try value(of: part, scope)))
      }
      let body = MultipartBody(entries)
      request.body = body.bytes
      addType(body.type)
    case .file(let template)?:
      request.body = try bytes(of: .file(template), scope)
      addType("application/octet-stream")
    case .fresh(let fresh)?:
      request.body = try bytes(of: .fresh(fresh), scope)
      addType("application/octet-stream")
    }
  }

  /// A secret's name as a shell variable: `DB_PASSWORD`.
  private static func variable(_ name: String) -> String {
    String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }
}
