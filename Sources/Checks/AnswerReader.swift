import Deployments
import Evidence
import Formats
import HTTPRequests
import Suites
import XMLDocuments

/// Finds subjects in an answer; what it says is decoded and parsed once.
struct AnswerReader {
  let answer: Answer
  private lazy var text = AnswerText(answer)
  private lazy var json = text?.json()

  init(_ answer: Answer) { self.answer = answer }

  /// - Throws: `PatternError` or `JSONPathError` where a search was given up.
  mutating func look(at subject: Subject) throws -> Found {
    switch subject {
    case .status: return number(answer.status)
    case .header(let name): return header(name)
    case .body, .content: return whole()
    case .jsonpath(let path): return try find(path)
    case .xpath(let expression):
      let container = XPathContainer.of(expression)
      return find { _ in Query(expression, in: container.map { ($0, $0) }) }
    case .css(let selector):
      return find { markup in
        func xpath(_ selector: CSSSelector) -> String { selector.xpath(isHTML: markup == .html) }
        let container = selector.container.map { ($0.text, xpath($0)) }
        return Query(xpath(selector), in: container, isPlain: true)
      }
    case .regex(let pattern): return try find(pattern)
    case .rows: return answer.rows.map { .value(.array($0)) } ?? .unreadable(.noRow)
    case .row: return answer.rows?.first.map { .value($0) } ?? .nothing(counts: nil, why: .noRow)
    case .cell(let name): return cell(name)
    case .column(let name): return column(name)
    case .stdout: return output(answer.stdout)
    case .stderr: return output(answer.stderr)
    case .exit: return number(answer.exit)
    case .size: return answer.file == nil ? noFile : number(answer.file?.size)
    case .path(let property): return path(property)
    case .duration: return number(answer.microseconds / 1000)
    // No step of a suite looks at these.
    case .error, .gate, .services, .service, .runningVersion, .versionProof, .contradiction,
      .snapshotID, .snapshotFiles, .declaredPaths, .snapshotBytes, .backedUp, .rowCount,
      .inventory, .leftovers, .dependency, .deployments, .written:
      return .unreadable(.nothingFound)
    }
  }

  /// Of a header that came several times where each stands for itself: a comma is a part of a cookie's
  /// own text.
  func fields(of subject: Subject) -> [String] {
    guard case .header(let name) = subject, name.lowercased() == "set-cookie" else { return [] }
    return answer.headers.map { HTTPHeader($0.name, $0.value) }.values(named: name)
  }

  /// All bytes, as they came; nil where there is no such thing or a part of it only.
  func bytes(of subject: Subject) -> [UInt8]? {
    switch subject {
    case .body: return answer.body
    case .stdout: return answer.stdout
    case .content:
      return answer.file.flatMap { $0.content.count == $0.size ? $0.content : nil }
    default: return nil
    }
  }

  private func number(_ number: Int?) -> Found {
    number.map { .value(.int(Int64($0))) } ?? .unreadable(.nothingFound)
  }

  private func path(_ property: Subject.PathProperty) -> Found {
    guard let path = answer.path else { return noFile }
    let text =
      switch property {
      case .type: path.kind.rawValue
      case .mode: String(path.mode & 0o7777, radix: 8)
      case .target: path.target
      }
    return text.map { .value(.string($0)) } ?? .nothing(counts: nil, why: .noFile)
  }

  private var noFile: Found {
    if let folder = answer.missingFolder { return .unreadable(.noFolder(folder)) }
    return .nothing(counts: nil, why: .noFile)
  }

  private func header(_ name: String) -> Found {
    let values = answer.headers.map { HTTPHeader($0.name, $0.value) }.values(named: name)
    guard !values.isEmpty else {
      let names = NearestName.ordered(answer.headers.map { $0.name.lowercased() }, by: name)
      return .nothing(counts: .array([]), why: .noHeader(name, names: names))
    }
    // A comma is a part of a cookie's own text.
    let separator = name.lowercased() == "set-cookie" ? "; " : ", "
    return .value(.string(values.joined(separator: separator)), elements: values.count)
  }

