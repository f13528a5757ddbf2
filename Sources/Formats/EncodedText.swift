internal import FoundationEssentials

/// A text that grows, and the arrays and objects that are open at its end.
final class EncodedText {
  enum Kind { case undecided, object, list, single }

  private struct Frame {
    let serial: Int
    /// Where the value begins.
    let start: Int
    /// Where its members begin in `members`.
    let firstMember: Int
    var kind = Kind.undecided
    /// Elements or members so far.
    var count = 0
  }

  private struct Member {
    var key: String
    /// Where it begins, behind the comma.
    var start: Int
  }

  private(set) var bytes: [UInt8] = []
  private let writer: JSONWriter
  private var frames: [Frame] = []
  /// Of all open objects, the outermost first.
  private var members: [Member] = []
  private var sorted: [UInt8] = []
  private var serials = 0

  init(_ writer: JSONWriter) {
    self.writer = writer
    bytes.reserveCapacity(1024)
  }

  // MARK: Values

  func write(_ value: some Encodable) throws {
    let place = open()
    try value.encode(to: ValueEncoder(place: place))
    close(to: place.index)
  }

  /// In the innermost frame, which is the value's own where it has any depth.
  func write(_ value: JSONValue) { writer.write(value, to: &bytes, depth: frames.count - 1) }
  func write(_ value: String) { JSONWriter.writeString(value, to: &bytes) }
  func write(_ value: Int64) { JSONWriter.writeInteger(value, to: &bytes) }

  // MARK: Frames

  func open() -> EncodedPlace {
    serials += 1
    frames.append(Frame(serial: serials, start: bytes.count, firstMember: members.count))
    return EncodedPlace(text: self, index: frames.count - 1, serial: serials)
  }

  /// The number of elements or members in a frame that may have been closed.
  func count(of place: EncodedPlace) -> Int {
    isOpen(place) ? frames[place.index].count : 0
  }

  private func isOpen(_ place: EncodedPlace) -> Bool {
    place.index < frames.count && frames[place.index].serial == place.serial
  }

  /// Makes this frame the innermost one, of this kind.
  ///
  /// - Throws: where something else was written after the value was complete, or in its place.
  func select(_ place: EncodedPlace, _ kind: Kind) throws {
    guard isOpen(place) else { throw Self.outOfOrder }
    close(to: place.index + 1)
    if frames[place.index].kind == .undecided {
      frames[place.index].kind = kind
      if kind == .object { bytes.append(UInt8(ascii: "{")) }
      if kind == .list { bytes.append(UInt8(ascii: "[")) }
    } else if frames[place.index].kind != kind || kind == .single {
      throw Self.outOfOrder
    }
  }

  private static let outOfOrder = EncodingError.invalidValue(
    "a value",
    .init(codingPath: [], debugDescription: "encoded out of order")
  )

  func beginElement(_ place: EncodedPlace) throws {
    try select(place, .list)
    writer.beginItem(frames[place.index].count, to: &bytes, depth: place.index)
    frames[place.index].count += 1
  }

  func beginMember(_ place: EncodedPlace, _ key: String) throws {
    try select(place, .object)
    let index = frames[place.index].count
    let start = bytes.count + (index > 0 ? 1 : 0)
    members.append(Member(key: key, start: start))
    writer.beginItem(index, to: &bytes, depth: place.index)
    writer.writeKey(key, to: &bytes)
    frames[place.index].count += 1
  }

  /// Ends all frames from this index on.
  private func close(to index: Int) {
    while frames.count > index {
      let frame = frames[frames.count - 1]
      let depth = frames.count - 1
      switch frame.kind {
      case .single: break
      case .list:
        writer.end(UInt8(ascii: "]"), isEmpty: frame.count == 0, to: &bytes, depth: depth)
      case .object, .undecided:
        // A value that encoded nothing is an object without members.
        if frame.kind == .undecided { bytes.append(UInt8(ascii: "{")) }
        sortMembers(from: frame.firstMember)
        writer.end(UInt8(ascii: "}"), isEmpty: frame.count == 0, to: &bytes, depth: depth)
        members.removeSubrange(frame.firstMember...)
      }
      frames.removeLast()
    }
  }

  /// Brings the members at the end of the text into the order of their keys.
  private func sortMembers(from first: Int) {
    let isSorted = members.indices.dropFirst(first + 1).allSatisfy {
      UTF8Order.precedes(members[$0 - 1].key, members[$0].key)
    }
    if isSorted { return }
    let start = members[first].start
    let order = (first..<members.count).sorted {
      UTF8Order.precedes(members[$0].key, members[$1].key)
    }
    sorted.removeAll(keepingCapacity: true)
    for (index, member) in order.enumerated() {
      if index > 0 { sorted.append(UInt8(ascii: ",")) }
      let end = member + 1 < members.count ? members[member + 1].start - 1 : bytes.count
      sorted += bytes[members[member].start..<end]
    }
    bytes.replaceSubrange(start..., with: sorted)
  }
}

/// Where in the text something is to be written.
struct EncodedPlace {
  let text: EncodedText
  let index: Int
  let serial: Int

  func key(_ key: some CodingKey) throws { try text.beginMember(self, key.stringValue) }

  /// Writes any value but a text, which the containers write themselves.
  func write<T: Encodable>(_ value: T) throws {
    if T.self == String.self, let value = value as? String {
      text.write(value)
    } else if T.self == Data.self, let value = value as? Data {
      text.write(value.base64EncodedString())
    } else {
      try text.write(value)
    }
  }

  func write(integer value: some BinaryInteger) {
    if let value = Int64(exactly: value) {
      text.write(value)
    } else {
      text.write(JSONValue.number(String(value)))
    }
  }

  static func refused(_ value: some BinaryFloatingPoint) -> EncodingError {
    .invalidValue(
      value,
      .init(codingPath: [], debugDescription: "fractions have no text that is the same everywhere")
    )
  }
}
