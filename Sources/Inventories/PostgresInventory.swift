internal import Evidence
internal import Formats
internal import Suites

/// The inventory of a PostgreSQL server: the suite's database, and every other one that is no template.
struct PostgresInventory {
  let asker: DatabaseAsker
  let limits: InventoryLimits

  /// A table, materialised view or sequence whose contents are looked at.
  private struct Look {
    var part: InventoryPart
    var table: String
    var bytes: Int
  }

  func take() async throws(InventoryError) -> Inventory {
    do throws(DatabaseAsker.Refusal) {
      var inventory = try await take(asker, named: nil)
      for name in try await others() {
        do throws(DatabaseAsker.Refusal) {
          let other = try await take(asker.other(name), named: name)
          inventory.parts.merge(other.parts) { $1 }
          inventory.gaps += other.gaps
        } catch {
          inventory.gaps.append(Inventory.Gap(InventoryPart(.database, name), why: error.message))
        }
      }
      inventory.gaps.sort { $0.part < $1.part }
      await asker.disconnect()
      return inventory
    } catch {
      await asker.disconnect()
      throw InventoryError(error, of: asker.service)
    }
  }

  private func others() async throws(DatabaseAsker.Refusal) -> [String] {
    let rows = try await asker.rows(
      """
      SELECT datname AS name FROM pg_catalog.pg_database
      WHERE NOT datistemplate AND datname <> pg_catalog.current_database() ORDER BY 1
      """
    )
    return rows.compactMap { $0["name"]?.stringValue }
  }

  /// - Parameter name: of another database, before the names of its parts.
  private func take(
    _ asker: DatabaseAsker,
    named name: String?
  ) async throws(DatabaseAsker.Refusal) -> Inventory {
    var inventory = Inventory()
    var looks: [Look] = []
    var sequences: [Look] = []
    for statement in PostgresCatalog.statements {
      for row in try await asker.rows(statement) {
        guard let part = Self.part(row, in: name) else { continue }
        // The server tells databases and roles in each of its databases alike.
        inventory.parts[part] = Inventory.properties(row["properties"])
        guard let look = row["look"], let table = look["table"]?.stringValue else { continue }
        let found = Look(part: part, table: table, bytes: look["bytes"]?.count ?? 0)
        guard look["holdsRows"] == .bool(true) || look["isSequence"] == .bool(true) else {
          if look["isForeign"] == .bool(true) { inventory.parts[part]?[.hashing] = .text("none") }
          continue
        }
        guard look["mayRead"] == .bool(true) else {
          inventory.parts[part]?[.hashing] = .text("none")
          inventory.gaps.append(Inventory.Gap(part, why: "its rows may not be read"))
          continue
        }
        if look["isFiltered"] == .bool(true) {
          inventory.gaps.append(Inventory.Gap(part, why: "row security hides some of its rows"))
        }
        if look["isSequence"] == .bool(true) {
          sequences.append(found)
        } else {
          looks.append(found)
        }
      }
    }
    try await readTables(looks, asker, into: &inventory)
    try await readSequences(sequences, asker, into: &inventory)
    try await readLargeObjects(asker, named: name, into: &inventory)
    if name != nil { await asker.disconnect() }
    return inventory
  }

  private static func part(_ row: JSONValue, in database: String?) -> InventoryPart? {
    guard let kind = row["kind"]?.stringValue.flatMap(InventoryPart.Kind.init(rawValue:)),
      let name = row["name"]?.stringValue
    else { return nil }
    guard let database, kind != .database, kind != .role else { return InventoryPart(kind, name) }
    return InventoryPart(kind, "\(database)/\(name)")
  }

  // MARK: Contents

  /// Small tables together, in statements of a few, so that hundreds of them take few round trips.
  private static func batches(_ looks: [Look]) -> [[Look]] {
    var batches: [[Look]] = []
    var bytes = 0
    for look in looks {
      if let last = batches.last, last.count < 50, bytes + look.bytes < 8 << 20 {
        batches[batches.count - 1].append(look)
        bytes += look.bytes
      } else {
        batches.append([look])
        bytes = look.bytes
      }
    }
    return batches
  }

