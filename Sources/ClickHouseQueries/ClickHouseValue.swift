/// A parameter, checked against the type its placeholder names before it becomes a literal.
///
/// Text is accepted for every type whose written form it is: `.text("5")` for `{n:UInt8}`.
package enum ClickHouseValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case text(String)
  case array([ClickHouseValue])
}
