package import Formats
import HTTPRequests
import Suites
import XMLDocuments

/// What came back from one step, whatever it was sent through.
package struct Answer: Sendable {
  package var status: Int?
  package var headers: [(name: String, value: String)] = []
  package var body: [UInt8]?
  package var rows: [JSONValue]?
  package var columns: [String] = []
  package var stdout: [UInt8]?
  package var stderr: [UInt8]?
  package var exit: Int?
  /// True where more was printed than is kept.
  package var isCut = false
  /// Nil where there is no such file; else its size and its bytes, or its last ones.
  package var file: (size: Int, content: [UInt8])?
  /// An answer that says no: SQLSTATE or the server's own code, and its message.
  package var error: (code: String, message: String)?
  package var microseconds = 0

  package init() {}

  /// Bytes of text that are shown in records and kept for comparison.
  static let shownBytes = 2048
}

/// Finds subjects in an answer; a body is parsed once.
struct AnswerReader {
  let answer: Answer
  private var json: Result<JSONValue, JSONParsingError>?

  init(_ answer: Answer) { self.answer = answer }

  /// Nil where there is nothing: no such header, no such member, no body, no row.
  ///
  /// - Throws: `PatternError` or `JSONPathError` where a search was given up.
  mutating func value(of subject: Expectation.Subject) throws -> JSONValue? {
    switch subject {
    case .status: return answer.status.map { .int(Int64($0)) }
    case .header(let name): return header(name)
    case .body: return answer.body.map(Self.text)
    case .jsonpath(let path): return try evaluate(path)
    case .xpath(let expression): return Self.evaluate(expression, on: answer.body)
    case .regex(let regex): return try searched.flatMap { try Self.firstMatch(of: regex, in: $0) }
    case .rows: return answer.rows.map { .array($0) }
    case .row: return answer.rows?.first
    case .cell(let name): return answer.rows?.first.flatMap { $0[name] }
    case .column(let name): return answer.rows.map { .array($0.compactMap { $0[name] }) }
    case .stdout: return answer.stdout.map(Self.text)
    case .stderr: return answer.stderr.map(Self.text)
    case .exit: return answer.exit.map { .int(Int64($0)) }
    case .size: return answer.file.map { .int(Int64($0.size)) }
    case .content: return answer.file.map { Self.text($0.content) }
    case .duration: return .int(Int64(answer.microseconds / 1000))
    }
  }

  /// Why a JSON path finds nothing, where the body is no JSON at all.
  var jsonProblem: String? {
    if case .failure(let error) = json { "the body is no JSON: \(error)" } else { nil }
  }

  private func header(_ name: String) -> JSONValue? {
    let values = answer.headers.map { HTTPHeader($0.name, $0.value) }.values(named: name)
    return values.isEmpty ? nil : .string(values.joined(separator: ", "))
  }

  private mutating func evaluate(_ path: JSONPath) throws(JSONPathError) -> JSONValue? {
    if json == nil, let bytes = answer.body ?? answer.stdout ?? answer.file?.content {
      do throws(JSONParsingError) {
        json = .success(try JSONParser().parse(bytes))
      } catch {
        json = .failure(error)
      }
    }
    guard case .success(let value) = json else { return nil }
    return path.isSingular ? try path.first(in: value) : .array(try path.values(in: value))
  }

  private var searched: String? {
    (answer.body ?? answer.stdout ?? answer.file?.content)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private static func firstMatch(
    of pattern: Pattern,
    in text: String
  ) throws(PatternError) -> JSONValue? {
    guard let match = try pattern.firstMatch(in: text) else { return nil }
    // The first group where the pattern has one, else all of the match.
    let text = match.captures.count > 1 ? match.captures[1] : match.captures[0]
    return text.map { .string($0) }
  }

  private static func evaluate(_ expression: String, on body: [UInt8]?) -> JSONValue? {
    guard let body, let found = try? XMLDocument(parsing: body).evaluate(expression) else {
      return nil
    }
    return switch found {
    case .nodes(let texts) where texts.isEmpty: nil
    case .nodes(let texts) where texts.count == 1: .string(texts[0])
    case .nodes(let texts): .array(texts.map { .string($0) })
    case .string(let text): .string(text)
    case .bool(let value): .bool(value)
    case .number(let value): JSONValue(number: value)
    }
  }

  static func text(_ bytes: [UInt8]) -> JSONValue {
    .string(String(decoding: bytes, as: UTF8.self))
  }
}
