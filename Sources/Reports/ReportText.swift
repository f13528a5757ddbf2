package import Evidence
import Formats

/// What was expected and what was there, in plain lines, for reports without markup.
package enum ReportText {
  /// One line: line ends and tabs become spaces.
  static func line(_ text: String) -> String {
    // What has none of the characters' first bytes stays as it is.
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0xC2 || $0 == 0xE2 }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": continue
      case "\n", "\t", "\u{85}", "\u{2028}", "\u{2029}": result.append(" ")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// At most so many characters; that some are left out is shown by an ellipsis.
  static func cut(_ text: String, _ count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
  }

  static func lines(_ lines: [String]) -> String { lines.map { "\($0)\n" }.joined() }

  /// What is to be said of a check below its cause.
  static func check(at place: Int, _ index: CheckIndex) -> String {
    let check = index.coverage.checks[place]
    var text = check.about + "\n"
    if let place = check.place { text += "at \(place)\n" }
    let steps = (index.record(at: place)?.steps ?? []).filter { !$0.outcome.isPassed }
    for step in steps { text += Self.step(step) }
    if steps.isEmpty { text += lines(index.furtherDetails(at: place)) }
    if let control = check.control { text += "control \(control.kind.shown): \(control.shown)\n" }
    return text
  }

  /// What a step that did not pass did and saw, after the line that its check is told by.
  static func step(_ step: StepRecord) -> String {
    var text = "step \(step.number): \(step.title)"
    if step.attempts > 1 { text += " (\(step.attempts) attempts)" }
    if let place = step.placeOfFailure { text += " at \(place)" }
    text += "\n"
    for line in step.outcome.reason?.details ?? [] { text += "  \(line)\n" }
    if let exchange = step.exchange { text += lines(exchange.lines.map { "  \($0)" }) }
    return text
  }

  /// An argument vector as a person would type it.
  static func shell(_ argv: [String]) -> String {
    argv.map { word in
      let isPlain =
        !word.isEmpty
        && word.utf8.allSatisfy { $0.isASCIILetterOrDigit || "_-./:=,@%+".utf8.contains($0) }
      return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }

  static func operation(_ operation: OperationRecord) -> String {
    var text = lines((operation.command.map { Exchange.command($0).lines } ?? []).map { "  \($0)" })
    for (name, value) in operation.facts.sorted(by: { $0.key < $1.key }) {
      text += "  \(name): \(value)\n"
    }
    if let difference = operation.difference { text += "  other than the recipe: \(difference)\n" }
    return text
  }

  static func readiness(_ readiness: ReadinessRecord) -> String {
    let spans = readiness.spans.map { "\($0.state) ×\($0.count)" }.joined(separator: " → ")
    let end =
      readiness.ready
      ? "ready after \(Words.duration(readiness.microseconds))"
      : "not ready within \(Words.duration(readiness.within))"
    return "\(readiness.gate): \(spans.isEmpty ? "never asked" : spans), \(end)"
  }

  static func store(_ store: StoreCoverage) -> String {
    """
    store \(store.name) (\(store.kind.shown)), marker: \(store.marker ?? "none")
    upgrade: \(verdict(store.upgrade))
    dropped: \(verdict(store.dropped))
    restored: \(verdict(store.restored))
    recovered: \(verdict(store.recovered))
    mechanism: \(store.mechanism ?? "none")

    """
  }

  static func verdict(_ verdict: Verdict) -> String {
    let until = verdict.until.map { " until \($0)" } ?? ""
    return verdict.word.shown + until + (verdict.reason.map { ": \($0.cause)" } ?? "")
  }

  /// `warning image-tag-moves: … at compose.yml:7:12`; of a waived one the reason and the end too.
  package static func finding(_ finding: Finding) -> String {
    let place = finding.place.map { " at \($0)" } ?? ""
    let until = finding.waivedUntil.map { ", until \($0)" } ?? ""
    let waived = finding.waived.map { "waived \(finding.rule) (\($0)\(until))" }
    let head = waived ?? "\(finding.severity.shown) \(finding.rule)"
    return "\(head): \(finding.sentence)\(place)"
  }
}

extension Exchange {
  /// What was asked: `GET http://…`, `db: SELECT 1`.
  var request: String {
    switch self {
    case .http(let http): return "\(http.method) \(http.url)"
    case .sql(let sql): return "\(sql.service): \(sql.statement)"
    case .command(let command):
      return (command.service.map { "\($0): " } ?? "") + ReportText.shell(command.argv)
    case .file(let file): return "\(file.source): \(file.path)"
    }
  }

  /// What came back: `200, 12 bytes`, `no answer, error 42P01, through psql inside the container`.
  var answer: String {
    switch self {
    case .http(let http):
      guard let status = http.status else { return "no answer" }
      let version = http.version.map { "\($0) " } ?? ""
      let reused = http.connectionReused ? ", connection reused" : ""
      return "\(version)\(status), \(Words.count(http.responseBytes, "byte"))\(reused)"
    case .sql(let sql):
      let rows = sql.rowCount.map { Words.count($0, "row") } ?? "no answer"
      let code = sql.errorCode.map { ", error \($0)" } ?? ""
      return rows + code + (sql.through.map { ", through \($0)" } ?? "")
    case .command(let command): return command.ending ?? "did not start"
    case .file(let file): return file.bytes.map { Words.count($0, "byte") } ?? "no such file"
    }
  }

  /// The request with its answer, for reports without markup.
  var lines: [String] {
    let head = "\(request) → \(answer)"
    switch self {
    case .http(let http): return [head, http.curl] + [http.responseBody].compactMap { $0 }
    case .sql(let sql): return [head] + sql.rows
    case .command(let command):
      return [head]
        + [("stdout", command.stdout), ("stderr", command.stderr)].filter { !$0.1.isEmpty }
        .map { "\($0): \($1)" }
    case .file: return [head]
    }
  }
}

enum Timestamp {
  /// `2026-05-29T17:05:16` of an RFC 3339 time in UTC; the epoch where it is none.
  static func withoutZone(_ text: String) -> String {
    let head = text.prefix(19)
    let isTime = head.utf8.enumerated().allSatisfy { index, byte in
      switch index {
      case 4, 7: byte == UInt8(ascii: "-")
      case 10: byte == UInt8(ascii: "T")
      case 13, 16: byte == UInt8(ascii: ":")
      default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
    }
    return isTime && head.utf8.count == 19 ? String(head) : "1970-01-01T00:00:00"
  }
}
