/// A parameter of a statement, bound by the server and never part of its text.
package enum PostgresValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// `integer` where it fits, else `bigint`, as a number written in a statement would be.
  case int(Int64)
  /// `double precision`.
  case double(Double)
  /// Of the type that its place asks for, as a quoted literal would be: a number, a date or a
  /// UUID in text form is accepted where such a type is expected.
  case text(String)
  /// `bytea`.
  case bytes([UInt8])
  /// `jsonb`, given as text.
  case json(String)
}

extension PostgresValue {
  /// The type's object id in `pg_type`, 0 for one that the server infers.
  var typeOID: UInt32 {
    switch self {
    case .null, .text: 0
    case .bool: 16
    case .bytes: 17
    case .int(let value): Int32(exactly: value) == nil ? 20 : 23
    case .double: 701
    case .json: 3802
    }
  }

  /// The text form, or the bytes themselves; `nil` for null.
  var wireForm: [UInt8]? {
    switch self {
    case .null: nil
    case .bool(let value): Array((value ? "t" : "f").utf8)
    case .int(let value): Array(String(value).utf8)
    case .double(let value): Array(PostgresValue.text(of: value).utf8)
    case .text(let value), .json(let value): Array(value.utf8)
    case .bytes(let value): value
    }
  }

  private static func text(of value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return "\(value)"
  }
}
