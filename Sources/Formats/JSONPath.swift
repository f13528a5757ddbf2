/// A JSONPath query as RFC 9535 has it, parsed once and evaluated on many values.
///
/// All selectors and all five functions are there. `match()` and `search()` run on `Pattern`, so
/// no pattern can hang a run. Results come in document order; the members of an object come in the
/// UTF-8 order of their keys, where the RFC leaves the order open.
package struct JSONPath: Sendable, Hashable, CustomStringConvertible {
  /// The text the path was made from.
  package let text: String

  let segments: [JSONPathSegment]

  /// What stands between double braces in its filters: values that are known only when it is used.
  package let names: [String]

  private var values: [String: JSONValue] = [:]

  /// Nodes that one evaluation may visit; descendant segments in a row multiply.
  static let visitLimit = 10_000_000

  package init(_ text: String) throws(JSONPathError) {
    var parser = JSONPathParser(text)
    segments = try parser.parsePath()
    names = parser.names
    self.text = text
  }

  package var description: String { text }

  /// The same path with values for its names: never more than values, whatever they hold.
  package func filled(with values: [String: JSONValue]) -> JSONPath {
    var path = self
    path.values = values
    return path
  }

  /// Whether the path names at most one node: names and indices only.
  package var isSingular: Bool {
    segments.allSatisfy(\.isSingular)
  }

  /// All values that the path selects in `root`; none is an empty list.
  ///
  /// - Throws: `visitLimit` when the evaluation visits more than `JSONPath.visitLimit` nodes.
  package func values(in root: JSONValue) throws(JSONPathError) -> [JSONValue] {
    if isSingular {
      guard let value = Self.walk(segments, from: root) else { return [] }
      return [value]
    }
    var evaluation = JSONPathEvaluation(root: root, names: values)
    return try evaluation.values(of: segments, from: root)
  }

  /// What the path finds in `root`, or where its way ends.
  ///
  /// - Throws: `visitLimit` when the evaluation visits more than `JSONPath.visitLimit` nodes.
  package func outcome(in root: JSONValue) throws(JSONPathError) -> JSONPathOutcome {
    if isSingular, let value = Self.walk(segments, from: root) { return .found([value]) }
    var evaluation = JSONPathEvaluation(root: root, names: values)
    return try evaluation.outcome(of: segments, from: [root], path: text)
  }

  /// The first of `values(in:)`; `$.a.b[0]` is found without visiting anything else.
  package func first(in root: JSONValue) throws(JSONPathError) -> JSONValue? {
    if isSingular { return Self.walk(segments, from: root) }
    return try values(in: root).first
  }

  /// Follows a singular path.
  static func walk(_ segments: [JSONPathSegment], from start: JSONValue) -> JSONValue? {
    var value = start
    for segment in segments {
      switch segment.selectors.first {
      case .name(let name):
        guard let child = value[name] else { return nil }
        value = child
      case .index(let index):
        guard case .array(let elements) = value,
          let child = JSONPathSelector.element(at: index, of: elements)
        else { return nil }
        value = child
      default: return nil
      }
    }
    return value
  }

  package static func == (lhs: JSONPath, rhs: JSONPath) -> Bool {
    UTF8Order.areEqual(lhs.text, rhs.text)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(text)
  }
}

/// Why a path cannot be read or evaluated.
package struct JSONPathError: Error, Hashable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// What could stand at the column.
    case expected(String)
    /// An integer outside ±(2^53 - 1), or with leading zeros.
    case invalidInteger
    case unknownFunction(String)
    /// Of a `match()` or `search()`: it is none, or its search was given up.
    case pattern(PatternError)
    case tooDeep(limit: Int)
    case visitLimit(Int)
  }

  let code: Code
  /// Unicode scalars from the start of the path, counted from 1; 0 when evaluation failed.
  let column: Int

  package var description: String {
    switch code {
    case .expected(let what): "JSONPath at column \(column): expected \(what)"
    case .invalidInteger:
      "JSONPath at column \(column): expected an integer without leading zeros within ±(2^53 - 1)"
    case .unknownFunction(let name):
      "JSONPath at column \(column): no function \(name)(); there are length, count, value, match"
        + " and search"
    case .pattern(let error):
      column > 0 ? "JSONPath at column \(column): \(error)" : "JSONPath: \(error)"
    case .tooDeep(let limit): "JSONPath at column \(column): nested deeper than \(limit)"
    case .visitLimit(let limit): "JSONPath visits more than \(limit) values"
    }
  }
}
