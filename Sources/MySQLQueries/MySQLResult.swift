package import Formats

/// A parameter of a statement, bound by the server and never part of its text.
package enum MySQLValue: Sendable, Hashable {
  case null
  case int(Int64)
  case double(Double)
  case text(String)
  case bytes([UInt8])
}

/// One value of a row.
package enum MySQLCell: Sendable, Hashable {
  case null
  case int(Int64)
  /// `decimal`, `float`, `double`, and integers beyond 63 bits: the digits, so that none is lost.
  case number(String)
  /// MySQL's type, and MariaDB's texts that are declared as it.
  case json(String)
  /// Texts without a character set.
  case bytes([UInt8])
  /// Every other type; times of `timestamp` columns are in UTC.
  case text(String)
}

/// What a statement returned: of a procedure the first rows.
package struct MySQLResult: Sendable, Hashable {
  package var columns: [String]
  /// In the order received, each with one cell a column.
  package var rows: [[MySQLCell]]

  package init(columns: [String] = [], rows: [[MySQLCell]] = []) {
    self.columns = columns
    self.rows = rows
  }
}

extension MySQLCell {
  /// What a column's type says of the texts in it.
  enum Kind: Sendable {
    case int, number, bit, json, bytes, text
  }

  /// From the text form of a value that is not null.
  init(_ bytes: [UInt8], _ kind: Kind) {
    let text = String(decoding: bytes, as: UTF8.self)
    switch kind {
    case .int: self = Int64(text).map { .int($0) } ?? .number(text)
    case .number: self = .number(text)
    case .bit:
      let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      self = Int64(exactly: value).map { .int($0) } ?? .number(String(value))
    case .json: self = .json(text)
    case .bytes: self = .bytes(bytes)
    case .text: self = .text(text)
    }
  }

  /// As JSON: bytes in hexadecimal digits.
  package var json: JSONValue {
    switch self {
    case .null: .null
    case .int(let value): .int(value)
    case .number(let text): JSONValue(numberText: text) ?? .string(text)
    case .json(let text): (try? JSONParser().parse(text)) ?? .string(text)
    case .text(let text): .string(text)
    case .bytes(let bytes): .string(Hexadecimal.text(of: bytes))
    }
  }
}
