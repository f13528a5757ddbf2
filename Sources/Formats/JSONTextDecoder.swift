internal import FoundationEssentials

/// Reads any `Decodable` value from JSON; an error tells the path in the value and the place in the
/// text.
///
/// A number is an integer only where it is written as one and fits. `Data` is base64.
package struct JSONTextDecoder: Sendable {
  private let parser: JSONParser

  /// - Parameter parser: refuses objects that have a key twice, unless told otherwise.
  package init(parser: JSONParser = JSONParser(duplicateKeys: .refused)) {
    self.parser = parser
  }

  /// - Parameter prepare: a change to the value that was read, such as the upgrade of an older schema.
  package func decode<Value: Decodable>(
    _ type: Value.Type = Value.self,
    from bytes: [UInt8],
    preparing prepare: (JSONValue) throws(JSONParsingError) -> JSONValue = { $0 }
  ) throws(JSONParsingError) -> Value {
    let value = try prepare(parser.parse(bytes))
    do throws(DecodingFailure) {
      return try value.decoded()
    } catch {
      throw bytes.withUnsafeBufferPointer { bytes in
        var reader = JSONReader(bytes: bytes, parser: parser)
        let offset = (try? reader.place(of: error.path)) ?? 0
        return JSONParsingError(code: error.code, offset: offset, in: bytes)
      }
    }
  }

  /// From a value whose text is no longer there: the error's place is the beginning.
  package func decode<Value: Decodable>(
    _ type: Value.Type = Value.self,
    from value: JSONValue
  ) throws(JSONParsingError) -> Value {
    do throws(DecodingFailure) {
      return try value.decoded()
    } catch {
      throw JSONParsingError(code: error.code, offset: 0, in: .init(start: nil, count: 0))
    }
  }
}

extension JSONValue: Decodable {
  /// - Throws: where the decoder is not a `JSONTextDecoder`: another one would lose digits.
  package init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? ValueDecoder else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "needs JSONTextDecoder")
      )
    }
    self = decoder.value
  }
}

/// What could not be decoded, with the keys that lead to it.
private struct DecodingFailure: Error {
  /// The outermost first.
  var path: [any CodingKey]
  let reason: String

  var code: JSONParsingError.Code {
    let text = path.reduce(into: "") { text, key in
      if key is ElementIndex {
        text += "[\(key.stringValue)]"
      } else {
        text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
    return .undecodable(path: text, reason: reason)
  }

  /// - Parameter keys: where the error was thrown, seen from whoever passes it on.
  init(_ error: any Error, under keys: [any CodingKey]) {
    switch error {
    case let failure as DecodingFailure: self = failure
    case DecodingError.keyNotFound(let missing, let context):
      path = context.codingPath
      reason = "the key \(JSONValue.string(missing.stringValue)) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      path = context.codingPath
      reason = context.debugDescription
    default:
      path = []
      reason = "\(error)"
    }
    path = keys + path
  }
}

extension JSONValue {
  fileprivate func decoded<Value: Decodable>() throws(DecodingFailure) -> Value {
    do {
      return try decode()
    } catch {
      throw DecodingFailure(error, under: [])
    }
  }

  /// Errors carry the path from here on.
  fileprivate func decode<Value: Decodable>() throws -> Value {
    if Value.self == String.self || Value.self == [String].self || Value.self == Data.self,
      let value: Value = known()
    {
      return value
    }
    return try Value(from: ValueDecoder(value: self))
  }

  /// Values that need no decoder of their own; nil where they are of another form.
  ///
  /// Apart from `decode`, which would otherwise make `Value?` known to the runtime in each call.
  @inline(never)
  private func known<Value>() -> Value? {
    switch self {
    case .string(let text):
      Value.self == Data.self ? Data(base64Encoded: text) as? Value : text as? Value
    case .array(let elements):
      elements.allSatisfy { $0.stringValue != nil }
        ? elements.compactMap(\.stringValue) as? Value : nil
    default: nil
    }
  }

  fileprivate func container<Key: CodingKey>(
    at path: [any CodingKey]
  ) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let object) = self else { throw mismatch("an object") }
    return KeyedDecodingContainer(ObjectContainer(object: object, codingPath: path))
  }

  fileprivate func list(at path: [any CodingKey]) throws -> ListContainer {
    guard case .array(let elements) = self else { throw mismatch("an array") }
    return ListContainer(elements: elements, codingPath: path)
  }

  fileprivate func text() throws -> String {
    guard case .string(let text) = self else { throw mismatch("a string") }
    return text
  }

