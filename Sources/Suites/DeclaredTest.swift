import Formats

/// A test that a file of pytest, unittest or bats declares, known before anything runs.
///
/// What the runner itself tells decides: a test that stands here and was not run is not passed, and
/// one that it ran and that does not stand here is added.
package struct DeclaredTest: Sendable, Hashable {
  /// `test_x`, `TestX.test_y`, or what a bats file calls it.
  package var name: String
  /// The first paragraph of its docstring in one line; empty where it has none.
  package var about: String
  /// From 1.
  package var line: Int

  /// In the order of the file; of several with one name the last, as the runners have it.
  static func all(in bytes: [UInt8], for runner: SuiteScript.Runner) -> [DeclaredTest] {
    let text = String(decoding: bytes, as: UTF8.self)
    let found =
      switch runner {
      case .pytest, .unittest: PythonTests(text).found
      case .bats: bats(text)
      case .executable, .shell: [DeclaredTest]()
      }
    let last = Dictionary(found.map { ($0.name, $0.line) }) { $1 }
    return found.filter { last[$0.name] == $0.line }
  }

  /// bats itself goes line by line: `@test "name" {`, the name in quotes or without.
  private static func bats(_ text: String) -> [DeclaredTest] {
    var found: [DeclaredTest] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let line = line.drop { $0 == " " || $0 == "\t" }
      guard line.hasPrefix("@test"), let end = bodyStart(line) else { continue }
      var name = line[..<end].dropFirst(5)
      guard let first = name.first, first == " " || first == "\t" else { continue }
      func trim() {
        while let edge = name.first, edge.isWhitespace { name.removeFirst() }
        while let edge = name.last, edge.isWhitespace { name.removeLast() }
      }
      trim()
      if let quote = name.first, quote == "\"" || quote == "'", name.count > 1, name.last == quote {
        name = name.dropFirst().dropLast()
      }
      if !name.isEmpty {
        found.append(DeclaredTest(name: String(name), about: "", line: index + 1))
      }
    }
    return found
  }

  /// The last brace behind white space, as bats itself has it.
  private static func bodyStart(_ line: Substring) -> Substring.Index? {
    line.indices.last { index in
      line[index] == "{" && index > line.startIndex
        && [" ", "\t"].contains(line[line.index(before: index)])
    }
  }
}

/// Finds functions and methods by the indentation of their lines; what lies in strings is passed over.
private struct PythonTests {
  private(set) var found: [DeclaredTest] = []
  private let lines: [Substring]
  /// Whether a line begins outside of any string.
  private var isCode: [Bool] = []
  /// The class that the lines belong to, if it is one of tests, and the indentation of its members.
  private var type: (name: String, indentation: Int?)?

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    isCode = Self.codeLines(text)
    for index in lines.indices where isCode[index] { read(lines[index], at: index) }
  }

  private mutating func read(_ line: Substring, at index: Int) {
    let content = line.drop { $0 == " " || $0 == "\t" }
    guard let first = content.first, first != "#", first != "\r" else { return }
    let indentation = line.count - content.count
    if indentation == 0, first != ")", first != "]", first != "}" { type = nil }
    if indentation == 0, content.hasPrefix("class ") {
      let name = Self.name(content.dropFirst(6))
      if name.hasPrefix("Test") || content.contains("TestCase") { type = (name, nil) }
      return
    }
    if indentation > 0 {
      guard let own = type else { return }
      if own.indentation == nil { type = (own.name, indentation) }
      guard type?.indentation == indentation else { return }
    }
    for word in ["def ", "async def "] where content.hasPrefix(word) {
      let name = Self.name(content.dropFirst(word.count))
      guard name.hasPrefix("test") else { return }
      let full = type.map { "\($0.name).\(name)" } ?? name
      found.append(DeclaredTest(name: full, about: docstring(after: index), line: index + 1))
    }
  }

  private static func name(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.prefix { $0 == "_" || $0.isLetter || $0.isNumber })
  }

  /// The string that the first statement below the end of the head consists of.
  private func docstring(after head: Int) -> String {
    var index = head
    while index < lines.count, !Self.endsHead(lines[index]) { index += 1 }
    let next = lines.indices.dropFirst(index + 1).first { index in
      let content = lines[index].drop { $0.isWhitespace }
      return !content.isEmpty && content.first != "#"
    }
    guard let next else { return "" }
    var text = lines[next...].prefix(40).joined(separator: "\n").drop { $0.isWhitespace }
    if let prefix = text.first, "rRuU".contains(prefix) { text.removeFirst() }
    let quote =
      ["\"\"\"", "'''", "\"", "'"].first { text.hasPrefix($0) } ?? ""
    guard !quote.isEmpty else { return "" }
    text.removeFirst(quote.count)
    guard let end = text.firstRange(of: quote) else { return "" }
    let paragraph = text[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
      .drop(while: \.isEmpty).prefix { !$0.isEmpty }
    return paragraph.joined(separator: " ")
  }

  private static func endsHead(_ line: Substring) -> Bool {
    let code = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
    return code.last { !$0.isWhitespace } == ":"
  }

  /// For each line whether it begins outside of a string of several lines.
  private static func codeLines(_ text: String) -> [Bool] {
    var result = [true]
    let bytes = Array(text.utf8)
    /// The quote that ends the string, and how often it must stand there.
    var open: (quote: UInt8, count: Int)?
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\n") {
        if open?.count == 1 { open = nil }
        result.append(open == nil)
      } else if byte == UInt8(ascii: "\\") {
        if place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "\n") {
          result.append(open == nil)
        }
        place += 1
      } else if byte == UInt8(ascii: "#"), open == nil {
        while place + 1 < bytes.count, bytes[place + 1] != UInt8(ascii: "\n") { place += 1 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        let isTriple = bytes[place...].starts(with: [byte, byte, byte])
        if let string = open {
          if string.quote == byte, string.count == 1 || isTriple {
            place += string.count - 1
            open = nil
          }
        } else {
          open = (byte, isTriple ? 3 : 1)
          place += isTriple ? 2 : 0
        }
      }
      place += 1
    }
    return result
  }
}
