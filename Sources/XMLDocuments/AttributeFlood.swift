/// libxml2 compares each attribute of a tag with all before it: some hundred thousand of them take it hours, in which
/// nothing stops it.
enum AttributeFlood {
  /// Of one tag.
  static let limit = 2_000

  /// Whether a tag has more than that, roughly: words in it, outside of quotes.
  static func isIn(_ bytes: [UInt8]) -> Bool {
    var count: Int?
    var quote: UInt8?
    var last: UInt8 = 0
    for byte in bytes {
      defer { last = byte }
      guard let words = count else {
        let isLetter = 0x61...0x7A ~= byte | 0x20
        if last == UInt8(ascii: "<"), isLetter || byte == UInt8(ascii: "_") { count = 0 }
        continue
      }
      if let end = quote {
        if byte == end { quote = nil }
        continue
      }
      switch byte {
      case UInt8(ascii: ">"): count = nil
      case UInt8(ascii: "\""), UInt8(ascii: "'"): if last == UInt8(ascii: "=") { quote = byte }
      default:
        guard !isBetween(byte), isBetween(last) else { break }
        if words == limit { return true }
        count = words + 1
      }
    }
    return false
  }

  /// Quotes are the ends of values, after which no blank is needed.
  private static func isBetween(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09, 0x0A, 0x0C, 0x0D, 0x20, 0x22, 0x27, 0x2F: true
    default: false
    }
  }
}