  private func readTables(
    _ looks: [Look],
    _ asker: DatabaseAsker,
    into inventory: inout Inventory
  ) async throws(DatabaseAsker.Refusal) {
    for look in looks where look.bytes > limits.table {
      inventory.parts[look.part]?[.hashing] = .text("none")
    }
    let countable = looks.filter { $0.bytes <= limits.counted }
    try await read(countable, asker, into: &inventory) { look, label in
      PostgresCatalog.contents(of: look.table, label: label, isHashed: look.bytes <= limits.table)
    } take: { row, properties in
      properties[.rows] = row["rows"]?.count.map(InventoryValue.number)
      properties[.hash] = row["hash"]?.stringValue.map(InventoryValue.text)
    }
  }

  private func readSequences(
    _ looks: [Look],
    _ asker: DatabaseAsker,
    into inventory: inout Inventory
  ) async throws(DatabaseAsker.Refusal) {
    try await read(looks, asker, into: &inventory) { look, label in
      PostgresCatalog.sequence(look.table, label: label)
    } take: { row, properties in
      properties[.lastValue] = row["last_value"]?.count.map(InventoryValue.number)
      properties[.isCalled] = .text(row["is_called"] == .bool(true) ? "true" : "false")
    }
  }

  /// Reads contents; a part that the server refuses is a gap, and takes no other one with it.
  private func read(
    _ looks: [Look],
    _ asker: DatabaseAsker,
    into inventory: inout Inventory,
    _ statement: (Look, Int) -> String,
    take: (JSONValue, inout Inventory.Properties) -> Void
  ) async throws(DatabaseAsker.Refusal) {
    var waiting = Self.batches(looks)[...]
    while let batch = waiting.popFirst() {
      let sql = batch.enumerated().map { statement($0.element, $0.offset) }
        .joined(separator: " UNION ALL ")
      do throws(DatabaseAsker.Refusal) {
        for row in try await asker.rows(sql) {
          guard let label = row["label"]?.count, batch.indices.contains(label) else { continue }
          take(row, &inventory.parts[batch[label].part, default: [:]])
        }
      } catch {
        guard error.code != nil else { throw error }
        guard batch.count == 1 else {
          waiting = (batch.map { [$0] } + waiting)[...]
          continue
        }
        inventory.parts[batch[0].part]?[.hashing] = .text("none")
        inventory.gaps.append(Inventory.Gap(batch[0].part, why: error.message))
      }
    }
  }

  private func readLargeObjects(
    _ asker: DatabaseAsker,
    named name: String?,
    into inventory: inout Inventory
  ) async throws(DatabaseAsker.Refusal) {
    let objects = try await asker.rows(PostgresCatalog.largeObjects)
    guard !objects.isEmpty else { return }
    for row in objects {
      guard let part = Self.part(row, in: name) else { continue }
      inventory.parts[part] = Inventory.properties(row["properties"])
      inventory.parts[part]?[.hashing] = .text("none")
    }
    let size = try await asker.rows(PostgresCatalog.sizeOfLargeObjects)
    guard let bytes = size.first?["bytes"]?.count, bytes <= limits.largeObjects else { return }
    do throws(DatabaseAsker.Refusal) {
      let sql = PostgresCatalog.contentsOfLargeObjects
      for row in try await asker.rows(sql) {
        guard let oid = row["name"]?.stringValue else { continue }
        let part = InventoryPart(.largeObject, name.map { "\($0)/\(oid)" } ?? oid)
        inventory.parts[part]?[.hashing] = nil
        inventory.parts[part]?[.hash] = row["hash"]?.stringValue.map(InventoryValue.text)
        inventory.parts[part]?[.size] = row["size"]?.count.map(InventoryValue.number)
      }
    } catch {
      guard error.code != nil else { throw error }
      let part = InventoryPart(.largeObject, name.map { "\($0)/*" } ?? "*")
      inventory.gaps.append(Inventory.Gap(part, why: error.message))
    }
  }
}

extension Inventory {
  /// An object of the server's, its keys those of the properties.
  static func properties(_ object: JSONValue?) -> Properties {
    var properties: Properties = [:]
    for member in object?.objectValue?.members ?? [] {
      guard let property = InventoryProperty(rawValue: member.key) else { continue }
      if let number = member.value.intValue {
        properties[property] = .number(Int(number))
      } else if let text = member.value.stringValue, !text.isEmpty {
        properties[property] = .text(text)
      }
    }
    return properties
  }
}
