import Evidence

/// Reads steps.
struct StepReader {
  /// How deep groups may stand in groups.
  static let groupLimit = 4

  let reader: NodeReader
  let files: SuiteFiles
  private var sink: DiagnosticSink { reader.sink }

  init(_ reader: NodeReader, files: SuiteFiles) {
    self.reader = reader
    self.files = files
  }

  func steps(_ node: YAMLNode, _ what: String, depth: Int = 0) -> [Step] {
    reader.items(node, what).compactMap { step($0, depth: depth) }
  }

  private func step(_ node: YAMLNode, depth: Int) -> Step? {
    guard let entry = reader.entry(node, "step") else { return nil }
    let retry = entry["retry"].flatMap(self.retry)
    let never = entry["never"].flatMap(self.never)
    let when = entry["when"].flatMap(condition)
    guard let chosen = entry.chosen else { return nil }
    let expectations = ExpectationReader(reader)
    var expect = entry["expect"].map { expectations.expectations($0, of: chosen.key) } ?? []
    let isMisplaced = chosen.value["expect"] != nil
    if expect.isEmpty, entry["expect"] != nil || entry.meant.contains("expect") || isMisplaced {
      // One that is wrong counts as there, so that its check is not reported to expect nothing.
      expect = [Expectation(subject: .status, predicates: [], place: node.place)]
    }
    let capture = entry["capture"].map { expectations.captures($0, of: chosen.key) } ?? []
    if let never = entry.member("never"), entry["retry"] != nil {
      sink.error(
        "a step has both \"retry\" and \"never\"; only one of them can be",
        at: never
      )
    }
    guard let action = action(chosen, depth: depth) else { return nil }
    return Step(
      action: action,
      retry: retry,
      never: never,
      expect: expect,
      capture: capture,
      when: when,
      place: node.place
    )
  }

  private func action(_ member: YAMLNode.Member, depth: Int) -> Step.Action? {
    switch member.key {
    case "http": return http(member.value).map { .http($0) }
    case "postgres": return sql(member.value, isPostgres: true).map { .postgres($0) }
    case "clickhouse": return sql(member.value, isPostgres: false).map { .clickhouse($0) }
    case "exec": return exec(member.value).map { .exec($0) }
    case "file": return file(member.value).map { .file($0) }
    case "script": return script(member.value).map { .script($0) }
    case "group":
      if depth >= Self.groupLimit {
        sink.error(
          "group stands more than \(Self.groupLimit) deep in groups",
          at: member
        )
        return nil
      }
      let steps = steps(member.value, "group", depth: depth + 1)
      if member.value.items?.isEmpty == true { sink.error("group is empty", at: member.value) }
      return .group(steps)
    default: return nil
    }
  }

  private func retry(_ node: YAMLNode) -> Step.Retry? {
    guard let entry = reader.entry(node, "retry") else { return nil }
    let stopOn = entry.texts("stop_on")
    guard let within = entry.duration("within") else {
      return nil
    }
    return Step.Retry(within: within, stopOn: stopOn)
  }

  private func never(_ node: YAMLNode) -> Step.Never? {
    guard let entry = reader.entry(node, "never"), let time = entry["for"] else { return nil }
    return reader.duration(time, "for").map { Step.Never(duration: $0) }
  }

  func condition(_ node: YAMLNode) -> Condition? {
    guard let entry = reader.entry(node, "when") else { return nil }
    var drivers: [String] = []
    if let value = entry["driver"] {
      let items = value.items ?? [value]
      drivers = items.compactMap { reader.choice($0, "driver", of: Grammar.drivers) }
    }
    var requirement: VersionRequirement?
    if let value = entry["version"], let text = reader.text(value, "version") {
      requirement = VersionRequirement(text)
      if requirement == nil {
        sink.error(
          "version \"\(text)\" is not a version requirement",
          at: value,
          expected: "as in \">=3.0\", \"<4\", \"==3.0.1\""
        )
      }
    }
    if node.members?.isEmpty ?? true {
      sink.error("when is empty", at: node)
    }
    return Condition(drivers: drivers, version: requirement, place: node.place)
  }
}

