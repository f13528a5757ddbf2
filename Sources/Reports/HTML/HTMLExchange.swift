import Evidence

/// A request with its answer, whatever the channel.
struct HTMLExchange: TemplateFields {
  let exchange: Exchange

  static let table = TemplateTable<HTMLExchange>(
    .text("request", "what was asked") { $0.exchange.request },
    .text("answer", "what came back, in short") { $0.exchange.answer },
    .optionalText("curl", "the same request as a command line") {
      $0.http.flatMap { $0.curl.isEmpty ? nil : $0.curl }
    },
    .list("blocks", "headers, bodies, rows and output") { $0.blocks },
    .list("phases", "how the time of a request divides") { $0.phases }
  )

  private var http: HTTPExchange? {
    if case .http(let http) = exchange { http } else { nil }
  }

  private var blocks: [NamedText] {
    let all: [(String, String?)] =
      switch exchange {
      case .http(let http):
        [
          ("redirects", http.hops.map(Self.hops)),
          ("request headers", Self.headers(http.requestHeaders)),
          ("request body", http.requestBody),
          ("response headers", Self.headers(http.responseHeaders)),
          ("response body", http.responseBody),
        ]
      case .sql(let sql):
        [
          ("parameters", sql.parameters.isEmpty ? nil : sql.parameters.joined(separator: "\n")),
          ("columns", sql.columns.isEmpty ? nil : sql.columns.joined(separator: ", ")),
          ("rows", sql.rows.isEmpty ? nil : sql.rows.joined(separator: "\n")),
        ]
      case .command(let command): [("stdout", command.stdout), ("stderr", command.stderr)]
      case .file: []
      }
    return all.compactMap { name, value in
      guard let value, !value.isEmpty else { return nil }
      return NamedText(name: name, value: value)
    }
  }

  private static func hops(_ hops: [HTTPExchange.Hop]) -> String {
    hops.map { "\($0.method) \($0.url) → \($0.status)" }.joined(separator: "\n")
  }

  private static func headers(_ headers: [[String]]) -> String {
    headers.map { $0.joined(separator: ": ") }.joined(separator: "\n")
  }

  private var phases: [HTMLPhase] {
    guard let timings = http?.timings else { return [] }
    let ends = [
      ("name", timings.nameLookup), ("connect", timings.connect), ("tls", timings.tls),
      ("wait", timings.firstByte), ("receive", timings.total),
    ]
    var last = 0
    return ends.compactMap { name, end in
      guard end > last else { return nil }
      defer { last = end }
      return HTMLPhase(name: name, from: last, to: end, total: timings.total)
    }
  }
}

struct HTMLPhase: TemplateFields {
  let name: String
  let from: Int
  let to: Int
  let total: Int

  static let table = TemplateTable<HTMLPhase>(
    .text("name", "name, connect, tls, wait or receive") { $0.name },
    .text("duration", "how long it took") { Words.duration($0.to - $0.from) },
    .number("weight", "its share of the strip, from 1") {
      max(1, ($0.to - $0.from) * 1_000 / max(1, $0.total))
    }
  )
}
