import FoundationEssentials

/// A request, as much of it as the stand-in looks at.
package struct Inquiry: Sendable {
  package var method: String
  package var path: String
  package var userAgent: String?
  package var address: String
  package var body: [UInt8]

  package init(
    _ method: String,
    _ path: String,
    userAgent: String? = nil,
    address: String = "",
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.userAgent = userAgent
    self.address = address
    self.body = body
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
      let health = await health()
      return .json(
        health.isOK ? 200 : 500,
        [
          "clickhouse": health.clickhouse, "postgres": health.postgres,
          "sites_cache": health.sitesCache,
        ]
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
      case .invalid(let invalid): return .json(400, ["errors": invalid.errors])
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
      return .text(302, "", ["location": "/login"])
    case ("GET", "/login"):
      return Answer(
        status: 200,
        headers: ["content-type": "text/html; charset=utf-8"],
        body: page
      )
    case (_, "/api/health"), (_, "/api/event"), (_, "/standin/version"), (_, "/"), (_, "/login"):
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

  private var page: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head><meta charset="utf-8"><title>Stand-in for Plausible</title></head>
    <body>
    <h1>Stand-in for Plausible</h1>
    <p>This is plausible-standin \(version.rawValue), a small program that takes the place of
    Plausible in tests. It is not Plausible, and nobody can log in.</p>
    </body>
    </html>

    """
  }
}
