import Formats

extension ClickHouseResult {
  /// Reads the format `JSONCompact`.
  ///
  /// - Returns: `nil` where it is valid JSON of another shape.
  init?(jsonCompact document: JSONValue, elapsed: Int) {
    guard let meta = document["meta"]?.arrayValue,
      let data = document["data"]?.arrayValue
    else { return nil }
    columns = []
    for column in meta {
      guard let name = column["name"]?.stringValue, let type = column["type"]?.stringValue
      else { return nil }
      columns.append(Column(name: name, type: type))
    }
    let shapes = columns.map { CellShape($0.type) }
    rows = []
    rows.reserveCapacity(data.count)
    for row in data {
      guard let values = row.arrayValue, values.count == shapes.count else { return nil }
      rows.append(zip(values, shapes).map { $1.cell($0) })
    }
    // Written behind the rows: where it is missing or differs, so are rows.
    guard document["rows"]?.intValue == Int64(rows.count) else { return nil }
    self.elapsed = elapsed
  }
}

/// What a column's type says about its values in JSON.
indirect enum CellShape: Equatable {
  case integer
  case number
  case text
  case array(CellShape)
  case tuple([CellShape])
  /// A type this side does not know: JSON decides.
  case unknown

  init(_ type: some StringProtocol) {
    if let inner = type.inside("Nullable") ?? type.inside("LowCardinality") {
      self = CellShape(inner)
    } else if let inner = type.inside("Array") {
      self = .array(CellShape(inner))
    } else if let inner = type.inside("Tuple") {
      self = .tuple(CellShape.split(inner).map { CellShape($0) })
    } else {
      switch type {
      case "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Bool":
        self = .integer
      case "Float32", "Float64": self = .number
      case "String", "Date", "DateTime", "UUID": self = .text
      default: self = type.hasPrefix("Decimal") ? .number : .unknown
      }
    }
  }

  /// At the commas that are not inside of parentheses.
  private static func split(_ types: some StringProtocol) -> [String] {
    var depth = 0
    return types.split { character in
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      return character == "," && depth == 0
    }.map { part in String(part.drop { $0 == " " }) }
  }

  func cell(_ value: JSONValue) -> ClickHouseCell {
    switch (self, value) {
    case (_, .null): .null
    case (_, .bool(let value)): .int(value ? 1 : 0)
    case (.number, .int(let value)): .number(String(value))
    case (_, .int(let value)): .int(value)
    case (.integer, .string(let text)): CellShape.integer(text)
    case (.number, .number(let text)), (.number, .string(let text)): .number(text)
    case (.array(let shape), .array(let values)): .array(values.map { shape.cell($0) })
    case (.tuple(let shapes), .array(let values)) where shapes.count == values.count:
      .array(zip(shapes, values).map { $0.cell($1) })
    case (_, .number(let text)): CellShape.integer(text)
    case (_, .string(let text)): .text(text)
    case (_, .array(let values)): .array(values.map { CellShape.unknown.cell($0) })
    case (_, .object(let object)):
      .array(object.members.map { .array([.text($0.key), CellShape.unknown.cell($0.value)]) })
    }
  }

  private static func integer(_ text: String) -> ClickHouseCell {
    if let value = Int64(text) { return .int(value) }
    if let value = UInt64(text) { return .uint(value) }
    return .number(text)
  }
}
