import CLibpq
import Formats

/// Puts libpq's results of one row each together again, and copies everything out.
struct ResultReader {
  private(set) var results: [PostgresResult] = []
  private var current = PostgresResult()
  private var bytesLeft: Int

  init(maximumBytes: Int) {
    bytesLeft = maximumBytes
  }

  /// - Returns: Whether it fits.
  mutating func read(_ result: OpaquePointer) -> Bool {
    // Neither is a result without rows, nor a row without a byte, for nothing.
    bytesLeft -= 16
    guard bytesLeft >= 0 else { return false }
    if current.columns.isEmpty {
      current.columns = (0..<PQnfields(result)).map { column in
        let oid = PQftype(result, column)
        return PostgresResult.Column(
          name: PQfname(result, column).map { String(cString: $0) } ?? "",
          typeOID: oid,
          typeName: PostgresResult.typeNames[oid]
        )
      }
    }
    for row in 0..<PQntuples(result) {
      for column in 0..<PQnfields(result) {
        bytesLeft -= Int(PQgetlength(result, row, column))
      }
      guard bytesLeft >= 0 else { return false }
      current.rows.append(
        current.columns.indices.map { column in
          cell(result, row, Int32(column), current.columns[column].typeOID)
        }
      )
    }
    if PQresultStatus(result) != PGRES_SINGLE_TUPLE {
      current.commandTag = PQcmdStatus(result).map { String(cString: $0) } ?? ""
      current.affectedRows = PQcmdTuples(result).flatMap { Int(String(cString: $0)) }
      results.append(current)
      current = PostgresResult()
    }
    return true
  }

  private func cell(
    _ result: OpaquePointer,
    _ row: Int32,
    _ column: Int32,
    _ type: UInt32
  ) -> PostgresCell {
    guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
      return .null
    }
    let length = Int(PQgetlength(result, row, column))
    return PostgresCell(text: UnsafeRawBufferPointer(start: value, count: length), ofType: type)
  }
}

extension PostgresCell {
  /// From the server's text form of a value that is not null.
  init(text bytes: some Collection<UInt8>, ofType type: UInt32) {
    let text = String(decoding: bytes, as: UTF8.self)
    switch type {
    case 16: self = .bool(text == "t")
    case 20, 21, 23, 26: self = Int64(text).map { .int($0) } ?? .text(text)
    case 700, 701, 1700: self = .number(text)
    case 114, 3802: self = .json(text)
    case 17: self = PostgresCell.bytes(CString(bytes)).map { .bytes($0) } ?? .text(text)
    default:
      let cells = PostgresResult.elements[type].flatMap { ArrayLiteral.cells(text, of: $0) }
      self = cells.map { .array($0) } ?? .text(text)
    }
  }

  /// From either of the two text forms of `bytea`.
  private static func bytes(_ text: CString) -> [UInt8]? {
    var count = 0
    return text.pointer.withMemoryRebound(to: UInt8.self, capacity: 1) { pointer in
      guard let bytes = PQunescapeBytea(pointer, &count) else { return nil }
      defer { PQfreemem(bytes) }
      return withExtendedLifetime(text) {
        Array(UnsafeBufferPointer(start: bytes, count: count))
      }
    }
  }
}

extension PostgresResult.Column {
  /// From what `format_type` writes, as psql's `\gdesc` does: `numeric(10,2)`,
  /// `timestamp(3) without time zone`.
  init(name: String, formattedType: String) {
    var type = formattedType
    if let open = type.firstIndex(of: "("), let close = type[open...].firstIndex(of: ")") {
      type.removeSubrange(open...close)
    }
    let known = PostgresResult.typeNames.first { $0.value == type }
    self.init(name: name, typeOID: known?.key ?? 0, typeName: known?.value)
  }
}

extension PostgresResult {
  /// Of arrays the type of what is in them.
  static let elements: [UInt32: UInt32] = [
    199: 114, 1000: 16, 1001: 17, 1003: 19, 1005: 21, 1007: 23, 1009: 25, 1014: 1042, 1015: 1043,
    1016: 20, 1021: 700, 1022: 701, 1028: 26, 1115: 1114, 1182: 1082, 1185: 1184, 1231: 1700,
    2951: 2950, 3807: 3802,
  ]

  /// `pg_type.dat`: these numbers never change.
  static let typeNames: [UInt32: String] = [
    16: "boolean", 17: "bytea", 18: "\"char\"", 19: "name", 20: "bigint", 21: "smallint",
    23: "integer", 25: "text", 26: "oid", 114: "json", 142: "xml", 199: "json[]", 600: "point",
    650: "cidr", 700: "real", 701: "double precision", 790: "money", 829: "macaddr", 869: "inet",
    1000: "boolean[]", 1001: "bytea[]", 1003: "name[]", 1005: "smallint[]", 1007: "integer[]",
    1009: "text[]", 1014: "character[]",
    1015: "character varying[]", 1016: "bigint[]", 1021: "real[]", 1022: "double precision[]",
    1028: "oid[]",
    1042: "character", 1043: "character varying", 1082: "date", 1083: "time without time zone",
    1114: "timestamp without time zone", 1115: "timestamp without time zone[]", 1182: "date[]",
    1184: "timestamp with time zone", 1185: "timestamp with time zone[]", 1186: "interval",
    1231: "numeric[]", 1266: "time with time zone", 1560: "bit", 1562: "bit varying",
    1700: "numeric", 2278: "void", 2950: "uuid", 2951: "uuid[]", 3614: "tsvector", 3802: "jsonb",
    3807: "jsonb[]",
  ]
}
