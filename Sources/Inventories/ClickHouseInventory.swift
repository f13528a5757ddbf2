internal import Evidence
internal import Formats
internal import Suites

/// The inventory of a ClickHouse server: every database but its own, by what the tables' engines mean.
///
/// 18.16 and later. A hash is the sum of the rows' hashes. Engines that merge rows in the background are
/// read as if they had: which parts were merged at this moment is no part of what they hold.
struct ClickHouseInventory {
  let asker: DatabaseAsker
  let limits: InventoryLimits

  private struct Table {
    var part: InventoryPart
    /// Quoted.
    var name: String
    var engine: String
    var bytes: Int
    var expressions: [String] = []
  }

  func take() async throws(InventoryError) -> Inventory {
    do throws(DatabaseAsker.Refusal) {
      let inventory = try await takeAll()
      await asker.disconnect()
      return inventory
    } catch {
      await asker.disconnect()
      throw InventoryError(error, of: asker.service)
    }
  }

  private func rows(_ sql: String) async throws(DatabaseAsker.Refusal) -> [JSONValue] {
    try await asker.rows(sql)
  }

  private func takeAll() async throws(DatabaseAsker.Refusal) -> Inventory {
    var inventory = Inventory()
    for row in try await rows("SELECT name, engine FROM system.databases") {
      guard let name = row["name"]?.stringValue, !Self.isServers(name) else { continue }
      inventory.parts[InventoryPart(.database, name)] = [
        .engine: .text(row["engine"]?.stringValue ?? "")
      ]
    }
    for table in try await tables(&inventory) {
      guard table.bytes <= limits.counted else {
        inventory.parts[table.part]?[.hashing] = .text("none")
        continue
      }
      let isHashed = table.bytes <= limits.table
      if !isHashed { inventory.parts[table.part]?[.hashing] = .text("none") }
      do throws(DatabaseAsker.Refusal) {
        let row = try await rows(Self.contents(of: table, isHashed: isHashed)).first
        inventory.parts[table.part]?[.rows] = row?["rows"]?.count.map(InventoryValue.number)
        inventory.parts[table.part]?[.hash] = row?["hash"]?.text.map(InventoryValue.text)
      } catch {
        guard error.code != nil else { throw error }
        inventory.parts[table.part]?[.hashing] = .text("none")
        inventory.gaps.append(Inventory.Gap(table.part, why: error.message))
      }
    }
    inventory.gaps.sort { $0.part < $1.part }
    return inventory
  }

  private static func isServers(_ database: String) -> Bool {
    ["system", "_temporary_and_external_tables", "information_schema", "INFORMATION_SCHEMA"]
      .contains(database)
  }

  /// Tables whose rows are looked at; all others are in the inventory by their definition.
  private func tables(
    _ inventory: inout Inventory
  ) async throws(DatabaseAsker.Refusal) -> [Table] {
    var found: [InventoryPart: Table] = [:]
    let listed = try await rows(
      "SELECT database, name, engine, create_table_query AS definition FROM system.tables"
    )
    for row in listed {
      guard let database = row["database"]?.stringValue, !Self.isServers(database),
        let name = row["name"]?.stringValue, let engine = row["engine"]?.stringValue
      else { continue }
      let isView = ["View", "MaterializedView", "LiveView"].contains(engine)
      let part = InventoryPart(isView ? .view : .table, "\(database).\(name)")
      let definition = Self.portable(row["definition"]?.stringValue ?? "")
      inventory.parts[part] = [
        .engine: .text(engine), .definition: .text(Digest.sha256.text(of: definition)),
      ]
      if isView { continue }
      guard Self.keepsRows(engine) else {
        inventory.parts[part]?[.hashing] = .text("none")
        continue
      }
      let quoted = "\(Self.quoted(database)).\(Self.quoted(name))"
      found[part] = Table(part: part, name: quoted, engine: engine, bytes: 0)
    }
    let sizes = try await rows(
      """
      SELECT database, table, sum(data_uncompressed_bytes) AS bytes FROM system.parts
      WHERE active GROUP BY database, table
      """
    )
    for row in sizes {
      let part = InventoryPart(.table, Self.name(row, "table"))
      found[part]?.bytes = row["bytes"]?.count ?? 0
    }
    for row in try await rows("SELECT database, table, name, type FROM system.columns") {
      guard let name = row["name"]?.stringValue, let type = row["type"]?.stringValue else {
        continue
      }
      let part = InventoryPart(.table, Self.name(row, "table"))
      found[part]?.expressions += Self.hashed(name, type)
    }
    return found.values.sorted { $0.part < $1.part }
  }

  private static func name(_ row: JSONValue, _ key: String) -> String {
    "\(row["database"]?.stringValue ?? "").\(row[key]?.stringValue ?? "")"
  }

  // MARK: Statements

  /// Engines that keep rows themselves; the others lead elsewhere, or keep nothing.
  private static func keepsRows(_ engine: String) -> Bool {
    engine.hasSuffix("MergeTree") || ["Log", "TinyLog", "StripeLog", "Memory"].contains(engine)
  }

  private static func merges(_ engine: String) -> Bool {
    ["Replacing", "Summing", "Aggregating", "Collapsing", "Graphite"].contains {
      engine.contains("\($0)MergeTree")
    }
  }

  private static func contents(of table: Table, isHashed: Bool) -> String {
    let source = table.name + (merges(table.engine) ? " FINAL" : "")
    let hash =
      isHashed ? "toString(sum(cityHash64(\(table.expressions.joined(separator: ", ")))))" : "''"
    return "SELECT count() AS rows, \(hash) AS hash FROM \(source)"
  }

  /// What of a column goes into the hash. A function of null is null, which a sum would pass over.
  private static func hashed(_ name: String, _ type: String) -> [String] {
    let column = quoted(name)
    if type.hasPrefix("Nullable(") || type.hasPrefix("LowCardinality(Nullable(") {
      return ["isNull(\(column))", "ifNull(toString(\(column)), '')"]
    }
    if type.hasPrefix("AggregateFunction(") { return ["toString(finalizeAggregation(\(column)))"] }
    return ["toString(\(column))"]
  }

  private static func quoted(_ name: String) -> String {
    "`\(name.replacing("\\", with: "\\\\").replacing("`", with: "\\`"))`"
  }

  /// A definition without the ids that each server makes up.
  private static func portable(_ definition: String) -> String {
    guard let start = definition.firstRange(of: " UUID '") else { return definition }
    let rest = definition[start.upperBound...]
    guard let end = rest.firstIndex(of: "'") else { return definition }
    return String(definition[..<start.lowerBound] + rest[rest.index(after: end)...])
  }
}

extension JSONValue {
  /// A text that is not empty.
  fileprivate var text: String? { stringValue.flatMap { $0.isEmpty ? nil : $0 } }
}
