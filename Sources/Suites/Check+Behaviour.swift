import Evidence
import Formats

extension Check {
  /// The form of what it does: equal for two checks whose steps differ in nothing but names, fresh
  /// values and where these stand. The rows of one check's `cases` are one behaviour too. Nil for
  /// scripts, which do not say what they do.
  package var behaviour: String? {
    guard case .steps(let steps) = body, !steps.isEmpty else { return nil }
    return Digest.sha256.text(of: BehaviourForm().text(of: steps))
  }

  /// Whether it looks at nothing but what the health gate asks, under whatever name.
  func looksOnlyAtHealth(_ gate: HealthGate) -> Bool {
    guard case .steps(let steps) = body, !steps.isEmpty, gate.asksHTTP else { return false }
    let leaves = steps.flatMap(\.leaves)
    let path = Self.path(gate.path)
    return leaves.allSatisfy { step in
      guard case .http(let action) = step.action, action.service == nil, step.action.isReading
      else { return false }
      // `/` is the gate's default, and also the page that an app is for: its content is no health.
      return Self.path(action.target.source) == path
        && Self.query(gate.path).map { $0 == Self.query(action.target.source) } ?? true
        && (path != "/" || step.expect.allSatisfy(\.subject.isAcknowledgement))
    }
  }

  /// What a program with one address for all its pages tells them apart by; nil where it has none.
  private static func query(_ target: String) -> Substring? {
    target.firstIndex(of: "?").map { target[target.index(after: $0)...].prefix { $0 != "#" } }
  }

  /// Without the base URL, query, doubled and last slashes.
  private static func path(_ target: String) -> String {
    var text = target
    for base in ["{{base_url}}", "{{ base_url }}"] where text.hasPrefix(base) {
      text.removeFirst(base.count)
    }
    let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
    let parts = text[..<end].split(separator: "/").filter { $0 != "." }
    return "/" + parts.joined(separator: "/")
  }
}

/// Writes steps down without what differs between two that do the same.
private struct BehaviourForm {
  func text(of steps: [Step]) -> String { steps.map(text).joined(separator: "\n") }

  private func text(of step: Step) -> String {
    let expected = step.expect.map { expectation in
      "\(expectation.subject): " + expectation.predicates.map(text).sorted().joined(separator: ",")
    }
    return [
      text(of: step.action), step.never == nil ? "" : "never",
      expected.sorted().joined(separator: ";"),
    ].joined(separator: " | ")
  }

  private func text(of action: Step.Action) -> String {
    switch action {
    case .http(let action):
      let named = action.headers.map { "\($0.name)=\(text($0.value))" }.sorted()
      let query = (action.target.queryItems + action.query).filter { chooses($0.value, action) }
        .map { "\($0.name)=\(text($0.value))" }.sorted()
      if let form = action.form {
        return "form \(form.selector) " + parts(form.fields) + " " + (form.button.map(text) ?? "")
      }
      return "http \(action.service ?? "") \(action.method) \(segments(action.target.path)) "
        + (named + query).joined(separator: "&") + " " + body(action.body) + manner(action)
    case .query(let action):
      let words = action.statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let path = action.path.map { segments($0) + " " } ?? ""
      return "sql \(action.service) \(path)\(words) " + parameters(action.parameters)
    case .exec(let action):
      let input = action.stdin.map { " < " + $0.shape.debugDescription } ?? ""
      return "exec \(action.service) " + action.argv.map(segments).joined(separator: " ") + input
    case .file(let action):
      return "file \(action.source) \(segments(action.path)) "
        + (action.act.map { "\($0.verb) " + $0.templates.map(text).joined() } ?? "read")
    case .script(let action):
      let input = (action.stdin.map(text) ?? "") + environment(action.environment)
      return "script \(action.path) " + action.arguments.map(text).joined(separator: " ") + input
    case .group(let steps): return "group [\(text(of: steps))]"
    }
  }

  /// As whom it asks, and how: nothing where it does as all do.
  private func manner(_ action: HTTPAction) -> String {
    var manner = ""
    switch action.authorization {
    case .basic(let user, let password)?: manner += " as \(text(user)):\(text(password))"
    case .bearer(let token)?: manner += " as \(text(token))"
    case nil: break
    }
    if case .atMost(let count) = action.redirects, count > 0 { manner += " follows \(count)" }
    return action.verifiesTLS ? manner : manner + " unverified"
  }

  /// Whether a parameter of a query may choose what is done: a number, a fresh value or a word beside
  /// what is sent does not, except to an address that is one program for everything.
  private func chooses(_ value: Template, _ action: HTTPAction) -> Bool {
    guard value.isLiteral, !value.source.isEmpty, Double(value.source) == nil,
      !["true", "false", "yes", "no"].contains(value.source.lowercased())
    else { return false }
    let path = action.target.path.source
    return ["GET", "HEAD"].contains(action.method) || path.hasSuffix(".php") || path.hasSuffix("/")
  }

  private func environment(_ variables: [(name: String, value: Template)]) -> String {
    variables.map { " \($0.name)=\(text($0.value))" }.sorted().joined()
  }

