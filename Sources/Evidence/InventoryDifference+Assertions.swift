import Formats

extension InventoryDifference {
  /// What it comes to where the later inventory is to be like the first one.
  ///
  /// - Parameter mayHaveMore: parts of the second inventory alone are no mistake.
  package func assertions(of store: String, mayHaveMore: Bool) -> [Assertion] {
    var wrong = lost.items.map {
      Assertion(.inventory("\($0)"), .exists(true), actual: .absent, holds: false)
    }
    for change in changed.items {
      wrong += change.properties.map { Self.assertion(change.part, $0) }
    }
    var others = lost.others + changed.others
    if !mayHaveMore {
      wrong += added.items.map {
        Assertion(.inventory("\($0)"), .exists(false), actual: .value(.bool(true)), holds: false)
      }
      others += added.others
    }
    if others > 0 {
      let subject = Subject.inventory("further parts of \(store) that differ")
      wrong.append(
        Assertion(subject, .equals(number: 0), actual: .number(others), holds: false)
      )
    }
    if !wrong.isEmpty { return wrong }
    return [Assertion(.inventory(store), .isWell, actual: .absent, holds: true)]
  }

  /// A hash tells a reader nothing: that contents differ does.
  private static func assertion(_ part: InventoryPart, _ change: PropertyChange) -> Assertion {
    guard ![.hash, .definition].contains(change.property), let before = change.before else {
      let what = change.property == .hash ? "contents" : change.property.rawValue
      return Assertion(.inventory("\(what) of \(part)"), .isWell, actual: .absent, holds: false)
    }
    let predicate: Predicate =
      switch before {
      case .number(let number): .equals(number: number)
      case .text(let text): .equals(.template(Template(literal: text)))
      }
    return Assertion(
      .inventory("\(change.property.rawValue) of \(part)"),
      predicate,
      actual: change.after.map(\.actual) ?? .absent,
      holds: false
    )
  }

  /// Lists of what differs and of what was not compared, for who reads the record.
  package var facts: [String: String] {
    func list<Element>(_ excerpt: Excerpt<Element>, _ text: (Element) -> String) -> String? {
      if excerpt.total == 0 { return nil }
      let rest = excerpt.others > 0 ? ["and \(excerpt.others) more"] : []
      return (excerpt.items.map(text) + rest).joined(separator: ", ")
    }
    var facts: [String: String] = [:]
    facts["lost"] = list(lost, \.description)
    facts["added"] = list(added, \.description)
    facts["changed"] = list(changed) { change in
      "\(change.part) (\(change.properties.map(\.property.rawValue).joined(separator: ", ")))"
    }
    facts["not compared"] = list(leftOut) { "\($0.part) (\($0.cause.word))" }
    return facts
  }
}

extension InventoryPart: CustomStringConvertible {
  /// `table public.notes`.
  package var description: String { "\(kind.rawValue) \(name)" }
}

extension InventoryValue {
  fileprivate var actual: Assertion.Actual {
    switch self {
    case .number(let number): .number(number)
    case .text(let text): .text(text)
    }
  }
}

extension InventoryDifference.LeftOut.Cause {
  fileprivate var word: String {
    switch self {
    case .declared(_, let why): why
    case .changesByItself: "changes by itself"
    case .notHashed(let how): "hash: \(how)"
    case .notRead(let why): why
    }
  }
}
