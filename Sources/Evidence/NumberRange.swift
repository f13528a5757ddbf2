/// What a number may be, its ends included.
package struct NumberRange: Hashable, Sendable {
  package var lower: Double
  package var upper: Double

  package init(_ lower: Double = -.infinity, _ upper: Double = .infinity) {
    self.lower = lower
    self.upper = upper
  }

  package var isEmpty: Bool { lower > upper }

  package func intersection(_ other: NumberRange) -> NumberRange {
    NumberRange(max(lower, other.lower), min(upper, other.upper))
  }
}

extension Predicate {
  /// What it asks of a number, where it does; the ends of `>` and `<` are moved for whole numbers.
  package func limits(whole: Bool) -> NumberRange? {
    func number(_ tree: TemplateTree) -> Double? {
      if case .number(let text) = tree { Double(text) } else { nil }
    }
    switch self {
    case .equals(let tree): return number(tree).map { NumberRange($0, $0) }
    case .oneOf(let trees):
      let numbers = trees.compactMap(number)
      guard numbers.count == trees.count, let least = numbers.min(), let most = numbers.max() else {
        return nil
      }
      return NumberRange(least, most)
    case .greater(let tree):
      return number(tree).map { NumberRange(whole ? $0.rounded(.down) + 1 : $0.nextUp) }
    case .greaterOrEqual(let tree): return number(tree).map { NumberRange($0) }
    case .less(let tree):
      return number(tree).map {
        NumberRange(-.infinity, whole ? $0.rounded(.up) - 1 : $0.nextDown)
      }
    case .lessOrEqual(let tree): return number(tree).map { NumberRange(-.infinity, $0) }
    case .not(.less(let tree)): return number(tree).map { NumberRange($0) }
    case .not(.greater(let tree)): return number(tree).map { NumberRange(-.infinity, $0) }
    default: return nil
    }
  }
}