  private func body(_ body: HTTPAction.Body?) -> String {
    switch body {
    case .json(let tree): text(tree)
    case .text(let template), .file(let template): text(template)
    case .form(let fields): fields.map { "\($0.name)=\(text($0.value))" }.joined(separator: "&")
    case .multipart(let fields): parts(fields)
    case .fresh: "{bytes}"
    case nil: ""
    }
  }

  private func parts(_ parts: [FormPart]) -> String {
    parts.map { part in
      let content =
        switch part.content {
        case .text(let template), .file(let template): text(template)
        case .fresh: "{bytes}"
        }
      return "\(part.name)=\(content)" + (part.type.map { ";" + text($0) } ?? "")
    }.joined(separator: "&")
  }

  private func parameters(_ parameters: QueryAction.Parameters) -> String {
    switch parameters {
    case .positional(let values): values.map(text).joined(separator: ",")
    case .named(let values):
      values.map { "\($0.name)=\(text($0.value))" }.sorted().joined(separator: ",")
    case .none: ""
    }
  }

  /// A text that holds a value of the check's own is nothing but that.
  private func text(_ template: Template) -> String {
    template.names.isEmpty ? template.source.debugDescription : "{}"
  }

  /// A path keeps the parts that are the same in every run.
  private func segments(_ template: Template) -> String {
    var segments: [String] = [""]
    var isOpen = false
    for part in template.parts {
      switch part {
      case .name(let name):
        segments[segments.count - 1] = "{\(Self.isShared(name) ? name : "")}"
        isOpen = true
      case .text(let text):
        for character in text {
          if "/?&=".contains(character) {
            segments.append(String(character))
            isOpen = false
            segments.append("")
          } else if !isOpen {
            segments[segments.count - 1].append(character)
          }
        }
      }
    }
    return segments.joined()
  }

  /// Whether a name has the same value in all checks.
  private static func isShared(_ name: String) -> Bool {
    ["base_url", "domain"].contains(name) || name.hasPrefix("secret.")
      || name.hasPrefix("dependency.")
  }

  private func text(_ tree: TemplateTree) -> String {
    switch tree {
    case .null: "null"
    case .bool(let value): String(value)
    case .number(let text): text
    case .template(let template): text(template)
    case .list(let items): "[\(items.map(text).joined(separator: ","))]"
    case .object(let members):
      "{\(members.map { "\($0.key):\(text($0.value))" }.sorted().joined(separator: ","))}"
    }
  }

  private func text(_ predicate: Predicate) -> String {
    switch predicate {
    case .equals(let tree): "==\(text(tree))"
    case .greater(let tree): ">\(text(tree))"
    case .greaterOrEqual(let tree): ">=\(text(tree))"
    case .less(let tree): "<\(text(tree))"
    case .lessOrEqual(let tree): "<=\(text(tree))"
    case .contains(let tree): "contains \(text(tree))"
    case .startsWith(let template): "startsWith \(text(template))"
    case .endsWith(let template): "endsWith \(text(template))"
    case .matches(let regex): "matches \(regex.text)"
    case .exists(let wanted): "exists \(wanted)"
    case .count(let inner): "count(\(inner.map(text).sorted().joined(separator: ",")))"
    case .subset(let tree): "subset \(text(tree))"
    case .oneOf(let trees): "oneOf \(trees.map(text).sorted().joined(separator: ","))"
    case .hasBytes(.fresh): "has {bytes}"
    case .hasBytes(.file(let template)), .hasBytes(.sha256(let template)): "has \(text(template))"
    case .not(let inner): "not \(text(inner))"
    case .kind, .isEmpty, .captured, .isWell: predicate.description
    }
  }
}

extension Template {
  /// What stands before its query and fragment.
  var path: Template { cut.path }

  /// The parameters of its query, in order; one without a value has none.
  var queryItems: [(name: String, value: Template)] {
    var items: [[Part]] = [[]]
    for part in cut.query {
      guard case .text(let text) = part else {
        items[items.count - 1].append(part)
        continue
      }
      for (index, piece) in text.prefix(while: { $0 != "#" })
        .split(separator: "&", omittingEmptySubsequences: false).enumerated()
      {
        if index > 0 { items.append([]) }
        items[items.count - 1].append(.text(String(piece)))
      }
    }
    return items.compactMap { item in
      guard case .text(let first)? = item.first, !first.isEmpty else { return nil }
      let pair = first.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = [.text(pair.count > 1 ? String(pair[1]) : "")] + item.dropFirst()
      return (String(pair[0]), Template(joining: value))
    }
  }

  private var cut: (path: Template, query: [Part]) {
    for (index, part) in parts.enumerated() {
      guard case .text(let text) = part, let end = text.firstIndex(where: { "?#".contains($0) })
      else { continue }
      let path = Array(parts[..<index]) + [.text(String(text[..<end]))]
      let query = [.text(String(text[text.index(after: end)...]))] + parts[(index + 1)...]
      return (Template(joining: path), text[end] == "?" ? query : [])
    }
    return (self, [])
  }
}
