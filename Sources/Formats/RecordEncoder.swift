/// Writes records and events as JSON, several times faster than Foundation's encoder, which takes a
/// large part of a short run.
///
/// Keys are in UTF-8 order; the text is the one that Foundation's gives with sorted keys and without
/// escaped slashes. For types of our own, which hold texts, integers, truth values, and lists and
/// objects of them: a fraction is refused, since it has no text that is the same everywhere.
package struct RecordEncoder: Sendable {
  private let style: JSONWriter.Style

  /// - Parameter style: `pretty` as Foundation's: a space on both sides of the colon, and two line
  ///   ends in what is empty.
  package init(_ style: JSONWriter.Style = .compact) { self.style = style }

  package func bytes(of value: some Encodable) throws -> [UInt8] {
    let slot = Slot()
    try value.encode(to: SlotEncoder(slot: slot))
    var output: [UInt8] = []
    output.reserveCapacity(1024)
    write(slot.finished, to: &output, depth: 0)
    return output
  }

  private func write(_ node: Node, to output: inout [UInt8], depth: Int) {
    switch node {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .int(let value): Self.write(value, to: &output)
    case .integerText(let text): output.append(contentsOf: text.utf8)
    case .string(let text): JSONWriter.writeString(text, to: &output)
    case .slot(let slot): write(slot.finished, to: &output, depth: depth)
    case .list(let items):
      output.append(UInt8(ascii: "["))
      for (index, item) in items.nodes.enumerated() {
        beginItem(index, to: &output, depth: depth)
        write(item, to: &output, depth: depth + 1)
      }
      end(UInt8(ascii: "]"), isEmpty: items.nodes.isEmpty, to: &output, depth: depth)
    case .object(let items):
      output.append(UInt8(ascii: "{"))
      for (index, member) in items.inOrder.enumerated() {
        beginItem(index, to: &output, depth: depth)
        JSONWriter.writeString(items.keys[member], to: &output)
        output.append(contentsOf: (style == .pretty ? " : " : ":").utf8)
        write(items.nodes[member], to: &output, depth: depth + 1)
      }
      end(UInt8(ascii: "}"), isEmpty: items.nodes.isEmpty, to: &output, depth: depth)
    }
  }

  private static func write(_ value: Int64, to output: inout [UInt8]) {
    if value < 0 { return output.append(contentsOf: String(value).utf8) }
    let start = output.count
    var rest = value
    repeat {
      output.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    output[start...].reverse()
  }

  private func beginItem(_ index: Int, to output: inout [UInt8], depth: Int) {
    if index > 0 { output.append(UInt8(ascii: ",")) }
    if style == .pretty { beginLine(to: &output, depth: depth + 1) }
  }

  private func end(_ bracket: UInt8, isEmpty: Bool, to output: inout [UInt8], depth: Int) {
    if style == .pretty {
      if isEmpty { output.append(UInt8(ascii: "\n")) }
      beginLine(to: &output, depth: depth)
    }
    output.append(bracket)
  }

  private func beginLine(to output: inout [UInt8], depth: Int) {
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }
}

// MARK: - What was encoded

extension RecordEncoder {
  fileprivate enum Node {
    case null
    case bool(Bool)
    case int(Int64)
    case integerText(String)
    case string(String)
    case list(Items)
    case object(Items)
    /// Filled later, by whoever asked for an encoder of its own.
    case slot(Slot)

    static func integer(_ value: some BinaryInteger) -> Node {
      Int64(exactly: value).map { .int($0) } ?? .integerText(String(value))
    }
  }

  /// The elements of a list, or the members of an object in the order in which they came.
  fileprivate final class Items {
    var keys: [String] = []
    var nodes: [Node] = []

    /// The places of an object's members, sorted by key.
    var inOrder: [Int] { nodes.indices.sorted { UTF8Order.precedes(keys[$0], keys[$1]) } }

    func add(_ node: Node, _ key: some CodingKey) {
      keys.append(key.stringValue)
      nodes.append(node)
    }
  }

  fileprivate final class Slot {
    var node: Node?

    /// A value that encoded nothing is an object without members.
    var finished: Node { node ?? .object(Items()) }

    var object: Items {
      if case .object(let items)? = node { return items }
      let items = Items()
      node = .object(items)
      return items
    }

    var list: Items {
      if case .list(let items)? = node { return items }
      let items = Items()
      node = .list(items)
      return items
    }
  }

  fileprivate static func node(_ value: some Encodable) throws -> Node {
    let slot = Slot()
    try value.encode(to: SlotEncoder(slot: slot))
    return slot.finished
  }

  fileprivate static func refused(_ value: Any) -> EncodingError {
    .invalidValue(value, .init(codingPath: [], debugDescription: "records hold no fractions"))
  }
}

private struct SlotEncoder: Encoder {
  let slot: RecordEncoder.Slot
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(ObjectContainer(items: slot.object))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { ListContainer(items: slot.list) }
  func singleValueContainer() -> any SingleValueEncodingContainer { ValueContainer(slot: slot) }
}

private struct ObjectContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let items: RecordEncoder.Items
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) { items.add(.null, key) }
  func encode(_ value: Bool, forKey key: Key) { items.add(.bool(value), key) }
  func encode(_ value: String, forKey key: Key) { items.add(.string(value), key) }
  func encode(_ value: Int, forKey key: Key) { items.add(.int(Int64(value)), key) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    items.add(try RecordEncoder.node(value), key)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type,
    forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    let nested = RecordEncoder.Items()
    items.add(.object(nested), key)
    return KeyedEncodingContainer(ObjectContainer<Nested>(items: nested))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    let nested = RecordEncoder.Items()
    items.add(.list(nested), key)
    return ListContainer(items: nested)
  }

  func superEncoder() -> any Encoder {
    let slot = RecordEncoder.Slot()
    items.keys.append("super")
    items.nodes.append(.slot(slot))
    return SlotEncoder(slot: slot)
  }

  func superEncoder(forKey key: Key) -> any Encoder {
    let slot = RecordEncoder.Slot()
    items.add(.slot(slot), key)
    return SlotEncoder(slot: slot)
  }
}

