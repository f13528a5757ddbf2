import FoundationEssentials

/// A request, as much of it as the stand-in looks at.
package struct Inquiry: Sendable {
  package var method: String
  package var path: String
  package var userAgent: String?
  package var accept: String?
  package var cookie: String?
  package var address: String
  package var body: [UInt8]

  package init(
    _ method: String,
    _ path: String,
    userAgent: String? = nil,
    accept: String? = nil,
    cookie: String? = nil,
    address: String = "",
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.userAgent = userAgent
    self.accept = accept
    self.cookie = cookie
    self.address = address
    self.body = body
  }

  /// Whether an answer in JSON may be given.
  var takesJSON: Bool {
    guard let accept else { return true }
    return ["*/*", "application/*", "application/json"].contains { accept.contains($0) }
  }

  /// A field of a form that was sent, with its encoding undone.
  func field(_ name: String) -> String? {
    let text = String(decoding: body, as: UTF8.self).replacing("+", with: "%20")
    return URLComponents(string: "?" + text)?.queryItems?.first { $0.name == name }?.value
  }
}

/// What is sent back.
package struct Answer: Sendable, Equatable {
  package var status: Int
  package var headers: [String: String] = [:]
  package var body: String

  static func text(_ status: Int, _ text: String, _ headers: [String: String] = [:]) -> Answer {
    var answer = Answer(status: status, headers: headers, body: text)
    answer.headers["content-type"] = "text/plain"
    return answer
  }

  static func json(_ status: Int, _ value: some Encodable) -> Answer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
    return Answer(status: status, headers: ["content-type": "application/json"], body: body ?? "{}")
  }
}

extension Standin {
  /// Answers one request, and logs a line about it.
  package func answer(_ inquiry: Inquiry) async -> Answer {
    var answer = await route(inquiry)
    answer.headers["x-standin"] = "\(Standin.name)/\(version.rawValue)"
    let dropped = answer.headers["x-plausible-dropped"].map { " dropped \($0)" } ?? ""
    log.line("\(inquiry.method) \(inquiry.path) \(answer.status)\(dropped)")
    return answer
  }

  private func route(_ inquiry: Inquiry) async -> Answer {
    switch (inquiry.method, inquiry.path) {
    case ("GET", "/api/health"):
      guard inquiry.takesJSON else { return .text(406, "Not Acceptable") }
      let health = await health()
      return .json(
        health.isOK ? 200 : 500,
        [
          "clickhouse": health.clickhouse, "postgres": health.postgres,
          "sites_cache": health.sitesCache,
        ] as [String: String?]
      )
    case ("POST", "/api/event"):
      let reception = await receive(
        body: inquiry.body,
        userAgent: inquiry.userAgent,
        address: inquiry.address
      )
      switch reception {
      case .accepted(0): return .text(202, "ok")
      case .accepted(let dropped): return .text(202, "ok", ["x-plausible-dropped": "\(dropped)"])
      case .refused(.unreadable):
        return .json(400, ["errors": ["request": "Unable to parse request body as json"]])
      case .refused(.invalid(let errors)): return .json(400, ["errors": errors])
      case .refused(.unexpected): return Self.failure
      }
    case ("GET", "/standin/version"):
      return .json(
        200,
        Identity(standin: Standin.name, version: version.rawValue, schema: version.schema)
      )
    case ("GET", "/"):
      guard phase == .ready || faults.current.isOn(.earlyRedirect) else {
        return .text(500, "plausible-standin is \(phase.rawValue)\n")
      }
      do {
        return .text(302, "", ["location": try await isFirstLaunch() ? "/register" : "/login"])
      } catch {
        return failure(error, inquiry)
      }
    case ("GET", "/register"):
      return page("Nobody can register here.")
    case ("GET", "/login"):
      return loginPage()
    case ("POST", "/login"):
      guard let token = inquiry.field("_csrf_token"), !token.isEmpty,
        inquiry.cookie?.contains("_plausible_key=\(token)") == true
      else { return .text(403, "Forbidden") }
      do {
        // Nobody has a password, so that whoever is known is refused like a stranger.
        _ = try await knowsUser(inquiry.field("email") ?? "")
        return loginPage("Wrong email or password. Please try again.")
      } catch {
        return failure(error, inquiry)
      }
    case (_, "/api/health"), (_, "/api/event"), (_, "/standin/version"), (_, "/"), (_, "/login"),
      (_, "/register"):
      return .text(405, "method not allowed\n")
    default:
      return .text(404, "plausible-standin has no such page\n")
    }
  }

  private struct Identity: Encodable {
    var standin: String
    var version: String
    var schema: Int
  }

  private static let failure = Answer.text(500, "Internal Server Error")

  private func failure(_ error: any Error, _ inquiry: Inquiry) -> Answer {
    log.line("\(inquiry.method) \(inquiry.path) failed: \(error)")
    return Self.failure
  }

  private func loginPage(_ message: String = "") -> Answer {
    let token = token()
    var answer = page(
      """
      \(message)</p>
      <form action="/login" method="post">
      <input type="hidden" name="_csrf_token" value="\(token)">
      <input type="email" name="email">
      <input type="password" name="password">
      <button>Login</button>
      </form>
      <p>Nobody can log in.
      """
    )
    answer.headers["set-cookie"] = "_plausible_key=\(token); path=/; HttpOnly; SameSite=Lax"
    return answer
  }

  private func page(_ text: String) -> Answer {
    let body = """
      <!DOCTYPE html>
      <html lang="en">
      <head><meta charset="utf-8"><title>Stand-in for Plausible</title></head>
      <body>
      <h1>Stand-in for Plausible</h1>
      <p>This is plausible-standin \(version.rawValue), a small program that takes the place of
      Plausible in tests. It is not Plausible.</p>
      <p>\(text)</p>
      </body>
      </html>

      """
    return Answer(
      status: 200,
      headers: ["content-type": "text/html; charset=utf-8"],
      body: body
    )
  }
}
