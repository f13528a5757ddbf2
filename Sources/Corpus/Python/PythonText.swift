/// The insides of Python's strings.
enum PythonText {
  enum Part {
    case literal(Range<Int>)
    case expression(Range<Int>)
    case unclosed
  }

  /// The characters that a string stands for.
  static func decoded(_ bytes: ArraySlice<UInt8>, isRaw: Bool) -> String {
    guard !isRaw, bytes.contains(UInt8(ascii: "\\")) else {
      return String(decoding: bytes, as: UTF8.self)
    }
    var text: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let here = bytes[index]
      guard here == UInt8(ascii: "\\"), index + 1 < bytes.endIndex else {
        text.append(here)
        index += 1
        continue
      }
      let next = bytes[index + 1]
      index += 2
      switch next {
      case UInt8(ascii: "\n"): break
      case UInt8(ascii: "\r"):
        if index < bytes.endIndex, bytes[index] == UInt8(ascii: "\n") { index += 1 }
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "0"): text.append(0)
      case UInt8(ascii: "x"): append(bytes, &index, 2, to: &text)
      case UInt8(ascii: "u"): append(bytes, &index, 4, to: &text)
      case UInt8(ascii: "U"): append(bytes, &index, 8, to: &text)
      case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): text.append(next)
      default: text += [UInt8(ascii: "\\"), next]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func append(
    _ bytes: ArraySlice<UInt8>,
    _ index: inout Int,
    _ digits: Int,
    to text: inout [UInt8]
  ) {
    let end = min(index + digits, bytes.endIndex)
    let value = UInt32(String(decoding: bytes[index..<end], as: UTF8.self), radix: 16) ?? 0xFFFD
    index = end
    text += Array(String(Character(Unicode.Scalar(value) ?? "\u{FFFD}")).utf8)
  }

  static func withoutDoubledBraces(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var kept: [UInt8] = []
    var isSecond = false
    for byte in bytes {
      let isBrace = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
      if isBrace, isSecond, kept.last == byte {
        isSecond = false
        continue
      }
      kept.append(byte)
      isSecond = isBrace
    }
    return kept
  }

  /// A formatted string cut at its braces; formats and conversions are left out.
  static func parts(of bytes: [UInt8], _ range: Range<Int>) -> [Part] {
    var parts: [Part] = []
    var start = range.lowerBound
    var index = start
    while index < range.upperBound {
      let here = bytes[index]
      let next = index + 1 < range.upperBound ? bytes[index + 1] : 0
      if here == UInt8(ascii: "{"), next == here || here == UInt8(ascii: "}") && next == here {
        index += 2
      } else if here == UInt8(ascii: "{") {
        if start < index { parts.append(.literal(start..<index)) }
        guard let (expression, end) = hole(of: bytes, (index + 1)..<range.upperBound) else {
          return parts + [.unclosed]
        }
        parts.append(.expression(expression))
        index = end
        start = end
      } else {
        index += 1
      }
    }
    if start < range.upperBound { parts.append(.literal(start..<range.upperBound)) }
    return parts
  }

  /// The expression after a brace, and where the text goes on.
  private static func hole(of bytes: [UInt8], _ range: Range<Int>) -> (Range<Int>, Int)? {
    var depth = 0
    var end: Int?
    var index = range.lowerBound
    while index < range.upperBound {
      let here = bytes[index]
      let next = index + 1 < range.upperBound ? bytes[index + 1] : 0
      switch here {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        if end == nil {
          index += 1
          while index < range.upperBound, bytes[index] != here { index += 1 }
        }
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}") where depth == 0:
        return (range.lowerBound..<(end ?? index), index + 1)
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "!") where depth == 0 && next != UInt8(ascii: "=") && end == nil:
        end = index
      case UInt8(ascii: ":") where depth == 0 && end == nil: end = index
      default: break
      }
      index += 1
    }
    return nil
  }
}
