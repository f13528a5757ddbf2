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
        && (path != "/" || step.expect.allSatisfy(\.subject.isAcknowledgement))
    }
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
      let fields = action.headers + action.query
      let named = fields.map { "\($0.name)=\(text($0.value))" }.sorted().joined(separator: "&")
      return "http \(action.service ?? "") \(action.method) \(segments(action.target)) \(named) "
        + body(action.body)
    case .postgres(let action), .clickhouse(let action):
      let words = action.statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return "sql \(action.service) \(words) " + parameters(action.parameters)
    case .exec(let action):
      let input = action.stdin.map(text) ?? ""
      return "exec \(action.service) " + action.argv.map(segments).joined(separator: " ") + input
    case .file(let action):
      return "file \(action.source) \(segments(action.path)) " + (action.write.map(text) ?? "read")
    case .script(let action):
      return "script \(action.path) " + action.arguments.map(text).joined(separator: " ")
    case .group(let steps): return "group [\(text(of: steps))]"
    }
  }

  private func body(_ body: HTTPAction.Body?) -> String {
    switch body {
    case .json(let tree): text(tree)
    case .text(let template), .file(let template): text(template)
    case .form(let fields): fields.map { "\($0.name)=\(text($0.value))" }.joined(separator: "&")
    case nil: ""
    }
  }

  private func parameters(_ parameters: SQLAction.Parameters) -> String {
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
    name == "base_url" || name == "domain" || name.hasPrefix("secret.")
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
    case .not(let inner): "not \(text(inner))"
    case .kind, .isEmpty, .captured, .isWell: predicate.description
    }
  }
}
