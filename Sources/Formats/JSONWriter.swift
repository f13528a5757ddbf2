/// Writes JSON so that equal values have equal bytes.
///
/// Keys are in UTF-8 order, numbers as they were read. Quote, backslash and control characters below
/// U+0020 are escaped (short forms where JSON has them, else `\u00xx` in lower case); `/` and
/// everything outside ASCII stay as they are.
package struct JSONWriter: Sendable {
  package enum Style: Sendable {
    /// No white space at all.
    case compact
    /// Two spaces a level, one member or element a line, no line feed at the end.
    case pretty
    /// As `pretty`, with a space on both sides of the colon and two line ends in what is empty: what
    /// Foundation wrote into every `coverage.json` that is committed somewhere.
    case spaced
  }

  var style: Style

  package init(_ style: Style = .compact) {
    self.style = style
  }

  package func string(of value: JSONValue) -> String {
    String(decoding: bytes(of: value), as: UTF8.self)
  }

  package func bytes(of value: JSONValue) -> [UInt8] {
    var output: [UInt8] = []
    write(value, to: &output, depth: 0)
    return output
  }

  /// - Parameter depth: Arrays and objects that are open.
  func write(_ value: JSONValue, to output: inout [UInt8], depth: Int) {
    switch value {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .int(let value): Self.writeInteger(value, to: &output)
    case .number(let text): output.append(contentsOf: text.utf8)
    case .string(let text): Self.writeString(text, to: &output)
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        beginItem(index, to: &output, depth: depth)
        write(element, to: &output, depth: depth + 1)
      }
      end(UInt8(ascii: "]"), isEmpty: elements.isEmpty, to: &output, depth: depth)
    case .object(let object):
      output.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        beginItem(index, to: &output, depth: depth)
        writeKey(member.key, to: &output)
        write(member.value, to: &output, depth: depth + 1)
      }
      end(UInt8(ascii: "}"), isEmpty: object.isEmpty, to: &output, depth: depth)
    }
  }
}

// MARK: Parts

extension JSONWriter {
  /// What stands before the element or member with this index.
  func beginItem(_ index: Int, to output: inout [UInt8], depth: Int) {
    if index > 0 { output.append(UInt8(ascii: ",")) }
    if style != .compact { beginLine(to: &output, depth: depth + 1) }
  }

  /// The key and its colon.
  func writeKey(_ key: String, to output: inout [UInt8]) {
    Self.writeString(key, to: &output)
    if style == .spaced { output.append(UInt8(ascii: " ")) }
    output.append(UInt8(ascii: ":"))
    if style != .compact { output.append(UInt8(ascii: " ")) }
  }

  func end(_ bracket: UInt8, isEmpty: Bool, to output: inout [UInt8], depth: Int) {
    if style == .spaced, isEmpty { output.append(UInt8(ascii: "\n")) }
    if style == .spaced || style == .pretty && !isEmpty { beginLine(to: &output, depth: depth) }
    output.append(bracket)
  }

  private func beginLine(to output: inout [UInt8], depth: Int) {
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  static func writeInteger(_ value: Int64, to output: inout [UInt8]) {
    if value < 0 { output.append(UInt8(ascii: "-")) }
    let start = output.count
    var rest = value.magnitude
    repeat {
      output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    output[start...].reverse()
  }

  /// Appends `text` in quotes and escaped to `output`.
  static func writeString(_ text: String, to output: inout [UInt8]) {
    var text = text
    output.append(UInt8(ascii: "\""))
    text.withUTF8 { bytes in
      var start = 0
      for index in bytes.indices where isEscaped(bytes[index]) {
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
        writeEscape(of: bytes[index], to: &output)
        start = index &+ 1
      }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    }
    output.append(UInt8(ascii: "\""))
  }

  @inline(__always)
  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func writeEscape(of byte: UInt8, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: output.append(UInt8(ascii: "b"))
    case 0x09: output.append(UInt8(ascii: "t"))
    case 0x0A: output.append(UInt8(ascii: "n"))
    case 0x0C: output.append(UInt8(ascii: "f"))
    case 0x0D: output.append(UInt8(ascii: "r"))
    case 0..<0x20:
      output.append(contentsOf: "u00".utf8)
      output.append(Hexadecimal.digit(byte >> 4))
      output.append(Hexadecimal.digit(byte))
    default: output.append(byte)
    }
  }
}
