internal import Evidence
internal import Formats
internal import Suites

/// The inventory of a MariaDB or MySQL server: every database but its own, as far as the account sees.
///
/// MariaDB 10.3 and MySQL 5.7 and later. `CHECKSUM TABLE` is not asked: it differs between engines, row formats
/// and versions of one and the same rows.
struct MySQLInventory {
  let asker: DatabaseAsker
  let limits: InventoryLimits

  private struct Table {
    var part: InventoryPart
    /// Quoted.
    var name: String
    var bytes: Int
    var columns: [String] = []
  }

  func take() async throws(InventoryError) -> Inventory {
    do throws(DatabaseAsker.Refusal) {
      var inventory = Inventory()
      for statement in MySQLCatalog.statements {
        for row in try await asker.rows(statement) { add(row, to: &inventory) }
      }
      var tables: [InventoryPart: Table] = [:]
      for row in try await asker.rows(MySQLCatalog.tables) {
        guard let name = row["name"]?.stringValue, let table = row["table"]?.stringValue,
          let database = row["db"]?.stringValue
        else { continue }
        let part = InventoryPart(row["type"] == "SEQUENCE" ? .sequence : .table, name)
        let quoted = "\(Self.quoted(database)).\(Self.quoted(table))"
        if part.kind == .sequence {
          try await readSequence(part, quoted, into: &inventory)
          continue
        }
        inventory.parts[part] = Self.properties(row)
        tables[part] = Table(part: part, name: quoted, bytes: row["bytes"]?.count ?? 0)
      }
      for row in try await asker.rows(MySQLCatalog.columns) {
        guard let name = row["name"]?.stringValue, let column = row["column"]?.stringValue else {
          continue
        }
        tables[InventoryPart(.table, name)]?.columns.append(column)
      }
      for table in tables.values.sorted(by: { $0.part < $1.part }) {
        try await read(table, into: &inventory)
      }
      inventory.gaps.sort { $0.part < $1.part }
      await asker.disconnect()
      return inventory
    } catch {
      await asker.disconnect()
      throw InventoryError(error, of: asker.service)
    }
  }

  /// Before 10.5 MariaDB does not tell that a text is JSON.
  private static func properties(_ row: JSONValue) -> Inventory.Properties {
    let object = row["properties"]
    let parsed = object?.stringValue.flatMap { try? JSONParser().parse($0) }
    return Inventory.properties(parsed ?? object)
  }

  private func add(_ row: JSONValue, to inventory: inout Inventory) {
    guard let kind = row["kind"]?.stringValue.flatMap(InventoryPart.Kind.init(rawValue:)),
      let name = row["name"]?.stringValue
    else { return }
    let part = InventoryPart(kind, name)
    inventory.parts[part] = Self.properties(row)
    if row["hidden"]?.count == 1 {
      inventory.gaps.append(Inventory.Gap(part, why: "its definition may not be read"))
    }
  }

  private func read(
    _ table: Table,
    into inventory: inout Inventory
  ) async throws(DatabaseAsker.Refusal) {
    var properties = inventory.parts[table.part] ?? [:]
    defer { inventory.parts[table.part] = properties }
    do throws(DatabaseAsker.Refusal) {
      let created = try await asker.rows("SHOW CREATE TABLE \(table.name)").first
      let (definition, next) = Self.portable(created?["Create Table"]?.stringValue ?? "")
      properties[.definition] = .text(Digest.sha256.text(of: definition))
      properties[.lastValue] = next.map(InventoryValue.number)
      guard table.bytes <= limits.counted else {
        properties[.hashing] = .text("none")
        return
      }
      let isHashed = table.bytes <= limits.table
      if !isHashed { properties[.hashing] = .text("none") }
      let statement = MySQLCatalog.contents(
        of: table.name,
        columns: isHashed ? table.columns.map(Self.quoted) : []
      )
      let row = try await asker.rows(statement).first
      properties[.rows] = row?["n"]?.count.map(InventoryValue.number)
      properties[.hash] = row?["hash"]?.stringValue.map(InventoryValue.text)
    } catch {
      // What the server refuses of one table takes no other one with it.
      guard error.code != nil else { throw error }
      properties[.hashing] = .text("none")
      inventory.gaps.append(Inventory.Gap(table.part, why: error.message))
    }
  }

  private func readSequence(
    _ part: InventoryPart,
    _ name: String,
    into inventory: inout Inventory
  ) async throws(DatabaseAsker.Refusal) {
    do throws(DatabaseAsker.Refusal) {
      let row = try await asker.rows(MySQLCatalog.sequence(name)).first
      inventory.parts[part] = row.map(Self.properties)
    } catch {
      guard error.code != nil else { throw error }
      inventory.parts[part] = [:]
      inventory.gaps.append(Inventory.Gap(part, why: error.message))
    }
  }

  private static func quoted(_ name: String) -> String {
    "`\(name.replacing("`", with: "``"))`"
  }

  /// A definition without the number that the next row gets, and that number.
  static func portable(_ definition: String) -> (definition: String, next: Int?) {
    var next: Int?
    let lines = definition.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard line.hasPrefix(") ENGINE="), let found = line.firstMatch(of: #/ AUTO_INCREMENT=(\d+)/#)
      else { return line }
      next = Int(found.output.1)
      return Substring(line[..<found.range.lowerBound] + line[found.range.upperBound...])
    }
    return (lines.joined(separator: "\n"), next)
  }
}

