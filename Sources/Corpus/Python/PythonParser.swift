/// Reads the statements of a Python program; what is not understood is named and left out.
struct PythonParser {
  private var parser: PythonExpressionParser
  private(set) var unread: [CorpusUnit.Unread] = []
  private var depth = 0

  private static let depthLimit = 60
  /// One bad file does not make a list without end.
  private static let unreadLimit = 20

  private init(_ bytes: [UInt8]) {
    parser = PythonExpressionParser(bytes: bytes, tokens: PythonLexer.tokens(of: bytes))
  }

  struct Program: Sendable {
    var statements: [PythonStatement]
    var unread: [CorpusUnit.Unread]
    /// The lines that speak of a function named `check_…` or `verify_…`, without its own `def`.
    var checkMentions: [String: [Int]] = [:]
  }

  static func program(_ bytes: [UInt8]) -> Program {
    var parser = PythonParser(bytes)
    var statements: [PythonStatement] = []
    while parser.parser.token.kind != .end {
      parser.statement(into: &statements)
    }
    var program = Program(statements: statements, unread: parser.unread)
    var isDefinition = false
    for token in parser.parser.tokens where token.kind != .newline {
      if token.kind == .name, !isDefinition,
        token.text.hasPrefix("check_") || token.text.hasPrefix("verify_")
      {
        program.checkMentions[token.text, default: []].append(token.line)
      }
      isDefinition = token.kind == .name && token.text == "def"
    }
    return program
  }

  private var lastLine: Int {
    // The tokens of an ended block belong to the line after it.
    var index = min(parser.index, parser.tokens.count) - 1
    while index > 0, [.dedent, .newline, .end, .bad].contains(parser.tokens[index].kind) {
      index -= 1
    }
    return parser.tokens[max(index, 0)].line
  }

  /// One statement, or several on one line.
  private mutating func statement(into statements: inout [PythonStatement]) {
    let line = parser.token.line
    let start = parser.index
    parser.links = 0
    do {
      switch parser.token.kind {
      case .newline:
        parser.index += 1
        return
      case .dedent, .end:
        parser.index += 1
        return
      default: break
      }
      if let kind = try compound(line) {
        statements.append(PythonStatement(line: line, endLine: lastLine, kind: kind))
      } else {
        try simpleLine(into: &statements)
      }
    } catch {
      note(error)
      if parser.index == start { parser.index += 1 }
      recover(into: &statements, line: line)
    }
  }

  private mutating func note(_ error: PythonError) {
    if unread.count < Self.unreadLimit {
      unread.append(CorpusUnit.Unread(line: error.line, reason: error.reason))
    } else if unread.count == Self.unreadLimit {
      unread.append(CorpusUnit.Unread(line: error.line, reason: "and more that cannot be read"))
    }
  }

  /// Over the rest of the line; what stands under it is still read.
  private mutating func recover(into statements: inout [PythonStatement], line: Int) {
    while ![.newline, .end].contains(parser.token.kind) {
      if parser.token.kind == .indent || parser.token.kind == .dedent { break }
      parser.index += 1
    }
    if parser.token.kind == .newline { parser.index += 1 }
    var body: [PythonStatement] = []
    if parser.token.kind == .indent {
      parser.index += 1
      if depth < Self.depthLimit {
        depth += 1
        while parser.token.kind != .dedent, parser.token.kind != .end { statement(into: &body) }
        depth -= 1
      } else {
        skipBlock()
      }
      if parser.token.kind == .dedent { parser.index += 1 }
    }
    statements.append(PythonStatement(line: line, endLine: lastLine, kind: .unread(body)))
  }

  private mutating func skipBlock() {
    var open = 0
    while parser.token.kind != .end {
      if parser.token.kind == .indent { open += 1 }
      if parser.token.kind == .dedent {
        if open == 0 { return }
        open -= 1
      }
      parser.index += 1
    }
  }

