/// Hexadecimal digits in ASCII.
package enum Hexadecimal {
  private static let lowercase: StaticString = "0123456789abcdef"

  /// 0 to 15, or nil if the byte is no digit; both cases are digits.
  @inline(__always)
  static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
    default: nil
    }
  }

  /// The lower-case digit for the low four bits of `value`.
  static func digit(_ value: UInt8) -> UInt8 {
    lowercase.utf8Start[Int(value & 15)]
  }

  /// The bytes that pairs of digits stand for, of either case; nil for all other texts.
  package static func bytes(of text: String) -> [UInt8]? {
    let digits = text.utf8.compactMap(value)
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2), !digits.isEmpty else {
      return nil
    }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// Two digits for each byte.
  package static func text(of bytes: some Sequence<UInt8>, isUppercase: Bool = false) -> String {
    let text = String(decoding: bytes.flatMap { [digit($0 >> 4), digit($0)] }, as: UTF8.self)
    return isUppercase ? text.uppercased() : text
  }
}
