/// A CSS selector, read once and asked as an XPath 1.0 expression.
///
/// There are types and `*`, `.class`, `#id`, attributes with all six operators, the four combinators,
/// lists with commas, `:first-child`, `:last-child`, `:nth-child(n)` with a number, and `:not()` of one of
/// these. Everything else is refused, and so is what CSS reads as "selects nothing": a check that looks
/// for its absence could not fail.
package struct CSSSelector: Sendable, Hashable, CustomStringConvertible {
  /// The text that it was read from.
  package let text: String

  let alternatives: [Complex]

  package init(_ text: String) throws(CSSSelectorError) {
    var parser = CSSSelectorParser(text)
    alternatives = try parser.parse()
    self.text = text
  }

  package var description: String { text }

  private init(_ alternatives: [Complex]) {
    self.alternatives = alternatives
    text = alternatives.map(\.text).joined(separator: ", ")
  }

  /// What selects the elements that those selected here stand in or behind; nil where they may stand
  /// anywhere.
  package var container: CSSSelector? {
    guard alternatives.allSatisfy({ $0.steps.count > 1 }) else { return nil }
    return CSSSelector(alternatives.map { Complex(steps: $0.steps.dropLast()) })
  }

  /// One of a list: compounds, each with what stands before it.
  struct Complex: Sendable {
    var steps: [Step] = []

    /// Up to its last step.
    var text: String { steps.last?.text ?? "" }
  }

  struct Step: Sendable {
    var combinator: Combinator
    var compound: [Simple]
    /// From the beginning of the complex selector to its end.
    var text: String
  }

  enum Combinator: Sendable { case descendant, child, adjacent, sibling }

  indirect enum Simple: Sendable {
    case any
    case type(String)
    case `class`(String)
    case id(String)
    case has(attribute: String)
    case attribute(String, Operator, String)
    case firstChild, lastChild
    case nthChild(Int)
    case not(Simple)
  }

  enum Operator: String, Sendable, CaseIterable {
    case includes = "~="
    case dash = "|="
    case prefix = "^="
    case suffix = "$="
    case substring = "*="
    case equals = "="
  }

  package static func == (lhs: CSSSelector, rhs: CSSSelector) -> Bool {
    UTF8Order.areEqual(lhs.text, rhs.text)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Why a selector cannot be read.
package struct CSSSelectorError: Error, Hashable, CustomStringConvertible {
  /// What could stand at the column, or what is not supported there.
  let message: String
  /// Unicode scalars from the start of the selector, counted from 1.
  package let column: Int

  package var description: String { "CSS selector at column \(column): \(message)" }
}

// MARK: XPath

extension CSSSelector {
  /// The nodes that it selects, in the document's order.
  ///
  /// - Parameter isHTML: names of elements and attributes are in lower case there.
  package func xpath(isHTML: Bool) -> String {
    alternatives.map { $0.xpath(isHTML) }.joined(separator: " | ")
  }
}

extension CSSSelector.Complex {
  fileprivate func xpath(_ isHTML: Bool) -> String {
    steps.enumerated().map { index, step in
      let conditions = step.compound.compactMap { $0.condition(isHTML) }.map { "[\($0)]" }.joined()
      return switch step.combinator {
      case _ where index == 0: "//*" + conditions
      case .descendant: "//*" + conditions
      case .child: "/*" + conditions
      case .adjacent: "/following-sibling::*[1]" + conditions
      case .sibling: "/following-sibling::*" + conditions
      }
    }.joined()
  }
}

extension CSSSelector.Simple {
  /// Nil where it is no condition at all.
  fileprivate func condition(_ isHTML: Bool) -> String? {
    func name(_ text: String) -> String { isHTML ? text.lowercased() : text }
    func attribute(_ text: String) -> String { "@*[local-name() = \(Self.literal(name(text)))]" }
    func word(_ value: String, in attribute: String) -> String {
      "contains(concat(' ', normalize-space(\(attribute)), ' '), \(Self.literal(" \(value) ")))"
    }
    switch self {
    case .any: return nil
    case .type(let type): return "local-name() = \(Self.literal(name(type)))"
    case .class(let value): return word(value, in: "@class")
    case .id(let value): return "@id = \(Self.literal(value))"
    case .has(let name): return attribute(name)
    case .attribute(let name, let comparison, let value):
      let subject = attribute(name)
      let literal = Self.literal(value)
      switch comparison {
      case .equals: return "\(subject) = \(literal)"
      case .includes: return word(value, in: subject)
      case .dash:
        return "\(subject) = \(literal) or starts-with(\(subject), \(Self.literal(value + "-")))"
      case .prefix: return "starts-with(\(subject), \(literal))"
      case .suffix:
        let count = value.unicodeScalars.count - 1
        return "substring(\(subject), string-length(\(subject)) - \(count)) = \(literal)"
      case .substring: return "contains(\(subject), \(literal))"
      }
    case .firstChild: return "not(preceding-sibling::*)"
    case .lastChild: return "not(following-sibling::*)"
    case .nthChild(let number): return "count(preceding-sibling::*) = \(number - 1)"
    case .not(let inner): return "not(\(inner.condition(isHTML) ?? "true()"))"
    }
  }

  /// XPath 1.0 has no escapes.
  private static func literal(_ text: String) -> String {
    if !text.utf8.contains(UInt8(ascii: "'")) { return "'\(text)'" }
    if !text.utf8.contains(UInt8(ascii: "\"")) { return "\"\(text)\"" }
    let parts = text.split(separator: "'", omittingEmptySubsequences: false).map { "'\($0)'" }
    return "concat(\(parts.joined(separator: ", \"'\", ")))"
  }
}