  private mutating func block() throws(PythonError) -> [PythonStatement] {
    try parser.expect(":")
    var statements: [PythonStatement] = []
    guard parser.token.kind == .newline else {
      try simpleLine(into: &statements)
      return statements
    }
    let line = parser.token.line
    parser.index += 1
    guard parser.token.kind == .indent else {
      throw PythonError(line: line, reason: "nothing stands under the line")
    }
    parser.index += 1
    guard depth < Self.depthLimit else {
      skipBlock()
      if parser.token.kind == .dedent { parser.index += 1 }
      throw PythonError(line: line, reason: "is nested too deeply")
    }
    depth += 1
    defer { depth -= 1 }
    while parser.token.kind != .dedent, parser.token.kind != .end { statement(into: &statements) }
    if parser.token.kind == .dedent { parser.index += 1 }
    return statements
  }

  // MARK: Simple statements

  private mutating func simpleLine(into statements: inout [PythonStatement]) throws(PythonError) {
    while true {
      let line = parser.token.line
      let kind = try simple()
      let end = parser.tokens[max(parser.index - 1, 0)].line
      statements.append(PythonStatement(line: line, endLine: max(end, line), kind: kind))
      if parser.accept(sign: ";"), parser.token.kind != .newline { continue }
      guard parser.token.kind == .newline else { throw parser.unexpected("the end of the line") }
      parser.index += 1
      return
    }
  }

  private var endsStatement: Bool { parser.token.kind == .newline || parser.isSign(";") }

  private mutating func simple() throws(PythonError) -> PythonStatement.Kind {
    guard parser.token.kind == .name else { return try expressionStatement() }
    switch parser.token.text {
    case "pass":
      parser.index += 1
      return .nothing
    case "break":
      parser.index += 1
      return .breaking
    case "continue":
      parser.index += 1
      return .continuing
    case "return":
      parser.index += 1
      return .returning(endsStatement ? nil : try parser.expressions())
    case "raise":
      parser.index += 1
      if endsStatement { return .raising(nil) }
      let value = try parser.expression()
      if parser.accept(name: "from") { _ = try parser.expression() }
      return .raising(value)
    case "assert":
      parser.index += 1
      let claim = try parser.expression()
      if parser.accept(sign: ",") { _ = try parser.expression() }
      return .assertion(claim)
    case "del":
      parser.index += 1
      _ = try parser.expressions()
      return .nothing
    case "global", "nonlocal":
      parser.index += 1
      _ = try parser.expressions()
      return .nothing
    case "import": return try importing()
    case "from": return try importingNames()
    case "type":
      let next = parser.tokens[min(parser.index + 1, parser.tokens.count - 1)]
      guard next.kind == .name else { return try expressionStatement() }
      while !endsStatement, parser.token.kind != .end { parser.index += 1 }
      return .nothing
    default: return try expressionStatement()
    }
  }

  private mutating func expressionStatement() throws(PythonError) -> PythonStatement.Kind {
    let first = try parser.expressions()
    if parser.accept(sign: ":") {
      _ = try parser.expression()
      guard parser.accept(sign: "=") else { return .nothing }
      return .assignment([first], try parser.expressions())
    }
    if parser.token.kind == .sign, parser.token.text.utf8.count > 1,
      parser.token.text.utf8.last == UInt8(ascii: "="),
      !["==", "!=", "<=", ">=", ":="].contains(parser.token.text)
    {
      let sign = String(parser.token.text.dropLast())
      parser.index += 1
      return .augmented(first, sign, try parser.expressions())
    }
    var parts = [first]
    while parser.accept(sign: "=") { parts.append(try parser.expressions()) }
    guard parts.count > 1, let value = parts.popLast() else { return .expression(first) }
    return .assignment(parts, value)
  }

  private mutating func dottedName() throws(PythonError) -> String {
    var name = try parser.identifier()
    while parser.accept(sign: ".") { name += "." + (try parser.identifier()) }
    return name
  }

  private mutating func importing() throws(PythonError) -> PythonStatement.Kind {
    parser.index += 1
    var all: [PythonStatement.Imported] = []
    repeat {
      let module = try dottedName()
      if parser.accept(name: "as") {
        let alias = try parser.identifier()
        all.append(PythonStatement.Imported(module: module, name: nil, alias: alias))
      } else {
        // `import a.b` binds `a`, and `a.b` is found through it.
        let first = module.prefix { $0 != "." }
        all.append(
          PythonStatement.Imported(module: module, name: nil, alias: String(first))
        )
      }
    } while parser.accept(sign: ",")
    return .imports(all)
  }

