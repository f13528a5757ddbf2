import Formats
import Suites

extension Predicate {
  /// As a person reads it behind its subject: `== 202`, `does not exist`.
  ///
  /// - Parameter fill: turns an operand into text, with or without its values filled in.
  func description(fill: (TemplateTree) -> String) -> String {
    func text(_ template: Template) -> String { fill(.template(template)) }
    return switch self {
    case .equals(let tree): "== \(fill(tree))"
    case .greater(let tree): "> \(fill(tree))"
    case .greaterOrEqual(let tree): ">= \(fill(tree))"
    case .less(let tree): "< \(fill(tree))"
    case .lessOrEqual(let tree): "<= \(fill(tree))"
    case .contains(let tree): "contains \(fill(tree))"
    case .startsWith(let template): "starts with \(text(template))"
    case .endsWith(let template): "ends with \(text(template))"
    case .matches(let regex): "matches /\(regex.text)/"
    case .exists(true): "exists"
    case .exists(false): "does not exist"
    case .count(let predicates):
      "count " + predicates.map { $0.description(fill: fill) }.joined(separator: " and ")
    case .isInteger: "is an integer"
    case .isNumber: "is a number"
    case .isString: "is a text"
    case .isBoolean: "is true or false"
    case .isList: "is a list"
    case .isObject: "is an object"
    case .isEmpty: "is empty"
    case .isDate: "is a date"
    case .isUUID: "is a UUID"
    case .subset(let tree): "has \(fill(tree))"
    case .oneOf(let trees): "is one of \(trees.map(fill).joined(separator: ", "))"
    case .not(let predicate): "not (\(predicate.description(fill: fill)))"
    }
  }
}

extension TemplateTree {
  /// As written, in JSON's form, without anything filled in.
  var unfilled: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): text
    case .template(let template): JSONValue.string(template.source).description
    case .list(let items): "[\(items.map(\.unfilled).joined(separator: ","))]"
    case .object(let members):
      "{"
        + members.map { "\(JSONValue.string($0.key)):\($0.value.unfilled)" }
        .joined(separator: ",") + "}"
    }
  }
}

extension Expectation.Subject {
  /// As a person reads it: `header x-plausible-dropped`, `$.postgres`, `row`.
  var description: String {
    switch self {
    case .status: "status"
    case .header(let name): "header \(name)"
    case .body: "body"
    case .jsonpath(let path): path.description
    case .xpath(let expression): "xpath \(expression)"
    case .regex(let regex): "regex /\(regex.text)/"
    case .rows: "rows"
    case .row: "row"
    case .cell(let name): "row.\(name)"
    case .column(let name): "column \(name)"
    case .stdout: "stdout"
    case .stderr: "stderr"
    case .exit: "exit"
    case .size: "size"
    case .content: "content"
    case .duration: "duration"
    }
  }
}
