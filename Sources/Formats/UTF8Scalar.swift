/// One scalar read from UTF-8 (Unicode, table 3-7: no overlong forms, no surrogates).
struct UTF8Scalar {
  let code: UInt32
  /// Bytes.
  let width: Int

  /// The scalar that begins at `place` and ends by `end`; nil if the bytes are not UTF-8.
  @inline(__always)
  static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>,
    at place: Int,
    end: Int
  ) -> UTF8Scalar? {
    let first = bytes[place]
    if first < 0x80 { return UTF8Scalar(code: UInt32(first), width: 1) }
    return decodeMultibyte(bytes, at: place, end: end)
  }

  private static func decodeMultibyte(
    _ bytes: UnsafeBufferPointer<UInt8>,
    at place: Int,
    end: Int
  ) -> UTF8Scalar? {
    let width: Int
    let least: UInt32
    switch bytes[place] {
    case 0xC2...0xDF: (width, least) = (2, 0x80)
    case 0xE0...0xEF: (width, least) = (3, 0x800)
    case 0xF0...0xF4: (width, least) = (4, 0x10000)
    default: return nil
    }
    guard place + width <= end else { return nil }
    var code = UInt32(bytes[place]) & (0x7F >> UInt32(width))
    for index in 1..<width {
      let byte = bytes[place + index]
      guard byte & 0xC0 == 0x80 else { return nil }
      code = code << 6 | UInt32(byte & 0x3F)
    }
    guard code >= least, Unicode.Scalar(code) != nil else { return nil }
    return UTF8Scalar(code: code, width: width)
  }
}
