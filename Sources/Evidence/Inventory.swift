internal import Formats

/// What a store holds at one moment, as the tool itself found it: tables, sequences, views and large
/// objects of a database, paths of a volume.
package struct Inventory: Hashable, Sendable {
  package typealias Properties = [InventoryProperty: InventoryValue]

  package var parts: [InventoryPart: Properties]
  /// What was not looked at, or not in full, with why: a database that may not be opened.
  package var gaps: [Gap]

  /// Something that an inventory does not tell, and that it therefore cannot miss.
  package struct Gap: Codable, Hashable, Sendable {
    package var part: InventoryPart
    package var why: String

    package init(_ part: InventoryPart, why: String) {
      self.part = part
      self.why = why
    }
  }

  package init(_ parts: [InventoryPart: Properties] = [:], gaps: [Gap] = []) {
    self.parts = parts
    self.gaps = gaps
  }

  /// How many parts there are of each kind.
  package var counts: [InventoryPart.Kind: Int] {
    parts.keys.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 }
  }

  /// Parts whose contents were not hashed in full, sorted.
  package var unhashed: [InventoryPart] {
    parts.filter { $0.value[.hashing] != nil }.keys.sorted()
  }
}

/// One thing in a store, by kind and name.
///
/// Names are compared as bytes: two forms of one letter are two names.
package struct InventoryPart: Codable, Hashable, Sendable, Comparable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    case database, schema, role, `extension`, table, view, materializedView, sequence, type
    case function, trigger, constraint, index, policy, largeObject
    /// What MariaDB does by the clock.
    case event
    /// Anything in a volume; what it is, is a property, so that a link that became a file is a change.
    case path
  }

  package var kind: Kind
  /// `public.notes`, `public.notes.notes_pkey`; of a volume the path below its root, `.` for the root.
  /// What is in another database than the suite's begins with its name: `other/public.notes`.
  package var name: String

  package init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  package static func == (a: InventoryPart, b: InventoryPart) -> Bool {
    a.kind == b.kind && UTF8Order.areEqual(a.name, b.name)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    for byte in name.utf8 { hasher.combine(byte) }
  }

  package static func < (a: InventoryPart, b: InventoryPart) -> Bool {
    a.kind == b.kind
      ? UTF8Order.precedes(a.name, b.name)
      : UTF8Order.precedes(a.kind.rawValue, b.kind.rawValue)
  }
}

/// What is known of a part. The order of the cases is the order in which they are told.
package enum InventoryProperty: String, Codable, CaseIterable, Sendable, Comparable {
  /// Of a path: `file`, `folder`, `link`, `pipe`, `socket`, `device`.
  case type
  case rows
  /// In bytes.
  case size
  /// Of contents, whatever order they are in.
  case hash
  /// How `hash` was made where it is not of all contents: `sampled`, `none`. Else the part has none.
  case hashing
  case owner
  case group
  /// Permissions in octal digits.
  case mode
  /// What a link leads to.
  case target
  /// Of a definition as the server tells it, without what differs from server to server.
  case definition
  /// Who may do what, sorted.
  case grants
  case lastValue
  case isCalled
  case version
  case engine
  /// Of texts, with their character set: `utf8mb4_general_ci`.
  case collation

  /// What an app changes by being used; the rest is how the store is made.
  package var isContent: Bool {
    switch self {
    case .rows, .size, .hash, .hashing, .lastValue, .isCalled: true
    default: false
    }
  }

  package static func < (a: InventoryProperty, b: InventoryProperty) -> Bool {
    a.order < b.order
  }

  private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A dictionary of properties is written with their names as keys.
extension InventoryProperty: CodingKeyRepresentable {}
extension InventoryPart.Kind: CodingKeyRepresentable {}

package enum InventoryValue: Hashable, Sendable {
  case number(Int)
  case text(String)
}

// MARK: - JSON

extension InventoryValue: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}

/// A list of parts in their order.
extension Inventory: Codable {
  private enum CodingKeys: String, CodingKey { case parts, gaps }

  private struct Entry: Codable {
    var kind: InventoryPart.Kind
    var name: String
    var properties: Properties
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let entries = try container.decode([Entry].self, forKey: .parts)
    parts = Dictionary(
      entries.map { (InventoryPart($0.kind, $0.name), $0.properties) },
      uniquingKeysWith: { $1 }
    )
    gaps = try container.decodeIfPresent([Gap].self, forKey: .gaps) ?? []
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let entries = parts.sorted { $0.key < $1.key }.map {
      Entry(kind: $0.key.kind, name: $0.key.name, properties: $0.value)
    }
    try container.encode(entries, forKey: .parts)
    if !gaps.isEmpty { try container.encode(gaps, forKey: .gaps) }
  }
}
