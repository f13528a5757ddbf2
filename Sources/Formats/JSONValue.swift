/// A JSON value that loses nothing of what was read.
///
/// Strings and keys are equal when their UTF-8 bytes are equal; Swift's `==` on `String` would also
/// call composed and decomposed forms equal. Numbers are equal when they are written alike: `1` and
/// `1.0` differ here, and `isNumericallyEqual(to:)` compares what they stand for.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// An integer written without fraction or exponent that fits 64 bits.
  case int(Int64)
  /// The exact text of any other number (`1.0`, `-0`, `1e400`, 20 digits and more).
  ///
  /// Use `init(numberText:)` to make one: it checks the grammar and prefers `int`.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// A number from its JSON text, as `int` where it fits; nil if RFC 8259 does not allow the text.
  package init?(numberText text: String) {
    guard let value = try? JSONParser().parse(text) else { return nil }
    switch value {
    case .int(let parsed) where String(parsed).utf8.count == text.utf8.count: self = value
    case .number(let parsed) where parsed.utf8.count == text.utf8.count: self = value
    default: return nil
    }
  }
}

extension JSONValue {
  /// The member called `key`; nil if this is no object or has no such member.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let object) = self else { return nil }
    return object[key]
  }

  /// The element at `index`, counted from 0; nil if this is no array or it is too short.
  package subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  package var isNull: Bool {
    if case .null = self { true } else { false }
  }

  package var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The integer, if it was written without fraction or exponent and fits 64 bits.
  package var intValue: Int64? {
    if case .int(let value) = self { value } else { nil }
  }

  package var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  package var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  package var objectValue: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// What kind of value this is, for messages: "null", "a boolean", "a number", "a string", "an
  /// array", "an object".
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .int, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: Hashable {
  package static func == (lhs: JSONValue, rhs: JSONValue) -> Bool {
    switch (lhs, rhs) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.number(let a), .number(let b)): UTF8Order.areEqual(a, b)
    case (.string(let a), .string(let b)): UTF8Order.areEqual(a, b)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    // Equal bytes are equal strings, so the hash of a string serves here too.
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value):
      hasher.combine(1)
      hasher.combine(value)
    case .int(let value):
      hasher.combine(2)
      hasher.combine(value)
    case .number(let text):
      hasher.combine(3)
      hasher.combine(text)
    case .string(let text):
      hasher.combine(4)
      hasher.combine(text)
    case .array(let elements):
      hasher.combine(5)
      hasher.combine(elements)
    case .object(let object):
      hasher.combine(6)
      hasher.combine(object)
    }
  }
}

// Not by `nil`: in `condition ? value : nil` it would silently mean null instead of no value.
extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int64) { self = .int(value) }

  /// The shortest text that reads back as `value`: `1.0` stays `1.0`. Infinity becomes null.
  package init(floatLiteral value: Double) {
    self = value.isFinite ? .number(value.description) : .null
  }

  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// Of two equal keys the last one counts.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
}

extension JSONValue: CustomStringConvertible {
  /// The canonical compact text.
  package var description: String { JSONWriter(.compact).string(of: self) }
}
