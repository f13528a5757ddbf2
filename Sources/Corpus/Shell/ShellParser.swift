/// Reads a shell script, in one pass over its bytes; what is not understood is named and left out.
struct ShellParser {
  struct Program: Sendable {
    var statements: [ShellStatement]
    var unread: [CorpusUnit.Unread]
  }

  struct Failure: Error {
    var line: Int
    var reason: String
  }

  static let depthLimit = 40
  private static let unreadLimit = 20

  let bytes: [UInt8]
  var index: Int
  let end: Int
  var line: Int
  var depth: Int
  private var unread: [CorpusUnit.Unread] = []
  /// Where the texts of the here-documents of the present line end.
  var documentsEnd: (index: Int, line: Int)?

  init(_ bytes: [UInt8], _ range: Range<Int>, line: Int, depth: Int) {
    self.bytes = bytes
    index = range.lowerBound
    end = range.upperBound
    self.line = line
    self.depth = depth
  }

  static func program(_ bytes: [UInt8]) -> Program {
    var parser = ShellParser(bytes, 0..<bytes.count, line: 1, depth: 0)
    var statements: [ShellStatement] = []
    while true {
      parser.skipSpace(lines: true)
      guard parser.index < parser.end else { break }
      let start = parser.index
      do throws(Failure) {
        statements += try parser.list(until: [])
        if parser.index < parser.end, parser.index == start {
          throw parser.failure("\(parser.shownHere) stands where no command can")
        }
      } catch {
        parser.note(error)
        parser.skipLine()
      }
    }
    return Program(statements: statements, unread: parser.unread)
  }

  // MARK: Bytes

  func byte(_ offset: Int = 0) -> UInt8 {
    index + offset < end ? bytes[index + offset] : 0
  }

  var shownHere: String {
    let word = bytes[index..<min(end, index + 20)].prefix { $0 > 0x20 }
    return "\"\(String(decoding: word, as: UTF8.self))\""
  }

  func failure(_ reason: String, at line: Int? = nil) -> Failure {
    Failure(line: line ?? self.line, reason: reason)
  }

  mutating func note(_ failure: Failure) {
    if unread.count < Self.unreadLimit {
      unread.append(CorpusUnit.Unread(line: failure.line, reason: failure.reason))
    } else if unread.count == Self.unreadLimit {
      unread.append(
        CorpusUnit.Unread(line: failure.line, reason: "and more that cannot be read")
      )
    }
  }

  private mutating func skipLine() {
    while index < end, bytes[index] != 0x0A { index += 1 }
    newLine()
  }

  /// Over the end of a line and the here-documents that follow it.
  private mutating func newLine() {
    if let stop = documentsEnd {
      (index, line) = stop
      documentsEnd = nil
    } else if index < end {
      index += 1
      line += 1
    }
  }

  func word(_ range: Range<Int>, line: Int, isQuoted: Bool) -> ShellWord {
    if isQuoted {
      return ShellWord(pieces: [.text(String(decoding: bytes[range], as: UTF8.self))])
    }
    var inner = ShellParser(bytes, range, line: line, depth: depth + 1)
    var pieces: [ShellPiece] = []
    try? inner.quoted(into: &pieces, end: nil)
    return ShellWord(pieces: pieces)
  }

  /// Over blanks, comments and continued lines, and over ends of lines where asked.
  mutating func skipSpace(lines: Bool) {
    while index < end {
      let here = bytes[index]
      if here == 0x20 || here == 0x09 || here == 0x0D {
        index += 1
      } else if here == UInt8(ascii: "\\"), byte(1) == 0x0A {
        index += 2
        line += 1
      } else if here == UInt8(ascii: "\\"), byte(1) == 0x0D, byte(2) == 0x0A {
        index += 3
        line += 1
      } else if here == UInt8(ascii: "#") {
        while index < end, bytes[index] != 0x0A { index += 1 }
      } else if here == 0x0A, lines {
        newLine()
      } else {
        return
      }
    }
  }

  // MARK: Lists