/// What a MariaDB or MySQL server is asked for the inventory of all its databases.
///
/// Every column has a name of ours: MySQL 8 calls those of `information_schema` in capitals.
enum MySQLCatalog {
  /// With the columns `kind`, `name`, `properties`, and `hidden` where the account may not see all.
  static let statements = [databases, views, triggers, routines, events, accounts]

  private static func own(_ column: String) -> String {
    "\(column) NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')"
  }

  private static let databases = """
    SELECT 'database' AS kind, schema_name AS name,
      JSON_OBJECT('collation', default_collation_name) AS properties
    FROM information_schema.schemata WHERE \(own("schema_name"))
    """

  static let tables = """
    SELECT CONCAT(table_schema, '.', table_name) AS name, table_schema AS db, table_name AS `table`,
      table_type AS type, data_length AS bytes,
      JSON_OBJECT('engine', engine, 'collation', table_collation) AS properties
    FROM information_schema.tables
    WHERE \(own("table_schema")) AND table_type NOT IN ('VIEW', 'SYSTEM VIEW')
    """

  static let columns = """
    SELECT CONCAT(table_schema, '.', table_name) AS name, column_name AS `column`
    FROM information_schema.columns WHERE \(own("table_schema"))
    ORDER BY table_schema, table_name, ordinal_position
    """

  private static let views = """
    SELECT 'view' AS kind, CONCAT(table_schema, '.', table_name) AS name,
      JSON_OBJECT('owner', definer,
        'definition', MD5(CONCAT_WS(' ', view_definition, security_type, check_option))) AS properties,
      COALESCE(view_definition, '') = '' AS hidden
    FROM information_schema.views WHERE \(own("table_schema"))
    """

  private static let triggers = """
    SELECT 'trigger' AS kind, CONCAT_WS('.', trigger_schema, event_object_table, trigger_name) AS name,
      JSON_OBJECT('owner', definer, 'definition', MD5(CONCAT_WS(' ', action_timing, event_manipulation,
        action_order, action_statement, sql_mode))) AS properties
    FROM information_schema.triggers WHERE \(own("trigger_schema"))
    """

  private static let routines = """
    SELECT 'function' AS kind,
      CONCAT(IF(routine_type = 'PROCEDURE', 'procedure ', ''), routine_schema, '.', routine_name) AS name,
      JSON_OBJECT('owner', definer, 'definition', MD5(CONCAT_WS(' ', dtd_identifier, routine_definition,
        security_type, is_deterministic, sql_data_access, sql_mode,
        (SELECT GROUP_CONCAT(CONCAT_WS(' ', p.parameter_mode, p.parameter_name, p.dtd_identifier)
          ORDER BY p.ordinal_position) FROM information_schema.parameters p
          WHERE p.specific_schema = routine_schema AND p.specific_name = r.specific_name
            AND p.routine_type = r.routine_type)))) AS properties,
      routine_definition IS NULL AS hidden
    FROM information_schema.routines r WHERE \(own("routine_schema"))
    """

  private static let events = """
    SELECT 'event' AS kind, CONCAT(event_schema, '.', event_name) AS name,
      JSON_OBJECT('owner', definer, 'definition', MD5(CONCAT_WS(' ', event_definition, execute_at,
        interval_value, interval_field, starts, ends, on_completion, status, sql_mode))) AS properties
    FROM information_schema.events WHERE \(own("event_schema"))
    """

  /// Those that the account may see, without those that a server makes for itself.
  private static let accounts = """
    SELECT 'role' AS kind, grantee AS name, JSON_OBJECT('grants',
      GROUP_CONCAT(CONCAT(privilege, IF(is_grantable = 'YES', '*', ''), ' ', place) ORDER BY place, privilege SEPARATOR ', ')) AS properties
    FROM (
      SELECT grantee, privilege_type AS privilege, '*' AS place, is_grantable
        FROM information_schema.user_privileges
      UNION ALL SELECT grantee, privilege_type, table_schema, is_grantable
        FROM information_schema.schema_privileges
      UNION ALL SELECT grantee, privilege_type, CONCAT(table_schema, '.', table_name), is_grantable
        FROM information_schema.table_privileges) g
    WHERE grantee NOT LIKE '\\'mariadb.sys\\'%' AND grantee NOT LIKE '\\'mysql.%'
    GROUP BY grantee
    """

  // MARK: Contents

  /// Rows and their hash: a sum, so that their order does not count and one that is there twice does. Each
  /// value is hashed by itself, so that no row is too long for the server's packets.
  ///
  /// - Parameter columns: quoted; none for the number of rows alone.
  static func contents(of table: String, columns: [String]) -> String {
    guard !columns.isEmpty else { return "SELECT COUNT(*) AS n FROM \(table)" }
    let values = columns.map { "IFNULL(MD5(\($0)), '-')" }.joined(separator: ", ")
    return """
      SELECT COUNT(*) AS n, CAST(COALESCE(SUM(CAST(CONV(LEFT(MD5(CONCAT(\(values))), 16), 16, 10)
        AS UNSIGNED)), 0) AS CHAR) AS hash FROM \(table)
      """
  }

  static func sequence(_ name: String) -> String {
    """
    SELECT JSON_OBJECT('lastValue', next_not_cached_value, 'definition', MD5(CONCAT_WS(' ', start_value,
      minimum_value, maximum_value, increment, cache_size, cycle_option))) AS properties FROM \(name)
    """
  }
}
