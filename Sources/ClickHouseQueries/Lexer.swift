/// Cuts a statement into what is text and what is a placeholder, as ClickHouse's own lexer would:
/// strings and quoted identifiers know `\` escapes and doubled quotes, block comments do not nest.
/// Seen with 18.16: `#` begins no comment.
struct Lexer {
  struct Placeholder: Equatable {
    var name: String
    var type: String
    /// The bytes from `{` to `}`.
    var range: Range<Int>
  }

  enum Failure: Error, Equatable {
    /// The quotation or comment that begins here never ends.
    case unterminated(at: Int)
  }

  private let bytes: [UInt8]
  private var position = 0
  private(set) var placeholders: [Placeholder] = []
  /// The first word outside of comments, in upper case; empty where there is none.
  private(set) var firstWord = ""

  init(_ bytes: [UInt8]) throws(Failure) {
    self.bytes = bytes
    while position < bytes.count { try step() }
  }

  private mutating func step() throws(Failure) {
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
      try skipQuotation(byte)
    case UInt8(ascii: "-") where next == UInt8(ascii: "-"):
      while position < bytes.count, bytes[position] != 10 { position += 1 }
    case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
      try skipComment()
    case UInt8(ascii: "{"):
      if let placeholder = readPlaceholder() {
        placeholders.append(placeholder)
        position = placeholder.range.upperBound
      } else {
        position += 1
      }
    case _ where byte.isWordByte:
      let start = position
      while position < bytes.count, bytes[position].isWordByte { position += 1 }
      if firstWord.isEmpty {
        firstWord = String(decoding: bytes[start..<position], as: UTF8.self).uppercased()
      }
    default:
      position += 1
    }
  }

  private var next: UInt8? {
    position + 1 < bytes.count ? bytes[position + 1] : nil
  }

  private mutating func skipQuotation(_ quote: UInt8) throws(Failure) {
    let start = position
    position += 1
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\\"):
        position += 2
      case quote:
        position += 1
        // A doubled quote stands for itself: read on as a quotation that follows at once.
        return
      default:
        position += 1
      }
    }
    throw .unterminated(at: start)
  }

  private mutating func skipComment() throws(Failure) {
    let start = position
    position += 2
    while position + 1 < bytes.count {
      if bytes[position] == UInt8(ascii: "*"), bytes[position + 1] == UInt8(ascii: "/") {
        position += 2
        return
      }
      position += 1
    }
    throw .unterminated(at: start)
  }

  /// `{name:Type}` with white space allowed around both; anything else is not a placeholder.
  private func readPlaceholder() -> Placeholder? {
    var index = position + 1
    func skipSpace() {
      while index < bytes.count, bytes[index] == 0x20 { index += 1 }
    }
    func word(_ isPart: (UInt8) -> Bool) -> String {
      let start = index
      while index < bytes.count, isPart(bytes[index]) { index += 1 }
      return String(decoding: bytes[start..<index], as: UTF8.self)
    }
    skipSpace()
    guard index < bytes.count, bytes[index].isWordByte, !bytes[index].isDigitByte else {
      return nil
    }
    let name = word(\.isWordByte)
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return nil }
    index += 1
    let type = word { $0 != UInt8(ascii: "}") && $0 != 10 }
    guard index < bytes.count, bytes[index] == UInt8(ascii: "}") else { return nil }
    return Placeholder(
      name: name,
      type: type.filter { $0 != " " },
      range: position..<index + 1
    )
  }
}

extension UInt8 {
  var isDigitByte: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  /// Part of an unquoted identifier.
  var isWordByte: Bool {
    isDigitByte || self == UInt8(ascii: "_")
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }
}
