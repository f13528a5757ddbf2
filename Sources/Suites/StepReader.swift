import Evidence
import Formats

/// Reads steps.
struct StepReader {
  /// How deep groups may stand in groups.
  static let groupLimit = 4

  let reader: NodeReader
  let files: SuiteFiles
  var sink: DiagnosticSink { reader.sink }

  init(_ reader: NodeReader, files: SuiteFiles) {
    self.reader = reader
    self.files = files
  }

  func steps(_ node: YAMLNode, _ what: String, depth: Int = 0) -> [Step] {
    reader.items(node, what).flatMap { item in
      item["use"] == nil
        ? step(item, depth: depth).map { [$0] } ?? [] : shared(item, depth: depth)
    }
  }

  private func step(_ node: YAMLNode, depth: Int) -> Step? {
    guard let entry = reader.entry(node, "step") else { return nil }
    let retry = entry["retry"].flatMap(self.retry)
    let never = entry["never"].flatMap(self.never)
    let when = entry["when"].flatMap(condition)
    if let with = entry.member("with") { sink.error("with belongs to \"use\"", at: with) }
    guard let chosen = entry.chosen else { return nil }
    let expectations = ExpectationReader(reader, files: files)
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
    guard var action = action(chosen, depth: depth) else { return nil }
    if case .file(var file) = action {
      file.asksForPath = expect.contains { if case .path = $0.subject { true } else { false } }
      action = .file(file)
    }
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
    case "postgres": return sql(member.value, .postgres).map { .query($0) }
    case "mysql": return sql(member.value, .mysql).map { .query($0) }
    case "clickhouse": return sql(member.value, .clickhouse).map { .query($0) }
    case "sqlite": return sql(member.value, .sqlite).map { .query($0) }
    case "redis": return redis(member.value).map { .query($0) }
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
    var action: HTTPAction
    guard let chosen = entry.chosen else {
      guard let node = entry["form"], let form = pageForm(node) else { return nil }
      action = HTTPAction(method: "POST", target: Template(literal: ""))
      action.form = form
      for key in ["url", "query", "json", "text", "multipart", "file", "fresh_bytes", "service"] {
        guard let extra = entry.member(key) else { continue }
        let why = "has no place beside a form of a page, which says where it goes"
        sink.error("\(key) \(why)", at: extra)
      }
      readCommon(entry, into: &action)
      return action
    }
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
    action.query = entry["query"].map(query) ?? []
    action.body = body(entry)
    action.service = entry.name("service")
    action.port = entry.integer("port")
    if action.port != nil, action.service == nil, let port = entry["port"] {
      sink.error("port needs \"service\"", at: port)
    }
    readCommon(entry, into: &action)
    return action
  }

  /// What every request may have, whatever says where it goes.
  private func readCommon(_ entry: NodeReader.Entry, into action: inout HTTPAction) {
    action.headers = entry.templates("headers")
    action.authorization = entry["auth"].flatMap(authorization)
    action.redirects = entry["redirects"].flatMap(redirects) ?? .none
    action.verifiesTLS =
      entry.entry("tls")?.boolean("verify") ?? true
    if let session = entry.name("session") {
      action.session = session == "off" ? .off : .named(session)
    }
    action.timeout = entry.duration("timeout")
  }

