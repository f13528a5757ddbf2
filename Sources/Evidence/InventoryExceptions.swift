internal import Formats
internal import Glibc

/// What of each part is not compared, and why.
struct Exceptions {
  let volatile: [VolatileParts]
  let drift: [InventoryPart: Set<InventoryProperty>]

  subscript(part: InventoryPart) -> Exception {
    var exception = Exception()
    if let entry = volatile.first(where: { $0.matches(part) }) {
      exception.declared = entry
      // A path comes and goes as a whole; a table stays where it is.
      exception.declaredProperties =
        part.kind == .path ? [] : InventoryProperty.allCases.filter(\.isContent)
    }
    exception.drift = drift[part]
    return exception
  }
}

struct Exception {
  var declared: VolatileParts?
  /// Empty where all of the part is left out.
  var declaredProperties: [InventoryProperty] = []
  var drift: Set<InventoryProperty>?

  var isWhole: Bool {
    (declared != nil && declaredProperties.isEmpty) || drift?.isEmpty == true
  }

  func covers(_ property: InventoryProperty) -> Bool {
    isWhole || (declared != nil && declaredProperties.contains(property))
      || drift?.contains(property) == true
  }

  /// Forgets properties that the part does not have.
  mutating func keep(presentIn properties: Set<InventoryProperty>) {
    if declared != nil, !declaredProperties.isEmpty {
      declaredProperties = declaredProperties.filter(properties.contains)
      if declaredProperties.isEmpty { declared = nil }
    }
  }

  func leftOut(_ part: InventoryPart) -> [InventoryDifference.LeftOut] {
    if let declared {
      return [
        InventoryDifference.LeftOut(
          part,
          declaredProperties.sorted(),
          .declared(pattern: declared.pattern, why: declared.why)
        )
      ]
    }
    return drift.map {
      [InventoryDifference.LeftOut(part, $0.sorted(), .changesByItself)]
    } ?? []
  }
}

extension VolatileParts {
  /// Whether a part is meant: only what holds contents, so that a pattern takes no rule of a table,
  /// and no database, out.
  package func matches(_ part: InventoryPart) -> Bool {
    switch part.kind {
    case .path: matchesPath(part.name)
    case .table, .materializedView, .sequence, .largeObject: matchesTable(part.name)
    default: false
    }
  }

  /// The path itself, or a folder above it.
  private func matchesPath(_ path: String) -> Bool {
    var rest = path[...]
    while true {
      if Self.fits(pattern, String(rest), FNM_PATHNAME) { return true }
      guard let slash = rest.lastIndex(of: "/") else { return false }
      rest = rest[..<slash]
    }
  }

  private func matchesTable(_ name: String) -> Bool {
    if Self.fits(pattern, name) { return true }
    // Without its database, without its schema.
    let inside = name.split(separator: "/", maxSplits: 1).last.map(String.init) ?? name
    if Self.fits(pattern, inside) { return true }
    guard let dot = inside.firstIndex(of: ".") else { return false }
    return Self.fits(pattern, String(inside[inside.index(after: dot)...]))
  }

  private static func fits(_ pattern: String, _ name: String, _ flags: Int32 = 0) -> Bool {
    fnmatch(pattern, name, flags) == 0
  }
}
