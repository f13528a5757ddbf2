/// One run of a path over one document.
struct JSONPathEvaluation {
  let root: JSONValue
  private let names: [String: JSONValue]
  private var visits = 0

  init(root: JSONValue, names: [String: JSONValue] = [:]) {
    self.root = root
    self.names = names
  }

  mutating func values(
    of segments: [JSONPathSegment],
    from start: JSONValue
  ) throws(JSONPathError) -> [JSONValue] {
    var nodes = [start]
    for segment in segments {
      nodes = try values(of: segment, from: nodes)
      if nodes.isEmpty { break }
    }
    return nodes
  }

  mutating func values(
    of segment: JSONPathSegment,
    from nodes: [JSONValue]
  ) throws(JSONPathError) -> [JSONValue] {
    var found: [JSONValue] = []
    for node in nodes {
      if segment.isDescendant {
        try descend(into: node, segment.selectors, to: &found)
      } else {
        try select(segment.selectors, in: node, to: &found)
      }
    }
    return found
  }

  private mutating func descend(
    into node: JSONValue,
    _ selectors: [JSONPathSelector],
    to found: inout [JSONValue]
  ) throws(JSONPathError) {
    try select(selectors, in: node, to: &found)
    switch node {
    case .array(let elements):
      for element in elements { try descend(into: element, selectors, to: &found) }
    case .object(let object):
      for member in object.members { try descend(into: member.value, selectors, to: &found) }
    default: break
    }
  }

  private mutating func select(
    _ selectors: [JSONPathSelector],
    in node: JSONValue,
    to found: inout [JSONValue]
  ) throws(JSONPathError) {
    try visit()
    for selector in selectors {
      switch selector {
      case .name(let name):
        if let value = node[name] { found.append(value) }
      case .index(let index):
        if case .array(let elements) = node,
          let value = JSONPathSelector.element(at: index, of: elements)
        {
          found.append(value)
        }
      case .slice(let start, let end, let step):
        guard case .array(let elements) = node else { continue }
        for index in JSONPathSelector.indices(
          start: start,
          end: end,
          step: step,
          count: elements.count
        ) {
          try visit()
          found.append(elements[index])
        }
      case .wildcard:
        for child in children(of: node) {
          try visit()
          found.append(child)
        }
      case .filter(let condition):
        for child in children(of: node) {
          try visit()
          if try holds(condition, for: child) { found.append(child) }
        }
      }
    }
  }

  private mutating func visit() throws(JSONPathError) {
    visits += 1
    if visits > JSONPath.visitLimit {
      throw JSONPathError(code: .visitLimit(JSONPath.visitLimit), column: 0)
    }
  }

  func children(of node: JSONValue) -> [JSONValue] {
    switch node {
    case .array(let elements): elements
    case .object(let object): object.members.map(\.value)
    default: []
    }
  }
}

// MARK: Filters

extension JSONPathEvaluation {
  private mutating func holds(
    _ condition: JSONPathCondition,
    for node: JSONValue
  ) throws(JSONPathError) -> Bool {
    switch condition {
    case .any(let conditions):
      for condition in conditions where try holds(condition, for: node) { return true }
      return false
    case .all(let conditions):
      for condition in conditions where try !holds(condition, for: node) { return false }
      return true
    case .not(let condition):
      return try !holds(condition, for: node)
    case .exists(let query):
      return try !values(of: query, for: node).isEmpty
    case .comparison(let left, let comparison, let right):
      let left = try value(of: left, for: node)
      let right = try value(of: right, for: node)
      return switch comparison {
      case .equal: areEqual(left, right)
      case .unequal: !areEqual(left, right)
      case .less: isLess(left, right)
      case .lessOrEqual: isLess(left, right) || areEqual(left, right)
      case .greater: isLess(right, left)
      case .greaterOrEqual: isLess(right, left) || areEqual(left, right)
      }
    case .matches(let operand, let pattern, let isWhole):
      guard case .string(let text)? = try value(of: operand, for: node),
        let regex = try regex(of: pattern, for: node)
      else { return false }
      do {
        return try regex.matches(text, whole: isWhole)
      } catch {
        throw JSONPathError(code: .pattern(error), column: 0)
      }
    }
  }

  private mutating func regex(
    of pattern: JSONPathPattern,
    for node: JSONValue
  ) throws(JSONPathError) -> Pattern? {
    switch pattern {
    case .compiled(let regex): return regex
    case .computed(let operand):
      guard case .string(let text)? = try value(of: operand, for: node) else { return nil }
      return try? Pattern(text, dialect: .interoperable)
    }
  }

  private mutating func values(
    of query: JSONPathQuery,
    for node: JSONValue
  ) throws(JSONPathError) -> [JSONValue] {
    try values(of: query.segments, from: query.isRelative ? node : root)
  }

  /// Nil is the RFC's "Nothing".
  private mutating func value(
    of operand: JSONPathOperand,
    for node: JSONValue
  ) throws(JSONPathError) -> JSONValue? {
    switch operand {
    case .literal(let value): return value
    case .name(let name): return names[name]
    case .query(let query):
      return JSONPath.walk(query.segments, from: query.isRelative ? node : root)
    case .count(let query): return .int(Int64(try values(of: query, for: node).count))
    case .value(let query):
      let values = try values(of: query, for: node)
      return values.count == 1 ? values[0] : nil
    case .length(let operand):
      return switch try value(of: operand, for: node) {
      case .string(let text)?: .int(Int64(text.unicodeScalars.count))
      case .array(let elements)?: .int(Int64(elements.count))
      case .object(let object)?: .int(Int64(object.count))
      default: nil
      }
    }
  }

  private func areEqual(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.isNumericallyEqual(to: right)
  }

  private func isLess(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
    guard let left, let right else { return false }
    if case .string(let a) = left, case .string(let b) = right { return UTF8Order.precedes(a, b) }
    return left.isNumericallyLess(than: right) ?? false
  }
}
