/// The cells of a pipe table, found in the lines of a paragraph.
///
/// libcmark has no tables. The rules are those of GitHub Flavored Markdown 0.29, section 4.10, with
/// one difference: a pipe in a code span does not end a cell, unless only that gives a row as many
/// cells as the header has.
struct TableSource {
  struct Row {
    var cells: [String]
    var line: Int
  }

  /// The lines of the paragraph that stand above the table.
  var above: [String]
  var header: Row
  var alignments: [MarkdownTable.Alignment?]
  var rows: [Row]

  /// `nil` if no line is a header with a delimiter row of as many cells below it.
  init?(_ lines: [String], firstLine: Int) {
    guard lines.count >= 2 else { return nil }
    for index in 0..<(lines.count - 1) {
      guard lines[index].utf8.contains(UInt8(ascii: "|")),
        let alignments = Self.alignments(lines[index + 1])
      else { continue }
      let header = Self.cells(of: lines[index], expected: alignments.count)
      guard header.count == alignments.count else { continue }
      above = Array(lines[..<index])
      self.header = Row(cells: header, line: firstLine + index)
      self.alignments = alignments
      rows = (index + 2..<lines.count).map { number in
        Row(
          cells: Self.cells(of: lines[number], expected: alignments.count),
          line: firstLine + number
        )
      }
      return
    }
    return nil
  }

  /// The alignments that a delimiter row says; `nil` if it is not one.
  private static func alignments(_ line: String) -> [MarkdownTable.Alignment?]? {
    guard line.utf8.contains(UInt8(ascii: "|")) else { return nil }
    var alignments: [MarkdownTable.Alignment?] = []
    for cell in cells(of: line, protectingCode: false) {
      let dashes = cell.utf8.filter { $0 == UInt8(ascii: "-") }.count
      let left = cell.hasPrefix(":")
      let right = cell.hasSuffix(":")
      let colons = (left ? 1 : 0) + (right ? 1 : 0)
      guard dashes > 0, dashes + colons == cell.utf8.count else { return nil }
      alignments.append(left ? (right ? .center : .left) : (right ? .right : nil))
    }
    return alignments.isEmpty ? nil : alignments
  }

  static func cells(of line: String, expected: Int) -> [String] {
    let cells = cells(of: line, protectingCode: true)
    guard cells.count != expected else { return cells }
    let others = Self.cells(of: line, protectingCode: false)
    return others.count == expected ? others : cells
  }

  private static func cells(of line: String, protectingCode: Bool) -> [String] {
    let bytes = trimmed(Array(line.utf8)[...])
    var splitter = CellSplitter(bytes: bytes, protectingCode: protectingCode)
    return splitter.cells().map { String(decoding: trimmed($0[...]), as: UTF8.self) }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
    let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return Array(bytes[start..<end])
  }
}

/// Walks through a row once.
private struct CellSplitter {
  let bytes: [UInt8]
  let protectingCode: Bool

  private static let pipe = UInt8(ascii: "|")
  private static let backslash = UInt8(ascii: "\\")
  private static let backtick = UInt8(ascii: "`")

  mutating func cells() -> [[UInt8]] {
    var cells: [[UInt8]] = []
    var cell: [UInt8] = []
    var isOpen = false
    // How long a run of backticks can still find its like: after one search from the left failed,
    // another of the same length fails too.
    var hopeless: Set<Int> = []
    var index = bytes.first == Self.pipe ? 1 : 0
    while index < bytes.count {
      let byte = bytes[index]
      isOpen = true
      if byte == Self.backslash, index + 1 < bytes.count {
        if bytes[index + 1] != Self.pipe { cell.append(byte) }
        cell.append(bytes[index + 1])
        index += 2
      } else if byte == Self.backtick, protectingCode {
        let length = run(at: index)
        let end = hopeless.contains(length) ? nil : endOfCode(after: index + length, length)
        if end == nil { hopeless.insert(length) }
        let next = end ?? index + length
        appendCode(index..<next, to: &cell)
        index = next
      } else if byte == Self.pipe {
        cells.append(cell)
        cell = []
        isOpen = false
        index += 1
      } else {
        cell.append(byte)
        index += 1
      }
    }
    if isOpen { cells.append(cell) }
    return cells
  }

  private func run(at start: Int) -> Int {
    bytes[start...].prefix { $0 == Self.backtick }.count
  }

  private func endOfCode(after start: Int, _ length: Int) -> Int? {
    var index = start
    while index < bytes.count {
      guard bytes[index] == Self.backtick else {
        index += 1
        continue
      }
      let run = run(at: index)
      index += run
      if run == length { return index }
    }
    return nil
  }

  /// Copies a code span; in a table even there `\|` stands for `|`.
  private func appendCode(_ range: Range<Int>, to cell: inout [UInt8]) {
    for index in range {
      let isEscape =
        bytes[index] == Self.backslash && index + 1 < range.upperBound
        && bytes[index + 1] == Self.pipe
      if !isEscape { cell.append(bytes[index]) }
    }
  }
}
