import Evidence

/// Makes nodes of a document's events: fills in aliases, within limits, and finds what YAML took for
/// something else than was meant.
struct YAMLTree {
  private let events: [YAMLEvent]
  private let source: SourceText
  private let sink: DiagnosticSink
  private var next = 0
  private var anchors: [String: Anchored] = [:]
  private var values = 0
  private var textBytes = 0
  /// The deepest that was reached since it was set.
  private var deepest = 0
  /// What is read stands under `secrets`.
  private var isUnderSecrets = false
  /// The text by Unicode scalars, where it had to be looked at.
  private lazy var scalars = Array(source.text.unicodeScalars)

  /// A node under a name, and what it counts wherever it is filled in.
  private struct Anchored {
    var node: YAMLNode
    var values: Int
    var textBytes: Int
    var height: Int
  }

  init(_ events: [YAMLEvent], source: SourceText, sink: DiagnosticSink) {
    self.events = events
    self.source = source
    self.sink = sink
  }

  /// The whole document; null where there is none.
  mutating func root() throws(YAMLError) -> YAMLNode {
    guard !events.isEmpty else {
      let scalar = YAMLNode.Scalar(text: "", isQuoted: false, length: 1)
      let place = source.place(line: 1, column: 1)
      return YAMLNode(content: .scalar(scalar), place: place, isFlow: false)
    }
    return try node(depth: 0)
  }

  private mutating func take() -> YAMLEvent {
    defer { next += 1 }
    return events[next]
  }

  private mutating func node(depth: Int) throws(YAMLError) -> YAMLNode {
    let event = take()
    if case .alias(let name) = event.kind { return try filledIn(name, event, depth: depth) }
    let before = (values: values, textBytes: textBytes, deepest: deepest)
    deepest = depth
    try count(event, values: 1, textBytes: 0, depth: depth)
    checkTag(of: event)
    let place = source.place(of: event.start)
    let result: YAMLNode
    switch event.kind {
    case .scalar(let text, let style):
      try count(event, values: 0, textBytes: text.utf8.count, depth: depth)
      let isQuoted = style != .plain || event.tag == Self.text
      let scalar = YAMLNode.Scalar(text: text, isQuoted: isQuoted, length: length(of: event))
      result = YAMLNode(content: .scalar(scalar), place: place, isFlow: false)
    case .sequence(let isFlow):
      var items: [YAMLNode] = []
      while !isAtEnd { items.append(try node(depth: depth + 1)) }
      next += 1
      result = YAMLNode(content: .sequence(items), place: place, isFlow: isFlow)
    case .mapping(let isFlow):
      result = try mapping(at: place, isFlow: isFlow, depth: depth)
    case .alias, .end:
      throw .syntax(problem: "did not find expected node content", at: event.start, during: nil)
    }
    if let anchor = event.anchor {
      anchors[anchor] = Anchored(
        node: result,
        values: values - before.values,
        textBytes: textBytes - before.textBytes,
        height: deepest - depth
      )
    }
    deepest = max(deepest, before.deepest)
    return result
  }

  private var isAtEnd: Bool { if case .end = events[next].kind { true } else { false } }

  private mutating func filledIn(
    _ name: String,
    _ event: YAMLEvent,
    depth: Int
  ) throws(YAMLError) -> YAMLNode {
    guard let anchored = anchors[name] else { throw .undefinedAlias(name, at: event.start) }
    try count(
      event,
      values: anchored.values,
      textBytes: anchored.textBytes,
      depth: depth + anchored.height
    )
    return anchored.node
  }

  private mutating func count(
    _ event: YAMLEvent,
    values: Int,
    textBytes: Int,
    depth: Int
  ) throws(YAMLError) {
    self.values += values
    self.textBytes += textBytes
    deepest = max(deepest, depth)
    if depth > YAMLReader.depthLimit { throw .tooDeep(at: event.start) }
    if self.textBytes > YAMLReader.textLimit {
      throw .tooLarge(
        "file has more than \(YAMLReader.textLimit) bytes once its aliases are filled in",
        at: event.start
      )
    }
    if self.values > YAMLReader.nodeLimit {
      throw .tooLarge(
        "file has more than \(YAMLReader.nodeLimit) values once its aliases are filled in",
        at: event.start
      )
    }
  }

  private static let text = "tag:yaml.org,2002:str"

  private func checkTag(of event: YAMLEvent) {
    guard let tag = event.tag else { return }
    let known = ["!", Self.text, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"]
    if known.contains(tag) { return }
    let written = tag.replacing("tag:yaml.org,2002:", with: "!!")
    sink.error(
      tag.hasPrefix("!=")
        ? "\"!=\" without quotes is a tag to YAML; quote it: \"!=\""
        : "tag \"\(written)\" is not supported",
      at: source.place(of: event.start)
    )
  }

  /// How much of its first line a scalar takes.
  private func length(of event: YAMLEvent) -> Int {
    if case .scalar(_, .block) = event.kind { return 1 }
    let end =
      event.end.line == event.start.line
      ? event.end.column : source.line(event.start.line + 1).unicodeScalars.count
    return max(end - event.start.column, 1)
  }
}

// MARK: - Mappings

extension YAMLTree {
  /// Members as they are collected: each key once, by its bytes.
  private struct Members {
    var list: [YAMLNode.Member] = []
    private var indices: [[UInt8]: Int] = [:]

