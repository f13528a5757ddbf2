/// Cuts Python into words, in one pass over its bytes.
struct PythonLexer {
  private let bytes: [UInt8]
  private var index: Int
  private let end: Int
  private var line: Int
  /// The lines on which the open brackets stand.
  private var brackets: [(sign: UInt8, line: Int)] = []
  private var indents = [0]
  private(set) var tokens: [PythonToken] = []
  /// True for the inside of a formatted string, where lines and indentation mean nothing.
  private let isInner: Bool

  private init(_ bytes: [UInt8], _ range: Range<Int>, line: Int, isInner: Bool) {
    self.bytes = bytes
    index = range.lowerBound
    end = range.upperBound
    self.line = line
    self.isInner = isInner
  }

  static func tokens(of bytes: [UInt8]) -> [PythonToken] {
    var lexer = PythonLexer(bytes, 0..<bytes.count, line: 1, isInner: false)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { lexer.index = 3 }
    lexer.run()
    return lexer.tokens
  }

  static func tokens(of bytes: [UInt8], inside range: Range<Int>, line: Int) -> [PythonToken] {
    var lexer = PythonLexer(bytes, range, line: line, isInner: true)
    lexer.run()
    return lexer.tokens
  }

  private func byte(_ offset: Int = 0) -> UInt8 {
    index + offset < end ? bytes[index + offset] : 0
  }

  private mutating func add(_ kind: PythonToken.Kind, _ text: String = "") {
    tokens.append(PythonToken(kind: kind, text: text, line: line))
  }

  private mutating func run() {
    var isLineStart = !isInner
    while index < end {
      if isLineStart {
        isLineStart = false
        if !startLine() { isLineStart = true }
        continue
      }
      let here = byte()
      switch here {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0C: index += 1
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        if brackets.isEmpty, !isInner {
          add(.newline)
          isLineStart = true
        } else if !isInner, beginsDefinition(after: index) {
          // No definition stands inside brackets, so the bracket was never closed.
          unclosed()
          isLineStart = true
        }
        endLine()
      case UInt8(ascii: "#"): skipComment()
      case UInt8(ascii: "\\") where byte(1) == UInt8(ascii: "\n") || byte(1) == UInt8(ascii: "\r"):
        index += 1
        endLine()
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
      case UInt8(ascii: ".") where Self.isDigit(byte(1)): number()
      case UInt8(ascii: "\""), UInt8(ascii: "'"): string(prefix: index..<index)
      default:
        if Self.isNameStart(here) { name() } else { sign() }
      }
    }
    if !brackets.isEmpty { unclosed() }
    if !isInner {
      if let last = tokens.last?.kind, last != .newline { add(.newline) }
      for _ in indents.dropFirst() { add(.dedent) }
    }
    add(.end)
  }

  private mutating func unclosed() {
    guard let first = brackets.first else { return }
    let sign = String(decoding: [first.sign], as: UTF8.self)
    tokens.append(
      PythonToken(kind: .bad, text: "\"\(sign)\" is never closed", line: first.line)
    )
    brackets = []
    if !isInner { add(.newline) }
  }

  /// Over the end of a line, whichever way it is written.
  private mutating func endLine() {
    index += byte() == UInt8(ascii: "\r") && byte(1) == UInt8(ascii: "\n") ? 2 : 1
    line += 1
  }

  private mutating func skipComment() {
    while index < end, byte() != UInt8(ascii: "\n"), byte() != UInt8(ascii: "\r") { index += 1 }
  }

  /// The indentation of a line; false where the line is empty.
  private mutating func startLine() -> Bool {
    var column = 0
    loop: while index < end {
      switch byte() {
      case UInt8(ascii: " "): column += 1
      case UInt8(ascii: "\t"): column = (column / 8 + 1) * 8
      case 0x0C: column = 0
      default: break loop
      }
      index += 1
    }
    if byte() == UInt8(ascii: "#") { skipComment() }
    guard index < end else { return true }
    if byte() == UInt8(ascii: "\n") || byte() == UInt8(ascii: "\r") {
      endLine()
      return false
    }
    let current = indents.last ?? 0
    if column > current {
      indents.append(column)
      add(.indent)
    } else if column < current {
      while let last = indents.last, last > column {
        indents.removeLast()
        add(.dedent)
      }
      if indents.last != column {
        add(.bad, "indentation matches no outer block")
        add(.newline)
      }
    }
    return true
  }

  /// Whether `def` or `class` begins the line after this one's end.
  private func beginsDefinition(after position: Int) -> Bool {
    var next = position + 1
    // A blank line is looked past when its own end is reached.
    while next < end, bytes[next] == 0x20 || bytes[next] == 0x09 { next += 1 }
    for word in [Self.def, Self.klass] where end - next > word.count {
      if bytes[next..<(next + word.count)].elementsEqual(word) { return true }
    }
    return false
  }

