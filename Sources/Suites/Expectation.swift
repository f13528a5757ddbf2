package import Evidence
package import Formats

/// One thing that must hold of a step's answer.
package struct Expectation: Sendable {
  /// Where in the answer to look.
  package enum Subject: Sendable, Hashable {
    case status
    case header(String)
    /// The whole body as text.
    case body
    case jsonpath(JSONPath)
    case xpath(String)
    case regex(Pattern)
    /// The rows of an SQL answer: their number, or the list itself.
    case rows
    /// The first row, as an object by column name.
    case row
    /// One column's value in the first row.
    case cell(String)
    /// All values of one column.
    case column(String)
    case stdout
    case stderr
    case exit
    /// Of a file: its size in bytes; nothing where there is no file.
    case size
    /// Of a file: its bytes as text, or the last 4 KiB of it.
    case content
    /// How long the step took, in milliseconds.
    case duration
  }

  package var subject: Subject
  package var predicates: [Predicate]
  package var place: SourcePlace

  package init(subject: Subject, predicates: [Predicate], place: SourcePlace) {
    self.subject = subject
    self.predicates = predicates
    self.place = place
  }
}

/// What must be true of a value. The vocabulary is hurl's where hurl has the word.
package indirect enum Predicate: Sendable {
  case equals(TemplateTree)
  case greater(TemplateTree)
  case greaterOrEqual(TemplateTree)
  case less(TemplateTree)
  case lessOrEqual(TemplateTree)
  /// A part of a text, or an element of a list.
  case contains(TemplateTree)
  case startsWith(Template)
  case endsWith(Template)
  case matches(Pattern)
  case exists(Bool)
  /// Of a list's or an object's number of elements.
  case count([Predicate])
  case isInteger, isNumber, isString, isBoolean, isList, isObject, isEmpty, isDate, isUUID
  /// An object that has at least these members, at every depth.
  case subset(TemplateTree)
  case oneOf([TemplateTree])
  case not(Predicate)
}

/// A value kept for later steps.
package struct Capture: Sendable {
  package enum Scope: String, Sendable, CaseIterable { case check, run }

  package var name: String
  package var subject: Expectation.Subject
  package var isSecret: Bool
  package var scope: Scope
  package var place: SourcePlace

  package init(
    name: String,
    subject: Expectation.Subject,
    isSecret: Bool,
    scope: Scope,
    place: SourcePlace
  ) {
    self.name = name
    self.subject = subject
    self.isSecret = isSecret
    self.scope = scope
    self.place = place
  }
}
