/// What lies between two inventories of a store: never more than ten parts of a kind, the rest counted.
package struct InventoryDifference: Codable, Hashable, Sendable {
  package struct Change: Codable, Hashable, Sendable {
    package var part: InventoryPart
    /// In the order of `InventoryProperty`; never empty.
    package var properties: [PropertyChange]

    package init(_ part: InventoryPart, _ properties: [PropertyChange]) {
      self.part = part
      self.properties = properties
    }
  }

  /// Nil on a side that does not have it.
  package struct PropertyChange: Codable, Hashable, Sendable {
    package var property: InventoryProperty
    package var before: InventoryValue?
    package var after: InventoryValue?

    package init(
      _ property: InventoryProperty,
      before: InventoryValue?,
      after: InventoryValue?
    ) {
      self.property = property
      self.before = before
      self.after = after
    }
  }

  /// What was not compared: of a part some properties, or all of it.
  package struct LeftOut: Codable, Hashable, Sendable {
    package enum Cause: Codable, Hashable, Sendable {
      /// The suite says so.
      case declared(pattern: String, why: String)
      /// It changes while nobody acts.
      case changesByItself
      /// Of one of both sides the contents were not hashed, or not all: `sampled`, `none`.
      case notHashed(how: String)
      /// One of both inventories could not tell.
      case notRead(why: String)
    }

    package var part: InventoryPart
    /// Sorted; empty where all of it was left out.
    package var properties: [InventoryProperty]
    package var cause: Cause

    package init(_ part: InventoryPart, _ properties: [InventoryProperty], _ cause: Cause) {
      self.part = part
      self.properties = properties
      self.cause = cause
    }

    /// What could not be read first.
    fileprivate var order: (Int, InventoryPart, String) {
      switch cause {
      case .notRead(let why): (0, part, why)
      case .notHashed(let how): (1, part, how)
      case .declared(let pattern, _): (2, part, pattern)
      case .changesByItself: (3, part, "")
      }
    }
  }

  /// In the first inventory only.
  package var lost = Excerpt<InventoryPart>()
  package var changed = Excerpt<Change>()
  /// In the second inventory only.
  package var added = Excerpt<InventoryPart>()
  /// Whatever the others cannot tell of, whether or not it is the same.
  package var leftOut = Excerpt<LeftOut>()

  /// Whether all that was compared is the same.
  package var isEmpty: Bool { count == 0 }

  /// Parts that are lost, changed or added.
  package var count: Int { lost.total + changed.total + added.total }
}

/// The first ten of a list, and how many more there are.
package struct Excerpt<Element: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
  package static var limit: Int { 10 }

  package var items: [Element]
  /// Not among `items`.
  package var others: Int

  package init(_ all: [Element] = []) {
    items = Array(all.prefix(Self.limit))
    others = max(0, all.count - Self.limit)
  }

  package var total: Int { items.count + others }
}

/// Parts of a store that nobody is to compare, by the suite's word.
package struct VolatileParts: Codable, Hashable, Sendable {
  /// fnmatch(3): of a database a table's name with or without its schema, of a volume a path, or a
  /// folder with all that is below it.
  package var pattern: String
  package var why: String

  package init(pattern: String, why: String) {
    self.pattern = pattern
    self.why = why
  }
}

/// What of a store changes while nobody acts.
package struct InventoryDrift: Codable, Hashable, Sendable {
  package struct Entry: Codable, Hashable, Sendable {
    package var part: InventoryPart
    /// Sorted; empty where the part itself came or went.
    package var properties: [InventoryProperty]
  }

  /// Sorted by part.
  package private(set) var entries: [Entry]

  package init() { entries = [] }

  fileprivate init(_ found: [InventoryPart: Set<InventoryProperty>]) {
    entries = found.sorted { $0.key < $1.key }.map {
      Entry(part: $0.key, properties: $0.value.sorted())
    }
  }

  fileprivate var byPart: [InventoryPart: Set<InventoryProperty>] {
    Dictionary(entries.map { ($0.part, Set($0.properties)) }) { $0.union($1) }
  }

  package var isEmpty: Bool { entries.isEmpty }

  /// What either of them has seen.
  package func union(_ other: InventoryDrift) -> InventoryDrift {
    InventoryDrift(
      byPart.merging(other.byPart) { $0.isEmpty || $1.isEmpty ? [] : $0.union($1) }
    )
  }
}

// MARK: - Comparison

extension Inventory {
  /// What changes by itself, given two inventories between which nobody acted.
  package func drift(to later: Inventory) -> InventoryDrift {
    var found: [InventoryPart: Set<InventoryProperty>] = [:]
    for (part, before) in parts {
      guard let after = later.parts[part] else {
        found[part] = []
        continue
      }
      let changed = Self.changes(before, after).map(\.property)
      if !changed.isEmpty { found[part] = Set(changed) }
    }
    for part in later.parts.keys where parts[part] == nil { found[part] = [] }
    return InventoryDrift(found)
  }

  /// What is lost, changed and added from this inventory to a later one.
  ///
  /// - Parameters:
  ///   - volatile: of a table, only its contents are left out: that it is there, and how it is made, is
  ///     compared all the same. A path is left out with all that is below it.
  ///   - drift: what was seen to change by itself.
  package func difference(
    to later: Inventory,
    leavingOut volatile: [VolatileParts] = [],
    _ drift: InventoryDrift = InventoryDrift()
  ) -> InventoryDifference {
    let exceptions = Exceptions(volatile: volatile, drift: drift.byPart)
    var (lost, added): ([InventoryPart], [InventoryPart]) = ([], [])
    var changed: [InventoryDifference.Change] = []
    var leftOut = Set(gaps + later.gaps).map {
      InventoryDifference.LeftOut($0.part, [], .notRead(why: $0.why))
    }
    for part in Set(parts.keys).union(later.parts.keys).sorted() {
      var exception = exceptions[part]
      guard let before = parts[part], let after = later.parts[part] else {
        if exception.isWhole {
          leftOut += exception.leftOut(part)
        } else if later.parts[part] == nil {
          lost.append(part)
        } else {
          added.append(part)
        }
        continue
      }
      exception.keep(presentIn: Set(before.keys).union(after.keys))
      leftOut += exception.leftOut(part)
      guard !exception.isWhole else { continue }
      var isHashed = true
      if case .text(let how)? = before[.hashing] ?? after[.hashing] {
        isHashed = false
        leftOut.append(InventoryDifference.LeftOut(part, [.hash], .notHashed(how: how)))
      }
      let changes = Self.changes(before, after).filter {
        !exception.covers($0.property) && (isHashed || ![.hash, .hashing].contains($0.property))
      }
      if !changes.isEmpty { changed.append(InventoryDifference.Change(part, changes)) }
    }
    return InventoryDifference(
      lost: Excerpt(lost),
      changed: Excerpt(changed),
      added: Excerpt(added),
      leftOut: Excerpt(leftOut.sorted { $0.order < $1.order })
    )
  }

  private static func changes(
    _ before: Properties,
    _ after: Properties
  ) -> [InventoryDifference.PropertyChange] {
    guard before != after else { return [] }
    return Set(before.keys).union(after.keys).sorted().compactMap { property in
      let (was, now) = (before[property], after[property])
      guard was != now else { return nil }
      return InventoryDifference.PropertyChange(property, before: was, after: now)
    }
  }
}
