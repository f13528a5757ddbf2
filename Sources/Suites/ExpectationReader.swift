import Evidence
import Formats
import XMLDocuments

/// Reads `expect` and `capture`.
struct ExpectationReader {
  let reader: NodeReader
  /// What answers may be compared with; nil where that cannot be.
  let files: SuiteFiles?
  var sink: DiagnosticSink { reader.sink }

  /// The words of `predicates`.
  private static let words = Set(Grammar.table("predicates")?.fields.map(\.key) ?? [])
  /// Predicates that make sense for a whole row; all other words are columns there.
  private static let rowWords: Set = ["==", "!=", "exists", "isEmpty", "subset", "not"]

  init(_ reader: NodeReader, files: SuiteFiles? = nil) {
    self.reader = reader
    self.files = files
  }

  /// What can be looked at in the answer of each kind of step.
  static func subjects(of word: String) -> [String] {
    switch word {
    case "http":
      ["status", "header", "body", "json", "jsonpath", "xpath", "css", "regex", "duration"]
    case _ where DatabaseKind(rawValue: word) != nil: ["rows", "row", "column", "duration"]
    case "exec", "script":
      ["exit", "stdout", "stderr", "json", "jsonpath", "xpath", "css", "regex", "duration"]
    case "file":
      [
        "size", "content", "type", "mode", "target", "json", "jsonpath", "xpath", "css", "regex",
        "duration",
      ]
    default: []
    }
  }

  func expectations(_ node: YAMLNode, of word: String) -> [Expectation] {
    guard let entry = reader.entry(node, "expect") else { return [] }
    let allowed = Self.subjects(of: word)
    var found: [Expectation] = []
    for field in entry.table.fields { _ = entry[field.key] }
    for member in node.members ?? [] where entry.table[member.key] != nil {
      guard allowed.contains(member.key) else {
        sink.error(
          "\(word) step has no \"\(member.key)\"",
          at: member,
          expected: allowed.isEmpty
            ? "expectations at the steps inside" : "one of \(NodeReader.list(allowed))"
        )
        continue
      }
      found += expectations(member)
    }
    for expectation in found
    where !expectation.subject.hasBytes && expectation.predicates.contains(where: \.isAboutBytes) {
      sink.error(
        "\(expectation.subject) is not compared byte by byte",
        at: expectation.place,
        expected: "body, content or stdout"
      )
    }
    if node.members?.isEmpty ?? node.isNull { sink.error("expect is empty", at: node) }
    return found
  }

  private func expectations(_ member: YAMLNode.Member) -> [Expectation] {
    let value = member.value
    let place = member.keyPlace
    func one(_ subject: Subject, _ predicates: [Predicate]) -> [Expectation] {
      predicates.isEmpty
        ? [] : [Expectation(subject: subject, predicates: predicates, place: place)]
    }
    switch member.key {
    case "status": return one(.status, statusPredicates(value))
    case "header": return named(value, "header") { .header($0.key) }
    case "body": return one(.body, predicates(value))
    case "json": return json(value, at: place)
    case "jsonpath":
      return named(value, "jsonpath") { jsonpath($0.key, at: $0).map { .jsonpath($0) } }
    case "xpath":
      return named(value, "xpath") {
        xpath($0.key, at: $0.keyPlace, length: $0.keyLength).map { .xpath($0) }
      }
    case "css":
      return named(value, "css") {
        css($0.key, at: $0.keyPlace, length: $0.keyLength).map { .css($0) }
      }
    case "regex": return named(value, "regex") { regex($0.key, at: $0).map { .regex($0) } }
    case "rows": return one(.rows, rowsPredicates(value))
    case "row": return row(value, at: place)
    case "column":
      return named(value, "column") {
        if $0.value.scalar != nil {
          sink.error(
            "column is a list of all its values, never equal to one",
            at: $0.value,
            expected: "[\($0.value.text ?? "")], or {contains: \($0.value.text ?? "")}"
          )
          return nil
        }
        return .column($0.key)
      }
    case "stdout": return one(.stdout, predicates(value).map(\.withoutLastLineEnd))
    case "stderr": return one(.stderr, predicates(value).map(\.withoutLastLineEnd))
    case "exit": return one(.exit, predicates(value))
    case "size": return one(.size, predicates(value))
    case "content": return one(.content, predicates(value))
    case "type": return one(.path(.type), predicates(value))
    case "mode": return one(.path(.mode), predicates(value).map(\.ofDigits))
    case "target": return one(.path(.target), predicates(value))
    case "duration": return one(.duration, predicates(value, operand: milliseconds))
    default: return []
    }
  }