  /// Of an output the last line end is nobody's text.
  private func output(_ bytes: [UInt8]?) -> Found {
    guard let bytes else { return .unreadable(.nothingFound) }
    var text = Substring(String(decoding: bytes, as: UTF8.self))
    if text.last?.isNewline == true, text.utf8.last == 0x0A { text.removeLast() }
    return .value(.string(String(text)))
  }

  private mutating func whole() -> Found {
    guard let text else { return noFile }
    switch text.text {
    case .success("") where text.part == .body: return .nothing(counts: "", why: .empty(.body))
    case .success(let string): return .value(.string(string), partial: text.partial)
    case .failure(let error): return .unreadable(error.why)
    }
  }

  // MARK: Rows

  private var columns: [String] {
    answer.columns.isEmpty
      ? answer.rows?.first?.objectValue?.members.map(\.key) ?? [] : answer.columns
  }

  private func missing(_ column: String) -> Found? {
    let columns = columns
    if columns.contains(where: { $0.utf8.elementsEqual(column.utf8) }) { return nil }
    return .unreadable(.noColumn(column, names: NearestName.ordered(columns, by: column)))
  }

  private func cell(_ name: String) -> Found {
    if let missing = missing(name) { return missing }
    return answer.rows?.first?[name].map { .value($0) } ?? .nothing(counts: nil, why: .noRow)
  }

  private func column(_ name: String) -> Found {
    if let missing = missing(name) { return missing }
    guard let rows = answer.rows, !rows.isEmpty else {
      return .nothing(counts: .array([]), why: nil)
    }
    return .value(.array(rows.compactMap { $0[name] }))
  }

  // MARK: Inside of a text

  private mutating func find(_ path: JSONPath) throws(JSONPathError) -> Found {
    let root: JSONValue
    switch json {
    case nil: return noFile
    case .failure(let error)?: return .unreadable(error.why)
    case .success(let value)?: root = value
    }
    switch try path.outcome(in: root) {
    case .found(let values) where path.isSingular: return .value(values[0])
    case .found(let values): return .value(.array(values), elements: values.count)
    case .nothing(let end):
      let why = Unreadable(end)
      if !end.isPresent { return .unreadable(why) }
      if path.isSingular { return .nothing(counts: nil, why: why) }
      return .nothing(counts: .array([]), why: end.cause == .selection ? nil : why)
    }
  }

  private mutating func find(_ pattern: Pattern) throws(PatternError) -> Found {
    guard let text else { return noFile }
    guard case .success(let string) = text.text else { return whole() }
    if string.isEmpty, text.part == .body { return .unreadable(.empty(.body)) }
    guard let match = try pattern.firstMatch(in: string) else {
      return text.partial.map { .unreadable($0) } ?? .nothing(counts: nil, why: .nothingFound)
    }
    let found = match.kept
    guard let found, !found.isEmpty else {
      return .nothing(counts: found.map { .string($0) }, why: .nothingFound)
    }
    return .value(.string(found))
  }

  /// What is asked of a document.
  private struct Query {
    let expression: String
    /// What it would be in, as a person wrote it and as XPath.
    let container: (text: String, expression: String)?
    /// White space is as a person sees it: one space between words.
    let isPlain: Bool

    init(_ expression: String, in container: (String, String)?, isPlain: Bool = false) {
      self.expression = expression
      self.container = container.map { (text: $0.0, expression: $0.1) }
      self.isPlain = isPlain
    }
  }

  private mutating func find(_ query: (AnswerText.Markup) -> Query) -> Found {
    guard let text else { return noFile }
    do throws(AnswerText.UnreadableError) {
      let (markup, string) = try text.markup()
      return Self.find(query(markup), in: string, markup, text.part)
    } catch {
      return .unreadable(error.why)
    }
  }

