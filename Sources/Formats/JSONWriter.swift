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
  }

  package var style: Style

  package init(_ style: Style = .compact) {
    self.style = style
  }

  package func string(of value: JSONValue) -> String {
    String(decoding: bytes(of: value), as: UTF8.self)
  }

  package func bytes(of value: JSONValue) -> [UInt8] {
    var output: [UInt8] = []
    write(value, to: &output)
    return output
  }

  /// Appends the text of `value` to `output`.
  package func write(_ value: JSONValue, to output: inout [UInt8]) {
    write(value, to: &output, depth: 0)
  }

  /// Appends `text` in quotes and escaped to `output`.
  package static func writeString(_ text: String, to output: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let backslash = UInt8(ascii: "\\")
    output.append(quote)
    for byte in text.utf8 {
      switch byte {
      case quote, backslash:
        output.append(backslash)
        output.append(byte)
      case 0..<0x20:
        output.append(backslash)
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        default:
          output.append(contentsOf: "u00".utf8)
          output.append(Hexadecimal.digit(byte >> 4))
          output.append(Hexadecimal.digit(byte))
        }
      default: output.append(byte)
      }
    }
    output.append(quote)
  }

  private func write(_ value: JSONValue, to output: inout [UInt8], depth: Int) {
    switch value {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .int(let value): output.append(contentsOf: String(value).utf8)
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
        Self.writeString(member.key, to: &output)
        output.append(UInt8(ascii: ":"))
        if style == .pretty { output.append(UInt8(ascii: " ")) }
        write(member.value, to: &output, depth: depth + 1)
      }
      end(UInt8(ascii: "}"), isEmpty: object.isEmpty, to: &output, depth: depth)
    }
  }

  private func beginItem(_ index: Int, to output: inout [UInt8], depth: Int) {
    if index > 0 { output.append(UInt8(ascii: ",")) }
    if style == .pretty { beginLine(to: &output, depth: depth + 1) }
  }

  private func end(_ bracket: UInt8, isEmpty: Bool, to output: inout [UInt8], depth: Int) {
    if style == .pretty, !isEmpty { beginLine(to: &output, depth: depth) }
    output.append(bracket)
  }

  private func beginLine(to output: inout [UInt8], depth: Int) {
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }
}
