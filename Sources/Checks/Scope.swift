package import Evidence
package import Formats
package import Suites

/// What stands behind the names between braces, for one check at one moment.
package struct Scope: Sendable {
  /// `base_url`, `domain`: the same for the whole run.
  package var constants: [String: JSONValue]
  /// The suite's, then the check's own; later ones may use earlier ones.
  package var variables: [Variable]
  /// `unique`, `marker`: made for this check and known to nobody else.
  package var fresh: [String: String]
  package var secrets: [String: String]
  package var captures: [String: JSONValue]
  /// Captures whose values are secrets.
  package var secretCaptures: Set<String> = []
  /// Captures that hold a decoy.
  package var decoys: Set<String> = []
  /// What each step captured, in order: a later one may have put another value in its place.
  private var history: [(step: Int, name: String, value: JSONValue)] = []
  /// Cookies and pages so far.
  package var sessions = Sessions()
  /// The suite's folder, for files that answers are compared with.
  package var folder = ""

  package init(
    constants: [String: JSONValue] = [:],
    variables: [Variable] = [],
    fresh: [String: String] = [:],
    secrets: [String: String] = [:],
    captures: [String: JSONValue] = [:]
  ) {
    self.constants = constants
    self.variables = variables
    self.fresh = fresh
    self.secrets = secrets
    self.captures = captures
  }

  /// A name that has no value here.
  package struct UnknownName: Error, Sendable, CustomStringConvertible {
    package var name: String
    package var description: String { "{{\(name)}} has no value here" }
  }

  /// A value by its name between braces.
  package func value(of name: String) throws(UnknownName) -> JSONValue {
    if Template.isSecret(name) {
      // A dependency's stands among them under its whole name.
      let key = name.hasPrefix("secret.") ? String(name.dropFirst("secret.".count)) : name
      guard let secret = secrets[key] else {
        throw UnknownName(name: name)
      }
      return .string(secret)
    }
    if let value = captures[name] ?? constants[name] { return value }
    if let value = fresh[name] { return .string(value) }
    if let marker = fresh["marker"], let value = Marker(text: marker).value(of: name) {
      return .string(value)
    }
    // The last of a name counts, and it sees only what stands before it: no circles.
    if let index = variables.lastIndex(where: { $0.name == name }) {
      var earlier = self
      earlier.variables = Array(variables[..<index])
      guard let function = variables[index].function else {
        return .string(try earlier.text(of: variables[index].value))
      }
      return .string(
        try function.value { template throws(UnknownName) in try earlier.text(of: template) }
      )
    }
    throw UnknownName(name: name)
  }

  /// The template as text; numbers, lists and objects in it become JSON.
  package func text(of template: Template) throws(UnknownName) -> String {
    var result = ""
    for part in template.parts {
      switch part {
      case .text(let text): result += text
      case .name(let name): result += Self.text(of: try value(of: name))
      }
    }
    return result
  }

  /// The tree with its values filled in. A template that is one name alone keeps the value's type.
  package func json(of tree: TemplateTree) throws(UnknownName) -> JSONValue {
    switch tree {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .number(let text): return JSONValue(numberText: text) ?? .string(text)
    case .template(let template):
      if template.parts.count == 1, case .name(let name) = template.parts[0] {
        return try value(of: name)
      }
      return .string(try text(of: template))
    case .list(let items):
      var values: [JSONValue] = []
      for item in items { values.append(try json(of: item)) }
      return .array(values)
    case .object(let members):
      var object = JSONObject()
      for member in members { object[member.key] = try json(of: member.value) }
      return .object(object)
    }
  }

  /// Takes over what the step with this index captured.
  mutating func keep(_ captured: [String: JSONValue], of step: Int) {
    for (name, value) in captured {
      captures[name] = value
      history.append((step, name, value))
    }
  }

  /// Captures as they were before each of some steps, which are performed again without the others; what the
  /// steps themselves capture anew is left to them.
  ///
  /// - Parameter steps: in their order.
  package func captures(beforeEachOf steps: [Int]) -> [[String: JSONValue]] {
    let again = Set(steps)
    var earlier = history[...]
    var last: [String: JSONValue] = [:]
    return steps.map { step in
      while let entry = earlier.first, entry.step < step {
        last[entry.name] = again.contains(entry.step) ? nil : entry.value
        earlier.removeFirst()
      }
      return last
    }
  }

  /// Whether a step asks for a fresh value or expects one, itself or in a group.
  package func isFresh(_ step: Step) -> Bool {
    var names = Set(fresh.keys).union(decoys)
    if fresh["marker"] != nil { names.formUnion(Marker.names) }
    for variable in variables where variable.value.names.contains(where: names.contains) {
      names.insert(variable.name)
    }
    return step.leaves.contains { leaf in
      let templates = leaf.action.templates + leaf.expect.flatMap(\.templates)
      return templates.contains { $0.names.contains(where: names.contains) }
    }
  }

  /// The same scope in which every fresh value is one that was never sent anywhere, and so is what was
  /// captured and holds one.
  ///
  /// - Parameter captured: captures that stand for what was sent, whatever they hold.
  package func withDecoys(of captured: [String] = [], _ decoy: (String) -> String) -> Scope {
    var scope = self
    // As long as the real one: encoded, it has the same form.
    scope.fresh = Dictionary(
      uniqueKeysWithValues: fresh.map { name, real in
        let other = decoy(name)
        return (name, real.count >= 8 ? String(other.prefix(real.count)) : other)
      }
    )
    let pairs = fresh.map { (real: $0.value, decoy: scope.fresh[$0.key] ?? "") }
    for (name, value) in captures {
      let other =
        Decoy.replacing(pairs, in: value)
        ?? (captured.contains(name) ? Decoy.beside(value, named: decoy(name)) : nil)
      guard let other else { continue }
      scope.captures[name] = other
      scope.decoys.insert(name)
    }
    scope.sessions.replace(pairs)
    return scope
  }

  /// All secret values in scope with the names that stand for them.
  package var allSecrets: [(name: String, value: String)] {
    secrets.map { ($0.key, $0.value) }
      + secretCaptures.sorted().compactMap { name in
        captures[name].map { (name, Self.text(of: $0)) }
      } + derivedSecrets
  }

  /// What functions make of secrets.
  var derivedSecrets: [(name: String, value: String)] {
    var secret = secretCaptures
    var found: [(name: String, value: String)] = []
    for variable in variables {
      guard
        variable.value.names.contains(where: { Template.isSecret($0) || secret.contains($0) })
      else { continue }
      secret.insert(variable.name)
      guard variable.function != nil, let value = try? value(of: variable.name) else { continue }
      found.append((variable.name, Self.text(of: value)))
    }
    return found
  }

  /// With values for what stands in its filters.
  func filled(_ subject: Subject) throws(UnknownName) -> Subject {
    guard case .jsonpath(let path) = subject, !path.names.isEmpty else { return subject }
    var values: [String: JSONValue] = [:]
    for name in path.names { values[name] = try value(of: name) }
    return .jsonpath(path.filled(with: values))
  }

  package static func text(of value: JSONValue) -> String {
    if case .string(let text) = value { text } else { value.description }
  }
}
