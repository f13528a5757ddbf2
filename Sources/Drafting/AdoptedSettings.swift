import Corpus
import Evidence
import Formats
package import Suites

/// What an older suite says of its recipe, in the words of `recipe.yml`.
package struct AdoptedSettings: Sendable {
  package struct Deferral: Sendable {
    var what: String
    var why: String
    var until: String
    /// Units of the corpus.
    var ports: [String] = []
  }

  /// Members of `health`, as they are written.
  var health: [(name: String, text: String)] = []
  /// Of one deploy, in seconds.
  var deadline: Int?
  var environment: [(name: String, value: String)] = []
  var upgradeEnvironment: [(name: String, value: String)] = []
  /// Values that stand in the older suite for everybody to read.
  var secrets: [DraftedSecrets.Secret] = []
  var capable: (value: Bool, why: String)?
  var notApplicable: [(stage: Stage, why: String)] = []
  var dependencies: [String] = []
  /// What was code, and what a person must put in steps: each a question of `recipe.yml`.
  var markers: [String] = []
  /// Of scripts, with where they are read.
  var variables: [(name: String, place: String)] = []
  var covered: [(ports: [String], by: [CheckID], why: String)] = []
  var unported: [(ports: [String], why: String)] = []
  var deferred: [Deferral] = []
  /// Passages of a page, word for word.
  var notes: [String] = []
  package var leftovers: [Leftover] = []
  /// What is code and was not evaluated.
  package var warnings: [Diagnostic] = []

  package init() {}

  /// Reads the settings, hooks and scripts of a folder.
  package init(_ folder: AdoptedFolder) {
    leftovers = folder.leftovers
    variables = folder.variables
    if let file = folder[AdoptedFolder.settingsFile], let outline = file.outline {
      let shown = folder.place(file.path)
      for one in outline.constants { take(one, shown) }
      for one in outline.code { tell(one, shown) }
      for one in outline.functions { tell(one, shown, isFunction: true) }
    }
    if let file = folder[AdoptedFolder.hooksFile], let outline = file.outline {
      let shown = folder.place(file.path)
      for hook in outline.functions
      where hook.name.hasPrefix("pre_") || hook.name.hasPrefix("post_") {
        let about = hook.about.isEmpty ? "" : ", \"\(hook.about)\""
        markers.append("\(hook.name) of \(shown):\(hook.place.line)\(about)")
      }
    }
    for file in folder.files where folder.isCompose(file.path) { overlay(file, folder) }
  }

  // MARK: Settings

  private mutating func take(_ one: PythonOutline.Constant, _ file: String) {
    let isTaken =
      switch one.name {
      case "HEALTH_PATH": path(one.value)
      case "HEALTH_OK": statuses(one.value)
      case "HTTP_TIMEOUT", "DEPLOY_TIMEOUT": timeout(one)
      case "EXTRA_ENV": variables(one, file, \.environment)
      case "UPGRADE_EXTRA_ENV": variables(one, file, \.upgradeEnvironment)
      case "BACKUP_CAPABLE": capability(one, file)
      case "DEPS": names(one.value)
      case "EXPECTED_NA": skips(one, file)
      case "READY_PROBE": probe(one.value)
      default: one.name.hasPrefix("_") || one.name.contains { $0.isLowercase }
      }
    if !isTaken {
      let advice = Self.advice[one.name] ?? "say it in words of docs/suite.md, or let it go"
      leftovers.append(Leftover(file, one.place.line, one.name, advice))
    }
  }

  private static let advice = [
    "SCREENSHOT": "no screenshot is taken; a check of what the page says shows more",
    "READY_PROBE":
      "say under `health` in recipe.yml what counts as ready: `path`, `require`, `tcp`",
    "BACKUP_VERIFY": "say it as steps under `backup: {verify: …}`",
    "EXTRA_ENV": "set what it comes to under `environment`",
    "UPGRADE_EXTRA_ENV": "set what it comes to under `upgrade_environment`",
  ]

  private mutating func path(_ value: JSONValue) -> Bool {
    guard let path = value.stringValue, path.hasPrefix("/"), !path.contains(where: \.isWhitespace)
    else { return false }
    health.append(("path", YAMLText.scalar(Self.template(path))))
    return true
  }

  private mutating func statuses(_ value: JSONValue) -> Bool {
    let values = value.arrayValue ?? [value]
    let codes = values.compactMap(\.intValue).filter { (100...499).contains($0) }
    guard !codes.isEmpty, codes.count == values.count else { return false }
    health.append(("ok", "[\(codes.map { "\($0)" }.joined(separator: ", "))]"))
    return true
  }

  private mutating func timeout(_ one: PythonOutline.Constant) -> Bool {
    guard let seconds = one.value.intValue, (1...86_400).contains(seconds) else { return false }
    if one.name == "DEPLOY_TIMEOUT" {
      deadline = Int(seconds)
    } else {
      health.append(("within", "\(seconds)s"))
    }
    return true
  }

  private mutating func variables(
    _ one: PythonOutline.Constant,
    _ file: String,
    _ target: WritableKeyPath<AdoptedSettings, [(name: String, value: String)]>
  ) -> Bool {
    guard let members = one.value.objectValue?.members else { return false }
    for member in members {
      let isName = member.key.firstMatch(of: /^[A-Za-z_][A-Za-z0-9_]*$/) != nil
      guard isName, let value = Self.text(member.value) else {
        let what = "\(one.name)[\"\(member.key)\"]"
        leftovers.append(Leftover(file, one.place.line, what, "it is no text: set it yourself"))
        continue
      }
      guard DraftedSecrets.looksSecret(member.key.uppercased()), !value.isEmpty else {
        self[keyPath: target].append((member.key, Self.template(value)))
        continue
      }
      let name = member.key.lowercased()
      secrets.append(DraftedSecrets.Secret(name: name, value: value))
      self[keyPath: target].append((member.key, "{{secret.\(name)}}"))
    }
    return true
  }

  /// A variable's value as Python's `str` has it; nil for what no variable can be.
  private static func text(_ value: JSONValue) -> String? {
    if let flag = value.boolValue { return flag ? "True" : "False" }
    if value.arrayValue != nil || value.objectValue != nil || value.isNull { return nil }
    return value.stringValue ?? "\(value)"
  }

  /// Braces of its own stay what they are.
  static func template(_ text: String) -> String { text.replacing("{{", with: "{{{{") }

  private mutating func capability(_ one: PythonOutline.Constant, _ file: String) -> Bool {
    guard let value = one.value.boolValue else { return false }
    capable = (value, "\(file):\(one.place.line) says so")
    return true
  }

  private mutating func names(_ value: JSONValue) -> Bool {
    guard let names = value.arrayValue?.compactMap(\.stringValue),
      names.count == value.arrayValue?.count, names.allSatisfy(Project.isRecipeName)
    else { return false }
    dependencies = names
    return true
  }

  private mutating func probe(_ value: JSONValue) -> Bool {
    guard let port = value["port"]?.intValue, (1...65_535).contains(port) else { return false }
    let service = value["service"]?.stringValue ?? "app"
    health.append(("tcp", "{service: \(YAMLText.scalar(service)), port: \(port)}"))
    return true
  }

  /// Rungs of the older CI that were not expected, with their reasons.
  private mutating func skips(_ one: PythonOutline.Constant, _ file: String) -> Bool {
    guard let members = one.value.objectValue?.members else { return false }
    for member in members {
      let stages: [Stage] =
        switch member.key {
        case "backup_restore", "backup": [.backup, .restore, .recover]
        case "restore": [.restore, .recover]
        default: [.upgrade, .functional].filter { $0.rawValue == member.key }
        }
      guard !stages.isEmpty, let why = member.value.stringValue, !why.isEmpty else {
        let what = "\(one.name)[\"\(member.key)\"]"
        let advice = "say it under `not_applicable`, with its reason"
        leftovers.append(Leftover(file, one.place.line, what, advice))
        continue
      }
      for stage in stages { skip(stage, why) }
    }
    return true
  }

  /// The first word on a stage stands.
  mutating func skip(_ stage: Stage, _ why: String) {
    if !notApplicable.contains(where: { $0.stage == stage }) { notApplicable.append((stage, why)) }
  }

  // MARK: What is code

  private mutating func tell(_ one: PythonOutline.Named, _ file: String, isFunction: Bool = false) {
    let subject =
      one.name.isEmpty ? "a statement" : isFunction ? "function \(one.name)" : one.name
    warnings.append(
      Diagnostic(
        .warning,
        file: file,
        line: one.place.line,
        column: one.place.column,
        length: one.place.length,
        message: "\(subject) is code, which is not run: its value is not carried over",
        sourceLine: one.place.text
      )
    )
    let base = String(one.name.prefix { $0 != "[" })
    let advice = Self.advice[base] ?? "say in recipe.yml what it comes to"
    let what = one.name.isEmpty ? "a statement" : one.name
    leftovers.append(Leftover(file, one.place.line, "\(what) is code", advice))
  }

  /// A compose file that the older CI laid over the recipe's: its settings are told one by one.
  private mutating func overlay(_ file: AdoptedFolder.File, _ folder: AdoptedFolder) {
    let shown = folder.place(file.path)
    guard let node = YAMLReader.read(file.bytes, file: shown, into: DiagnosticSink()) else {
      leftovers.append(Leftover(shown, 0, "is not YAML", "mend it, or let it go"))
      return
    }
    for service in node["services"]?.members ?? [] {
      for member in service.value.members ?? [] {
        let advice =
          switch member.key {
          case "environment":
            "set what the recipe's own files ask for under `environment`; nothing is laid over them"
          case "image":
            "a suite tests the image of the recipe: nothing pins another"
          default: "change the recipe, or its swarm.yml or local.yml"
          }
        let values = member.value.members.map { $0.map { ($0.key, $0.value.place.line) } }
        let items = member.value.items?.map { ($0.text ?? "", $0.place.line) }
        for (text, line) in values ?? items ?? [("", member.value.place.line)] {
          let what = "\(service.key).\(member.key)\(text.isEmpty ? "" : ": \(Self.named(text))")"
          leftovers.append(Leftover(shown, line, what, advice))
        }
      }
    }
  }

  /// Of `NAME=value` the name: the value may be nobody's business.
  private static func named(_ text: String) -> String { String(text.prefix { $0 != "=" }) }
}
