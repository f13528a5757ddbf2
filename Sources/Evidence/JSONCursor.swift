import Formats

/// Reads one JSON text member by member, for types of our own that are read by the hundred thousand.
///
/// As strict as `JSONParser`. Nothing of the text is kept but what is asked for: what is passed
/// over is held to the grammar and thrown away.
struct JSONCursor {
  /// Whether the object or list that is being read has had a member.
  struct Progress { fileprivate var hasBegun = false }

  /// A key by its place in the text.
  struct Key {
    fileprivate var start: Int
    fileprivate var count: Int
    /// Where it has escapes.
    fileprivate var text: String?
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var offset = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  // MARK: Objects and lists

  mutating func beginObject() throws(JSONParsingError) -> Progress {
    try take(UInt8(ascii: "{"), "an object")
    return Progress()
  }

  /// The next key, its colon read; nil at the object's end, which is read too.
  mutating func key(_ progress: inout Progress) throws(JSONParsingError) -> Key? {
    guard try hasNext(&progress, end: UInt8(ascii: "}"), "a comma or }") else { return nil }
    skipSpace()
    guard peek() == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
    let (start, end, hasEscapes, _) = try scanString()
    let text = hasEscapes ? try decoded(from: start - 1, to: end + 1) : nil
    skipSpace()
    guard peek() == UInt8(ascii: ":") else { throw unexpected("a colon") }
    offset &+= 1
    return Key(start: start, count: end - start, text: text)
  }

  @inline(__always)
  func matches(_ key: Key, _ name: StaticString) -> Bool {
    if let text = key.text { return UTF8Order.areEqual(text, "\(name)") }
    guard key.count == name.utf8CodeUnitCount else { return false }
    for index in 0..<key.count where bytes[key.start &+ index] != name.utf8Start[index] {
      return false
    }
    return true
  }

  mutating func beginList() throws(JSONParsingError) -> Progress {
    try take(UInt8(ascii: "["), "a list")
    return Progress()
  }

  /// Whether another element follows; at the list's end that is read too.
  mutating func element(_ progress: inout Progress) throws(JSONParsingError) -> Bool {
    try hasNext(&progress, end: UInt8(ascii: "]"), "a comma or ]")
  }

  mutating func list<Element>(
    _ read: (inout JSONCursor) throws(JSONParsingError) -> Element
  ) throws(JSONParsingError) -> [Element] {
    var progress = try beginList()
    var elements: [Element] = []
    while try element(&progress) { elements.append(try read(&self)) }
    return elements
  }

  /// After the last value: nothing may follow.
  mutating func finish() throws(JSONParsingError) {
    skipSpace()
    guard offset == bytes.count else { throw failure(.trailingText, at: offset) }
  }

  private mutating func hasNext(
    _ progress: inout Progress,
    end: UInt8,
    _ expected: String
  ) throws(JSONParsingError) -> Bool {
    skipSpace()
    let next = peek()
    if next == end {
      offset &+= 1
      return false
    }
    if progress.hasBegun {
      guard next == UInt8(ascii: ",") else { throw unexpected(expected) }
      offset &+= 1
    }
    progress.hasBegun = true
    return true
  }

  // MARK: Values

  mutating func string() throws(JSONParsingError) -> String {
    skipSpace()
    guard peek() == UInt8(ascii: "\"") else { throw unexpected("a text in quotes") }
    let place = offset
    let (start, end, hasEscapes, isASCII) = try scanString()
    if hasEscapes { return try decoded(from: place, to: offset) }
    let slice = UnsafeBufferPointer(rebasing: bytes[start..<end])
    if isASCII { return String(decoding: slice, as: UTF8.self) }
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw failure(.invalidUTF8, at: start)
    }
    return text
  }

  /// One of the words of an enumeration.
  mutating func word<Word: RawRepresentable>(
    _ type: Word.Type,
    _ what: String
  ) throws(JSONParsingError) -> Word where Word.RawValue == String {
    skipSpace()
    let place = offset
    guard let word = Word(rawValue: try string()) else {
      throw failure(.unexpected(expected: what), at: place)
    }
    return word
  }

  mutating func checkID() throws(JSONParsingError) -> CheckID {
    skipSpace()
    let place = offset
    guard let id = CheckID(utf8: try string()) else {
      throw failure(.unexpected(expected: "a check id (<folder>/<stem>::<name>)"), at: place)
    }
    return id
  }

