import Evidence
import Formats

/// Reads `recipe.yml` into a suite.
struct RecipeFileReader {
  let reader: NodeReader
  let steps: StepReader
  /// Rules that a waiver may name; nil where any name will do.
  let rules: [String]?
  private var sink: DiagnosticSink { reader.sink }

  init(_ reader: NodeReader, files: SuiteFiles, rules: [String]? = nil) {
    self.reader = reader
    self.rules = rules
    steps = StepReader(reader, files: files)
  }

  func read(_ node: YAMLNode, into suite: inout Suite) {
    guard let entry = reader.entry(node, "recipe") else { return }
    concealPasswords(in: node)
    if let value = entry["recipe"], let name = reader.name(value, "recipe") { suite.recipe = name }
    if let versions = entry.entry("versions") {
      suite.versions.base = versions.text("base")
      suite.versions.basePlace = versions["base"]?.place
    }
    if let value = entry["health"] { suite.health = health(value) }
    if let value = entry["services"] {
      for member in named(value, "services", "service") {
        suite.services[member.key] = service(member)
      }
    }
    suite.vars = entry["vars"].map { variables($0, "vars") } ?? []
    if let value = entry["secrets"] {
      if value.scalar != nil { sink.conceal(value) }
      for member in value.members ?? [] { concealValues(of: member.value) }
      suite.secrets = named(value, "secrets", "secret").map(secret)
    }
    if let value = entry["integrity"] {
      for member in named(value, "integrity", "store") {
        suite.integrity[member.key] = integrity(member)
      }
    }
    if let value = entry["stores"] {
      for member in named(value, "stores", "store") { suite.stores[member.key] = store(member) }
    }
    for hook in Hook.allCases {
      if let value = entry[hook.rawValue] {
        suite.hooks[hook] = steps.steps(value, hook.rawValue)
      }
    }
    suite.restartAfterRestore = entry.items("restart_after_restore").compactMap {
      reader.name($0, "service")
    }
    if let value = entry["backup"] { suite.backup = backup(value) }
    if let value = entry["deferred"] { deferrals(value, into: &suite) }
    if let value = entry["corpus"] {
      CorpusDeclarationsReader(reader).read(value, into: &suite.corpus)
    }
    suite.waivers = entry["waivers"].map(waivers) ?? []
    suite.notApplicable = entry["not_applicable"].map(notApplicable) ?? []
    suite.notes = entry.text("notes")
    suite.about = entry["about"].flatMap { said($0, "about") }
    if let scripts = entry.entry("scripts") {
      suite.scripts.python = scripts.text("python")
      suite.scripts.environment = scripts.templates("environment")
      suite.scripts.record = scripts.boolean("record") ?? false
    }
    suite.environment = environment(entry["environment"], "environment")
    suite.upgradeEnvironment = environment(entry["upgrade_environment"], "upgrade_environment")
    if let value = entry["deadlines"] { suite.deadlines = deadlines(value) }
    for item in entry.items("dependencies") {
      guard let name = reader.name(item, "dependency") else { continue }
      if suite.dependencies.contains(name) {
        sink.error("dependency \"\(name)\" is a duplicate", at: item)
        continue
      }
      suite.dependencies.append(name)
      suite.dependencyPlaces[name] = item.place
    }
  }

  /// The members of a mapping whose keys are names.
  private func named(_ node: YAMLNode, _ what: String, _ one: String) -> [YAMLNode.Member] {
    reader.members(node, what).filter {
      reader.checkName(one, at: $0)
    }
  }

  func variables(_ node: YAMLNode, _ what: String) -> [Variable] {
    named(node, what, "variable").map { member in
      // One that is wrong keeps its name, so that its uses are not reported too.
      let function = member.value.members == nil ? nil : self.function(member.value)
      let value: Template? =
        member.value.members == nil
        ? reader.template(member.value, "\"\(member.key)\"") : function?.inputs
      return Variable(
        name: member.key,
        value: value ?? Template(literal: ""),
        function: function,
        place: member.keyPlace
      )
    }
  }

