import Evidence
import Formats

/// Takes values of the grammar out of YAML nodes and says what does not fit.
final class NodeReader {
  let sink: DiagnosticSink
  /// The keys that were asked for, by table: tests hold them against the grammar.
  private(set) var asked: [String: Set<String>] = [:]

  /// Files of shared steps that were read, by path; nil for those that cannot be.
  var shared: [String: YAMLNode?] = [:]
  /// The uses of shared steps that are being read, with their places, the outermost first.
  var using: [(path: String, place: SourcePlace)] = []
  var useCount = 0
  /// Of the innermost of them.
  var values = Values()

  init(_ sink: DiagnosticSink) { self.sink = sink }

  /// A mapping as the table describes it; nil where the node is none.
  ///
  /// Unknown keys, missing required ones, and keys that exclude each other are reported here.
  func entry(_ node: YAMLNode, _ name: String) -> Entry? {
    guard let table = Grammar.table(name) else { return nil }
    guard let members = node.isNull ? [] : node.members else {
      sink.error(
        "\(table.subject) is a mapping, not \(node.kindName)",
        at: node,
        expected: "a mapping with \(Self.list(table.fields.prefix(6).map(\.key)))"
      )
      return nil
    }
    // What an unknown key was probably meant to be is not reported as missing too.
    var meant: Set<String> = []
    for member in members where table[member.key] == nil {
      if reportInvisible(in: member) { continue }
      let nearest = table.nearest(to: member.key)
      if let nearest { meant.insert(nearest) }
      if nearest == nil, Self.actions.contains(name), Grammar.table("step")?[member.key] != nil {
        sink.error(
          "\"\(member.key)\" stands inside \(table.subject) and belongs beside it",
          at: member,
          expected: "as a key of the step, indented like \"\(table.subject)\" itself"
        )
        continue
      }
      sink.error(
        "\(table.subject) has no key \"\(member.key)\"",
        at: member,
        expected: nearest == nil ? "one of \(Self.list(table.fields.map(\.key)))" : nil,
        nearest: nearest
      )
    }
    for field in table.fields where field.isRequired && !meant.contains(field.key) {
      if node[field.key].map(\.isNull) ?? true {
        sink.error("\(table.subject) needs \"\(field.key)\": \(field.doc.asClause)", at: node)
      }
    }
    if !table.oneOf.isEmpty {
      let present = members.filter { table.oneOf.contains($0.key) }
      let isReplaced = table.or.map { node[$0] != nil } ?? false
      if present.isEmpty, !isReplaced, meant.isDisjoint(with: table.oneOf) {
        sink.error("\(table.subject) needs one of \(Self.list(table.oneOf))", at: node)
      }
      for extra in present.dropFirst() {
        sink.error(
          "\(table.subject) has both \"\(present[0].key)\" and \"\(extra.key)\"; only one of them can be",
          at: extra
        )
      }
    }
    return Entry(table: table, node: node, meant: meant, reader: self)
  }

  private static let actions: Set = ["http", "sql", "exec", "file", "script"]

  /// A key with a character that looks like a space or like nothing, and is neither.
  private func reportInvisible(in member: YAMLNode.Member) -> Bool {
    for (offset, scalar) in member.key.unicodeScalars.enumerated() where scalar.value > 0x7F {
      switch scalar.properties.generalCategory {
      case .spaceSeparator, .format:
        let code = String(scalar.value, radix: 16, uppercase: true)
        let zeros = String(repeating: "0", count: max(0, 4 - code.utf8.count))
        var place = member.keyPlace
        place.column += offset
        sink.error(
          "character U+\(zeros)\(code) looks like a space and is a part of the key",
          at: place,
          expected: "an ordinary space, or nothing"
        )
        return true
      default: continue
      }
    }
    return false
  }

  struct Entry {
    let table: Table
    let node: YAMLNode
    /// Known keys that unknown ones were probably meant to be.
    let meant: Set<String>
    fileprivate let reader: NodeReader

    /// The value under the key; nil where it is not there or null.
    subscript(_ key: String) -> YAMLNode? {
      assert(table[key] != nil, "the grammar of \(table.name) has no key \(key)")
      reader.asked[table.name, default: []].insert(key)
      guard let value = node[key], !value.isNull else { return nil }
      return value
    }

    func member(_ key: String) -> YAMLNode.Member? {
      self[key] == nil ? nil : node.members?.first { $0.key == key }
    }

    /// The one of the table's `oneOf` keys that is there, the first of several.
    var chosen: YAMLNode.Member? {
      for key in table.oneOf { _ = self[key] }
      return node.members?.first { table.oneOf.contains($0.key) && !$0.value.isNull }
    }
  }

  static func list(_ names: some Sequence<String>) -> String { names.joined(separator: ", ") }
}

// MARK: - Values by key