  mutating func int() throws(JSONParsingError) -> Int {
    skipSpace()
    let start = offset
    var digits = 0
    var value = 0
    let isNegative = peek() == UInt8(ascii: "-")
    if isNegative { offset &+= 1 }
    while let byte = peek(), byte &- 0x30 < 10 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(byte &- 0x30))
      guard !overflow, !carry else { throw failure(.invalidNumber, at: start) }
      value = sum
      digits += 1
      offset &+= 1
    }
    let isTail = peek().map { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") } ?? false
    guard digits > 0, !isTail else {
      throw failure(.unexpected(expected: "a whole number"), at: start)
    }
    return isNegative ? -value : value
  }

  mutating func bool() throws(JSONParsingError) -> Bool {
    if try takeWord("true") { return true }
    if try takeWord("false") { return false }
    throw unexpected("true or false")
  }

  /// Reads `null` where it stands.
  mutating func isNull() throws(JSONParsingError) -> Bool { try takeWord("null") }

  mutating func optional<Value>(
    _ read: (inout JSONCursor) throws(JSONParsingError) -> Value
  ) throws(JSONParsingError) -> Value? {
    try isNull() ? nil : try read(&self)
  }

  mutating func texts() throws(JSONParsingError) -> [String] {
    try list { (cursor) throws(JSONParsingError) in try cursor.string() }
  }

  mutating func ints() throws(JSONParsingError) -> [Int] {
    try list { (cursor) throws(JSONParsingError) in try cursor.int() }
  }

  mutating func checkIDs() throws(JSONParsingError) -> [CheckID] {
    try list { (cursor) throws(JSONParsingError) in try cursor.checkID() }
  }

  mutating func optionalText() throws(JSONParsingError) -> String? {
    try isNull() ? nil : try string()
  }

  /// Passes over whatever value is next.
  mutating func skip() throws(JSONParsingError) {
    skipSpace()
    guard let first = peek() else { throw failure(.unexpectedEnd, at: offset) }
    switch first {
    case UInt8(ascii: "{"):
      var progress = try beginObject()
      while try key(&progress) != nil { try skip() }
    case UInt8(ascii: "["):
      var progress = try beginList()
      while try element(&progress) { try skip() }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
    case UInt8(ascii: "n"):
      guard try isNull() else { throw unexpected("null") }
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let start = offset
      while let byte = peek(), "+-.eE0123456789".utf8.contains(byte) { offset &+= 1 }
      _ = try parsed(from: start, to: offset)
    default: throw unexpected("a value")
    }
  }

  /// The value of a key that must be there.
  func required<Value>(_ value: Value?, _ key: String) throws(JSONParsingError) -> Value {
    guard let value else {
      throw failure(
        .unexpected(expected: "the key \"\(key)\" in the object that ends here"),
        at: max(0, offset - 1)
      )
    }
    return value
  }

  /// A text that says something.
  func filled(_ text: String?, _ key: String) throws(JSONParsingError) -> String {
    let text = try required(text, key)
    guard !text.isEmpty else {
      throw failure(
        .unexpected(expected: "\"\(key)\" to say something in the object that ends here"),
        at: max(0, offset - 1)
      )
    }
    return text
  }

  // MARK: Bytes

  @inline(__always)
  private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  @inline(__always)
  private mutating func skipSpace() {
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      offset &+= 1
    }
  }

  private mutating func take(_ byte: UInt8, _ what: String) throws(JSONParsingError) {
    skipSpace()
    guard peek() == byte else { throw unexpected(what) }
    offset &+= 1
  }

  private mutating func takeWord(_ word: StaticString) throws(JSONParsingError) -> Bool {
    skipSpace()
    let count = word.utf8CodeUnitCount
    guard offset < bytes.count, bytes[offset] == word.utf8Start[0] else { return false }
    for index in 0..<count {
      guard offset + index < bytes.count else { throw failure(.unexpectedEnd, at: bytes.count) }
      guard bytes[offset + index] == word.utf8Start[index] else { throw unexpected("\(word)") }
    }
    offset &+= count
    return true
  }

  /// The places of what stands between the quotes; moves behind them.
  private mutating func scanString() throws(JSONParsingError) -> (Int, Int, Bool, Bool) {
    offset &+= 1
    let start = offset
    var hasEscapes = false
    var bits: UInt8 = 0
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        offset &+= 1
        return (start, offset &- 1, hasEscapes, bits < 0x80)
      }
      if byte < 0x20 { throw failure(.controlCharacter, at: offset) }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        offset &+= 1
      }
      bits |= byte
      offset &+= 1
    }
    throw failure(.unexpectedEnd, at: bytes.count)
  }

  private func decoded(from start: Int, to end: Int) throws(JSONParsingError) -> String {
    guard case .string(let text) = try parsed(from: start, to: end) else {
      throw failure(.unexpected(expected: "a text in quotes"), at: start)
    }
    return text
  }

  /// By the parser for all JSON, for what is rare here.
  private func parsed(from start: Int, to end: Int) throws(JSONParsingError) -> JSONValue {
    do {
      return try JSONParser().parse(UnsafeBufferPointer(rebasing: bytes[start..<end]))
    } catch {
      throw failure(error.code, at: start + error.offset)
    }
  }

  private func unexpected(_ expected: String) -> JSONParsingError {
    failure(offset < bytes.count ? .unexpected(expected: expected) : .unexpectedEnd, at: offset)
  }

  func failure(_ code: JSONParsingError.Code, at place: Int) -> JSONParsingError {
    JSONParsingError(code: code, offset: place, in: bytes)
  }

  /// Refused: a byte order mark.
  func checkBeginning() throws(JSONParsingError) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw failure(.byteOrderMark, at: 0) }
  }
}

extension CheckID {
  /// As `init?(_:)`, by bytes.
  init?(utf8 text: String) {
    var text = text
    let places = text.withUTF8 { bytes -> (slash: Int, colons: Int)? in
      var slash: Int?
      var place = 0
      while place + 1 < bytes.count {
        let byte = bytes[place]
        if byte == UInt8(ascii: "/"), slash == nil { slash = place }
        if byte == UInt8(ascii: ":"), bytes[place + 1] == byte {
          return slash.map { ($0, place) }
        }
        place += 1
      }
      return nil
    }
    guard let (slash, colons) = places else { return nil }
    let utf8 = text.utf8
    let folder = utf8.prefix(slash)
    let stem = utf8.dropFirst(slash + 1).prefix(colons - slash - 1)
    let name = utf8.dropFirst(colons + 2)
    guard !folder.isEmpty, !stem.isEmpty, !name.isEmpty else { return nil }
    self.init(
      folder: String(Substring(folder)),
      stem: String(Substring(stem)),
      name: String(Substring(name))
    )
  }
}