  private func function(_ node: YAMLNode) -> ValueFunction? {
    guard let entry = reader.entry(node, "value") else { return nil }
    let form = entry.choice("as").flatMap(ValueFunction.Form.init)
    guard let chosen = entry.chosen else { return nil }
    switch chosen.key {
    case "hmac":
      guard let hmac = reader.entry(chosen.value, "hmac") else { return nil }
      let key = hmac.template("key")
      let text = hmac.template("text")
      let digest = hmac.choice("with").flatMap(KeyedDigest.init) ?? .sha256
      guard let key, let text else { return nil }
      return ValueFunction(kind: .hmac(digest, key: key), text: text, form: form ?? .hex)
    case "sha256":
      return reader.template(chosen.value, "sha256").map {
        ValueFunction(kind: .sha256, text: $0, form: form ?? .hex)
      }
    default:
      return reader.template(chosen.value, "base64").map {
        ValueFunction(kind: .base64, text: $0, form: form ?? .base64)
      }
    }
  }

  private func environment(_ node: YAMLNode?, _ what: String) -> [String: Template] {
    guard let node else { return [:] }
    for member in reader.members(node, what) where !Self.isVariable(member.key) {
      sink.error(
        "\(what) \"\(member.key)\" is not a variable name",
        at: member,
        expected: "letters, digits, \"_\", no digit first"
      )
    }
    return Dictionary(reader.templates(node, what).map { ($0.name, $0.value) }) { first, _ in first
    }
  }

  private static func isVariable(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return NodeReader.isName(name) && !name.contains { $0 == "." || $0 == "-" }
  }

  /// What stands under `password`, in whatever shape, unless it is a value in braces.
  private func concealPasswords(in node: YAMLNode) {
    for member in node.members ?? [] {
      if member.key == "password" || member.key == "pasword" || member.key == "passwort",
        let scalar = member.value.scalar, !scalar.text.contains("{{")
      {
        sink.conceal(member.value)
      }
      concealPasswords(in: member.value)
    }
  }

  private func health(_ node: YAMLNode) -> HealthGate {
    var gate = HealthGate()
    guard let entry = reader.entry(node, "health") else { return gate }
    gate.place = node.place
    let path = entry["path"]
    if let path, let template = reader.template(path, "path") {
      if !template.isLiteral {
        sink.error("path of the health gate has no values", at: path)
      } else if !template.source.hasPrefix("/") {
        sink.error("path \"\(template.source)\" does not begin with \"/\"", at: path)
      }
      reader.checkAddress(template, at: path)
      gate.path = template.source
    }
    if let value = entry["ok"] {
      let codes = (value.items ?? [value]).compactMap { status(of: $0) }
      if codes.isEmpty, value.items?.isEmpty == true {
        sink.error("ok accepts no status at all", at: value)
      }
      gate.accepts = codes
    }
    if let value = entry["require"] {
      gate.requires = reader.templates(value, "require").map { ($0.name, $0.value) }
    }
    if let tcp = entry.entry("tcp"),
      let service = tcp.name("service"),
      let port = tcp.integer("port")
    {
      gate.tcp = (service, port)
      gate.asksHTTP = path != nil
    }
    gate.within = entry.duration("within") ?? gate.within
    gate.steady = entry.duration("steady") ?? gate.steady
    gate.why = entry["why"].flatMap { said($0, "why") }
    return gate
  }

  /// An app that only fails is not ready.
  private func status(of node: YAMLNode) -> Int? {
    guard let code = reader.integer(node, "ok", in: 100...599) else { return nil }
    if code < 500 { return code }
    sink.error(
      "ok accepts \(code), which says that the app fails",
      at: node,
      expected: "a status below 500, or a path that answers with one once the app is ready"
    )
    return nil
  }

  private func service(_ member: YAMLNode.Member) -> ServiceSettings {
    var settings = ServiceSettings(place: member.keyPlace)
    guard let entry = reader.entry(member.value, "service") else { return settings }
    settings.port = entry.integer("port")
    for kind in DatabaseKind.services {
      guard let value = entry[kind.rawValue] else { continue }
      if let other = settings.database?.kind {
        sink.error("a service is \(other) or \(kind), not both", at: value)
        continue
      }
      settings.database = database(kind, value)
    }
    return settings
  }

  private func database(_ kind: DatabaseKind, _ node: YAMLNode) -> ServiceSettings.Database? {
    // A server of Redis needs no settings.
    if kind == .redis, node.isNull { return ServiceSettings.Database(kind) }
    guard let fields = reader.entry(node, "\(kind)_database") else { return nil }
    let name = fields.template("database")
    let user = fields.template("user")
    let password = fields.template("password")
    guard name != nil || kind == .redis else { return nil }
    return ServiceSettings.Database(kind, name: name, user: user, password: password)
  }

