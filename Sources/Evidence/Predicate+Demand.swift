extension Predicate {
  /// How much one predicate asks for beside another one of the same thing.
  package enum Demand: Hashable, Sendable {
    case less, same, more
    /// Nobody can say here.
    case other

    fileprivate var reversed: Demand {
      switch self {
      case .less: .more
      case .more: .less
      case .same, .other: self
      }
    }

    /// Of two parts of one demand.
    fileprivate func and(_ part: Demand) -> Demand {
      self == part || part == .same ? self : self == .same ? part : .other
    }
  }

  /// Whether it asks for less or more than `older` did: what every answer that satisfied the one
  /// satisfies too, the other way round, or neither.
  package func demand(beside older: Predicate) -> Demand {
    if self == older { return .same }
    switch (older, self) {
    case (.not(let old), .not(let new)): return new.demand(beside: old).reversed
    case (.contains(.list(let old)), .contains(.list(let new))):
      return Self.demand(.list(new), beside: .list(old))
    case (.contains(let old), .contains(let new)):
      if let old = old.text, let new = new.text { return new.demand(beside: old, Self.contains) }
      return Self.demand(new, beside: old)
    case (.startsWith(let old), .startsWith(let new)):
      return new.demand(beside: old) { $0.starts(with: $1) }
    case (.endsWith(let old), .endsWith(let new)):
      return new.demand(beside: old) { $0.reversed().starts(with: $1.reversed()) }
    case (.subset(let old), .subset(let new)): return Self.demand(new, beside: old)
    case (.count(let old), .count(let new)): return Self.demand(Self.range(new), Self.range(old))
    case (.oneOf(let old), .oneOf(let new)):
      let (a, b) = (Set(old), Set(new))
      return a == b ? .same : a.isSubset(of: b) ? .less : b.isSubset(of: a) ? .more : .other
    default: break
    }
    if let old = older.limits(whole: false), let new = limits(whole: false),
      older.weight == weight
    {
      return Self.demand(new, old)
    }
    if older.weight == weight || isNegation || older.isNegation, !(older.isEqual || isEqual) {
      return .other
    }
    return weight < older.weight ? .less : weight > older.weight ? .more : .other
  }

  private var isNegation: Bool { if case .not = self { true } else { false } }
  private var isEqual: Bool { if case .equals = self { true } else { false } }

  /// An equality says more than any other comparison of the same thing, what exists the least.
  private var weight: Int {
    switch self {
    case .equals: 3
    case .kind: 1
    case .exists(true): 0
    default: 2
    }
  }

  private static func range(_ predicates: [Predicate]) -> NumberRange? {
    let limits = predicates.map { $0.limits(whole: true) }
    if limits.contains(nil) { return nil }
    return limits.compactMap { $0 }.reduce(NumberRange()) { $0.intersection($1) }
  }

  private static func demand(_ new: NumberRange?, _ old: NumberRange?) -> Demand {
    guard let new, let old else { return .other }
    if new == old { return .same }
    let both = new.intersection(old)
    return both == old ? .less : both == new ? .more : .other
  }

  private static func contains(_ text: Substring.UTF8View, _ part: Substring.UTF8View) -> Bool {
    part.isEmpty || Array(text).firstRange(of: Array(part)) != nil
  }

  /// Of objects that have at least these members, at every depth.
  private static func demand(_ new: TemplateTree, beside old: TemplateTree) -> Demand {
    switch (old, new) {
    case (.object(let old), .object(let new)):
      let pairs = Paired(old, new) { TextKey($0.key) }
      var demand = Demand.same
      if !pairs.onlyOld.isEmpty { demand = demand.and(.less) }
      if !pairs.onlyNew.isEmpty { demand = demand.and(.more) }
      return pairs.both.reduce(demand) { $0.and(Self.demand($1.1.value, beside: $1.0.value)) }
    case (.list(let old), .list(let new)) where old.count == new.count:
      return zip(old, new).reduce(.same) { $0.and(Self.demand($1.1, beside: $1.0)) }
    default: return old == new ? .same : .other
    }
  }
}

extension TemplateTree {
  fileprivate var text: Template? { if case .template(let text) = self { text } else { nil } }
}

extension Template {
  /// Of texts of which one may hold the other.
  fileprivate func demand(
    beside older: Template,
    _ holds: (Substring.UTF8View, Substring.UTF8View) -> Bool
  ) -> Predicate.Demand {
    let (old, new) = (Substring(older.source).utf8, Substring(source).utf8)
    return holds(old, new) ? .less : holds(new, old) ? .more : .other
  }
}