private struct ListContainer: UnkeyedEncodingContainer {
  let items: RecordEncoder.Items
  var codingPath: [any CodingKey] { [] }
  var count: Int { items.nodes.count }

  func encodeNil() { items.nodes.append(.null) }
  func encode(_ value: String) { items.nodes.append(.string(value)) }
  func encode<T: Encodable>(_ value: T) throws {
    items.nodes.append(try RecordEncoder.node(value))
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    let nested = RecordEncoder.Items()
    items.nodes.append(.object(nested))
    return KeyedEncodingContainer(ObjectContainer<Nested>(items: nested))
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    let nested = RecordEncoder.Items()
    items.nodes.append(.list(nested))
    return ListContainer(items: nested)
  }

  func superEncoder() -> any Encoder {
    let slot = RecordEncoder.Slot()
    items.nodes.append(.slot(slot))
    return SlotEncoder(slot: slot)
  }
}

private struct ValueContainer: SingleValueEncodingContainer {
  let slot: RecordEncoder.Slot
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { slot.node = .null }
  func encode(_ value: Bool) { slot.node = .bool(value) }
  func encode(_ value: String) { slot.node = .string(value) }
  func encode(_ value: Int) { slot.node = .int(Int64(value)) }
  func encode(_ value: Int8) { slot.node = .integer(value) }
  func encode(_ value: Int16) { slot.node = .integer(value) }
  func encode(_ value: Int32) { slot.node = .integer(value) }
  func encode(_ value: Int64) { slot.node = .int(value) }
  func encode(_ value: UInt) { slot.node = .integer(value) }
  func encode(_ value: UInt8) { slot.node = .integer(value) }
  func encode(_ value: UInt16) { slot.node = .integer(value) }
  func encode(_ value: UInt32) { slot.node = .integer(value) }
  func encode(_ value: UInt64) { slot.node = .integer(value) }
  func encode(_ value: Double) throws { throw RecordEncoder.refused(value) }
  func encode(_ value: Float) throws { throw RecordEncoder.refused(value) }
  func encode<T: Encodable>(_ value: T) throws { slot.node = try RecordEncoder.node(value) }
}
