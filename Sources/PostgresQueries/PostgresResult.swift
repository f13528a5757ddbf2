/// One value of a row.
package enum PostgresCell: Sendable, Hashable {
  case null
  case bool(Bool)
  /// `smallint`, `integer`, `bigint`, `oid`.
  case int(Int64)
  /// `real`, `double precision`, `numeric`: the server's text, so that no digit is lost.
  case number(String)
  /// `json`, `jsonb`, as the server writes it.
  case json(String)
  /// `bytea`.
  case bytes([UInt8])
  /// Of the arrays of types built in; one of several dimensions is one of lists.
  case array([PostgresCell])
  /// Every other type, in the server's text form; dates are ISO, times in UTC.
  case text(String)
}

/// What a statement returned.
package struct PostgresResult: Sendable, Hashable {
  package struct Column: Sendable, Hashable {
    package var name: String
    /// The type's object id in `pg_type`.
    package var typeOID: UInt32
    /// The type's name as `format_type` writes it, for the types built in that are common.
    package var typeName: String?
  }

  package var columns: [Column]
  /// In the order received, each with one cell a column.
  package var rows: [[PostgresCell]]
  /// Such as `INSERT 0 1`.
  package var commandTag: String
  /// Rows inserted, updated, deleted, selected or copied; `nil` where the tag has no number.
  package var affectedRows: Int?

  package init(
    columns: [Column] = [],
    rows: [[PostgresCell]] = [],
    commandTag: String = "",
    affectedRows: Int? = nil
  ) {
    self.columns = columns
    self.rows = rows
    self.commandTag = commandTag
    self.affectedRows = affectedRows
  }
}