  private mutating func importingNames() throws(PythonError) -> PythonStatement.Kind {
    parser.index += 1
    var module = ""
    while parser.isSign(".") || parser.isSign("...") {
      module += parser.token.text
      parser.index += 1
    }
    if !parser.isName("import") { module += try dottedName() }
    guard parser.accept(name: "import") else { throw parser.unexpected("\"import\"") }
    if parser.accept(sign: "*") {
      return .imports([PythonStatement.Imported(module: module, name: "*", alias: "*")])
    }
    let isGrouped = parser.accept(sign: "(")
    var all: [PythonStatement.Imported] = []
    while true {
      let name = try parser.identifier()
      let alias = parser.accept(name: "as") ? try parser.identifier() : name
      all.append(PythonStatement.Imported(module: module, name: name, alias: alias))
      guard parser.accept(sign: ",") else { break }
      if isGrouped, parser.isSign(")") { break }
    }
    if isGrouped { try parser.expect(")") }
    return .imports(all)
  }

  // MARK: Compound statements

  private mutating func compound(_ line: Int) throws(PythonError) -> PythonStatement.Kind? {
    if parser.isSign("@") { return try decorated(line) }
    guard parser.token.kind == .name else {
      if parser.token.kind == .bad || parser.token.kind == .indent {
        throw parser.unexpected("a statement")
      }
      return nil
    }
    switch parser.token.text {
    case "if": return try condition()
    case "while":
      parser.index += 1
      let test = try parser.expression()
      let body = try block()
      return .whileLoop(test, body, otherwise: try otherwise())
    case "for": return try loop()
    case "try": return try trying()
    case "with": return try with()
    case "def": return .function(try function(line, []))
    case "class": return .type(try type(line, []))
    case "async":
      parser.index += 1
      guard parser.isName("def") || parser.isName("for") || parser.isName("with") else {
        throw parser.unexpected("\"def\", \"for\" or \"with\"")
      }
      return try compound(line)
    case "match" where isHeader: return try match()
    default: return nil
    }
  }

  /// Whether the line ends with a colon and has a value after its first word.
  private var isHeader: Bool {
    let next = parser.tokens[min(parser.index + 1, parser.tokens.count - 1)]
    if next.kind == .sign, !["(", "[", "{", "-", "*"].contains(next.text) { return false }
    if next.kind == .newline { return false }
    var index = parser.index
    while ![.newline, .end].contains(parser.tokens[index].kind) { index += 1 }
    let last = parser.tokens[index - 1]
    return last.kind == .sign && last.text == ":"
  }

  private mutating func otherwise() throws(PythonError) -> [PythonStatement]? {
    guard parser.accept(name: "else") else { return nil }
    return try block()
  }

  private mutating func condition() throws(PythonError) -> PythonStatement.Kind {
    var branches: [(PythonExpression, [PythonStatement])] = []
    repeat {
      parser.index += 1
      let test = try parser.expression()
      branches.append((test, try block()))
    } while parser.isName("elif")
    return .condition(branches, otherwise: try otherwise())
  }

  private mutating func loop() throws(PythonError) -> PythonStatement.Kind {
    parser.index += 1
    let target = try parser.targets()
    guard parser.accept(name: "in") else { throw parser.unexpected("\"in\"") }
    let source = try parser.expressions()
    let body = try block()
    return .forLoop(target, source, body, otherwise: try otherwise())
  }

  private mutating func trying() throws(PythonError) -> PythonStatement.Kind {
    parser.index += 1
    let body = try block()
    var handlers: [PythonStatement.Handler] = []
    while parser.accept(name: "except") {
      _ = parser.accept(sign: "*")
      var handler = PythonStatement.Handler(type: nil, name: nil, body: [])
      if !parser.isSign(":") {
        handler.type = try parser.expressions()
        if parser.accept(name: "as") { handler.name = try parser.identifier() }
      }
      handler.body = try block()
      handlers.append(handler)
    }
    let otherwise = try otherwise() ?? []
    var finally: [PythonStatement] = []
    if parser.accept(name: "finally") { finally = try block() }
    return .trying(body, handlers, otherwise: otherwise, finally: finally)
  }

