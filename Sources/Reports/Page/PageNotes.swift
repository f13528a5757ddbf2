import Formats
import MarkdownDocuments

/// The suite's own prose as a box on the page, which no mark in it can leave.
///
/// Everything stands in one block quote, where an open fence ends with the quote. Headings are of
/// level 4 or lower, so that none passes for a part of the page, and raw HTML is text, so that no
/// open comment hides what follows.
enum PageNotes {
  static func boxed(_ markdown: String) -> String {
    let plain = TerminalText.stripped(markdown)
    var lines = lines(of: plain, sparesCode: true)
    // Where code begins is libcmark's to say: what it takes for HTML is escaped in code too.
    if hasHTML(lines) { lines = Self.lines(of: plain, sparesCode: false) }
    return lines.map { $0.isEmpty ? ">" : "> \($0)" }.joined(separator: "\n")
  }

  private static func hasHTML(_ lines: [String]) -> Bool {
    guard let document = try? MarkdownDocument(parsing: lines.joined(separator: "\n")) else {
      return true
    }
    return document.blocks.contains(where: hasHTML)
  }

  private static func hasHTML(_ block: MarkdownBlock) -> Bool {
    switch block.kind {
    case .html: true
    case .heading(_, let content), .paragraph(let content): content.contains(where: hasHTML)
    case .quote(let blocks): blocks.contains(where: hasHTML)
    case .list(let list): list.items.contains { $0.blocks.contains(where: hasHTML) }
    case .table(let table):
      ([table.header] + table.rows).contains { row in
        row.cells.contains { $0.content.contains(where: hasHTML) }
      }
    case .code, .thematicBreak: false
    }
  }

  private static func hasHTML(_ inline: MarkdownInline) -> Bool {
    switch inline {
    case .html: true
    case .emphasis(let content), .strong(let content): content.contains(where: hasHTML)
    case .link(let link), .image(let link): link.content.contains(where: hasHTML)
    case .text, .code, .softBreak, .lineBreak: false
    }
  }

  // MARK: Lines

  /// - Parameter sparesCode: whether `<` stays as it is between backticks.
  private static func lines(of text: String, sparesCode: Bool) -> [String] {
    var fence: Substring?
    var result: [String] = []
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let own = line.drop { $0 == " " }
      if let open = fence {
        // Fenced code is what it is; a fence may be closed by a longer one.
        if own.hasPrefix(open), own.allSatisfy({ $0 == open.first || $0 == " " }) { fence = nil }
        result.append(String(line))
        continue
      }
      if let mark = fenceMark(own), line.count - own.count < 4 {
        fence = mark
        result.append(String(line))
        continue
      }
      let isUnderline = !own.isEmpty && result.last?.isEmpty == false && isRule(own)
      result.append(
        isUnderline ? "\\\(own)" : demoted(escaped(line, sparesCode: sparesCode))
      )
    }
    while result.last?.isEmpty == true { result.removeLast() }
    return result
  }

  private static func fenceMark(_ line: Substring) -> Substring? {
    guard let first = line.first, first == "`" || first == "~" else { return nil }
    let mark = line.prefix { $0 == first }
    // An info string after backticks has none.
    return mark.count >= 3 && !(first == "`" && line.dropFirst(mark.count).contains("`"))
      ? mark : nil
  }

  /// Whether a line of only these would make a heading of the line above it.
  private static func isRule(_ line: Substring) -> Bool {
    let bare = line.reversed().drop { $0 == " " || $0 == "\t" }
    return bare.allSatisfy { $0 == "=" } || bare.allSatisfy { $0 == "-" }
  }

  /// A heading three levels lower, in lists and quotes too.
  private static func demoted(_ line: String) -> String {
    var start = line.startIndex
    // What may stand before it: bullets, numbers, quotes.
    let marks: Set<Character> = [" ", "\t", "-", "*", "+", ">", ".", ")"]
    while start < line.endIndex, marks.contains(line[start]) || line[start].isWholeNumber {
      start = line.index(after: start)
    }
    let level = line[start...].prefix { $0 == "#" }.count
    let after = line[start...].dropFirst(level).first
    guard (1...6).contains(level), after == nil || after == " " || after == "\t" else {
      return line
    }
    let wanted = String(repeating: "#", count: min(level + 3, 6))
    return line[..<start] + wanted + line[start...].dropFirst(level)
  }

  /// Raw HTML as text: `<` only where a tag, a comment or an instruction could begin.
  private static func escaped(_ line: Substring, sparesCode: Bool) -> String {
    var result = ""
    var rest = line
    while let character = rest.first {
      if character == "`", sparesCode, !result.hasSuffix("\\") {
        let mark = rest.prefix { $0 == "`" }
        let body = rest.dropFirst(mark.count)
        let end = body.ranges(of: mark).first { range in
          body[range.upperBound...].first != "`"
            && (range.lowerBound == body.startIndex
              || body[body.index(before: range.lowerBound)] != "`")
        }
        let upTo = end?.upperBound ?? body.startIndex
        result += rest[..<upTo]
        rest = rest[upTo...]
        continue
      }
      let next = rest.dropFirst().first
      let opens = next.map { $0.isLetter || $0 == "/" || $0 == "!" || $0 == "?" } ?? false
      result += character == "<" && opens ? "&lt;" : String(character)
      rest = rest.dropFirst()
    }
    return result
  }
}
