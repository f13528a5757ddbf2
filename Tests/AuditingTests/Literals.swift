package import Evidence
import Formats

// What tests write as literals.

extension Reason: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) { self = .told(text) }
}

extension Template: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) {
    self = (try? Template(parsing: text)) ?? Template(literal: text)
  }
}

extension TemplateTree: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral
{
  package init(stringLiteral text: String) { self = .template(Template(stringLiteral: text)) }
  package init(integerLiteral value: Int) { self = .number("\(value)") }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: TemplateTree...) { self = .list(elements) }

  package init(dictionaryLiteral elements: (String, TemplateTree)...) {
    self = .object(elements.map { Member(key: $0.0, value: $0.1) })
  }
}

extension Predicate {
  static func matching(_ pattern: String) -> Predicate {
    (try? Pattern(pattern)).map(Predicate.matches) ?? .isWell
  }
}

extension Subject {
  static func json(_ path: String) -> Subject {
    (try? JSONPath(path)).map(Subject.jsonpath) ?? .written(path)
  }
}

extension Assertion {
  /// One that held.
  init(_ subject: Subject, _ predicate: Predicate) {
    self.init(subject, predicate, actual: .number(1), holds: true)
  }
}