  private func secret(_ member: YAMLNode.Member) -> SecretSetting {
    var source: SecretSetting.Source?
    guard member.value.scalar == nil || member.value.isNull else {
      sink.error(
        "secret \"\(member.key)\" is a mapping, not a text",
        at: member.value,
        expected: "{generate: 24}, {env: NAME} or {value: …}"
      )
      return SecretSetting(name: member.key, source: .value(""), place: member.keyPlace)
    }
    let chosen = reader.entry(member.value, "secret")?.chosen
    switch chosen?.key {
    case "generate":
      source = chosen.flatMap { reader.integer($0.value, "generate", in: 8...256) }
        .map { .generated(length: $0) }
    case "env": source = chosen.flatMap { reader.name($0.value, "env") }.map { .environment($0) }
    default: source = chosen.flatMap { value($0.value) }.map { .value($0) }
    }
    // One that is wrong keeps its name, so that its uses are not reported too.
    return SecretSetting(name: member.key, source: source ?? .value(""), place: member.keyPlace)
  }

  private func value(_ node: YAMLNode) -> String? {
    guard let text = reader.text(node, "value") else { return nil }
    if text.allSatisfy(\.isWhitespace) { sink.error("value of a secret is empty", at: node) }
    if text.contains("{{") {
      sink.error("value of a secret is taken as written; {{ is not filled in", at: node)
    }
    return text
  }

  /// Everything under a secret that could be its value, also under a key that is wrong.
  private func concealValues(of node: YAMLNode) {
    sink.conceal(node)
    for item in node.items ?? [] { concealValues(of: item) }
    for member in node.members ?? [] {
      let isSetting =
        member.key == "env"
        || (member.key == "generate" && member.value.text.flatMap { Int($0) } != nil)
      if !isSetting { concealValues(of: member.value) }
    }
  }

  private func integrity(_ member: YAMLNode.Member) -> IntegrityEntry? {
    guard let entry = reader.entry(member.value, "integrity") else { return nil }
    func list(_ key: String) -> [Step] {
      guard let value = entry[key] else { return [] }
      if value.items?.isEmpty == true { sink.error("\(key) has no steps", at: value) }
      return steps.steps(value, key)
    }
    let counts = entry["count"].map { node in
      reader.items(node, "count").compactMap { item in
        reader.text(item, "table").flatMap { table -> RowCount? in
          let isTable = table.split(separator: ".", omittingEmptySubsequences: false)
            .allSatisfy { NodeReader.isName(String($0)) }
          guard isTable else {
            sink.error(
              "table \"\(table)\" is not a name",
              at: item,
              expected: "table, or schema.table"
            )
            return nil
          }
          return RowCount(table: table, place: item.place)
        }
      }
    }
    return IntegrityEntry(
      store: member.key,
      marker: entry["marker"].flatMap { said($0, "marker") },
      prepare: list("prepare"),
      seed: list("seed"),
      drop: list("drop"),
      change: list("change"),
      verify: list("verify"),
      counts: counts ?? [],
      place: member.keyPlace
    )
  }

  private func store(_ member: YAMLNode.Member) -> StoreSettings {
    var settings = StoreSettings(place: member.keyPlace)
    guard let entry = reader.entry(member.value, "store") else { return settings }
    settings.holdsNothing = entry["holds_nothing"].flatMap { said($0, "holds_nothing") }
    settings.writtenBy = entry["written_by"].flatMap { said($0, "written_by") }
    for part in entry["volatile"].map({ reader.members($0, "volatile") }) ?? [] {
      if part.key.allSatisfy({ "*?./".contains($0) }) {
        sink.error(
          "volatile \"\(part.key)\" leaves everything out",
          at: part,
          expected: "the name of a table, or a path; or holds_nothing"
        )
      }
      if let why = said(part.value, "reason") {
        settings.volatile.append(VolatileParts(pattern: part.key, why: why))
      }
    }
    return settings
  }

