/// One step of a path: `.name`, `[…]`, or either after `..`.
struct JSONPathSegment: Sendable {
  var isDescendant: Bool
  var selectors: [JSONPathSelector]
  /// Unicode scalars of the path up to its end.
  var end: Int

  var isSingular: Bool {
    guard !isDescendant, selectors.count == 1 else { return false }
    switch selectors[0] {
    case .name, .index: return true
    default: return false
    }
  }
}

enum JSONPathSelector: Sendable {
  case name(String)
  case index(Int)
  case slice(start: Int?, end: Int?, step: Int)
  case wildcard
  case filter(JSONPathCondition)

  /// Negative indices count from the end.
  static func element(at index: Int, of elements: [JSONValue]) -> JSONValue? {
    let place = index < 0 ? elements.count + index : index
    return elements.indices.contains(place) ? elements[place] : nil
  }

  /// The indices of a slice, as RFC 9535, section 2.3.4.2.2, normalises them.
  static func indices(start: Int?, end: Int?, step: Int, count: Int) -> StrideTo<Int> {
    func normalized(_ index: Int) -> Int { index >= 0 ? index : count + index }
    if step == 0 { return stride(from: 0, to: 0, by: 1) }
    if step > 0 {
      let lower = min(max(normalized(start ?? 0), 0), count)
      let upper = min(max(normalized(end ?? count), 0), count)
      return stride(from: lower, to: upper, by: step)
    }
    let upper = min(max(start.map(normalized) ?? count - 1, -1), count - 1)
    let lower = min(max(end.map(normalized) ?? -1, -1), count - 1)
    return stride(from: upper, to: lower, by: step)
  }
}

/// The condition of a filter.
indirect enum JSONPathCondition: Sendable {
  case any([JSONPathCondition])
  case all([JSONPathCondition])
  case not(JSONPathCondition)
  case exists(JSONPathQuery)
  case comparison(JSONPathOperand, JSONPathComparison, JSONPathOperand)
  /// `match()` when `isWhole`, else `search()`.
  case matches(JSONPathOperand, JSONPathPattern, isWhole: Bool)
}

enum JSONPathComparison: String, Sendable, CaseIterable {
  // Longest first, because the parser takes the first that fits.
  case equal = "=="
  case unequal = "!="
  case lessOrEqual = "<="
  case greaterOrEqual = ">="
  case less = "<"
  case greater = ">"
}

/// `@…` or `$…` inside a filter.
struct JSONPathQuery: Sendable {
  var isRelative: Bool
  var segments: [JSONPathSegment]

  var isSingular: Bool { segments.allSatisfy(\.isSingular) }
}

/// What stands for one value, or for nothing.
indirect enum JSONPathOperand: Sendable {
  case literal(JSONValue)
  /// A value that is known when the path is used.
  case name(String)
  /// Singular.
  case query(JSONPathQuery)
  case length(JSONPathOperand)
  case count(JSONPathQuery)
  case value(JSONPathQuery)
}

enum JSONPathPattern: Sendable {
  /// Written in the path and compiled with it.
  case compiled(Pattern)
  /// Taken from the document; what is no pattern matches nothing, as the RFC has it.
  case computed(JSONPathOperand)
}
