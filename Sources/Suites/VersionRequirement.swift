/// `>=3.0`, `<4`, `==3.0.1`: compared part by part with a recipe's version before its `+`.
package struct VersionRequirement: Sendable, Hashable, CustomStringConvertible {
  package enum Relation: String, Sendable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case below = "<"
    case above = ">"
    case equal = "=="
  }

  var relation: Relation
  package var parts: [Int]

  /// Nil where the text is no requirement.
  package init?(_ text: String) {
    let trimmed = text.filter { $0 != " " }
    guard let relation = Relation.allCases.first(where: { trimmed.hasPrefix($0.rawValue) })
    else { return nil }
    let parts = trimmed.dropFirst(relation.rawValue.count)
      .split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard !parts.isEmpty, !parts.contains(nil) else { return nil }
    self.relation = relation
    self.parts = parts.compactMap { $0 }
  }

  package var description: String {
    relation.rawValue + parts.map(String.init).joined(separator: ".")
  }

  /// Missing parts count as 0; what follows `+` is the app's version and not looked at.
  package func isSatisfied(by version: String) -> Bool {
    let have = version.split(separator: "+", maxSplits: 1).first.map(String.init) ?? ""
    var left = have.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
    var right = parts
    while left.count < right.count { left.append(0) }
    while right.count < left.count { right.append(0) }
    let isLess = left.lexicographicallyPrecedes(right)
    let isEqual = left == right
    return switch relation {
    case .atLeast: !isLess
    case .atMost: isLess || isEqual
    case .below: isLess
    case .above: !isLess && !isEqual
    case .equal: isEqual
    }
  }
}