// MARK: - http

extension StepReader {
  private func http(_ node: YAMLNode) -> HTTPAction? {
    guard let entry = reader.entry(node, "http") else { return nil }
    guard let chosen = entry.chosen else { return nil }
    var action: HTTPAction
    let url = entry["url"]
    if chosen.key == "method" {
      guard let method = reader.text(chosen.value, "method") else { return nil }
      guard !method.isEmpty, method.utf8.allSatisfy({ $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A })
      else {
        sink.error("method \"\(method)\" is not an HTTP method", at: chosen.value)
        return nil
      }
      guard let url else {
        sink.error("method needs \"url\"", at: chosen.value)
        return nil
      }
      guard let target = reader.template(url, "url") else { return nil }
      action = HTTPAction(method: method.uppercased(), target: target)
    } else {
      if let url { sink.error("url belongs to \"method\"; \(chosen.key) has it already", at: url) }
      guard let target = reader.template(chosen.value, chosen.key) else { return nil }
      action = HTTPAction(method: chosen.key.uppercased(), target: target)
    }
    checkTarget(action.target, at: chosen.key == "method" ? url ?? chosen.value : chosen.value)
    action.headers = entry.templates("headers")
    action.query = entry["query"].map(query) ?? []
    action.body = body(entry)
    action.authorization = entry["auth"].flatMap(authorization)
    action.redirects = entry["redirects"].flatMap(redirects) ?? .none
    action.verifiesTLS =
      entry.entry("tls")?.boolean("verify") ?? true
    action.service = entry.name("service")
    action.port = entry.integer("port")
    action.timeout = entry.duration("timeout")
    if action.port != nil, action.service == nil, let port = entry["port"] {
      sink.error("port needs \"service\"", at: port)
    }
    return action
  }

  private func checkTarget(_ target: Template, at node: YAMLNode) {
    guard case .text(let start)? = target.parts.first else {
      if target.parts.isEmpty { sink.error("request has no path", at: node) }
      return
    }
    if start.hasPrefix("/") || start.hasPrefix("http://") || start.hasPrefix("https://") { return }
    sink.error(
      "request goes to \"\(target.source)\"",
      at: node,
      expected: "a path that begins with \"/\", or a URL"
    )
  }

  private func query(_ node: YAMLNode) -> [(name: String, value: Template)] {
    reader.members(node, "query").flatMap { member in
      (member.value.items ?? [member.value]).compactMap { item in
        reader.template(item, "\"\(member.key)\"").map { (name: member.key, value: $0) }
      }
    }
  }

  private func body(_ entry: NodeReader.Entry) -> HTTPAction.Body? {
    let keys = ["json", "text", "form", "file"]
    let present = keys.compactMap { key -> YAMLNode.Member? in
      _ = entry[key]
      return entry.node.members?.first { $0.key == key }
    }
    for extra in present.dropFirst() {
      sink.error(
        "http has both \"\(present[0].key)\" and \"\(extra.key)\"; only one of them can be",
        at: extra
      )
    }
    guard let member = present.first else { return nil }
    let value = member.value
    switch member.key {
    case "json": return .json(reader.tree(value))
    case "text": return reader.template(value, "text").map { .text($0) }
    case "form": return .form(reader.templates(value, "form"))
    default:
      guard let path = reader.template(value, "file") else { return nil }
      if path.isLiteral, let problem = files.problem(withPath: path.source) {
        sink.error("file \(problem.message)", at: value, nearest: problem.nearest)
      }
      return .file(path)
    }
  }

  private func authorization(_ node: YAMLNode) -> HTTPAction.Authorization? {
    guard let chosen = reader.entry(node, "auth")?.chosen else { return nil }
    if chosen.key == "bearer" {
      return reader.template(chosen.value, "bearer").map { .bearer($0) }
    }
    let parts = reader.items(chosen.value, "basic").compactMap { reader.template($0, "basic") }
    guard parts.count == 2 else {
      if chosen.value.items != nil {
        sink.error("basic has two entries", at: chosen.value, expected: "[user, password]")
      }
      return nil
    }
    return .basic(user: parts[0], password: parts[1])
  }

