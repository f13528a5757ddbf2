/// The lines of a document as libcmark counts them: ended by LF, CR LF or CR.
struct SourceLines {
  private let lines: [Substring.UTF8View]

  init(_ text: String) {
    var lines: [Substring.UTF8View] = []
    let bytes = text.utf8
    var start = bytes.startIndex
    var index = start
    while index < bytes.endIndex {
      let byte = bytes[index]
      let next = bytes.index(after: index)
      guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
        index = next
        continue
      }
      lines.append(bytes[start..<index])
      let isPair =
        byte == UInt8(ascii: "\r") && next < bytes.endIndex && bytes[next] == UInt8(ascii: "\n")
      start = isPair ? bytes.index(after: next) : next
      index = start
    }
    if start < bytes.endIndex { lines.append(bytes[start...]) }
    self.lines = lines
  }

  /// The lines of a paragraph without what belongs to the blocks around it.
  ///
  /// - Parameters:
  ///   - column: Where the paragraph begins on its first line, from 1, in bytes.
  ///   - inQuote: Whether the marks of a block quote may stand before the other lines.
  func lines(_ range: ClosedRange<Int>, column: Int, inQuote: Bool) -> [String] {
    let last = min(range.upperBound, lines.count)
    guard range.lowerBound <= last else { return [] }
    return (range.lowerBound...last).map { number in
      let line = lines[number - 1]
      let content: Substring.UTF8View
      if number == range.lowerBound {
        content = line.dropFirst(column - 1)
      } else {
        content = line.drop { isBlank($0) || (inQuote && $0 == UInt8(ascii: ">")) }
      }
      return String(Substring(content))
    }
  }
}

/// A space or a tab.
func isBlank(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
}
