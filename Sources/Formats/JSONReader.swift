/// The parser's cursor over one text.
struct JSONReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let parser: JSONParser
  private var offset = 0
  private var depth = 0

  init(bytes: UnsafeBufferPointer<UInt8>, parser: JSONParser) {
    self.bytes = bytes
    self.parser = parser
  }

  mutating func readText() throws(JSONParsingError) -> JSONValue {
    guard bytes.count <= parser.sizeLimit else {
      throw failure(.tooLarge(limit: parser.sizeLimit), at: 0)
    }
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      guard parser.isLenient else { throw failure(.byteOrderMark, at: 0) }
      offset = 3
    }
    skipSpace()
    let value = try readValue()
    skipSpace()
    guard offset == bytes.count else { throw failure(.trailingText, at: offset) }
    return value
  }

  /// Where the value begins that a path leads to, or the last on the way that is there; of equal keys
  /// the last one counts. For errors: the text is read once more.
  mutating func place(of path: [any CodingKey]) throws(JSONParsingError) -> Int {
    skipSpace()
    for key in path {
      guard let place = try place(of: key) else { break }
      offset = place
    }
    return offset
  }

  private func place(of key: any CodingKey) throws(JSONParsingError) -> Int? {
    let isObject = peek() == UInt8(ascii: "{")
    guard isObject || peek() == UInt8(ascii: "[") else { return nil }
    var reader = self
    reader.offset &+= 1
    var place: Int?
    for index in 0... {
      reader.skipSpace()
      if reader.peek() == UInt8(ascii: ",") {
        reader.offset &+= 1
        reader.skipSpace()
      }
      var isIt = index == key.intValue
      if isObject {
        guard reader.peek() == UInt8(ascii: "\"") else { break }
        isIt = UTF8Order.areEqual(try reader.readString(), key.stringValue)
        reader.skipSpace()
        reader.offset &+= 1
        reader.skipSpace()
      }
      if reader.peek() == UInt8(ascii: "]") { break }
      if isIt { place = reader.offset }
      _ = try reader.readValue()
    }
    return place
  }

  private mutating func readValue() throws(JSONParsingError) -> JSONValue {
    guard offset < bytes.count else { throw failure(.unexpectedEnd, at: offset) }
    switch bytes[offset] {
    case UInt8(ascii: "\""): return .string(try readString())
    case UInt8(ascii: "{"): return try readObject()
    case UInt8(ascii: "["): return try readArray()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
    case UInt8(ascii: "t"): return try readWord("true", .bool(true))
    case UInt8(ascii: "f"): return try readWord("false", .bool(false))
    case UInt8(ascii: "n"): return try readWord("null", .null)
    default: throw failure(.unexpected(expected: "a value"), at: offset)
    }
  }

  private mutating func readWord(
    _ word: StaticString,
    _ value: JSONValue
  ) throws(JSONParsingError) -> JSONValue {
    for index in 0..<word.utf8CodeUnitCount {
      guard offset < bytes.count else { throw failure(.unexpectedEnd, at: offset) }
      guard bytes[offset] == word.utf8Start[index] else {
        throw failure(.unexpected(expected: "\(word)"), at: offset)
      }
      offset &+= 1
    }
    return value
  }

  private mutating func readArray() throws(JSONParsingError) -> JSONValue {
    try open()
    skipSpace()
    if peek() == UInt8(ascii: "]") {
      close()
      return .array([])
    }
    var elements: [JSONValue] = []
    elements.reserveCapacity(4)
    while true {
      elements.append(try readValue())
      skipSpace()
      switch peek() {
      case UInt8(ascii: ","):
        offset &+= 1
        skipSpace()
      case UInt8(ascii: "]"):
        close()
        return .array(elements)
      default: throw unexpected("a comma or ]")
      }
    }
  }

  private mutating func readObject() throws(JSONParsingError) -> JSONValue {
    let start = offset
    try open()
    skipSpace()
    if peek() == UInt8(ascii: "}") {
      close()
      return .object(JSONObject())
    }
    var members: [JSONObject.Member] = []
    members.reserveCapacity(8)
    while true {
      guard peek() == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
      let key = try readString()
      skipSpace()
      guard peek() == UInt8(ascii: ":") else { throw unexpected("a colon") }
      offset &+= 1
      skipSpace()
      members.append(JSONObject.Member(key: key, value: try readValue()))
      skipSpace()
      guard peek() == UInt8(ascii: ",") else { break }
      offset &+= 1
      skipSpace()
    }
    guard peek() == UInt8(ascii: "}") else { throw unexpected("a comma or }") }
    close()
    if let duplicate = JSONObject.sort(&members), parser.duplicateKeys == .refused {
      throw failure(.duplicateKey(duplicate), at: start)
    }
    return .object(JSONObject(sorted: members))
  }

  private mutating func open() throws(JSONParsingError) {
    guard depth < parser.depthLimit else {
      throw failure(.tooDeep(limit: parser.depthLimit), at: offset)
    }
    depth &+= 1
    offset &+= 1
  }

  private mutating func close() {
    depth &-= 1
    offset &+= 1
  }

  private func peek() -> UInt8? {
    offset < bytes.count ? bytes[offset] : nil
  }

  private mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset &+= 1
      default: return
      }
    }
  }

  private func unexpected(_ expected: String) -> JSONParsingError {
    failure(offset < bytes.count ? .unexpected(expected: expected) : .unexpectedEnd, at: offset)
  }

  private func failure(_ code: JSONParsingError.Code, at place: Int) -> JSONParsingError {
    JSONParsingError(code: code, offset: place, in: bytes)
  }
}