  /// One expectation for each key of a mapping.
  private func named(
    _ node: YAMLNode,
    _ what: String,
    _ subject: (YAMLNode.Member) -> Subject?
  ) -> [Expectation] {
    reader.members(node, what).compactMap { member in
      guard let subject = subject(member) else { return nil }
      let predicates = predicates(member.value)
      return predicates.isEmpty
        ? nil : Expectation(subject: subject, predicates: predicates, place: member.keyPlace)
    }
  }

  private func statusPredicates(_ node: YAMLNode) -> [Predicate] {
    if let items = node.items {
      let codes = items.compactMap { item in
        reader.integer(item, "status", in: 100...599).map { TemplateTree.number(String($0)) }
      }
      return codes.isEmpty ? [] : [.oneOf(codes)]
    }
    if node.scalar != nil {
      guard let code = reader.integer(node, "status", in: 100...599) else { return [] }
      return [.equals(.number(String(code)))]
    }
    return predicates(node)
  }

  /// A number and comparisons are about how many rows there are; a list is the rows themselves.
  private func rowsPredicates(_ node: YAMLNode) -> [Predicate] {
    guard node.scalar != nil else { return predicates(node) }
    guard let count = reader.integer(node, "rows", in: 0...1_000_000_000) else { return [] }
    return [.equals(.number(String(count)))]
  }

  private func row(_ node: YAMLNode, at place: SourcePlace) -> [Expectation] {
    guard let members = node.members, !members.isEmpty,
      !members.allSatisfy({ Self.rowWords.contains($0.key) })
    else {
      if node.scalar != nil {
        sink.error("row is a mapping by column, not \(node.kindName)", at: node)
        return []
      }
      let predicates = predicates(node)
      return predicates.isEmpty
        ? [] : [Expectation(subject: .row, predicates: predicates, place: place)]
    }
    var subset: [TemplateTree.Member] = []
    var cells: [Expectation] = []
    for member in members {
      if isPredicates(member.value) {
        let predicates = predicates(member.value)
        cells.append(
          Expectation(subject: .cell(member.key), predicates: predicates, place: member.keyPlace)
        )
      } else {
        subset.append(.init(key: member.key, value: reader.tree(member.value)))
      }
    }
    let whole = Expectation(subject: .row, predicates: [.subset(.object(subset))], place: place)
    return (subset.isEmpty ? [] : [whole]) + cells
  }

  /// Keys that begin with `$` are paths; else predicates; else what must be there at least, where a
  /// mapping of predicates at any depth is about the member that it stands at.
  private func json(_ node: YAMLNode, at place: SourcePlace) -> [Expectation] {
    guard let root = try? JSONPath("$") else { return [] }
    guard let members = node.members, !members.isEmpty, !isPredicates(node) else {
      let predicates = predicates(node)
      return predicates.isEmpty
        ? [] : [Expectation(subject: .jsonpath(root), predicates: predicates, place: place)]
    }
    let paths = members.filter { $0.key.hasPrefix("$") }
    if paths.count == members.count {
      return named(node, "json") { jsonpath($0.key, at: $0).map { .jsonpath($0) } }
    }
    if let path = paths.first {
      sink.error(
        "json mixes paths and members",
        at: path,
        expected: "all keys to begin with $, or none"
      )
      return []
    }
    var deeper: [Expectation] = []
    let subset = subset(members, path: "$", &deeper)
    let whole = Expectation(
      subject: .jsonpath(root),
      predicates: [.subset(.object(subset))],
      place: place
    )
    return (subset.isEmpty ? [] : [whole]) + deeper
  }

  private func subset(
    _ members: [YAMLNode.Member],
    path: String,
    _ deeper: inout [Expectation]
  ) -> [TemplateTree.Member] {
    members.compactMap { member in
      let quoted = member.key.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
      let memberPath = "\(path)['\(quoted)']"
      if isPredicates(member.value) {
        if let path = try? JSONPath(memberPath) {
          deeper.append(
            Expectation(
              subject: .jsonpath(path),
              predicates: predicates(member.value),
              place: member.keyPlace
            )
          )
        }
        return nil
      }
      if let inner = member.value.members, !inner.isEmpty {
        let kept = subset(inner, path: memberPath, &deeper)
        return kept.isEmpty ? nil : .init(key: member.key, value: .object(kept))
      }
      return .init(key: member.key, value: reader.tree(member.value))
    }
  }
}

// MARK: - Predicates