extension NodeReader.Entry {
  func text(_ key: String) -> String? { self[key].flatMap { reader.text($0, key) } }
  func template(_ key: String) -> Template? { self[key].flatMap { reader.template($0, key) } }
  func name(_ key: String) -> String? { self[key].flatMap { reader.name($0, key) } }
  func boolean(_ key: String) -> Bool? { self[key].flatMap { reader.boolean($0, key) } }
  func duration(_ key: String) -> Duration? { self[key].flatMap { reader.duration($0, key) } }

  /// In the grammar's range.
  func integer(_ key: String) -> Int? {
    guard let node = self[key], case .integer(let range)? = table[key]?.shape else { return nil }
    return reader.integer(node, key, in: range)
  }

  /// One of the grammar's words.
  func choice(_ key: String) -> String? {
    guard let node = self[key], case .choice(let words)? = table[key]?.shape else { return nil }
    return reader.choice(node, key, of: words)
  }

  /// As the grammar's table for the key describes it.
  func entry(_ key: String) -> NodeReader.Entry? {
    guard let node = self[key], case .table(let name)? = table[key]?.shape else { return nil }
    return reader.entry(node, name)
  }

  func items(_ key: String) -> [YAMLNode] { self[key].map { reader.items($0, key) } ?? [] }
  func members(_ key: String) -> [YAMLNode.Member] {
    self[key].map { reader.members($0, key) } ?? []
  }
  func texts(_ key: String) -> [String] { self[key].map { reader.texts($0, key) } ?? [] }
  func templates(_ key: String) -> [(name: String, value: Template)] {
    self[key].map { reader.templates($0, key) } ?? []
  }
  func argv(_ key: String) -> [Template] { self[key].map { reader.argv($0, key) } ?? [] }
}

// MARK: - Scalars

extension NodeReader {
  /// The text of a scalar, as written; reports anything else.
  func text(_ node: YAMLNode, _ what: String) -> String? {
    if let text = node.scalar?.text { return text }
    sink.error("\(what) is a text, not \(node.kindName)", at: node)
    return nil
  }

  func template(_ node: YAMLNode, _ what: String) -> Template? {
    guard let text = text(node, what) else { return nil }
    do {
      return values.fill(try Template(parsing: text, place: node.place))
    } catch {
      sink.error("\(error)", atWord: error.fragment, from: node.place, length: node.length)
      return nil
    }
  }

  func integer(_ node: YAMLNode, _ what: String, in range: ClosedRange<Int>) -> Int? {
    if let text = node.text, node.scalar?.isQuoted == false, let value = Int(text),
      range.contains(value)
    {
      return value
    }
    let number = node.text.flatMap { Int($0) }
    sink.error(
      number == nil
        ? "\(what) is an integer, not \(node.kindName)"
        : node.scalar?.isQuoted == true
          ? "\(what) is an integer and has no quotes" : "\(what) cannot be \(node.text ?? "")",
      at: node,
      expected: number.map(range.contains) == true
        ? node.text : "an integer from \(range.lowerBound) to \(range.upperBound)"
    )
    return nil
  }

  func boolean(_ node: YAMLNode, _ what: String) -> Bool? {
    switch node.scalar.map({ $0.isQuoted ? "" : $0.text }) {
    case "true": return true
    case "false": return false
    default:
      sink.error("\(what) is true or false, not \(node.kindName)", at: node)
      return nil
    }
  }

  func duration(_ node: YAMLNode, _ what: String) -> Duration? {
    if let text = node.text, let duration = DurationText.parse(text), duration > .zero {
      return duration
    }
    let isNumber = node.text.map { Double($0) != nil } ?? false
    let meant = node.text.flatMap(DurationText.meant)
    sink.error(
      isNumber
        ? "\(what) has no unit" : "\(what) is a duration, not \(node.kindName)",
      at: node,
      expected: isNumber
        ? "\(node.text ?? "")s, or another of ms, s, m, h, d" : "as in 500ms, 10s, 5m, 2h",
      nearest: meant
    )
    return nil
  }

  func choice(_ node: YAMLNode, _ what: String, of words: [String]) -> String? {
    if let text = node.text, words.contains(text) { return text }
    let nearest = NearestName.of(node.text ?? "", among: words)
    sink.error(
      "\(what) is not \(node.kindName)",
      at: node,
      expected: words.count == 1 ? words[0] : "one of \(Self.list(words))",
      nearest: nearest
    )
    return nil
  }

  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text != "." && text != ".." && text.utf8.count <= 200
      && text.utf8.allSatisfy {
        ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
          || $0 == 0x2E || $0 == 0x2D
      }
  }

  func name(_ node: YAMLNode, _ what: String) -> String? {
    guard let text = text(node, what) else { return nil }
    if Self.isName(text) { return text }
    sink.error(Self.notAName(what, text), at: node, expected: Self.nameSigns)
    return nil
  }

  /// Whether a member's key is a name; says so where it is none.
  func checkName(_ what: String, at member: YAMLNode.Member) -> Bool {
    if Self.isName(member.key) { return true }
    sink.error(Self.notAName(what, member.key), at: member, expected: Self.nameSigns)
    return false
  }

  static func notAName(_ what: String, _ text: String) -> String {
    "\(what) \"\(text)\" is not a name"
  }

  static let nameSigns = "letters, digits, \"_\", \".\", \"-\""
}