// MARK: Numbers

extension JSONReader {
  private mutating func readNumber() throws(JSONParsingError) -> JSONValue {
    let start = offset
    let isNegative = bytes[offset] == UInt8(ascii: "-")
    if isNegative { offset &+= 1 }
    let first = offset
    var magnitude: UInt64 = 0
    var fits = true
    while offset < bytes.count, isDigit(bytes[offset]) {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[offset] &- 0x30))
      fits = fits && !overflow && !carry
      magnitude = sum
      offset &+= 1
    }
    let digits = offset - first
    guard digits > 0 else {
      throw failure(offset < bytes.count ? .invalidNumber : .unexpectedEnd, at: offset)
    }
    if digits > 1, bytes[first] == UInt8(ascii: "0") { throw failure(.invalidNumber, at: first) }
    var isInteger = true
    if peek() == UInt8(ascii: ".") {
      isInteger = false
      offset &+= 1
      try skipDigits()
    }
    if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      offset &+= 1
      if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset &+= 1 }
      try skipDigits()
    }
    if isInteger, fits {
      if !isNegative, magnitude <= UInt64(Int64.max) { return .int(Int64(magnitude)) }
      // `-0` keeps its sign as text.
      if isNegative, magnitude > 0, magnitude <= UInt64(Int64.max) + 1 {
        return .int(Int64(truncatingIfNeeded: 0 &- magnitude))
      }
    }
    return .number(text(from: start, to: offset))
  }

  private mutating func skipDigits() throws(JSONParsingError) {
    let start = offset
    while offset < bytes.count, isDigit(bytes[offset]) { offset &+= 1 }
    guard offset > start else {
      throw failure(offset < bytes.count ? .invalidNumber : .unexpectedEnd, at: offset)
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10
  }
}

// MARK: Strings

extension JSONReader {
  private mutating func readString() throws(JSONParsingError) -> String {
    offset &+= 1
    let start = offset
    var allBits: UInt8 = 0
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        if allBits >= 0x80 { try checkUTF8(from: start) }
        let string = text(from: start, to: offset)
        offset &+= 1
        return string
      }
      if byte == UInt8(ascii: "\\") { return try readEscapedString(from: start) }
      if byte < 0x20 { throw failure(.controlCharacter, at: offset) }
      allBits |= byte
      offset &+= 1
    }
    throw failure(.unexpectedEnd, at: offset)
  }

  private mutating func readEscapedString(from start: Int) throws(JSONParsingError) -> String {
    var content = [UInt8](bytes[start..<offset])
    while offset < bytes.count {
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "\""):
        try checkUTF8(from: start)
        offset &+= 1
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        try readEscape(into: &content)
      case 0..<0x20:
        throw failure(.controlCharacter, at: offset)
      default:
        content.append(byte)
        offset &+= 1
      }
    }
    throw failure(.unexpectedEnd, at: offset)
  }

  private mutating func readEscape(into content: inout [UInt8]) throws(JSONParsingError) {
    let start = offset
    offset &+= 1
    guard let kind = peek() else { throw failure(.unexpectedEnd, at: offset) }
    offset &+= 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(kind)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      let unit = try readHex()
      var scalar = Unicode.Scalar(unit)
      if unit & 0xFC00 == 0xD800, let low = try readLowSurrogate() {
        scalar = Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF)))
      }
      if scalar == nil, !parser.isLenient { throw failure(.loneSurrogate, at: start) }
      content.append(
        contentsOf: UTF8.encode(scalar ?? "\u{FFFD}") ?? Unicode.UTF8.encodedReplacementCharacter
      )
    default: throw failure(.invalidEscape, at: start)
    }
  }

  /// The second half of a pair; nil, and nothing is read, where another thing follows.
  private mutating func readLowSurrogate() throws(JSONParsingError) -> UInt16? {
    let start = offset
    guard peek() == UInt8(ascii: "\\"), offset + 1 < bytes.count,
      bytes[offset + 1] == UInt8(ascii: "u")
    else { return nil }
    offset &+= 2
    let low = try readHex()
    if low & 0xFC00 == 0xDC00 { return low }
    offset = start
    return nil
  }

  private mutating func readHex() throws(JSONParsingError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek() else { throw failure(.unexpectedEnd, at: offset) }
      guard let digit = Hexadecimal.value(of: byte) else {
        throw failure(.invalidEscape, at: offset)
      }
      unit = unit << 4 | UInt16(digit)
      offset &+= 1
    }
    return unit
  }

  /// The text between two places that is known to be UTF-8.
  private func text(from start: Int, to end: Int) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
  }

  /// Checks from `start` to the current place; escapes are ASCII and do not matter.
  private func checkUTF8(from start: Int) throws(JSONParsingError) {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: Span(_unsafeElements: bytes[start..<offset]))
    } catch {
      throw failure(.invalidUTF8, at: start + error.byteOffsets.lowerBound)
    }
  }
}
