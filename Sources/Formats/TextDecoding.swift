#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Bytes in a character set as text.
package enum TextDecoding {
  package enum Problem: Error, Hashable, Sendable {
    case unknownCharset(String)
    /// The first bytes that are none of the character set's, counted from 0.
    case invalid(charset: String, offset: Int)
  }

  /// The character set that a byte order mark at the beginning tells, and how many bytes it has.
  package static func byteOrderMark(of bytes: [UInt8]) -> (charset: String, count: Int)? {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return ("UTF-8", 3) }
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return ("UTF-32LE", 4) }
    if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return ("UTF-32BE", 4) }
    if bytes.starts(with: [0xFF, 0xFE]) { return ("UTF-16LE", 2) }
    return bytes.starts(with: [0xFE, 0xFF]) ? ("UTF-16BE", 2) : nil
  }

  /// Whether it is a character set that can be read.
  package static func knows(_ charset: String) -> Bool {
    guard let converter = try? open(charset) else { return false }
    iconv_close(converter)
    return true
  }

  /// All of it, or nothing. `ISO-8859-1` is what browsers take it for, `windows-1252`, where that fits.
  package static func text(
    of bytes: some Collection<UInt8>,
    in charset: String
  ) throws(Problem) -> String {
    let name = charset.uppercased()
    if ["UTF-8", "UTF8"].contains(name), let text = String(validating: bytes, as: UTF8.self) {
      return text
    }
    if ["ISO-8859-1", "ISO8859-1", "LATIN1"].contains(name),
      let text = try? convert(Array(bytes), from: "CP1252")
    {
      return text
    }
    return try convert(Array(bytes), from: charset)
  }

  private static func open(_ charset: String) throws(Problem) -> iconv_t {
    // A suffix such as `//IGNORE` would leave things out.
    let isName = charset.utf8.allSatisfy { byte in
      byte.isASCIILetterOrDigit || "-_.:+".utf8.contains(byte)
    }
    let converter = isName && !charset.isEmpty ? iconv_open("UTF-8", charset) : nil
    guard let converter, converter != iconv_t(bitPattern: -1) else {
      throw .unknownCharset(charset)
    }
    return converter
  }

  private static func convert(_ bytes: [UInt8], from charset: String) throws(Problem) -> String {
    let converter = try open(charset)
    defer { iconv_close(converter) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count * 2 + 16)
    var text: [UInt8] = []
    var offset = 0
    while true {
      let (code, read, written) = step(converter, &input, from: offset, to: &output)
      text += output[..<written]
      offset += read
      if code == 0 { break }
      // Only the room was too small.
      guard code == E2BIG else { throw .invalid(charset: charset, offset: offset) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: 0 or `errno`; how much was read and written.
  private static func step(
    _ converter: iconv_t,
    _ input: inout [UInt8],
    from offset: Int,
    to output: inout [UInt8]
  ) -> (code: Int32, read: Int, written: Int) {
    input.withUnsafeMutableBytes { input in
      output.withUnsafeMutableBytes { output in
        var source = input.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) }
        var target = output.baseAddress?.assumingMemoryBound(to: CChar.self)
        var (left, room) = (input.count - offset, output.count)
        let result = iconv(converter, &source, &left, &target, &room)
        return (
          result == -1 ? errno : 0, input.count - offset - left,
          output.count - room
        )
      }
    }
  }
}
