internal import FoundationEssentials

// Foundation's coders pass numbers as Swift types, so a number keeps its value here but not always
// its text: `1.0` comes back as `1`. Integers of up to 38 digits are exact, and so are decimal
// fractions of up to 38 digits; beyond that the nearest finite `Double` is written. Where every digit
// and the order of keys count, use `JSONParser` and `JSONWriter`.
extension JSONValue: Codable {
  package init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: MemberKey.self) {
      var object = JSONObject()
      for key in container.allKeys {
        object[key.stringValue] = try container.decode(Self.self, forKey: key)
      }
      self = .object(object)
    } else if var container = try? decoder.unkeyedContainer() {
      var elements: [JSONValue] = []
      while !container.isAtEnd { elements.append(try container.decode(Self.self)) }
      self = .array(elements)
    } else {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(String.self) {
        self = .string(value)
      } else if let value = try? container.decode(Bool.self) {
        self = .bool(value)
      } else if let value = try? container.decode(Int64.self) {
        self = .int(value)
      } else if let value = try? container.decode(UInt64.self) {
        self = .number(String(value))
      } else {
        self = try Self.decodeFraction(from: container)
      }
    }
  }

  private static func decodeFraction(
    from container: any SingleValueDecodingContainer
  ) throws -> JSONValue {
    if let value = try? container.decode(Decimal.self), value.isFinite,
      let number = JSONValue(numberText: value.description)
    {
      return number
    }
    let value = try container.decode(Double.self)
    guard let number = JSONValue(numberText: value.description) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "not a number that JSON can write"
      )
    }
    return number
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .object(let object):
      var container = encoder.container(keyedBy: MemberKey.self)
      for member in object.members {
        try container.encode(member.value, forKey: MemberKey(stringValue: member.key))
      }
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .int(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .string(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .number(let text):
      var container = encoder.singleValueContainer()
      if let value = UInt64(text) {
        try container.encode(value)
      } else if let value = Decimal(string: text),
        JSONNumber(value.description) == JSONNumber(text)
      {
        try container.encode(value)
      } else {
        let limit = Double.greatestFiniteMagnitude
        try container.encode(min(max(Double(text) ?? 0, -limit), limit))
      }
    }
  }

  private struct MemberKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