  /// Statements up to a word that ends them, which is not consumed.
  mutating func list(until words: [String]) throws(Failure) -> [ShellStatement] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw failure("is nested too deeply") }
    let start = line
    var statements: [ShellStatement] = []
    while true {
      skipSpace(lines: true)
      while byte() == UInt8(ascii: ";"), byte(1) != UInt8(ascii: ";") {
        index += 1
        skipSpace(lines: true)
      }
      guard index < end else {
        if words.isEmpty { return statements }
        let missing = words.joined(separator: "\" or \"")
        throw failure("the script ends before \"\(missing)\"", at: start)
      }
      if words.contains(where: { startsWith(word: $0) }) { return statements }
      let here = byte()
      if here == UInt8(ascii: ")") || here == UInt8(ascii: ";") {
        throw failure("\(shownHere) stands where no command can")
      }
      do throws(Failure) {
        statements.append(try andOr())
        skipSpace(lines: false)
        switch byte() {
        case UInt8(ascii: "&"), 0x0A: if byte() == UInt8(ascii: "&") { index += 1 }
        case UInt8(ascii: ";"), UInt8(ascii: ")"), 0: break
        case UInt8(ascii: "}"): break
        default: throw failure("\(shownHere) stands where no command can")
        }
      } catch {
        // At the top, one command is lost; inside, the block may have no end.
        guard depth == 1 else { throw error }
        note(error)
        skipLine()
      }
      if words.isEmpty, depth == 1 { return statements }
    }
  }

  func startsWith(word: String) -> Bool {
    let own = Array(word.utf8)
    guard index + own.count <= end, bytes[index..<(index + own.count)].elementsEqual(own) else {
      return false
    }
    guard let last = own.last, last | 0x20 >= 0x61, last | 0x20 <= 0x7A else { return true }
    let next = byte(own.count)
    return next <= 0x20 || ";&|()<>".utf8.contains(next)
  }

  mutating func accept(_ word: String) -> Bool {
    guard startsWith(word: word) else { return false }
    index += word.utf8.count
    return true
  }

  private mutating func expect(_ word: String) throws(Failure) {
    skipSpace(lines: true)
    guard accept(word) else { throw failure("\"\(word)\" is missing before \(shownHere)") }
  }

  private mutating func andOr() throws(Failure) -> ShellStatement {
    var left = try pipeline()
    var links = 0
    while true {
      skipSpace(lines: false)
      let isAnd = startsWith(word: "&&")
      guard isAnd || startsWith(word: "||") else { return left }
      links += 1
      guard links <= 200 else { throw failure("is too long to follow") }
      index += 2
      skipSpace(lines: true)
      let right = try pipeline()
      left = ShellStatement(line: left.line, kind: isAnd ? .and(left, right) : .or(left, right))
    }
  }

  private mutating func pipeline() throws(Failure) -> ShellStatement {
    skipSpace(lines: false)
    let start = line
    var isNegated = false
    while byte() == UInt8(ascii: "!"), byte(1) <= 0x20 {
      isNegated.toggle()
      index += 1
      skipSpace(lines: false)
    }
    if accept("time") { skipSpace(lines: false) }
    var parts = [try command()]
    while true {
      skipSpace(lines: false)
      guard byte() == UInt8(ascii: "|"), byte(1) != UInt8(ascii: "|") else { break }
      index += byte(1) == UInt8(ascii: "&") ? 2 : 1
      skipSpace(lines: true)
      parts.append(try command())
    }
    var statement = parts[0]
    if parts.count > 1 { statement = ShellStatement(line: start, kind: .pipeline(parts)) }
    return isNegated ? ShellStatement(line: start, kind: .not(statement)) : statement
  }

  // MARK: Commands

  private mutating func command() throws(Failure) -> ShellStatement {
    let start = line
    func made(_ kind: ShellStatement.Kind) -> ShellStatement {
      ShellStatement(line: start, kind: kind)
    }
    let kind: ShellStatement.Kind
    if accept("if") {
      kind = try condition()
    } else if startsWith(word: "while") || startsWith(word: "until") {
      let isUntil = startsWith(word: "until")
      index += 5
      let test = try list(until: ["do"])
      kind = .loop(test: test, isUntil: isUntil, body: try body())
    } else if accept("for") || accept("select") {
      kind = try each()
    } else if accept("case") {
      kind = try cases()
    } else if byte() == UInt8(ascii: "("), byte(1) == UInt8(ascii: "(") {
      kind = .arithmetic(try arithmetic())
    } else if byte() == UInt8(ascii: "(") {
      index += 1
      let inner = try list(until: [")"])
      try expect(")")
      kind = .group(inner)
    } else if byte() == UInt8(ascii: "{"), byte(1) <= 0x20 {
      kind = .group(try braces())
    } else if accept("[[") {
      kind = .test(try testWords())
    } else if accept("function") {
      skipSpace(lines: false)
      let name = try name()
      skipSpace(lines: false)
      if byte() == UInt8(ascii: "(") {
        index += 1
        try expect(")")
      }
      return made(.function(try function(name, start, isTest: false)))
    } else if accept("@test") {
      skipSpace(lines: false)
      let title = try word()
      return made(.function(try function(title.literal ?? "", start, isTest: true)))
    } else if let name = functionName() {
      return made(.function(try function(name, start, isTest: false)))
    } else {
      return made(.simple(try simple()))
    }
    // Where a block's output goes is not looked at, but must be read over.
    var redirected = ShellCommand(line: start)
    while try redirection(&redirected) {}
    guard redirected.input != nil || redirected.inputFile != nil else { return made(kind) }
    redirected.words = [ShellWord(pieces: [.text("cat")])]
    redirected.output = nil
    return made(.pipeline([made(.simple(redirected)), made(kind)]))
  }

  private mutating func condition() throws(Failure) -> ShellStatement.Kind {
    var branches: [(test: [ShellStatement], body: [ShellStatement])] = []
    var otherwise: [ShellStatement]?
    repeat {
      let test = try list(until: ["then"])
      try expect("then")
      branches.append((test, try list(until: ["elif", "else", "fi"])))
    } while accept("elif")
    if accept("else") { otherwise = try list(until: ["fi"]) }
    try expect("fi")
    return .condition(branches, otherwise: otherwise)
  }

  private mutating func body() throws(Failure) -> [ShellStatement] {
    try expect("do")
    let body = try list(until: ["done"])
    try expect("done")
    return body
  }

  private mutating func each() throws(Failure) -> ShellStatement.Kind {
    skipSpace(lines: false)
    if byte() == UInt8(ascii: "("), byte(1) == UInt8(ascii: "(") {
      let text = try arithmetic()
      skipSpace(lines: true)
      if byte() == UInt8(ascii: ";") { index += 1 }
      return .each(
        String(text.prefix { $0 != "=" }),
        [ShellWord(pieces: [.hole])],
        body: try body()
      )
    }
    let name = try name()
    skipSpace(lines: true)
    var words: [ShellWord] = []
    if accept("in") {
      skipSpace(lines: false)
      while index < end, byte() != 0x0A, byte() != UInt8(ascii: ";") {
        words.append(try word())
        skipSpace(lines: false)
      }
    } else {
      words = [ShellWord(pieces: [.variable("@", preset: nil)])]
    }
    if byte() == UInt8(ascii: ";") { index += 1 }
    return .each(name, words, body: try body())
  }

  private mutating func cases() throws(Failure) -> ShellStatement.Kind {
    skipSpace(lines: false)
    let value = try word()
    try expect("in")
    var entries: [(patterns: [ShellWord], body: [ShellStatement])] = []
    while true {
      skipSpace(lines: true)
      if accept("esac") { return .cases(value, entries) }
      guard index < end else { throw failure("the script ends before \"esac\"") }
      if byte() == UInt8(ascii: "(") { index += 1 }
      var patterns: [ShellWord] = []
      while true {
        skipSpace(lines: false)
        patterns.append(try word())
        skipSpace(lines: false)
        guard byte() == UInt8(ascii: "|") else { break }
        index += 1
      }
      try expect(")")
      let body = try list(until: [";;", ";&", "esac"])
      if accept(";;&") || accept(";;") || accept(";&") {}
      entries.append((patterns, body))
    }
  }

  private mutating func braces() throws(Failure) -> [ShellStatement] {
    try expect("{")
    let inner = try list(until: ["}"])
    try expect("}")
    return inner
  }

  /// The inside of `(( … ))`.
  mutating func arithmetic() throws(Failure) -> String {
    index += 2
    let start = index
    var open = 0
    while index < end {
      if bytes[index] == UInt8(ascii: "(") { open += 1 }
      if bytes[index] == UInt8(ascii: ")") {
        if open == 0, byte(1) == UInt8(ascii: ")") {
          let text = String(decoding: bytes[start..<index], as: UTF8.self)
          index += 2
          return text
        }
        open -= 1
      }
      if bytes[index] == 0x0A { line += 1 }
      index += 1
    }
    throw failure("\"((\" is never closed")
  }

  private mutating func testWords() throws(Failure) -> [ShellWord] {
    var words: [ShellWord] = []
    while true {
      skipSpace(lines: true)
      guard index < end else { throw failure("\"[[\" is never closed") }
      if accept("]]") { return words }
      let isPattern = words.last?.literal == "=~"
      let sign = isPattern ? nil : ["&&", "||", "(", ")", "<", ">"].first { startsWith(word: $0) }
      if let sign {
        index += sign.utf8.count
        words.append(ShellWord(pieces: [.text(sign)]))
      } else {
        words.append(try word(isPattern: isPattern))
      }
    }
  }

  private mutating func name() throws(Failure) -> String {
    let start = index
    while index < end, Self.isName(bytes[index]) || "-.:".utf8.contains(bytes[index]) { index += 1 }
    guard index > start else { throw failure("a name is missing before \(shownHere)") }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// `name()` here, without anything consumed where it is not.
  private mutating func functionName() -> String? {
    var next = index
    while next < end, Self.isName(bytes[next]) || "-.:".utf8.contains(bytes[next]) { next += 1 }
    guard next > index else { return nil }
    let name = String(decoding: bytes[index..<next], as: UTF8.self)
    while next < end, bytes[next] == 0x20 || bytes[next] == 0x09 { next += 1 }
    guard next < end, bytes[next] == UInt8(ascii: "(") else { return nil }
    next += 1
    while next < end, bytes[next] == 0x20 { next += 1 }
    guard next < end, bytes[next] == UInt8(ascii: ")") else { return nil }
    index = next + 1
    return name
  }

  private mutating func function(
    _ name: String,
    _ start: Int,
    isTest: Bool
  ) throws(Failure) -> ShellFunction {
    skipSpace(lines: true)
    let body: [ShellStatement]
    if byte() == UInt8(ascii: "{") {
      body = try braces()
    } else {
      body = [try command()]
    }
    return ShellFunction(name: name, isTest: isTest, body: body, lines: start...max(start, line))
  }

  private mutating func simple() throws(Failure) -> ShellCommand {
    var command = ShellCommand(line: line)
    while true {
      skipSpace(lines: false)
      if try redirection(&command) { continue }
      let here = byte()
      if index >= end || here == 0x0A || ";&|)".utf8.contains(here) { break }
      // `declare -a paths=(/a /b)`
      if here == UInt8(ascii: "("), let last = command.words.last?.literal, last.hasSuffix("=") {
        command.words[command.words.count - 1].pieces += try array().pieces
        continue
      }
      if here == UInt8(ascii: "(") { throw failure("\"(\" stands where no command can") }
      if command.words.isEmpty, let name = assignment() {
        if byte() == UInt8(ascii: "(") {
          command.assignments.append((name, try array()))
        } else {
          let isEnd = byte() <= 0x20 || ";&|)".utf8.contains(byte())
          command.assignments.append((name, isEnd ? ShellWord() : try word()))
        }
        continue
      }
      command.words.append(try word())
    }
    guard !command.words.isEmpty || !command.assignments.isEmpty || command.output != nil else {
      throw failure("\(shownHere) stands where no command can")
    }
    return command
  }

  /// `name=` or `name+=` here.
  private mutating func assignment() -> String? {
    var next = index
    while next < end, Self.isName(bytes[next]) { next += 1 }
    guard next > index, next < end else { return nil }
    let name = String(decoding: bytes[index..<next], as: UTF8.self)
    if bytes[next] == UInt8(ascii: "+") { next += 1 }
    guard next < end, bytes[next] == UInt8(ascii: "=") else { return nil }
    index = next + 1
    return name
  }

  private mutating func array() throws(Failure) -> ShellWord {
    index += 1
    var pieces: [ShellPiece] = []
    while true {
      skipSpace(lines: true)
      guard index < end else { throw failure("\"(\" is never closed") }
      if byte() == UInt8(ascii: ")") {
        index += 1
        return ShellWord(pieces: pieces)
      }
      if !pieces.isEmpty { pieces.append(.text(" ")) }
      pieces += try word().pieces
    }
  }

  static func isName(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F
  }
}