  private func redirects(_ node: YAMLNode) -> HTTPAction.Redirects? {
    if node.text == "none" { return HTTPAction.Redirects.none }
    if node.text.flatMap({ Int($0) }) == nil {
      _ = reader.choice(node, "redirects", of: ["none", "a number up to 10"])
      return nil
    }
    return reader.integer(node, "redirects", in: 0...10).map { $0 == 0 ? .none : .atMost($0) }
  }
}

// MARK: - The other actions

extension StepReader {
  private func sql(_ node: YAMLNode, isPostgres: Bool) -> SQLAction? {
    guard let entry = reader.entry(node, "sql") else { return nil }
    let timeout = entry.duration("timeout")
    let service = entry.name("service")
    let params = entry["params"]
    guard let chosen = entry.chosen, let statement = reader.text(chosen.value, chosen.key) else {
      return nil
    }
    if statement.contains("{{") {
      sink.error(
        "\(chosen.key) is taken as written; values go in through \"params\"",
        atWord: "{{",
        from: chosen.value.place,
        length: 2,
        expected: isPostgres
          ? "$1 in the statement and params: [\"{{…}}\"]"
          : "{name:String} in the statement and params: {name: \"{{…}}\"}"
      )
    }
    if statement.allSatisfy(\.isWhitespace) {
      sink.error("\(chosen.key) is empty", at: chosen.value)
    }
    var parameters = SQLAction.Parameters.none
    if let params {
      switch (params.content, isPostgres) {
      case (.sequence(let items), true): parameters = .positional(items.map(reader.tree))
      case (.mapping(let members), false):
        parameters = .named(members.map { ($0.key, reader.tree($0.value)) })
      default:
        sink.error(
          isPostgres ? "params of postgres is a list" : "params of clickhouse is a mapping",
          at: params,
          expected: isPostgres ? "[…], for $1, $2" : "{name: value}, for {name:Type}"
        )
        return nil
      }
    }
    if let problem = SQLPlaceholders.problem(in: statement, parameters, isPostgres: isPostgres) {
      sink.error(problem, at: params ?? chosen.value)
    }
    guard let service else { return nil }
    return SQLAction(
      service: service,
      statement: statement,
      parameters: parameters,
      timeout: timeout
    )
  }

  private func exec(_ node: YAMLNode) -> ExecAction? {
    guard let entry = reader.entry(node, "exec") else { return nil }
    let service = entry.name("service") ?? "app"
    var action = ExecAction(
      service: service,
      argv: entry.argv("argv")
    )
    action.user = entry.text("user")
    action.stdin = entry.template("stdin")
    action.environment = entry.templates("environment")
    action.timeout = entry.duration("timeout")
    return action
  }

  private func file(_ node: YAMLNode) -> FileAction? {
    guard let entry = reader.entry(node, "file") else { return nil }
    let path = entry.template("path")
    let write = entry.template("write")
    guard let chosen = entry.chosen else { return nil }
    let source: FileAction.Source
    if chosen.key == "service" {
      guard let name = reader.name(chosen.value, "service") else { return nil }
      source = .service(name)
    } else {
      guard reader.choice(chosen.value, "snapshot", of: ["true"]) != nil else { return nil }
      source = .snapshot
      if let write = entry["write"] {
        sink.error("snapshot cannot be written to", at: write)
      }
    }
    guard let path else { return nil }
    return FileAction(source: source, path: path, write: write)
  }

  private func script(_ node: YAMLNode) -> ScriptAction? {
    guard let entry = reader.entry(node, "script") else { return nil }
    let arguments = entry.argv("args")
    let timeout = entry.duration("timeout")
    guard let value = entry["path"], let path = reader.text(value, "path") else { return nil }
    if let problem = files.problem(withPath: path) {
      sink.error("script \(problem.message)", at: value, nearest: problem.nearest)
      return nil
    }
    return ScriptAction(path: path, arguments: arguments, timeout: timeout)
  }
}