  private static let def = Array("def ".utf8)
  private static let klass = Array("class ".utf8)

  private mutating func name() {
    let start = index
    while index < end, Self.isNamePart(bytes[index]) { index += 1 }
    if index < end, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'"),
      index - start <= 2,
      bytes[start..<index].allSatisfy({ "rbfutRBFUT".utf8.contains($0) })
    {
      string(prefix: start..<index)
      return
    }
    add(.name, String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private mutating func number() {
    let start = index
    while index < end {
      let here = bytes[index]
      let isSign =
        (here == UInt8(ascii: "+") || here == UInt8(ascii: "-")) && index > start
        && bytes[index - 1] | 0x20 == UInt8(ascii: "e")
        && !(bytes[start] == UInt8(ascii: "0") && start + 1 < end
          && bytes[start + 1] | 0x20 == UInt8(ascii: "x"))
      guard Self.isNamePart(here) || here == UInt8(ascii: ".") || isSign else { break }
      index += 1
    }
    add(.number, String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private mutating func string(prefix: Range<Int>) {
    let letters = bytes[prefix].map { $0 | 0x20 }
    let isFormatted = letters.contains(UInt8(ascii: "f")) || letters.contains(UInt8(ascii: "t"))
    let isRaw = letters.contains(UInt8(ascii: "r"))
    let startLine = line
    let quote = byte()
    let isTriple = byte(1) == quote && byte(2) == quote
    index += isTriple ? 3 : 1
    let start = index
    guard skip(quote: quote, isTriple: isTriple, isFormatted: isFormatted, depth: 0) else {
      tokens.append(
        PythonToken(kind: .bad, text: "a string is never closed", line: startLine)
      )
      return
    }
    var token = PythonToken(kind: .string, text: "", line: startLine)
    token.contents = start..<(index - (isTriple ? 3 : 1))
    token.isRaw = isRaw
    token.isFormatted = isFormatted
    tokens.append(token)
  }

  /// To behind the closing quotes; false where there are none, and then to the end of the line, or
  /// of the file where the string may have several lines.
  private mutating func skip(
    quote: UInt8,
    isTriple: Bool,
    isFormatted: Bool,
    depth: Int
  ) -> Bool {
    var braces = 0
    while index < end {
      let here = bytes[index]
      switch here {
      case UInt8(ascii: "\\"):
        if byte(1) == UInt8(ascii: "\n") || byte(1) == UInt8(ascii: "\r") {
          index += 1
          endLine()
        } else {
          index += 2
        }
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        if !isTriple, !(isFormatted && braces > 0) { return false }
        endLine()
      case UInt8(ascii: "{") where isFormatted:
        if braces == 0, byte(1) == here { index += 1 } else { braces += 1 }
        index += 1
      case UInt8(ascii: "}") where isFormatted && braces > 0:
        braces -= 1
        index += 1
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        let isEnd = here == quote && (!isTriple || (byte(1) == quote && byte(2) == quote))
        if braces > 0, depth < 8, !(isEnd && isTriple) {
          let triple = byte(1) == here && byte(2) == here
          index += triple ? 3 : 1
          guard skip(quote: here, isTriple: triple, isFormatted: false, depth: depth + 1) else {
            return false
          }
        } else if isEnd {
          index += isTriple ? 3 : 1
          return true
        } else {
          index += 1
        }
      default: index += 1
      }
    }
    index = end
    return false
  }

  private mutating func sign() {
    let here = byte()
    let second = byte(1)
    let third = byte(2)
    let equal = UInt8(ascii: "=")
    var length = 1
    switch here {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
      brackets.append((here, line))
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      let opening: UInt8 =
        here == UInt8(ascii: ")")
        ? UInt8(ascii: "(") : here == UInt8(ascii: "]") ? UInt8(ascii: "[") : UInt8(ascii: "{")
      guard brackets.popLast()?.sign == opening else {
        add(.bad, "\"\(String(decoding: [here], as: UTF8.self))\" closes nothing")
        index += 1
        return
      }
    case UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: ">"):
      if second == here { length = third == equal ? 3 : 2 } else if second == equal { length = 2 }
    case UInt8(ascii: "-"):
      if second == equal || second == UInt8(ascii: ">") { length = 2 }
    case equal, UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "|"), UInt8(ascii: "^"), UInt8(ascii: "@"):
      if second == equal { length = 2 }
    case UInt8(ascii: "!"):
      if second == equal { length = 2 }
    case UInt8(ascii: "."):
      if second == here, third == here { length = 3 }
    case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "~"): break
    default:
      add(.bad, "\"\(String(decoding: [here], as: UTF8.self))\" means nothing in Python")
      index += 1
      return
    }
    add(.sign, String(decoding: bytes[index..<min(index + length, end)], as: UTF8.self))
    index += length
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isNameStart(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return lower >= 0x61 && lower <= 0x7A || byte == 0x5F || byte >= 0x80
  }

  private static func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }
}