  private mutating func with() throws(PythonError) -> PythonStatement.Kind {
    parser.index += 1
    let start = parser.index
    // In brackets it is a list of items or one value, and only the end tells which.
    if parser.accept(sign: "("), let items = try? items(), parser.accept(sign: ")"),
      parser.isSign(":")
    {
      return .with(items, try block())
    }
    parser.index = start
    let items = try items()
    return .with(items, try block())
  }

  private mutating func items() throws(PythonError) -> [(PythonExpression, PythonExpression?)] {
    var items: [(PythonExpression, PythonExpression?)] = []
    while true {
      let value = try parser.expression()
      var target: PythonExpression?
      if parser.accept(name: "as") { target = try parser.operation(2) }
      items.append((value, target))
      guard parser.accept(sign: ",") else { return items }
      if parser.isSign(")") { return items }
    }
  }

  private mutating func decorated(_ line: Int) throws(PythonError) -> PythonStatement.Kind {
    var decorators: [PythonExpression] = []
    while parser.accept(sign: "@") {
      decorators.append(try parser.expression())
      guard parser.token.kind == .newline else { throw parser.unexpected("the end of the line") }
      parser.index += 1
    }
    _ = parser.accept(name: "async")
    if parser.isName("def") { return .function(try function(line, decorators)) }
    if parser.isName("class") { return .type(try type(line, decorators)) }
    throw parser.unexpected("\"def\" or \"class\"")
  }

  /// `[T]` after a name.
  private mutating func skipTypeParameters() {
    guard parser.isSign("[") else { return }
    while !parser.isSign("]"), parser.token.kind != .newline, parser.token.kind != .end {
      parser.index += 1
    }
    _ = parser.accept(sign: "]")
  }

  private mutating func function(
    _ line: Int,
    _ decorators: [PythonExpression]
  ) throws(PythonError) -> PythonFunction {
    parser.index += 1
    let name = try parser.identifier()
    skipTypeParameters()
    try parser.expect("(")
    let parameters = try parser.parameters(until: ")")
    if parser.accept(sign: "->") { _ = try parser.expression() }
    let body = try block()
    return PythonFunction(
      name: name,
      parameters: parameters,
      decorators: decorators,
      body: body,
      lines: line...max(line, lastLine)
    )
  }

  private mutating func type(
    _ line: Int,
    _ decorators: [PythonExpression]
  ) throws(PythonError) -> PythonClass {
    parser.index += 1
    let name = try parser.identifier()
    skipTypeParameters()
    var bases: [PythonExpression] = []
    if parser.accept(sign: "(") {
      bases = try parser.arguments().filter { $0.name == nil }.map(\.value)
    }
    let body = try block()
    return PythonClass(
      name: name,
      bases: bases,
      decorators: decorators,
      body: body,
      lines: line...max(line, lastLine)
    )
  }

  /// Patterns that are no values are read over.
  private mutating func match() throws(PythonError) -> PythonStatement.Kind {
    parser.index += 1
    let value = try parser.expressions()
    try parser.expect(":")
    guard parser.token.kind == .newline else { throw parser.unexpected("the end of the line") }
    parser.index += 1
    guard parser.token.kind == .indent else { throw parser.unexpected("\"case\"") }
    parser.index += 1
    var cases: [PythonStatement.Case] = []
    while parser.accept(name: "case") {
      let pattern = pattern()
      cases.append(PythonStatement.Case(pattern: pattern, body: try block()))
    }
    guard parser.token.kind == .dedent else { throw parser.unexpected("\"case\"") }
    parser.index += 1
    return .cases(value, cases)
  }

  /// Up to the colon, which is not consumed; nil where it is no expression, or has an `if`.
  private mutating func pattern() -> PythonExpression? {
    let start = parser.index
    if let pattern = try? parser.expressions(), parser.isSign(":") { return pattern }
    parser.index = start
    var open = 0
    while ![.newline, .end].contains(parser.token.kind), open > 0 || !parser.isSign(":") {
      if ["(", "[", "{"].contains(parser.token.text) { open += 1 }
      if [")", "]", "}"].contains(parser.token.text) { open -= 1 }
      parser.index += 1
    }
    return nil
  }
}
