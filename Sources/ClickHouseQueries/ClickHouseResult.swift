/// One value of a row.
package enum ClickHouseCell: Sendable, Hashable {
  case null
  /// Every integer that fits.
  case int(Int64)
  /// A `UInt64` above the largest `Int64`.
  case uint(UInt64)
  /// Floats and decimals: the server's text, so that no digit is lost.
  case number(String)
  /// Strings, dates, UUIDs, enums. Bytes that are not UTF-8 are U+FFFD, the server's doing.
  case text(String)
  /// Arrays and tuples.
  case array([ClickHouseCell])
}

/// What a statement returned; without columns where it returns nothing.
package struct ClickHouseResult: Sendable, Hashable {
  package struct Column: Sendable, Hashable {
    package var name: String
    /// As the server writes it, such as `Array(Nullable(UInt64))`.
    package var type: String

    package init(name: String, type: String) {
      self.name = name
      self.type = type
    }
  }

  package var columns: [Column]
  /// In the order received, each with one cell a column.
  package var rows: [[ClickHouseCell]]
  /// From sending to the last byte, in microseconds, as this side saw it.
  package var elapsed: Int

  package var rowCount: Int { rows.count }

  package init(columns: [Column] = [], rows: [[ClickHouseCell]] = [], elapsed: Int = 0) {
    self.columns = columns
    self.rows = rows
    self.elapsed = elapsed
  }
}
