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
    let curl = CurlLine(
      request,
      secrets: scope.allSecrets.map { CurlLine.Secret($0.value, as: Self.variable($0.name)) }
    ).text
    var exchange = HTTPExchange(
      method: request.method,
      url: request.url,
      requestHeaders: request.headers.map { [$0.name, Self.shown($0)] },
      requestBytes: request.body?.count ?? 0,
      requestBody: request.body?.shown(),
      curl: curl
    )
    do throws(HTTPError) {
      let response = try await http.send(request)
      exchange.status = response.status
      exchange.version = response.httpVersion
      exchange.responseHeaders = response.headers.map { [$0.name, Self.shown($0)] }
      exchange.requestBytes = response.sizes.request
      exchange.responseBytes = response.sizes.body
      exchange.responseBody = response.body.shown()
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
      return .answered(answer, .http(exchange))
    } catch {
      return .unanswered(
        .noAnswer(detail: error.reason),
        .http(exchange),
        isHopeless: error.isHopeless
      )
    }
  }

  private static func shown(_ header: HTTPHeader) -> String {
    SecretHeaders.contains(header.name) ? "[masked]" : header.value
  }

  private func makeRequest(_ action: HTTPAction, _ scope: Scope, _ limit: Duration)
    async throws(Unperformed) -> HTTPRequest
  {
    var url = try text(action.target, scope)
    var socket: String?
    if !url.hasPrefix("http://") && !url.hasPrefix("https://") {
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
    request.timeout = min(action.timeout ?? limit, limit)
    request.connectTimeout = min(.seconds(10), request.timeout)
    request.tls = action.verifiesTLS ? .verified : .unverified
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
    return request
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
    case .file(let template)?:
      let path = try text(template, scope)
      guard let data = FileManager.default.contents(atPath: options.folder + "/" + path) else {
        throw Unperformed("\(path) cannot be read below the suite's folder")
      }
      request.body = Array(data)
      addType("application/octet-stream")
    }
  }

  /// A secret's name as a shell variable: `DB_PASSWORD`.
  private static func variable(_ name: String) -> String {
    String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }
}
