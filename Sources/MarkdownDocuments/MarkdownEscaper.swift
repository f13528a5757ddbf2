import Formats

/// Puts backslashes into one line of plain text.
struct MarkdownEscaper {
  let bytes: UnsafeBufferPointer<UInt8>

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func escaped() -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + bytes.count / 8 + 8)
    let numberMark = self.numberMark
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "_") {
        let end = endOfRun(at: index)
        let isInside = isWord(before: index) && isWord(at: end)
        for _ in index..<end {
          if !isInside { output.append(UInt8(ascii: "\\")) }
          output.append(byte)
        }
        index = end
        continue
      }
      if isMark(byte, at: index) || index == numberMark { output.append(UInt8(ascii: "\\")) }
      output.append(byte)
      index += 1
    }
    return output
  }

  private func isMark(_ byte: UInt8, at index: Int) -> Bool {
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "`"), UInt8(ascii: "*"), UInt8(ascii: "<"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      return true
    case UInt8(ascii: "&"): return isReference(at: index + 1)
    // At the end a heading would lose it.
    case UInt8(ascii: "#"): return index == 0 || index == bytes.count - 1
    case UInt8(ascii: ">"): return index == 0
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      return index == 0 && (bytes.count == 1 || bytes[1] == UInt8(ascii: " ") || isRule)
    case UInt8(ascii: "="), UInt8(ascii: ":"): return index == 0 && isRule
    default: return false
    }
  }

  /// Whether the whole line could underline a heading, be a rule, or delimit a table's header.
  private var isRule: Bool {
    bytes.allSatisfy {
      $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":")
        || $0 == UInt8(ascii: " ")
    }
  }

  /// The offset of the point or bracket that makes a list of a line that begins with a number.
  private var numberMark: Int? {
    let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    guard (1...9).contains(digits), digits < bytes.count else { return nil }
    let mark = bytes[digits]
    guard mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")") else { return nil }
    return digits + 1 == bytes.count || bytes[digits + 1] == UInt8(ascii: " ") ? digits : nil
  }

  private func isReference(at index: Int) -> Bool {
    guard index < bytes.count else { return false }
    return bytes[index] == UInt8(ascii: "#") || bytes[index].isASCIILetterOrDigit
  }

  private func endOfRun(at start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] == bytes[start] { end += 1 }
    return end
  }

  private func isWord(before index: Int) -> Bool {
    index > 0 && bytes[index - 1].isASCIILetterOrDigit
  }

  private func isWord(at index: Int) -> Bool {
    index < bytes.count && bytes[index].isASCIILetterOrDigit
  }
}
