/// What must be known of a statement before it is handed on as text: libpq's protocol sees to
/// the rest.
///
/// Quotations, dollar quotations and nested comments are those of PostgreSQL's own lexer
/// (PostgreSQL 15, section 4.1), with `standard_conforming_strings` on.
struct StatementShape: Equatable {
  /// The first word outside of comments, in upper case; empty where there is none.
  private(set) var firstWord = ""
  /// Whether something other than white space and comments follows a semicolon.
  private(set) var isSeveral = false

  private let bytes: [UInt8]
  private var position = 0
  private var hasEnded = false

  init(_ sql: String) {
    bytes = Array(sql.utf8)
    while position < bytes.count { step() }
  }

  /// Whether `PREPARE` takes it (PostgreSQL 15, reference page of `PREPARE`).
  var isPreparable: Bool {
    ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "WITH", "TABLE"]
      .contains(firstWord)
  }

  /// Whether its effect ends with its session, or its rows come without types: neither survives
  /// a session of one statement.
  var needsSession: Bool {
    [
      "", "ABORT", "BEGIN", "CALL", "CLOSE", "COMMIT", "COPY", "DEALLOCATE", "DECLARE", "DISCARD",
      "END", "EXECUTE", "EXPLAIN", "FETCH", "LISTEN", "LOAD", "LOCK", "MOVE", "PREPARE", "RELEASE",
      "RESET", "ROLLBACK", "SAVEPOINT", "SET", "SHOW", "START", "UNLISTEN",
    ].contains(firstWord)
  }

  private mutating func step() {
    let rest = bytes[position...]
    if rest.starts(with: "--".utf8) {
      while position < bytes.count, bytes[position] != 10 { position += 1 }
      return
    }
    if rest.starts(with: "/*".utf8) { return skipComment() }
    if bytes[position] <= 0x20 {
      position += 1
      return
    }
    if hasEnded, bytes[position] != UInt8(ascii: ";") { isSeveral = true }
    switch bytes[position] {
    case UInt8(ascii: ";"):
      hasEnded = true
      position += 1
    case UInt8(ascii: "'"), UInt8(ascii: "\""): skipQuotation(knowsEscapes: false)
    case UInt8(ascii: "$"):
      if let tag = Self.dollarTag(rest) { skip(tag) } else { position += 1 }
    case let byte where Self.isWord(byte): readWord()
    default: position += 1
    }
  }

  private mutating func readWord() {
    let start = position
    // A dollar inside of a word begins no quotation.
    while position < bytes.count, Self.isWord(bytes[position]) || bytes[position] == 0x24 {
      position += 1
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self).uppercased()
    if firstWord.isEmpty { firstWord = word }
    if word == "E", position < bytes.count, bytes[position] == UInt8(ascii: "'") {
      skipQuotation(knowsEscapes: true)
    }
  }

  private mutating func skipQuotation(knowsEscapes: Bool) {
    let quote = bytes[position]
    position += 1
    // A doubled quote stands for itself: read on as a quotation that follows at once.
    while position < bytes.count, bytes[position] != quote {
      position += knowsEscapes && bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    position += 1
    if knowsEscapes, position < bytes.count, bytes[position] == quote {
      skipQuotation(knowsEscapes: true)
    }
  }

  private mutating func skipComment() {
    var depth = 0
    repeat {
      if bytes[position...].starts(with: "/*".utf8) {
        (depth, position) = (depth + 1, position + 2)
      } else if bytes[position...].starts(with: "*/".utf8) {
        (depth, position) = (depth - 1, position + 2)
      } else {
        position += 1
      }
    } while depth > 0 && position < bytes.count
  }

  private mutating func skip(_ tag: [UInt8]) {
    position += tag.count
    while position < bytes.count, !bytes[position...].starts(with: tag) { position += 1 }
    position += tag.count
  }

  /// `$$` or `$name$` at the start; nil for a placeholder or anything else.
  private static func dollarTag(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    let name = bytes.dropFirst().prefix { isWord($0) }
    let isName = name.first.map { !(0x30...0x39).contains($0) } ?? true
    guard isName, name.endIndex < bytes.endIndex, bytes[name.endIndex] == 0x24 else { return nil }
    return Array(bytes[bytes.startIndex...name.endIndex])
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...0xFF: true
    default: false
    }
  }
}
