import Formats

extension Check {
  /// What would make it fail, read off its assertions, in the order of the suite, each once.
  package var failsWhen: [String] {
    switch body {
    case .script(let path, _): ["\(path) does not exit with 0"]
    case .steps(let steps): FailureSentences.sentences(for: steps).map(withColumns)
    }
  }

  /// A row's sentences are its own: `text/html`, not `{{type}}`.
  private func withColumns(_ sentence: String) -> String {
    columns.reduce(sentence) { text, column in
      let value = column.value.source.isEmpty ? "empty" : column.value.source
      return text.replacing("{{\(column.name)}}", with: value)
        .replacing("{{ \(column.name) }}", with: value)
    }
  }
}

/// Turns what is expected into sentences that say how it could fail.
package enum FailureSentences {
  package static func sentences(for steps: [Step]) -> [String] {
    var found: [String] = []
    for step in steps.flatMap(\.leaves) {
      var own = step.expect.flatMap { expectation in
        expectation.predicates.flatMap { sentences(expectation.subject, $0) }
      }
      if let never = step.never {
        let time = DurationText.format(never.duration)
        own = step.expect.flatMap { expectation in
          expectation.predicates.map {
            "\(name(of: expectation.subject)) \(affirmative($0)) within \(time)"
          }
        }
      }
      if own.isEmpty, case .script(let action) = step.action {
        own = ["\(action.path) does not exit with 0"]
      }
      for sentence in own where !found.contains(sentence) { found.append(sentence) }
    }
    return found
  }

  private static func sentences(_ subject: Expectation.Subject, _ predicate: Predicate) -> [String]
  {
    if case .subset(.object(let members)) = predicate, !members.isEmpty {
      return members.flatMap { leaf($0, of: subject, path: "") }
    }
    return ["\(name(of: subject)) \(negative(predicate))"]
  }

  /// One sentence for each value inside an object that must be there.
  private static func leaf(
    _ member: TemplateTree.Member,
    of subject: Expectation.Subject,
    path: String
  ) -> [String] {
    let path = path.isEmpty ? member.key : "\(path).\(member.key)"
    if case .object(let members) = member.value, !members.isEmpty {
      return members.flatMap { leaf($0, of: subject, path: path) }
    }
    let owner: String
    switch subject {
    case .row: owner = "the row's \(path)"
    case .jsonpath(let root): owner = "\(root.text).\(path)"
    default: owner = "\(name(of: subject)), \(path)"
    }
    return ["\(owner) is not \(text(member.value))"]
  }

  static func name(of subject: Expectation.Subject) -> String {
    switch subject {
    case .status: "status"
    case .header(let name): "header \(name)"
    case .body: "the body"
    case .jsonpath(let path): path.text == "$" ? "the JSON answer" : path.text
    case .xpath(let path): "XPath \(path)"
    case .regex(let regex): "what /\(regex.text)/ finds"
    case .rows: "the number of rows"
    case .row: "the row"
    case .cell(let column): "the row's \(column)"
    case .column(let column): "the list of \(column)"
    case .stdout: "standard output"
    case .stderr: "standard error"
    case .exit: "the exit code"
    case .size: "the file's size"
    case .content: "the file's text"
    case .duration: "the duration in milliseconds"
    }
  }

  private static func negative(_ predicate: Predicate) -> String {
    switch predicate {
    case .equals(let tree): "is not \(text(tree))"
    case .greater(let tree): "is not above \(text(tree))"
    case .greaterOrEqual(let tree): "is below \(text(tree))"
    case .less(let tree): "is not below \(text(tree))"
    case .lessOrEqual(let tree): "is above \(text(tree))"
    case .contains(let tree): "does not contain \(text(tree))"
    case .startsWith(let template): "does not begin with \(template.source)"
    case .endsWith(let template): "does not end with \(template.source)"
    case .matches(let regex): "does not match /\(regex.text)/"
    case .exists(let wanted): wanted ? "is not there" : "is there"
    case .count(let inner): "has a count that \(inner.map(negative).joined(separator: " or "))"
    case .subset(let tree): "does not have \(text(tree))"
    case .oneOf(let trees): "is none of \(trees.map(text).joined(separator: ", "))"
    case .not(let inner): affirmative(inner)
    case .isInteger, .isNumber, .isString, .isBoolean, .isList, .isObject, .isEmpty, .isDate,
      .isUUID:
      "is not \(kind(predicate))"
    }
  }

  static func affirmative(_ predicate: Predicate) -> String {
    switch predicate {
    case .equals(let tree): "is \(text(tree))"
    case .greater(let tree): "is above \(text(tree))"
    case .greaterOrEqual(let tree): "is at least \(text(tree))"
    case .less(let tree): "is below \(text(tree))"
    case .lessOrEqual(let tree): "is at most \(text(tree))"
    case .contains(let tree): "contains \(text(tree))"
    case .startsWith(let template): "begins with \(template.source)"
    case .endsWith(let template): "ends with \(template.source)"
    case .matches(let regex): "matches /\(regex.text)/"
    case .exists(let wanted): wanted ? "is there" : "is not there"
    case .count(let inner): "has a count that \(inner.map(affirmative).joined(separator: " and "))"
    case .subset(let tree): "has \(text(tree))"
    case .oneOf(let trees): "is one of \(trees.map(text).joined(separator: ", "))"
    case .not(let inner): negative(inner)
    case .isInteger, .isNumber, .isString, .isBoolean, .isList, .isObject, .isEmpty, .isDate,
      .isUUID:
      "is \(kind(predicate))"
    }
  }

  private static func kind(_ predicate: Predicate) -> String {
    switch predicate {
    case .isInteger: "an integer"
    case .isNumber: "a number"
    case .isString: "a text"
    case .isBoolean: "true or false"
    case .isList: "a list"
    case .isObject: "an object"
    case .isEmpty: "empty"
    case .isDate: "a date"
    case .isUUID: "a UUID"
    default: "that"
    }
  }

  /// A value as a person reads it: texts bare, all else as JSON.
  static func text(_ tree: TemplateTree) -> String {
    if case .template(let template) = tree {
      return template.source.isEmpty ? "empty" : template.source
    }
    return json(tree)
  }

  private static func json(_ tree: TemplateTree) -> String {
    switch tree {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): text
    case .template(let template): JSONValue.string(template.source).description
    case .list(let items): "[\(items.map(json).joined(separator: ", "))]"
    case .object(let members):
      "{\(members.map { "\(JSONValue.string($0.key)): \(json($0.value))" }.joined(separator: ", "))}"
    }
  }
}