  private func backup(_ node: YAMLNode) -> BackupSettings {
    var settings = BackupSettings()
    guard let entry = reader.entry(node, "backup") else { return settings }
    settings.capable = entry.boolean("capable")
    settings.capableReason = entry.text("why")
    settings.verify = entry["verify"].map { steps.steps($0, "verify") } ?? []
    if let capable = entry["capable"], settings.capableReason?.isEmpty ?? true {
      sink.error("capable needs \"why\": what the labels say is overruled", at: capable)
    }
    return settings
  }

  private func deferrals(_ node: YAMLNode, into suite: inout Suite) {
    for item in reader.items(node, "deferred") {
      guard let entry = reader.entry(item, "deferral") else { continue }
      let what = entry.text("what")
      let why = entry.text("why")
      let until = entry["until"].flatMap(end)
      let links =
        entry["ports"].map { CorpusDeclarationsReader(reader).links($0, mayBeEmpty: false) } ?? []
      guard let what, let why, let until else { continue }
      suite.deferred.append(Deferral(what: what, why: why, until: until))
      if links.isEmpty { continue }
      suite.corpus.deferred.append(
        CorpusDeclarations.Deferred(links: links, what: what, why: why, until: until)
      )
    }
  }

  private func waivers(_ node: YAMLNode) -> [Waiver] {
    reader.items(node, "waivers").compactMap { item in
      guard let entry = reader.entry(item, "waiver") else { return nil }
      let rule = entry["rule"].flatMap(waivedRule)
      let subject = entry["for"].flatMap { said($0, "for") }
      let why = entry["why"].flatMap { said($0, "why") }
      let until = entry["until"].flatMap(end)
      guard let rule, let why, let until else { return nil }
      return Waiver(rule: rule, subject: subject, why: why, until: until, place: item.place)
    }
  }

  private func waivedRule(_ node: YAMLNode) -> String? {
    guard let name = reader.name(node, "rule") else { return nil }
    guard let rules, !rules.contains(name) else { return name }
    let isOfWaivers = name.hasPrefix("waiver-")
    sink.error(
      isOfWaivers
        ? "rule \"\(name)\" cannot be waived: it is about waivers; take the waiver away instead"
        : "rule \"\(name)\" does not exist, or cannot be waived",
      at: node,
      expected: isOfWaivers ? nil : "a rule as `parity rules` lists them",
      nearest: isOfWaivers ? nil : NearestName.of(name, among: rules)
    )
    return nil
  }

  /// A text that is not empty.
  private func said(_ node: YAMLNode, _ what: String) -> String? {
    guard let text = reader.text(node, what) else { return nil }
    if text.allSatisfy(\.isWhitespace) {
      sink.error("\(what) is empty", at: node)
      return nil
    }
    return text
  }

  /// A day, or a trigger in words. What only looks like a day would never come.
  private func end(_ node: YAMLNode) -> String? {
    guard let text = said(node, "until") else { return nil }
    if CalendarDay.looksLikeDay(text), !CalendarDay.isDay(text) {
      sink.error(
        "until \"\(text)\" is not a calendar day",
        at: node,
        expected: "YYYY-MM-DD, or a trigger in words"
      )
      return nil
    }
    return text
  }

  private func notApplicable(_ node: YAMLNode) -> [NotApplicable] {
    let stages = Stage.allCases.filter { ![.install, .teardown].contains($0) }
    return reader.members(node, "not_applicable").compactMap { member in
      guard let stage = stages.first(where: { $0.rawValue == member.key }) else {
        guard Stage(rawValue: member.key) != nil else {
          _ = reader.isKnown(member, "stage", among: stages.map(\.rawValue))
          return nil
        }
        sink.error(
          "\(member.key) cannot be skipped: nothing is tested without it",
          at: member,
          expected: "one of \(NodeReader.list(stages.map(\.rawValue)))"
        )
        return nil
      }
      guard let why = member.value.text, !why.isEmpty else {
        sink.error("\(member.key) needs its reason", at: member.value)
        return nil
      }
      return NotApplicable(stage: stage, why: why, place: member.keyPlace)
    }
  }

  private func deadlines(_ node: YAMLNode) -> Deadlines {
    var deadlines = Deadlines()
    guard let entry = reader.entry(node, "deadlines") else { return deadlines }
    deadlines.run = entry.duration("run") ?? deadlines.run
    deadlines.operation =
      entry.duration("operation") ?? deadlines.operation
    deadlines.step = entry.duration("step") ?? deadlines.step
    return deadlines
  }
}
