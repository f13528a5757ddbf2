/// What a path finds in a document.
package enum JSONPathOutcome: Sendable, Equatable {
  /// Never empty.
  case found([JSONValue])
  case nothing(JSONPathEnd)
}

/// Where a path that finds nothing ends, and why.
package struct JSONPathEnd: Sendable, Equatable {
  package enum Cause: Sendable, Equatable {
    /// The lists and objects there were read, and none of their elements is one of those asked for.
    case selection
    /// No object there has the member; the names that there are, in the document's order.
    case member(String, names: [String])
    /// Every list there is shorter.
    case element(Int, count: Int)
    /// What is there has no members or no elements: `null`, `a string`.
    case kind(String)
  }

  /// The part of the path that still finds something; `$` at least.
  package var reached: String
  package var cause: Cause
  /// The last segment finds nothing; what it is asked of was read and could have had it.
  package var isPresent: Bool
}

extension JSONPathEvaluation {
  /// Names that are told of one place.
  private static let nameLimit = 50

  /// - Parameter path: the text that the segments were read from.
  mutating func outcome(
    of segments: [JSONPathSegment],
    from start: [JSONValue],
    path: String
  ) throws(JSONPathError) -> JSONPathOutcome {
    var nodes = start
    var reached = "$"
    for (index, segment) in segments.enumerated() {
      let found = try values(of: segment, from: nodes)
      if found.isEmpty {
        let cause = try cause(of: segment, from: nodes)
        var isPresent = index == segments.count - 1
        switch cause {
        case .cause(.kind), .blind: isPresent = false
        // The rest of the path would be asked of what a list does not have at the moment.
        case .cause(.selection): isPresent = true
        case .cause: break
        }
        if case .blind = cause { reached += "[*]" }
        return .nothing(JSONPathEnd(reached: reached, cause: cause.value, isPresent: isPresent))
      }
      nodes = found
      reached = String(String.UnicodeScalarView(path.unicodeScalars.prefix(segment.end)))
    }
    return .found(nodes)
  }

  private enum Ending {
    case cause(JSONPathEnd.Cause)
    /// A filter compares what none of the elements has.
    case blind(JSONPathEnd.Cause)

    var value: JSONPathEnd.Cause {
      switch self {
      case .cause(let cause), .blind(let cause): cause
      }
    }
  }

  private mutating func cause(
    of segment: JSONPathSegment,
    from nodes: [JSONValue]
  ) throws(JSONPathError) -> Ending {
    var blind: JSONPathEnd.Cause?
    var missing: JSONPathEnd.Cause?
    for selector in segment.selectors {
      let fitting = segment.isDescendant ? nodes.filter(\.isContainer) : nodes.filter(selector.fits)
      guard !fitting.isEmpty else { continue }
      switch selector {
      case .wildcard, .slice: return .cause(.selection)
      case .filter(let condition):
        let elements = fitting.flatMap(children)
        guard !segment.isDescendant, !elements.isEmpty,
          let cause = try blindness(of: condition, for: elements)
        else { return .cause(.selection) }
        blind = cause
      case .name(let name):
        let names = segment.isDescendant ? allNames(in: fitting) : names(in: fitting)
        missing = .member(name, names: names)
      case .index(let index):
        missing = .element(index, count: fitting.compactMap { $0.arrayValue?.count }.max() ?? 0)
      }
    }
    if let missing { return .cause(missing) }
    return blind.map { .blind($0) } ?? .cause(.kind(nodes.first?.kindName ?? "nothing"))
  }

  /// Why a filter cannot hold of any of the elements, whatever they say: it compares a member that
  /// none of them has. That one exists may well be false of all.
  private mutating func blindness(
    of condition: JSONPathCondition,
    for elements: [JSONValue]
  ) throws(JSONPathError) -> JSONPathEnd.Cause? {
    switch condition {
    case .exists, .not, .comparison(_, .unequal, _): return nil
    case .any(let conditions):
      var first: JSONPathEnd.Cause?
      for condition in conditions {
        guard let cause = try blindness(of: condition, for: elements) else { return nil }
        first = first ?? cause
      }
      return first
    case .all(let conditions):
      for condition in conditions {
        if let cause = try blindness(of: condition, for: elements) { return cause }
      }
      return nil
    case .comparison(let left, _, let right):
      if let cause = try blindness(of: left, for: elements) { return cause }
      return try blindness(of: right, for: elements)
    case .matches(let operand, _, _): return try blindness(of: operand, for: elements)
    }
  }

  private mutating func blindness(
    of operand: JSONPathOperand,
    for elements: [JSONValue]
  ) throws(JSONPathError) -> JSONPathEnd.Cause? {
    switch operand {
    case .literal, .name, .count, .value: return nil
    case .length(let inner): return try blindness(of: inner, for: elements)
    case .query(let query):
      guard query.isRelative,
        case .nothing(let end) = try outcome(of: query.segments, from: elements, path: "")
      else { return nil }
      return end.cause
    }
  }

  private func names(in nodes: [JSONValue]) -> [String] {
    var seen: Set<String> = []
    var names: [String] = []
    for node in nodes {
      for member in node.objectValue?.members ?? [] where seen.insert(member.key).inserted {
        names.append(member.key)
        if names.count == Self.nameLimit { return names }
      }
    }
    return names
  }

  /// Of every depth, level by level.
  private func allNames(in nodes: [JSONValue]) -> [String] {
    var level = nodes
    var all: [JSONValue] = []
    while !level.isEmpty, all.count < 10_000 {
      all += level
      level = level.flatMap(children)
    }
    return names(in: all)
  }
}

extension JSONPathSelector {
  /// Whether a value is something that it can select from.
  fileprivate func fits(_ value: JSONValue) -> Bool {
    switch self {
    case .name: value.objectValue != nil
    case .index, .slice: value.arrayValue != nil
    case .wildcard, .filter: value.isContainer
    }
  }
}

extension JSONValue {
  fileprivate var isContainer: Bool { arrayValue != nil || objectValue != nil }
}