// MARK: - Collections

extension NodeReader {
  func items(_ node: YAMLNode, _ what: String) -> [YAMLNode] {
    if let items = node.items { return items }
    if !node.isNull { sink.error("\(what) is a list, not \(node.kindName)", at: node) }
    return []
  }

  func members(_ node: YAMLNode, _ what: String) -> [YAMLNode.Member] {
    if let members = node.members { return members }
    if !node.isNull { sink.error("\(what) is a mapping, not \(node.kindName)", at: node) }
    return []
  }

  /// Whether a key is one of these; says so where it is none.
  func isKnown(_ member: YAMLNode.Member, _ what: String, among names: [String]) -> Bool {
    if names.contains(member.key) { return true }
    sink.error(
      "\(what) \"\(member.key)\" does not exist",
      at: member,
      expected: "one of \(Self.list(names))",
      nearest: NearestName.of(member.key, among: names)
    )
    return false
  }

  func texts(_ node: YAMLNode, _ what: String) -> [String] {
    items(node, what).compactMap { text($0, "an entry of \(what)") }
  }

  func templates(_ node: YAMLNode, _ what: String) -> [(name: String, value: Template)] {
    members(node, what).compactMap { member in
      template(member.value, "\"\(member.key)\"").map { (member.key, $0) }
    }
  }

  /// A path below the suite's folder.
  func path(_ node: YAMLNode, _ what: String, _ files: SuiteFiles?) -> Template? {
    guard let path = template(node, what) else { return nil }
    if path.isLiteral, let problem = files?.problem(withPath: path.source) {
      sink.error("\(what) \(problem.message)", at: node, nearest: problem.nearest)
    }
    return path
  }

  /// A number of bytes, or that and the value that they are made of.
  func freshBytes(_ node: YAMLNode) -> FreshBytes? {
    let unique = Template(parts: [.name("unique")], place: node.place)
    let what = "fresh_bytes"
    guard node.members != nil else {
      return integer(node, what, in: 1...16_777_216).map { FreshBytes(size: $0, seed: unique) }
    }
    guard let entry = entry(node, what) else { return nil }
    let seed = entry.template("of")
    return entry.integer("size").map { FreshBytes(size: $0, seed: seed ?? unique) }
  }

  /// A command: a list of arguments, at least one.
  func argv(_ node: YAMLNode, _ what: String) -> [Template] {
    if node.scalar != nil {
      sink.error(
        "\(what) is a list of arguments, not \(node.kindName); no shell reads it",
        at: node,
        expected: "as in [program, argument], or [sh, -c, \"…\"]"
      )
      return []
    }
    let argv = items(node, what).compactMap { template($0, "an argument") }
    if node.items?.isEmpty == true { sink.error("\(what) is empty", at: node) }
    return argv
  }

  /// Any value; plain scalars are what JSON takes them for, all others texts.
  func tree(_ node: YAMLNode) -> TemplateTree {
    switch node.content {
    case .mapping(let members):
      return .object(members.map { .init(key: $0.key, value: tree($0.value)) })
    case .sequence(let items): return .list(items.map(tree))
    case .scalar(let scalar):
      if !scalar.isQuoted {
        if node.isNull { return .null }
        if scalar.text == "true" { return .bool(true) }
        if scalar.text == "false" { return .bool(false) }
        if JSONValue(numberText: scalar.text) != nil { return .number(scalar.text) }
      }
      return .template(
        template(node, "a value") ?? Template(literal: scalar.text, place: node.place)
      )
    }
  }
}

extension String {
  /// A sentence as the end of another one: a small letter first, no full stop.
  fileprivate var asClause: String {
    prefix(1).lowercased() + (hasSuffix(".") ? dropFirst().dropLast() : dropFirst())
  }
}

extension NodeReader {
  /// Refuses what is never sent as it is written: a fragment and what follows it, blanks, controls.
  func checkAddress(_ address: Template, at node: YAMLNode) {
    for case .text(let text) in address.parts {
      guard let scalar = text.unicodeScalars.first(where: { $0 == "#" || $0.value <= 0x20 }) else {
        continue
      }
      let place = sink.source(node.place.file)?.find(String(scalar), from: node.place, limit: 1)
      let hex = "%" + Hexadecimal.text(of: [UInt8(scalar.value)], isUppercase: true)
      sink.error(
        scalar == "#"
          ? "address has a fragment, which is never sent" : "address has white space in it",
        at: place ?? node.place,
        expected: "\(hex) where it is a part of the path or the query"
      )
      return
    }
  }
}
