/// Writes any `Encodable` value as JSON with sorted keys, so that equal values have equal bytes.
///
/// The values are appended to the text as they come; nothing is built in between. An object is
/// sorted when it is complete. A fraction is refused, since `Double` has no text that is the same
/// everywhere: what needs one holds a `JSONValue`. `Data` is written as base64.
package struct JSONTextEncoder: Sendable {
  private let style: JSONWriter.Style

  package init(_ style: JSONWriter.Style = .compact) { self.style = style }

  package func bytes(of value: some Encodable) throws -> [UInt8] {
    let text = EncodedText(JSONWriter(style))
    try text.write(value)
    return text.bytes
  }
}

extension JSONValue: Encodable {
  /// - Throws: where the encoder is not a `JSONTextEncoder`: another one would lose digits.
  package func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? ValueEncoder else {
      throw EncodingError.invalidValue(
        self,
        .init(codingPath: encoder.codingPath, debugDescription: "needs JSONTextEncoder")
      )
    }
    try encoder.encode(json: self)
  }
}

// MARK: - What Swift asks of an encoder

struct ValueEncoder: Encoder {
  let place: EncodedPlace
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(ObjectContainer(place))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { ListContainer(place) }
  func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

private struct ObjectContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let place: EncodedPlace
  var codingPath: [any CodingKey] { [] }

  init(_ place: EncodedPlace) {
    self.place = place
    // What stands here is an object from now on; where it cannot be, `encode` says so.
    try? place.text.select(place, .object)
  }

  func encodeNil(forKey key: Key) throws {
    try place.key(key)
    place.text.write(JSONValue.null)
  }

  func encode(_ value: Bool, forKey key: Key) throws {
    try place.key(key)
    place.text.write(JSONValue.bool(value))
  }

  func encode(_ value: String, forKey key: Key) throws {
    try place.key(key)
    place.text.write(value)
  }

  func encode(_ value: Int, forKey key: Key) throws {
    try place.key(key)
    place.text.write(Int64(value))
  }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try place.key(key)
    try place.write(value)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type,
    forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    try? place.key(key)
    return KeyedEncodingContainer(ObjectContainer<Nested>(place.text.open()))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    try? place.key(key)
    return ListContainer(place.text.open())
  }

  func superEncoder() -> any Encoder { superEncoder(key: "super") }
  func superEncoder(forKey key: Key) -> any Encoder { superEncoder(key: key.stringValue) }

  private func superEncoder(key: String) -> any Encoder {
    try? place.text.beginMember(place, key)
    return ValueEncoder(place: place.text.open())
  }
}

private struct ListContainer: UnkeyedEncodingContainer {
  let place: EncodedPlace
  var codingPath: [any CodingKey] { [] }
  var count: Int { place.text.count(of: place) }

  init(_ place: EncodedPlace) {
    self.place = place
    try? place.text.select(place, .list)
  }

  func encodeNil() throws {
    try place.text.beginElement(place)
    place.text.write(JSONValue.null)
  }

  func encode<T: Encodable>(_ value: T) throws {
    try place.text.beginElement(place)
    try place.write(value)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    try? place.text.beginElement(place)
    return KeyedEncodingContainer(ObjectContainer<Nested>(place.text.open()))
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    try? place.text.beginElement(place)
    return ListContainer(place.text.open())
  }

  func superEncoder() -> any Encoder {
    try? place.text.beginElement(place)
    return ValueEncoder(place: place.text.open())
  }
}

extension ValueEncoder: SingleValueEncodingContainer {
  func encode(json value: JSONValue) throws {
    try place.text.select(place, .single)
    place.text.write(value)
  }

  func encodeNil() throws { try encode(json: .null) }
  func encode(_ value: Bool) throws { try encode(json: .bool(value)) }
  func encode(_ value: String) throws { try encode(json: .string(value)) }
  func encode(_ value: Double) throws { throw EncodedPlace.refused(value) }
  func encode(_ value: Float) throws { throw EncodedPlace.refused(value) }
  /// In the place of the value that has asked for this container.
  func encode<T: Encodable>(_ value: T) throws { try value.encode(to: self) }

  func encode<T: FixedWidthInteger & Encodable>(_ value: T) throws {
    try place.text.select(place, .single)
    place.write(integer: value)
  }
}