extension ExpectationReader {
  /// A mapping all of whose keys are words for predicates.
  private func isPredicates(_ node: YAMLNode) -> Bool {
    guard let members = node.members, !members.isEmpty else { return false }
    return members.allSatisfy { Self.words.contains($0.key) }
  }

  /// Equality for a scalar or a list, else the mapping's predicates.
  func predicates(
    _ node: YAMLNode,
    operand: ((YAMLNode) -> TemplateTree)? = nil
  ) -> [Predicate] {
    predicates(node, operand ?? reader.tree)
  }

  private func predicates(
    _ node: YAMLNode,
    _ operand: (YAMLNode) -> TemplateTree
  ) -> [Predicate] {
    guard let members = node.members else { return [.equals(operand(node))] }
    guard let entry = reader.entry(node, "predicates") else { return [] }
    if members.isEmpty { sink.error("predicate is missing", at: node) }
    for field in entry.table.fields { _ = entry[field.key] }
    return members.compactMap { predicate($0, operand) }
  }

  private func predicate(
    _ member: YAMLNode.Member,
    _ operand: (YAMLNode) -> TemplateTree
  ) -> Predicate? {
    let value = member.value
    func flag(_ predicate: Predicate) -> Predicate? {
      reader.boolean(value, member.key).map { $0 ? predicate : .not(predicate) }
    }
    switch member.key {
    case "==": return .equals(operand(value))
    case "!=": return .not(.equals(operand(value)))
    case ">": return comparison(value, member, operand).map { .greater($0) }
    case ">=": return comparison(value, member, operand).map { .greaterOrEqual($0) }
    case "<": return comparison(value, member, operand).map { .less($0) }
    case "<=": return comparison(value, member, operand).map { .lessOrEqual($0) }
    case "contains": return .contains(operand(value))
    case "startsWith": return reader.template(value, member.key).map { .startsWith($0) }
    case "endsWith": return reader.template(value, member.key).map { .endsWith($0) }
    case "matches":
      guard let text = reader.text(value, member.key) else { return nil }
      return regex(text, at: value.place, length: value.length).map {
        if Self.matchesEverything($0) {
          sink.error("pattern matches every text, so that it cannot fail", at: value)
        }
        return .matches($0)
      }
    case "exists": return reader.boolean(value, member.key).map { .exists($0) }
    case "count":
      if value.scalar != nil {
        return reader.integer(value, member.key, in: 0...1_000_000_000)
          .map { .count([.equals(.number(String($0)))]) }
      }
      return .count(predicates(value))
    case "isInteger": return flag(.kind(.integer))
    case "isNumber": return flag(.kind(.number))
    case "isString": return flag(.kind(.string))
    case "isBoolean": return flag(.kind(.boolean))
    case "isList": return flag(.kind(.list))
    case "isObject": return flag(.kind(.object))
    case "isEmpty": return flag(.isEmpty)
    case "isDate": return flag(.kind(.date))
    case "isUUID": return flag(.kind(.uuid))
    case "equalsFile":
      return reader.path(value, member.key, files).map { .hasBytes(.file($0)) }
    case "equalsFreshBytes": return reader.freshBytes(value).map { .hasBytes(.fresh($0)) }
    case "sha256":
      guard let digest = reader.template(value, member.key) else { return nil }
      let text = digest.source
      if digest.isLiteral, text.utf8.count != 64 || Hexadecimal.bytes(of: text) == nil {
        sink.error("sha256 is not \(value.kindName)", at: value, expected: "64 hexadecimal digits")
      }
      return .hasBytes(.sha256(digest))
    case "subset":
      guard value.members != nil else {
        sink.error("subset is a mapping, not \(value.kindName)", at: value)
        return nil
      }
      return .subset(reader.tree(value))
    case "oneOf":
      let items = reader.items(value, member.key)
      return items.isEmpty ? nil : .oneOf(items.map(operand))
    case "not":
      let inner = predicates(value, operand)
      if inner.count > 1 {
        sink.error("not takes one predicate, since it is not clear what several mean", at: value)
      }
      return inner.first.map { .not($0) }
    default: return nil
    }
  }

  /// The operand of an ordering, which is a number or a value in braces.
  private func comparison(
    _ node: YAMLNode,
    _ member: YAMLNode.Member,
    _ operand: (YAMLNode) -> TemplateTree
  ) -> TemplateTree? {
    let value = operand(node)
    switch value {
    case .number: return value
    case .template(let template) where !template.isLiteral: return value
    default:
      sink.error("\(member.key) compares numbers, not \(node.kindName)", at: node)
      return nil
    }
  }