  private static func find(
    _ query: Query,
    in text: String,
    _ markup: AnswerText.Markup,
    _ part: Unreadable.Part
  ) -> Found {
    do throws(XMLError) {
      let document = try XMLDocument(
        parsing: Array(text.utf8),
        as: markup == .html ? .html(encoding: "UTF-8") : .decodedXML
      )
      let found = Found(try document.evaluate(query.expression), query.isPlain)
      guard case .nothing = found else { return found }
      if let container = query.container,
        case .nothing = Found(try document.evaluate(container.expression), false)
      {
        return .unreadable(.noContainer(container.text))
      }
      if markup == .xml {
        let hidden = try document.evaluateWithoutNamespaces(query.expression)
        if case .value = Found(hidden, false) { return .unreadable(.otherNamespace) }
      }
      return found
    } catch {
      switch error.code {
      case .invalidExpression, .evaluation:
        return .unreadable(.expressionFailed(detail: "\(error)"))
      default: return .unreadable(.notXML(part, detail: "\(error)"))
      }
    }
  }
}

extension Pattern.Match {
  /// The first group where the pattern has one, else all of the match.
  var kept: String? { captures.count > 1 ? captures[1] : captures[0] }
}

extension Found {
  /// Of what is no node, nothing is what XPath itself takes for false.
  fileprivate init(_ value: XPathValue, _ isPlain: Bool) {
    func text(_ text: String) -> JSONValue {
      .string(
        isPlain
          ? text.split { $0.isASCII && $0.isWhitespace }.joined(separator: " ") : text
      )
    }
    switch value {
    case .nodes(let texts) where texts.isEmpty:
      self = .nothing(counts: .array([]), why: .nothingFound)
    case .nodes(let texts) where texts.count == 1: self = .value(text(texts[0]), elements: 1)
    case .nodes(let texts): self = .value(.array(texts.map(text)), elements: texts.count)
    case .string(""): self = .nothing(counts: "", why: .nothingFound)
    case .string(let string): self = .value(text(string))
    case .bool(false): self = .nothing(counts: false, why: .nothingFound)
    case .bool(true): self = .value(true)
    case .number(let number) where number.isNaN:
      self = .nothing(counts: nil, why: .nothingFound)
    case .number(0): self = .nothing(counts: 0, why: .nothingFound)
    case .number(let number): self = .value(JSONValue(number: number))
    }
  }
}

extension Unreadable {
  fileprivate init(_ end: JSONPathEnd) {
    switch end.cause {
    case .selection: self = .nothingFound
    case .member(let name, let names):
      self = .noMember(name, in: end.reached, names: NearestName.ordered(names, by: name))
    case .element(let index, let count): self = .noElement(index, in: end.reached, count: count)
    case .kind(let kind): self = .otherKind(end.reached, kind: kind)
    }
  }
}

/// What the last step of a plain location path is asked of.
enum XPathContainer {
  /// `//ul[@id = 'a']` of `//ul[@id = 'a']/li`; nil where the path has one step, or is another
  /// expression.
  static func of(_ expression: String) -> String? {
    var depth = 0
    var quote: Character?
    var slash: String.Index?
    for index in expression.indices {
      let character = expression[index]
      if let open = quote {
        if character == open { quote = nil }
        continue
      }
      switch character {
      case "'", "\"": quote = character
      case "[", "(": depth += 1
      case "]", ")": depth -= 1
      case "/" where depth == 0: slash = index
      case _ where depth > 0 || character.isLetter || character.isNumber: break
      case "*", ":", "@", ".", "-", "_": break
      default: return nil
      }
    }
    guard var path = slash.map({ expression[..<$0] }) else { return nil }
    while path.last == "/" { path.removeLast() }
    return path.isEmpty ? nil : String(path)
  }
}