    /// The member that has the key already; nil where it was added.
    mutating func add(_ member: YAMLNode.Member) -> YAMLNode.Member? {
      let key = Array(member.key.utf8)
      if let index = indices[key] { return list[index] }
      indices[key] = list.count
      list.append(member)
      return nil
    }
  }

  private mutating func mapping(
    at place: SourcePlace,
    isFlow: Bool,
    depth: Int
  ) throws(YAMLError) -> YAMLNode {
    var members = Members()
    var merged: [YAMLNode.Member] = []
    var hasMerge = false
    while !isAtEnd {
      let key = take()
      let keyPlace = source.place(of: key.start)
      guard case .scalar(let name, let style) = key.kind else {
        let name = try skipKey(key)
        let value = try node(depth: depth + 1)
        if isFlow, isAtEnd, members.list.isEmpty, let name, value.isNothing {
          next += 1
          return bareTemplate(name, at: place)
        }
        continue
      }
      if depth == 0 { isUnderSecrets = name == "secrets" }
      let length = length(of: key)
      let isBare = isFlow && isMissing(events[next]) && !hasColon(from: key, to: events[next])
      let value = try node(depth: depth + 1)
      checkTag(of: key)
      if key.tag?.hasPrefix("!=") == true {
        // What stands behind the tag is taken for what it was meant to be.
        let scalar = YAMLNode.Scalar(text: name, isQuoted: false, length: length)
        let meant = YAMLNode(content: .scalar(scalar), place: keyPlace, isFlow: false)
        members.list.append(.init(key: "!=", keyPlace: keyPlace, value: meant, keyLength: 2))
      } else if isBare, let last = members.list.last?.value, let text = last.scalar,
        !text.isQuoted
      {
        let whole = text.text + ", " + name
        sink.error(
          "a comma inside { } ends a value; quote it: \"\(whole)\"",
          at: last.place,
          length: text.length
        )
        members.list[members.list.count - 1].value.content = .scalar(
          .init(text: whole, isQuoted: true, length: text.length)
        )
      } else if name == "<<", style == .plain {
        if hasMerge { sink.noteRepeatedMerge(at: keyPlace) }
        hasMerge = true
        merged += mergeMembers(value)
      } else if let first = members.add(
        .init(key: name, keyPlace: keyPlace, value: value, keyLength: length)
      ) {
        // Nobody else sees the value, which may be a secret, and its line is shown.
        if isUnderSecrets || name == "password" { conceal(value) }
        sink.error(
          "key \"\(name)\" is a duplicate, first at \(first.keyPlace.line):\(first.keyPlace.column)",
          at: keyPlace,
          length: length
        )
      }
    }
    next += 1
    for member in merged { _ = members.add(member) }
    return YAMLNode(content: .mapping(members.list), place: place, isFlow: isFlow)
  }

  /// Passes over a key that is no text, and says so.
  ///
  /// - Returns: the one word of a key that is `{word}`, which is not reported.
  private mutating func skipKey(_ key: YAMLEvent) throws(YAMLError) -> String? {
    if case .alias = key.kind {
      reportAlias(key)
      return nil
    }
    let start = next
    var depth = 1
    var hasAlias = false
    while depth > 0 {
      let event = take()
      switch event.kind {
      case .mapping, .sequence: depth += 1
      case .end: depth -= 1
      case .alias:
        reportAlias(event)
        hasAlias = true
      case .scalar: break
      }
    }
    if hasAlias { return nil }
    if case .mapping(isFlow: true) = key.kind, next == start + 3, isMissing(events[start + 1]),
      case .scalar(let name, _) = events[start].kind
    {
      return name
    }
    sink.error("key is not a text; quote it", at: source.place(of: key.start))
    return nil
  }

  private func reportAlias(_ event: YAMLEvent) {
    sink.error(
      "alias stands in a key, which is not supported; write the key out",
      at: source.place(of: event.start),
      length: event.end.index - event.start.index
    )
  }

  private func bareTemplate(_ name: String, at place: SourcePlace) -> YAMLNode {
    let template = "{{\(name)}}"
    let length = template.unicodeScalars.count
    sink.error(
      "\(template) without quotes is a mapping to YAML; quote it: \"\(template)\"",
      at: place,
      length: length
    )
    let scalar = YAMLNode.Scalar(text: template, isQuoted: true, length: length)
    return YAMLNode(content: .scalar(scalar), place: place, isFlow: false)
  }

  /// A plain scalar of no characters.
  private func isMissing(_ event: YAMLEvent) -> Bool {
    if case .scalar("", .plain) = event.kind { true } else { false }
  }

  private mutating func hasColon(from key: YAMLEvent, to value: YAMLEvent) -> Bool {
    scalars[key.end.index..<max(value.start.index, key.end.index)].contains(":")
  }

  private func conceal(_ node: YAMLNode) {
    sink.conceal(node)
    for item in node.items ?? [] { conceal(item) }
    for member in node.members ?? [] { conceal(member.value) }
  }

  /// What `<<` brings in; of several mappings the first one counts.
  private func mergeMembers(_ node: YAMLNode) -> [YAMLNode.Member] {
    switch node.content {
    case .mapping(let members): return members
    case .sequence(let items) where items.allSatisfy({ $0.members != nil }):
      return items.flatMap { $0.members ?? [] }
    default:
      sink.error("<< needs a mapping or a list of them", at: node)
      return []
    }
  }
}

extension YAMLNode {
  /// Nothing stands there, not even a word for it.
  fileprivate var isNothing: Bool { scalar.map { $0.text.isEmpty && !$0.isQuoted } ?? false }
}
