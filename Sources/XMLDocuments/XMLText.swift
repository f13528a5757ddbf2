import Formats

/// Text made fit for an XML document.
package enum XMLText {
  /// Where escaped text will stand.
  package enum Place: Sendable {
    /// Between tags: quotes, tabs and newlines stay as they are.
    case content
    /// In a quoted attribute, or in a place that is not known: right between tags too, since a
    /// reader gets the same text back.
    case attribute
  }

  /// The text without terminal sequences, and without the characters that XML 1.0 forbids even as
  /// references (section 2.2: C0 but tab, newline and carriage return; U+FFFE; U+FFFF).
  ///
  /// Also without DEL and the C1 controls but NEL, which `TerminalText` removes and XML discourages.
  package static func sanitized(_ text: String) -> String {
    var stripped = TerminalText.stripped(text)
    let result: String? = stripped.withUTF8 { bytes in
      guard firstNoncharacter(in: bytes) != nil else { return nil }
      return String(unsafeUninitializedCapacity: bytes.count) { output in
        var written = 0
        var index = 0
        while index < bytes.count {
          if isNoncharacter(at: index, in: bytes) {
            index += 3
          } else {
            output[written] = bytes[index]
            written += 1
            index += 1
          }
        }
        return written
      }
    }
    return result ?? stripped
  }

  /// Sanitised text with references in place of what is markup at that place.
  ///
  /// A carriage return, and in an attribute a tab and a newline too, become character references,
  /// because a reader would make other characters of them (XML 1.0, sections 2.11 and 3.3.3).
  package static func escaped(_ text: String, as place: Place = .attribute) -> String {
    var clean = sanitized(text)
    let result: String? = clean.withUTF8 { bytes in
      guard bytes.contains(where: { reference(for: $0, in: place) != nil }) else { return nil }
      var output: [UInt8] = []
      output.reserveCapacity(bytes.count + bytes.count / 8 + 16)
      appendEscaped(bytes, as: place, to: &output)
      return String(decoding: output, as: UTF8.self)
    }
    return result ?? clean
  }

  /// Sanitises, escapes and appends.
  static func append(_ text: String, as place: Place, to output: inout [UInt8]) {
    var clean = sanitized(text)
    clean.withUTF8 { appendEscaped($0, as: place, to: &output) }
  }

  private static func appendEscaped(
    _ bytes: UnsafeBufferPointer<UInt8>,
    as place: Place,
    to output: inout [UInt8]
  ) {
    var start = 0
    for index in bytes.indices {
      guard let reference = reference(for: bytes[index], in: place) else { continue }
      output.append(contentsOf: bytes[start..<index])
      reference.withUTF8Buffer { output.append(contentsOf: $0) }
      start = index + 1
    }
    output.append(contentsOf: bytes[start...])
  }

  @inline(__always)
  private static func reference(for byte: UInt8, in place: Place) -> StaticString? {
    if byte > 0x3E { return nil }
    switch byte {
    case UInt8(ascii: "&"): return "&amp;"
    case UInt8(ascii: "<"): return "&lt;"
    case UInt8(ascii: ">"): return "&gt;"
    case 0x0D: return "&#13;"
    case UInt8(ascii: "\"") where place == .attribute: return "&quot;"
    case UInt8(ascii: "'") where place == .attribute: return "&#39;"
    case 0x0A where place == .attribute: return "&#10;"
    case 0x09 where place == .attribute: return "&#9;"
    default: return nil
    }
  }

  private static func firstNoncharacter(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    bytes.indices.first { bytes[$0] == 0xEF && isNoncharacter(at: $0, in: bytes) }
  }

  /// Whether U+FFFE or U+FFFF stands at the offset; both are three bytes of UTF-8.
  private static func isNoncharacter(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    index + 2 < bytes.count && bytes[index] == 0xEF && bytes[index + 1] == 0xBF
      && bytes[index + 2] >= 0xBE
  }
}
