/// Text as programs write it to a terminal, made into plain text.
package enum TerminalText {
  /// The text without terminal control sequences and without control characters.
  ///
  /// Removed are the sequences of ECMA-48 and ECMA-35 in their seven-bit form (`ESC [`) and their
  /// eight-bit form (U+009B): CSI, OSC, DCS, SOS, PM, APC, character set selections and the short
  /// escapes; then every C0 and C1 control character except tab, newline, carriage return and NEL.
  /// So are the controls that turn the direction of what follows (U+202A to U+202E, U+2066 to U+2069),
  /// with which a text reads as another than it is.
  /// What remains is in its old order, and stripping it again changes nothing.
  ///
  /// A string sequence (OSC and the like) that does not end on its line (DCS: in the text) loses
  /// only its introducer: output that was cut, or that wants to hide what follows, hides nothing.
  /// Takes time linear in the size; clean text is returned as it is, without a copy.
  package static func stripped(_ text: String) -> String {
    var text = text
    let result: String? = text.withUTF8 { bytes in
      guard let first = TerminalScanner.firstControl(in: bytes) else { return nil }
      return String(unsafeUninitializedCapacity: bytes.count) { output in
        TerminalScanner(bytes: bytes).copyPlainText(from: first, to: output)
      }
    }
    return result ?? text
  }
}

/// Finds control sequences in valid UTF-8.
private struct TerminalScanner {
  let bytes: UnsafeBufferPointer<UInt8>

  private static let escape: UInt8 = 0x1B

  /// The offset of the first byte that may have to go; `nil` if there is none.
  static func firstControl(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x20 {
        if !isKept(byte) { return index }
      } else if byte == 0x7F {
        return index
      } else if byte == 0xC2, index + 1 < bytes.count, isRemovedC1(bytes[index + 1]) {
        return index
      } else if byte == 0xE2, isBidiControl(bytes, index) {
        return index
      }
      index += 1
    }
    return nil
  }

  /// Copies what remains and returns how many bytes that is.
  func copyPlainText(from first: Int, to output: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var written = 0
    var start = 0
    var index = first
    func flush(upTo end: Int) {
      guard end > start else { return }
      let part = UnsafeMutableBufferPointer(rebasing: output[written..<(written + end - start)])
      _ = part.update(fromContentsOf: bytes[start..<end])
      written += end - start
    }
    while index < bytes.count {
      let end = endOfControl(at: index)
      if end > index {
        flush(upTo: index)
        start = end
        index = end
      } else {
        index += 1
      }
    }
    flush(upTo: bytes.count)
    return written
  }

  /// The offset behind the control sequence or character at `index`; `index` if there is none.
  private func endOfControl(at index: Int) -> Int {
    let byte = bytes[index]
    if byte == Self.escape { return endOfEscape(at: index) }
    if byte < 0x20 { return Self.isKept(byte) ? index : index + 1 }
    if byte == 0x7F { return index + 1 }
    if byte == 0xE2, Self.isBidiControl(bytes, index) { return index + 3 }
    guard byte == 0xC2, let second = at(index + 1), Self.isRemovedC1(second) else { return index }
    switch second {
    case 0x9B: return endOfCSI(after: index + 2)
    case 0x90: return endOfString(after: index + 2, kind: .deviceControl)
    case 0x98, 0x9E, 0x9F: return endOfString(after: index + 2, kind: .other)
    case 0x9D: return endOfString(after: index + 2, kind: .operatingSystem)
    default: return index + 2
    }
  }

  /// Whether the three bytes at an `E2` are a control of direction.
  private static func isBidiControl(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    guard index + 2 < bytes.count else { return false }
    return switch (bytes[index + 1], bytes[index + 2]) {
    case (0x80, 0xAA...0xAE), (0x81, 0xA6...0xA9): true
    default: false
    }
  }

  private func endOfEscape(at index: Int) -> Int {
    guard let second = at(index + 1) else { return index + 1 }
    switch second {
    case UInt8(ascii: "["): return endOfCSI(after: index + 2)
    case UInt8(ascii: "]"): return endOfString(after: index + 2, kind: .operatingSystem)
    case UInt8(ascii: "P"): return endOfString(after: index + 2, kind: .deviceControl)
    case UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
      return endOfString(after: index + 2, kind: .other)
    case 0x20...0x2F:  // Intermediate bytes and one final byte: `ESC ( B`, `ESC # 8`.
      var next = index + 2
      while let byte = at(next), (0x20...0x2F).contains(byte) { next += 1 }
      if let final = at(next), (0x30...0x7E).contains(final) { next += 1 }
      return next
    case 0x30...0x7E: return index + 2
    default: return index + 1
    }
  }

  /// Parameters, intermediate bytes and a final byte; control characters in between belong to the
  /// sequence, as terminals see it, but a line's end, a cancel or a new escape breaks it off.
  private func endOfCSI(after start: Int) -> Int {
    var index = start
    while let byte = at(index) {
      switch byte {
      case 0x40...0x7E: return index + 1
      case 0x18, 0x1A: return index + 1
      case 0x20...0x3F, 0x7F: index += 1
      case Self.escape: return index
      case 0x00...0x1F where !Self.isKept(byte): index += 1
      default: return index
      }
    }
    return index
  }

  private enum StringKind {
    case operatingSystem
    case deviceControl
    case other
  }

  /// The offset behind the terminator; `start` if the sequence does not end properly.
  private func endOfString(after start: Int, kind: StringKind) -> Int {
    var index = start
    while let byte = at(index) {
      switch byte {
      case 0x07 where kind == .operatingSystem: return index + 1
      case Self.escape: return at(index + 1) == UInt8(ascii: "\\") ? index + 2 : start
      case 0xC2:
        if let second = at(index + 1), Self.isRemovedC1(second) {
          return second == 0x9C ? index + 2 : start
        }
        index += 1
      case 0x18, 0x1A: return start
      case 0x0A where kind != .deviceControl: return start
      default: index += 1
      }
    }
    return start
  }

  private func at(_ index: Int) -> UInt8? {
    index < bytes.count ? bytes[index] : nil
  }

  /// Tab, newline, carriage return.
  private static func isKept(_ byte: UInt8) -> Bool {
    byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  /// Whether `C2 second` is a C1 control character other than NEL.
  private static func isRemovedC1(_ second: UInt8) -> Bool {
    (0x80...0x9F).contains(second) && second != 0x85
  }
}
