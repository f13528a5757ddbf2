/// Every kind of mapping that the suites' files may hold, in one place.
enum Grammar {
  static let tables: [Table] =
    recipeTables + corpusTables + checkTables + actionTables + expectationTables + localTables
    + swarmTables
    + projectTables

  private static let byName = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })

  /// Nil where no table has that name.
  static func table(_ name: String) -> Table? { byName[name] }

  /// The drivers that `when` and `parity.yml` may name.
  static let drivers = ["local", "swarm", "abra"]

  static let steps = Shape.list(.table("step"))
  static let argv = Shape.list(.template)
  static let freshBytes = Shape.anyOf([.integer(1...16_777_216), .table("fresh_bytes")])
  static let variables = Shape.map(.anyOf([.template, .table("value")]))
  static let values = Shape.map(.template)
}
