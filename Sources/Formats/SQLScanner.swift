/// The parts of an SQL statement, as a server's own lexer sees them: what stands in quotations and
/// comments has no meaning of its own.
package struct SQLScanner: Sendable {
  package enum Dialect: Sendable {
    /// PostgreSQL 15, section 4.1, with `standard_conforming_strings` on: dollar quotations, nested
    /// comments, escapes after `E` only.
    case postgres
    /// Escapes in every quotation, comments that do not nest. Seen with 18.16: `#` begins none.
    case clickhouse
    /// MariaDB 10.11, "Literals", with neither `ANSI_QUOTES` nor `NO_BACKSLASH_ESCAPES`: as ClickHouse, but
    /// `#` begins a comment, `--` only before white space, and `/*!` and `/*M!` none.
    case mysql
    /// Doubled quotes are the only escape, comments do not nest.
    case sqlite
  }

  package enum Part: Sendable, Hashable {
    /// A keyword, a name without quotes, a number; as written.
    case word(String)
    case semicolon
    /// `$1` of PostgreSQL; `?` of MySQL and SQLite, in their order, and `?1` of SQLite.
    case parameter(Int)
    /// `{name:Type}` of ClickHouse, with the bytes from `{` to `}`.
    case placeholder(name: String, type: String, bytes: Range<Int>)
    /// A quotation, or any other sign.
    case other
  }

  /// In the order of the text, white space and comments left out.
  package private(set) var parts: [Part] = []
  /// Where a quotation or comment begins that never ends, in bytes; the last part then.
  package private(set) var unterminated: Int?

  private let bytes: [UInt8]
  private let dialect: Dialect
  private var position = 0

  package init(_ sql: String, _ dialect: Dialect) {
    bytes = Array(sql.utf8)
    self.dialect = dialect
    while position < bytes.count { step() }
  }

  /// In upper case; empty where there is none.
  package var firstWord: String {
    for case .word(let word) in parts { return word.uppercased() }
    return ""
  }

  private mutating func step() {
    let byte = bytes[position]
    switch byte {
    case 0...0x20: position += 1
    case UInt8(ascii: "-") where stands("--") && isComment,
      UInt8(ascii: "#") where dialect == .mysql:
      while position < bytes.count, bytes[position] != 10 { position += 1 }
    case UInt8(ascii: "/") where dialect == .mysql && (stands("/*!") || stands("/*M!")):
      position += stands("/*!") ? 3 : 4
    case UInt8(ascii: "/") where stands("/*"): skipComment()
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      skipQuotation(knowsEscapes: [.clickhouse, .mysql].contains(dialect))
    case UInt8(ascii: "`") where dialect != .postgres:
      skipQuotation(knowsEscapes: dialect == .clickhouse)
    case UInt8(ascii: "?") where [.mysql, .sqlite].contains(dialect): readQuestionMark()
    case UInt8(ascii: "$") where dialect == .postgres: readDollar()
    case UInt8(ascii: "{") where dialect == .clickhouse: readPlaceholder()
    case _ where Self.isWord(byte): readWord()
    default:
      parts.append(byte == UInt8(ascii: ";") ? .semicolon : .other)
      position += 1
    }
  }

  private var isComment: Bool {
    guard dialect == .mysql, position + 2 < bytes.count else { return true }
    return bytes[position + 2] <= 0x20
  }

  private mutating func readQuestionMark() {
    position += 1
    let digits = bytes[position...].prefix { dialect == .sqlite && Self.isDigit($0) }.prefix(6)
    position = digits.endIndex
    if let number = Int(String(decoding: digits, as: UTF8.self)) {
      parts.append(.parameter(number))
      return
    }
    let highest = parts.map { if case .parameter(let number) = $0 { number } else { 0 } }.max()
    parts.append(.parameter((highest ?? 0) + 1))
  }

  private func stands(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes[position...].starts(with: $0) }
  }

  private mutating func readWord() {
    let start = position
    // A dollar inside of a word begins no quotation.
    while position < bytes.count, Self.isWord(bytes[position]) || bytes[position] == 0x24 {
      position += 1
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    parts.append(.word(word))
    if dialect == .postgres, word.uppercased() == "E", stands("'") {
      skipQuotation(knowsEscapes: true)
    }
  }

  /// A doubled quote stands for itself.
  private mutating func skipQuotation(knowsEscapes: Bool) {
    let start = position
    let quote = bytes[position]
    parts.append(.other)
    position += 1
    while position < bytes.count {
      let next = position + 1 < bytes.count ? bytes[position + 1] : nil
      switch bytes[position] {
      case UInt8(ascii: "\\") where knowsEscapes: position += 2
      case quote where next == quote: position += 2
      case quote:
        position += 1
        return
      default: position += 1
      }
    }
    unterminated = start
  }

  private mutating func skipComment() {
    let start = position
    var depth = 1
    position += 2
    while position < bytes.count {
      if stands("*/") {
        (depth, position) = (depth - 1, position + 2)
        if depth == 0 { return }
      } else if dialect == .postgres, stands("/*") {
        (depth, position) = (depth + 1, position + 2)
      } else {
        position += 1
      }
    }
    unterminated = start
  }

  /// `$1`, or `$$…$$` with a name between the dollars or none.
  private mutating func readDollar() {
    let start = position
    position += 1
    let name = bytes[position...].prefix(while: Self.isWord)
    let isNumber = name.first.map(Self.isDigit) ?? false
    if !isNumber, name.endIndex < bytes.count, bytes[name.endIndex] == 0x24 {
      let tag = bytes[start...name.endIndex]
      position = name.endIndex + 1
      while position < bytes.count, !bytes[position...].starts(with: tag) { position += 1 }
      if position >= bytes.count { unterminated = start }
      position += tag.count
      parts.append(.other)
    } else {
      let digits = String(decoding: name.prefix(while: Self.isDigit).prefix(6), as: UTF8.self)
      parts.append(Int(digits).map { $0 > 0 ? .parameter($0) : .other } ?? .other)
      position += digits.utf8.count
    }
  }

  /// White space is allowed around both; anything else between braces is not a placeholder.
  private mutating func readPlaceholder() {
    let written = bytes[(position + 1)...].prefix { $0 < 0x80 && Self.isWord($0) || $0 == 0x20 }
    let name = String(decoding: written, as: UTF8.self).filter { $0 != " " }
    let isName = name.utf8.first.map { !Self.isDigit($0) } ?? false
    let colon = written.endIndex
    let hasColon = colon < bytes.count && bytes[colon] == UInt8(ascii: ":")
    let end = bytes[colon...].firstIndex { $0 == UInt8(ascii: "}") || $0 == 10 }
    guard isName, hasColon, let end, bytes[end] != 10 else {
      parts.append(.other)
      position += 1
      return
    }
    let type = String(decoding: bytes[(colon + 1)..<end], as: UTF8.self).filter { $0 != " " }
    parts.append(.placeholder(name: name, type: type, bytes: position..<end + 1))
    position = end + 1
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...0xFF: true
    default: false
    }
  }
}
