import Evidence
import Formats

/// The names that `{{…}}` may hold at one point of a suite, and what to say of others.
struct ValueScope {
  /// What every check and hook has.
  static let always = ["unique", "base_url", "domain"]
  /// Names that belong to the tool; no variable or capture may have them.
  static let reserved = ["unique", "base_url", "domain", "recipe", "folder"] + Marker.names

  private(set) var names: Set<String>
  var secrets: [String]
  /// Recipes that run beside this one.
  private let dependencies: [String]
  /// Names of values that are made of captures which no step before has made, with those.
  private var awaited: [String: Set<String>] = [:]
  /// Names that exist, but not here, with why.
  var elsewhere: [String: String] = [:]

  init(names: some Sequence<String>, secrets: [String], dependencies: [String] = []) {
    self.names = Set(names)
    self.secrets = secrets
    self.dependencies = dependencies
    for name in dependencies {
      for field in ["base_url", "domain", "version"] {
        self.names.insert("dependency.\(name).\(field)")
      }
    }
  }

  mutating func insert(_ name: String) {
    names.insert(name)
    for variable in awaited.keys { awaited[variable]?.remove(name) }
  }

  /// - Parameter captures: what the value is made of and must be captured before.
  mutating func insert(_ name: String, after captures: Set<String>) {
    names.insert(name)
    awaited[name] = captures
  }

  /// What must be captured before a text has its value.
  func awaited(by template: Template) -> Set<String> {
    template.names.reduce(into: []) { $0.formUnion(awaited[$1] ?? []) }
  }

  mutating func remove(_ name: String) { names.remove(name) }

  func has(_ name: String) -> Bool {
    if name.hasPrefix("secret.") { return secrets.contains(String(name.dropFirst(7))) }
    if let secret = DependencySecret(name) { return dependencies.contains(secret.recipe) }
    return names.contains(name) && awaited[name]?.isEmpty ?? true
  }

  /// Reports every name of the text that is not in scope.
  func check(_ template: Template, _ sink: DiagnosticSink) {
    for name in template.names {
      guard let start = template.place else { continue }
      let isThere = has(name)
      if isThere, DependencySecret(name) == nil { continue }
      let found = place(of: name, from: start, sink)
      if isThere {
        if let secret = DependencySecret(name, place: found ?? start) { sink.note(secret) }
        continue
      }
      report(name, at: found ?? start, length: name.unicodeScalars.count, sink)
    }
  }

  /// Where the name itself stands between its braces.
  private func place(
    of name: String,
    from start: SourcePlace,
    _ sink: DiagnosticSink
  ) -> SourcePlace? {
    guard let source = sink.source(start.file) else { return nil }
    var from = start
    while let open = source.find("{{", from: from) {
      let rest = source.line(open.line).unicodeScalars.dropFirst(open.column + 1)
      let spaces = rest.prefix { $0 == " " }.count
      let word = rest.dropFirst(spaces)
      let after = word.dropFirst(name.unicodeScalars.count).first
      if String(word).hasPrefix(name), after == " " || after == "}" {
        return source.place(line: open.line, column: open.column + 2 + spaces)
      }
      from = source.place(line: open.line, column: open.column + 2)
    }
    return nil
  }

  private func report(_ name: String, at place: SourcePlace, length: Int, _ sink: DiagnosticSink) {
    if let capture = awaited[name]?.min() {
      sink.error(
        "{{\(name)}} is made of {{\(capture)}}, which no earlier step has captured",
        at: place,
        length: length
      )
      return
    }
    if let why = elsewhere[name] {
      sink.error("{{\(name)}} \(why)", at: place, length: length)
      return
    }
    if name.hasPrefix("secret.") {
      let nearest = NearestName.of(String(name.dropFirst(7)), among: secrets)
      sink.error(
        "secret \"\(name.dropFirst(7))\" is not declared under \"secrets\" in recipe.yml",
        at: place,
        length: length,
        nearest: nearest.map { "secret.\($0)" }
      )
      return
    }
    sink.error(
      "{{\(name)}} has no value here",
      at: place,
      length: length,
      expected: NearestName.of(name, among: names) == nil
        ? "one of \(NodeReader.list(names.sorted() + secrets.map { "secret.\($0)" }))" : nil,
      nearest: NearestName.of(name, among: names)
    )
  }
}
