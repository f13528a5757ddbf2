/// A set of HTTP status codes, from 100 to 599, so that two assertions can be compared for strength.
package struct StatusCodes: Hashable, Sendable {
  static let all = 100...599

  /// Sorted, apart from each other by at least one code.
  private(set) var ranges: [ClosedRange<Int>]

  init(_ ranges: [ClosedRange<Int>]) {
    self.ranges = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      let kept = range.clamped(to: Self.all)
      guard kept.overlaps(range) else { continue }
      if let last = self.ranges.last, kept.lowerBound <= last.upperBound + 1 {
        let upper = max(last.upperBound, kept.upperBound)
        self.ranges[self.ranges.count - 1] = last.lowerBound...upper
      } else {
        self.ranges.append(kept)
      }
    }
  }

  /// What a comparison with one number leaves; nil where it is no code.
  init?(_ comparison: Comparison, _ code: Int) {
    guard (0...1000).contains(code) else { return nil }
    switch comparison {
    case .equal: self.init([code...code])
    case .notEqual: self = StatusCodes([code...code]).inverted
    case .less: self.init(code > 100 ? [100...(code - 1)] : [])
    case .lessOrEqual: self.init(code >= 100 ? [100...code] : [])
    case .greater: self.init(code < 599 ? [(code + 1)...599] : [])
    case .greaterOrEqual: self.init(code <= 599 ? [code...599] : [])
    default: return nil
    }
  }

  var inverted: StatusCodes {
    var rest: [ClosedRange<Int>] = []
    var next = Self.all.lowerBound
    for range in ranges {
      if next < range.lowerBound { rest.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= Self.all.upperBound { rest.append(next...Self.all.upperBound) }
    return StatusCodes(rest)
  }

  func union(_ other: StatusCodes) -> StatusCodes { StatusCodes(ranges + other.ranges) }

  func intersection(_ other: StatusCodes) -> StatusCodes {
    inverted.union(other.inverted).inverted
  }

  package func contains(_ code: Int) -> Bool { ranges.contains { $0.contains(code) } }

  /// Whether every code here is also in the other set.
  package func isSubset(of other: StatusCodes) -> Bool { intersection(other) == self }
}

extension StatusCodes: CustomStringConvertible {
  /// `== 200`, `< 500`, `!= 404`, `in 200, 302`.
  package var description: String {
    let gaps = inverted.ranges
    if ranges.isEmpty { return "in none" }
    if gaps.isEmpty { return "in any" }
    if gaps.count == 1, let gap = gaps.first, gap.count == 1 { return "!= \(gap.lowerBound)" }
    if ranges.count == 1, let range = ranges.first {
      if range.count == 1 { return "== \(range.lowerBound)" }
      if range.lowerBound == Self.all.lowerBound { return "< \(range.upperBound + 1)" }
      if range.upperBound == Self.all.upperBound { return ">= \(range.lowerBound)" }
    }
    let parts = ranges.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }
    return "in " + parts.joined(separator: ", ")
  }

  /// The set that a description stands for.
  init?(_ text: String) {
    if text == "in none" {
      self.init([])
      return
    }
    if text == "in any" {
      self.init([Self.all])
      return
    }
    if text.hasPrefix("in ") {
      var ranges: [ClosedRange<Int>] = []
      for part in text.dropFirst(3).split(separator: ",") {
        let ends = part.split(separator: "-").compactMap { Int($0.drop { $0 == " " }) }
        guard let first = ends.first, let last = ends.last, first <= last else { return nil }
        ranges.append(first...last)
      }
      self.init(ranges)
      return
    }
    let words = text.split(separator: " ")
    guard words.count == 2, let comparison = Comparison(rawValue: String(words[0])),
      let code = Int(words[1])
    else { return nil }
    self.init(comparison, code)
  }
}

/// How a value is held against another.
package enum Comparison: String, CaseIterable, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case isOneOf = "in"
  case isNoneOf = "not in"
  case contains = "contains"
  case lacks = "lacks"
  case startsWith = "starts with"
  case doesNotStartWith = "does not start with"
  case endsWith = "ends with"
  case doesNotEndWith = "does not end with"
  case matches = "matches"
  case doesNotMatch = "does not match"
  case isKind = "is a"
  case isNotKind = "is not a"
  case exists = "is there"
  case isMissing = "is not there"
  /// There, and not empty, zero, false or null.
  case isTrue = "counts as true"
  case isFalse = "does not count as true"

  /// How much it says of a value: 4 which one, 3 something of it, 2 that it is not empty, 1 that
  /// there is one.
  var strength: Int {
    switch self {
    case .equal: 4
    case .isTrue, .isFalse: 2
    case .exists, .notEqual, .isNotKind, .isMissing: 1
    default: 3
    }
  }
}