  fileprivate func bool() throws -> Bool {
    guard case .bool(let value) = self else { throw mismatch("true or false") }
    return value
  }

  fileprivate func integer<Value: FixedWidthInteger>() throws -> Value {
    switch self {
    // Sizes, times and counts: sums of what others wrote must not overflow.
    case .int(let number) where Value.self == Int.self && number.magnitude > 999_999_999_999_999:
      throw mismatch("a whole number of at most 15 digits")
    case .int(let number):
      if let value = Value(exactly: number) { return value }
    case .number(let text):
      if let value = Value(text) { return value }
    default: throw mismatch("a whole number")
    }
    throw mismatch("a whole number from \(Value.min) to \(Value.max)")
  }

  fileprivate func fraction<Value: LosslessStringConvertible>() throws -> Value {
    switch self {
    case .int, .number:
      guard let value = Value(description) else { throw mismatch("a number in range") }
      return value
    default: throw mismatch("a number")
    }
  }

  fileprivate func mismatch(_ expected: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: [], debugDescription: "expected \(expected), got \(kindName)"))
  }
}

// MARK: - What Swift asks of a decoder

private struct ValueDecoder: Decoder {
  let value: JSONValue
  /// From here on: whoever passes an error on adds its own key.
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try value.container(at: [])
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try value.list(at: [])
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }
}

private struct ObjectContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let object: JSONObject
  /// From the value that is being decoded; not empty in a container that lies within.
  let codingPath: [any CodingKey]

  var allKeys: [Key] { object.members.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool { object[key.stringValue] != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try member(key).isNull }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
    try read(member(key), key) { try $0.bool() }
  }

  func decode(_ type: String.Type, forKey key: Key) throws -> String {
    try read(member(key), key) { try $0.text() }
  }

  func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
    try read(member(key), key) { try $0.integer() }
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try read(member(key), key) { try $0.decode() }
  }

  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    guard let value = object[key.stringValue], !value.isNull else { return nil }
    return try read(value, key) { (value) throws -> String in try value.text() }
  }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    guard let value = object[key.stringValue], !value.isNull else { return nil }
    return try read(value, key) { (value) throws -> T in try value.decode() }
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type,
    forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try read(member(key), key) { try $0.container(at: codingPath + [key]) }
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try read(member(key), key) { try $0.list(at: codingPath + [key]) }
  }

  func superDecoder() -> any Decoder { ValueDecoder(value: object["super"] ?? .null) }
  func superDecoder(forKey key: Key) throws -> any Decoder { ValueDecoder(value: try member(key)) }

  private func member(_ key: Key) throws -> JSONValue {
    guard let value = object[key.stringValue] else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: ""))
    }
    return value
  }

  private func read<Value>(
    _ value: JSONValue,
    _ key: Key,
    _ read: (JSONValue) throws -> Value
  ) throws -> Value {
    do {
      return try read(value)
    } catch {
      throw DecodingFailure(error, under: codingPath + [key])
    }
  }
}

private struct ElementIndex: CodingKey {
  let index: Int
  var intValue: Int? { index }
  var stringValue: String { "\(index)" }

  init(_ index: Int) { self.index = index }
  init?(intValue: Int) { index = intValue }
  init?(stringValue: String) { nil }
}

private struct ListContainer: UnkeyedDecodingContainer {
  let elements: [JSONValue]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try next { value, _ in try value.decode() }
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try next { value, path in try value.container(at: path()) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next { value, path in try value.list(at: path()) }
  }

  mutating func superDecoder() throws -> any Decoder {
    try next { value, _ in ValueDecoder(value: value) }
  }

  private mutating func next<Value>(
    _ read: (JSONValue, _ path: () -> [any CodingKey]) throws -> Value
  ) throws -> Value {
    guard !isAtEnd else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: codingPath,
          debugDescription: "expected more than \(elements.count) elements"
        )
      )
    }
    let path = { [codingPath, currentIndex] in codingPath + [ElementIndex(currentIndex)] }
    do {
      let value = try read(elements[currentIndex], path)
      currentIndex += 1
      return value
    } catch {
      throw DecodingFailure(error, under: path())
    }
  }
}

extension ValueDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { value.isNull }
  func decode(_ type: Bool.Type) throws -> Bool { try value.bool() }
  func decode(_ type: String.Type) throws -> String { try value.text() }
  func decode(_ type: Double.Type) throws -> Double { try value.fraction() }
  func decode(_ type: Float.Type) throws -> Float { try value.fraction() }
  func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type) throws -> T { try value.integer() }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try value.decode() }
}