  /// A duration as a number of milliseconds, which is what a step's duration is.
  private func milliseconds(_ node: YAMLNode) -> TemplateTree {
    guard let duration = reader.duration(node, "duration") else { return .number("0") }
    let (seconds, attoseconds) = duration.components
    return .number(String(seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
  }

  func jsonpath(_ text: String, at member: YAMLNode.Member) -> JSONPath? {
    jsonpath(text, at: member.keyPlace, length: member.keyLength)
  }

  func jsonpath(_ text: String, at place: SourcePlace, length: Int) -> JSONPath? {
    do {
      return try JSONPath(text)
    } catch {
      sink.error("\(error)", at: place, length: length)
      return nil
    }
  }

  func regex(_ text: String, at member: YAMLNode.Member) -> Pattern? {
    regex(text, at: member.keyPlace, length: member.keyLength)
  }

  func regex(_ text: String, at place: SourcePlace, length: Int) -> Pattern? {
    if text.contains("{{") {
      sink.error("pattern is taken as written; {{ is not filled in", at: place, length: length)
      return nil
    }
    do {
      return try Pattern(text)
    } catch {
      report("\(error)", atColumn: error.column, of: text, at: place, length: length)
      return nil
    }
  }

  func css(_ text: String, at place: SourcePlace, length: Int) -> CSSSelector? {
    do {
      return try CSSSelector(text)
    } catch {
      report("\(error)", atColumn: error.column, of: text, at: place, length: length)
      return nil
    }
  }

  func xpath(_ text: String, at place: SourcePlace, length: Int) -> String? {
    do {
      try XMLDocument.check(text)
      return text
    } catch {
      report("\(error)", atColumn: error.column ?? 1, of: text, at: place, length: length)
      return nil
    }
  }

  /// - Parameter column: in the text, from 1.
  private func report(
    _ message: String,
    atColumn column: Int,
    of text: String,
    at place: SourcePlace,
    length: Int
  ) {
    guard let start = sink.source(place.file)?.find(text, from: place, limit: 1) else {
      return sink.error(message, at: place, length: length)
    }
    let offset = min(column - 1, max(text.unicodeScalars.count - 1, 0))
    let exact = SourcePlace(file: place.file, line: start.line, column: start.column + offset)
    sink.error(message, at: exact)
  }

  private static func matchesEverything(_ pattern: Pattern) -> Bool {
    (["", "\u{1}", "\u{1}\n\u{2}\u{3}"] + ExpectationLogic.unusual).allSatisfy {
      (try? pattern.firstMatch(in: $0)) ?? nil != nil
    }
  }
}

extension Subject {
  /// Whether its bytes are known as they came.
  fileprivate var hasBytes: Bool { [.body, .content, .stdout].contains(self) }
}

extension Predicate {
  fileprivate var isAboutBytes: Bool { bytes != nil }

  /// The last line end of an output counts for nothing, here and there.
  fileprivate var withoutLastLineEnd: Predicate {
    func trimmed(_ template: Template) -> Template {
      guard case .text(var text)? = template.parts.last, text.utf8.last == 0x0A else {
        return template
      }
      text.removeLast()
      var source = template.source
      if source.utf8.last == 0x0A { source.removeLast() }
      let parts = Array(template.parts.dropLast()) + (text.isEmpty ? [] : [.text(text)])
      return Template(parts: parts, source: source, place: template.place)
    }
    func trimmed(_ tree: TemplateTree) -> TemplateTree {
      if case .template(let template) = tree { .template(trimmed(template)) } else { tree }
    }
    return switch self {
    case .equals(let tree): .equals(trimmed(tree))
    case .oneOf(let trees): .oneOf(trees.map(trimmed))
    case .endsWith(let template): .endsWith(trimmed(template))
    case .not(let predicate): .not(predicate.withoutLastLineEnd)
    default: self
    }
  }
}

extension Predicate {
  /// Permissions look like a number, and are digits: `0640` and `640` are one.
  fileprivate var ofDigits: Predicate {
    func digits(_ tree: TemplateTree) -> TemplateTree {
      switch tree {
      case .number(let text): .template(Template(literal: String(text.drop { $0 == "0" })))
      case .template(let template) where template.isLiteral:
        .template(
          Template(literal: String(template.source.drop { $0 == "0" }), place: template.place)
        )
      default: tree
      }
    }
    return switch self {
    case .equals(let tree): .equals(digits(tree))
    case .oneOf(let trees): .oneOf(trees.map(digits))
    case .not(let predicate): .not(predicate.ofDigits)
    default: self
    }
  }
}