  private func checkTarget(_ target: Template, at node: YAMLNode) {
    reader.checkAddress(target, at: node)
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
    let keys = ["json", "text", "form", "multipart", "file", "fresh_bytes"]
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
    case "form":
      if let set = value["set"], value["from"] != nil, set.members != nil {
        sink.error("form of a page has a method and an address of its own", at: member)
        return nil
      }
      return .form(reader.templates(value, "form"))
    case "multipart": return .multipart(parts(value, "multipart"))
    case "fresh_bytes": return reader.freshBytes(value).map { .fresh($0) }
    default: return reader.path(value, "file", files).map { .file($0) }
    }
  }

  /// What is put into fields, by their names; a list for several of one name.
  private func parts(_ node: YAMLNode, _ what: String) -> [FormPart] {
    reader.members(node, what).flatMap { member in
      (member.value.items ?? [member.value]).compactMap { part($0, of: member.key) }
    }
  }

  private func part(_ node: YAMLNode, of name: String) -> FormPart? {
    guard node.members != nil else {
      return reader.template(node, "\"\(name)\"").map { FormPart(name: name, content: .text($0)) }
    }
    guard let entry = reader.entry(node, "part") else { return nil }
    let filename = entry.template("filename")
    let type = entry.template("type")
    guard let chosen = entry.chosen else { return nil }
    let content: FormPart.Content? =
      switch chosen.key {
      case "file": reader.path(chosen.value, "file", files).map { .file($0) }
      case "fresh_bytes": reader.freshBytes(chosen.value).map { .fresh($0) }
      default: reader.template(chosen.value, "text").map { .text($0) }
      }
    return content.map {
      FormPart(name: name, content: $0, isUpload: true, filename: filename, type: type)
    }
  }

  private func pageForm(_ node: YAMLNode) -> PageForm? {
    guard let entry = reader.entry(node, "page_form") else { return nil }
    let fields = entry["set"].map { parts($0, "set") } ?? []
    let button = entry.template("button")
    guard let from = entry["from"], let text = reader.text(from, "from") else { return nil }
    let expectations = ExpectationReader(reader)
    return expectations.css(text, at: from.place, length: from.length).map {
      PageForm(selector: $0, fields: fields, button: button)
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
  private func redis(_ node: YAMLNode) -> QueryAction? {
    guard let entry = reader.entry(node, "redis") else { return nil }
    let timeout = entry.duration("timeout")
    let service = entry.name("service")
    guard let command = entry["command"] else { return nil }
    let words = reader.items(command, "command")
    guard let first = words.first else {
      if command.items != nil { sink.error("command is empty", at: command) }
      return nil
    }
    guard let name = reader.text(first, "command")?.uppercased() else { return nil }
    guard RedisCommand.all.contains(name) else {
      sink.error(
        "unknown command \"\(name)\"",
        at: first,
        expected: "one of \(NodeReader.list(RedisCommand.all))",
        nearest: NearestName.of(name, among: RedisCommand.all)
      )
      return nil
    }
    let values = words.dropFirst().map(reader.tree)
    guard let service else { return nil }
    return QueryAction(
      .redis,
      service: service,
      statement: name,
      parameters: values.isEmpty ? .none : .positional(values),
      timeout: timeout
    )
  }

  private func sql(_ node: YAMLNode, _ database: DatabaseKind) -> QueryAction? {
    let isFile = database == .sqlite
    guard let entry = reader.entry(node, isFile ? "sqlite" : "sql") else { return nil }
    let timeout = entry.duration("timeout")
    let service = entry.name("service") ?? (isFile ? "app" : nil)
    let path = isFile ? entry.template("path") : nil
    let params = entry["params"]
    let isNamed = database == .clickhouse
    guard let chosen = entry.chosen, let statement = reader.text(chosen.value, chosen.key) else {
      return nil
    }
    if statement.contains("{{") {
      sink.error(
        "\(chosen.key) is taken as written; values go in through \"params\"",
        atWord: "{{",
        from: chosen.value.place,
        length: 2,
        expected: isNamed
          ? "{name:String} in the statement and params: {name: \"{{…}}\"}"
          : "\(database == .postgres ? "$1" : "?") in the statement and params: [\"{{…}}\"]"
      )
    }
    if statement.allSatisfy(\.isWhitespace) {
      sink.error("\(chosen.key) is empty", at: chosen.value)
    }
    if isFile, !QueryAction(.sqlite, service: "", statement: statement).isReading,
      !statement.allSatisfy(\.isWhitespace)
    {
      sink.error("sqlite only reads: the statement is for a copy of the file", at: chosen.value)
    }
    var parameters = QueryAction.Parameters.none
    if let params {
      switch (params.content, isNamed) {
      case (.sequence(let items), false): parameters = .positional(items.map(reader.tree))
      case (.mapping(let members), true):
        parameters = .named(members.map { ($0.key, reader.tree($0.value)) })
      default:
        sink.error(
          "params of \(database) is a \(isNamed ? "mapping" : "list")",
          at: params,
          expected: isNamed
            ? "{name: value}, for {name:Type}"
            : "[…], for \(database == .postgres ? "$1, $2" : "each ?")"
        )
        return nil
      }
    }
    if let problem = SQLPlaceholders.problem(in: statement, parameters, database) {
      sink.error(problem, at: params ?? chosen.value)
    }
    guard let service, path != nil || !isFile else { return nil }
    return QueryAction(
      database,
      service: service,
      path: path,
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
    let act = fileAct(entry)
    guard let chosen = entry.chosen else { return nil }
    let source: FileAction.Source
    if chosen.key == "service" {
      guard let name = reader.name(chosen.value, "service") else { return nil }
      source = .service(name)
    } else {
      guard reader.choice(chosen.value, "snapshot", of: ["true"]) != nil else { return nil }
      source = .snapshot
      for key in ["write", "link", "folder", "mode"] {
        if let value = entry[key] { sink.error("snapshot cannot be written to", at: value) }
      }
    }
    guard let path else { return nil }
    return FileAction(source: source, path: path, act: act)
  }

  private func fileAct(_ entry: NodeReader.Entry) -> FileAction.Act? {
    let write = entry.template("write")
    let link = entry.template("link")
    let folder = entry["folder"].flatMap { reader.choice($0, "folder", of: ["true"]) }
    var mode: Int?
    if let value = entry["mode"], let text = reader.text(value, "mode") {
      mode = Int(text, radix: 8)
      if mode.map({ !(0...0o7777).contains($0) }) ?? true {
        sink.error("mode is not a number in octal digits", at: value, expected: "such as 0640")
      }
    }
    let chosen = ["write", "link", "folder"].filter { entry[$0] != nil }
    if let second = chosen.dropFirst().first.flatMap({ entry.member($0) }) {
      sink.error(
        "a file step does one thing: \"\(chosen[0])\" or \"\(chosen[1])\"",
        at: second
      )
    }
    if link != nil, let member = entry.member("mode") {
      sink.error("a symbolic link has no mode of its own", at: member)
    }
    if let write { return .write(write, mode: mode) }
    if let link { return .link(to: link) }
    if folder != nil { return .folder(mode: mode) }
    return mode.map { .mode($0) }
  }

  private func script(_ node: YAMLNode) -> ScriptAction? {
    guard let entry = reader.entry(node, "script") else { return nil }
    let arguments = entry.argv("args")
    let stdin = entry.template("stdin")
    let environment = entry.templates("environment")
    let timeout = entry.duration("timeout")
    let record = entry.boolean("record")
    guard let value = entry["path"], let path = reader.text(value, "path") else { return nil }
    if let problem = files.problem(withPath: path) {
      sink.error("script \(problem.message)", at: value, nearest: problem.nearest)
      return nil
    }
    let bytes = files.read(path) ?? []
    return ScriptAction(
      path: path,
      hash: SuiteScript.hash(bytes),
      interpreter: SuiteScript.interpreter(of: bytes),
      arguments: arguments,
      stdin: stdin,
      environment: environment,
      timeout: timeout,
      record: record
    )
  }
}
