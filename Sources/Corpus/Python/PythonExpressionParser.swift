/// Why a part of a program cannot be read.
struct PythonError: Error {
  var line: Int
  var reason: String
}

/// Reads expressions from tokens, by the strength of their signs.
struct PythonExpressionParser {
  /// Deeper nesting is not followed, so that no program can use up the stack.
  static let depthLimit = 60
  /// Of one statement: how many signs, calls and attributes may follow each other.
  private static let linkLimit = 1000

  let bytes: [UInt8]
  let tokens: [PythonToken]
  var index = 0
  /// Set to 0 where a statement begins.
  var links = 0
  private var depth = 0

  init(bytes: [UInt8], tokens: [PythonToken], depth: Int = 0) {
    self.bytes = bytes
    self.tokens = tokens
    self.depth = depth
  }

  var token: PythonToken { tokens[min(index, tokens.count - 1)] }

  func isSign(_ text: String) -> Bool { token.kind == .sign && token.text == text }
  func isName(_ text: String) -> Bool { token.kind == .name && token.text == text }

  mutating func accept(sign text: String) -> Bool {
    guard isSign(text) else { return false }
    index += 1
    return true
  }

  mutating func accept(name text: String) -> Bool {
    guard isName(text) else { return false }
    index += 1
    return true
  }

  mutating func expect(_ text: String) throws(PythonError) {
    guard accept(sign: text) else { throw unexpected("\"\(text)\"") }
  }

  mutating func identifier() throws(PythonError) -> String {
    guard token.kind == .name, !Self.keywords.contains(token.text) else {
      throw unexpected("a name")
    }
    index += 1
    return tokens[index - 1].text
  }

  func unexpected(_ wanted: String) -> PythonError {
    switch token.kind {
    case .bad: PythonError(line: token.line, reason: token.text)
    case .newline, .end: PythonError(line: token.line, reason: "the line ends before \(wanted)")
    case .indent, .dedent: PythonError(line: token.line, reason: "indentation is not expected")
    case .string: PythonError(line: token.line, reason: "a string stands in the place of \(wanted)")
    case .name, .number, .sign:
      PythonError(line: token.line, reason: "\"\(token.text)\" stands in the place of \(wanted)")
    }
  }

  static let keywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
  ]

  // MARK: Lists

  /// One expression, or several with commas as a list.
  mutating func expressions() throws(PythonError) -> PythonExpression {
    let first = try starOrExpression()
    guard isSign(",") else { return first }
    var all = [first]
    while accept(sign: ",") {
      if endsList { break }
      all.append(try starOrExpression())
    }
    return .list(all)
  }

  private var endsList: Bool {
    switch token.kind {
    case .newline, .end: true
    case .sign: [")", "]", "}", "=", ":", ";"].contains(token.text)
    case .name: token.text == "in" || token.text == "for"
    default: false
    }
  }

  private mutating func starOrExpression() throws(PythonError) -> PythonExpression {
    if accept(sign: "*") { return .starred(try operation(2)) }
    return try expression()
  }

  /// What a loop or a comprehension assigns to: no comparison, for `in` ends it.
  mutating func targets() throws(PythonError) -> PythonExpression {
    var all: [PythonExpression] = []
    while true {
      if accept(sign: "*") {
        all.append(.starred(try operation(2)))
      } else {
        all.append(try operation(2))
      }
      guard accept(sign: ",") else { return all.count == 1 ? all[0] : .list(all) }
      if isName("in") { return .list(all) }
    }
  }

  // MARK: Expressions

  mutating func expression() throws(PythonError) -> PythonExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw PythonError(line: token.line, reason: "is nested too deeply")
    }
    if isName("lambda") { return try lambda() }
    if isName("yield") {
      let line = token.line
      index += 1
      _ = accept(name: "from")
      let value: PythonExpression = endsList ? .none : try expressions()
      // No function has this name, so that it cannot be taken for one.
      return .call(.name("yield"), [PythonExpression.Argument(name: nil, value: value)], line: line)
    }
    let value = try disjunction()
    if isSign(":="), case .name(let name) = value {
      index += 1
      return .assignment(name, try expression())
    }
    guard accept(name: "if") else { return value }
    let test = try disjunction()
    guard accept(name: "else") else { throw unexpected("\"else\"") }
    return .conditional(test, then: value, else: try expression())
  }

  private mutating func lambda() throws(PythonError) -> PythonExpression {
    index += 1
    let parameters = try parameters(until: ":")
    return .lambda(parameters, try expression())
  }

  /// The parameters of a function, with the sign that ends them.
  mutating func parameters(until end: String) throws(PythonError) -> [PythonExpression.Parameter] {
    var all: [PythonExpression.Parameter] = []
    var isKeywordOnly = false
    while !accept(sign: end) {
      if accept(sign: "/") {
        // What is before can only be given by place, which is how it is read anyway.
      } else if isSign("*") || isSign("**") {
        let stars = token.text
        index += 1
        isKeywordOnly = true
        if token.kind == .name {
          all.append(PythonExpression.Parameter(name: try identifier(), stars: stars))
          if end == ")", accept(sign: ":") { _ = try starOrExpression() }
        }
      } else {
        var parameter = PythonExpression.Parameter(name: try identifier())
        parameter.isKeywordOnly = isKeywordOnly
        if end == ")", accept(sign: ":") { _ = try expression() }
        if accept(sign: "=") { parameter.preset = try expression() }
        all.append(parameter)
      }
      if !isSign(end) { try expect(",") }
    }
    return all
  }

  private mutating func disjunction() throws(PythonError) -> PythonExpression {
    let first = try conjunction()
    guard isName("or") else { return first }
    var all = [first]
    while accept(name: "or") { all.append(try conjunction()) }
    return .any(all)
  }

  private mutating func conjunction() throws(PythonError) -> PythonExpression {
    let first = try negation()
    guard isName("and") else { return first }
    var all = [first]
    while accept(name: "and") { all.append(try negation()) }
    return .all(all)
  }

  private mutating func negation() throws(PythonError) -> PythonExpression {
    var count = 0
    while accept(name: "not") { count += 1 }
    let value = try comparison()
    return count % 2 == 0 ? (count == 0 ? value : .not(.not(value))) : .not(value)
  }

  private mutating func comparison() throws(PythonError) -> PythonExpression {
    let first = try operation(2)
    var rest: [(String, PythonExpression)] = []
    while let sign = comparisonSign() { rest.append((sign, try operation(2))) }
    return rest.isEmpty ? first : .comparison(first, rest)
  }

  private mutating func comparisonSign() -> String? {
    switch token.kind {
    case .sign where ["==", "!=", "<", "<=", ">", ">="].contains(token.text):
      index += 1
      return tokens[index - 1].text
    case .name where token.text == "in":
      index += 1
      return "in"
    case .name where token.text == "is":
      index += 1
      return accept(name: "not") ? "is not" : "is"
    case .name where token.text == "not" && tokens[min(index + 1, tokens.count - 1)].text == "in":
      index += 2
      return "not in"
    default: return nil
    }
  }

  private static let strengths: [String: Int] = [
    "|": 2, "^": 3, "&": 4, "<<": 5, ">>": 5, "+": 6, "-": 6, "*": 7, "/": 7, "//": 7, "%": 7,
    "@": 7, "**": 9,
  ]

  /// Signs of at least this strength.
  mutating func operation(_ least: Int) throws(PythonError) -> PythonExpression {
    var left: PythonExpression
    if token.kind == .sign, ["-", "+", "~"].contains(token.text) {
      let sign = token.text
      index += 1
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.depthLimit else {
        throw PythonError(line: token.line, reason: "is nested too deeply")
      }
      let value = try operation(8)
      if sign == "-", case .integer(let number) = value {
        left = .integer(-number)
      } else {
        left = .unary(sign, value)
      }
    } else {
      left = try primary()
    }
    while token.kind == .sign, let strength = Self.strengths[token.text], strength >= least {
      let sign = token.text
      index += 1
      try link()
      left = .binary(sign, left, try operation(sign == "**" ? 8 : strength + 1))
    }
    return left
  }

  private mutating func link() throws(PythonError) {
    links += 1
    guard links <= Self.linkLimit else {
      throw PythonError(line: token.line, reason: "is too long to follow")
    }
  }

  // MARK: Atoms

  private mutating func primary() throws(PythonError) -> PythonExpression {
    _ = accept(name: "await")
    var value = try atom()
    while token.kind == .sign {
      let line = token.line
      try link()
      if accept(sign: ".") {
        value = .attribute(value, try identifier())
      } else if accept(sign: "(") {
        value = .call(value, try arguments(), line: line)
      } else if accept(sign: "[") {
        value = .subscripted(value, try slices())
      } else {
        break
      }
    }
    return value
  }

  mutating func arguments() throws(PythonError) -> [PythonExpression.Argument] {
    var all: [PythonExpression.Argument] = []
    while !accept(sign: ")") {
      if isSign("*") || isSign("**") {
        let stars = token.text
        index += 1
        all.append(PythonExpression.Argument(name: stars, value: try expression()))
      } else {
        let next = tokens[min(index + 1, tokens.count - 1)]
        if token.kind == .name, next.kind == .sign, next.text == "=" {
          let name = try identifier()
          index += 1
          all.append(PythonExpression.Argument(name: name, value: try expression()))
        } else {
          var value = try expression()
          if isName("for") || isName("async") { value = try comprehension(of: value) }
          all.append(PythonExpression.Argument(name: nil, value: value))
        }
      }
      if !isSign(")") { try expect(",") }
    }
    return all
  }

  private mutating func slices() throws(PythonError) -> PythonExpression {
    var all: [PythonExpression] = []
    while !accept(sign: "]") {
      var parts: [PythonExpression?] = []
      var part: PythonExpression?
      while !isSign("]"), !isSign(",") {
        if accept(sign: ":") {
          parts.append(part)
          part = nil
        } else if part == nil {
          part = try starOrExpression()
        } else {
          throw unexpected("\"]\"")
        }
      }
      if parts.isEmpty {
        if let part { all.append(part) }
      } else {
        parts.append(part)
        all.append(.other(parts.map { $0.map(\.description) ?? "" }.joined(separator: ":")))
      }
      if !isSign("]") { try expect(",") }
    }
    return all.count == 1 ? all[0] : .list(all)
  }

  private mutating func comprehension(
    of element: PythonExpression
  ) throws(PythonError) -> PythonExpression {
    var clauses: [PythonExpression.Clause] = []
    while true {
      _ = accept(name: "async")
      guard accept(name: "for") else { break }
      let target = try targets()
      guard accept(name: "in") else { throw unexpected("\"in\"") }
      var clause = PythonExpression.Clause(
        target: target,
        source: try disjunction(),
        conditions: []
      )
      while accept(name: "if") { clause.conditions.append(try disjunction()) }
      clauses.append(clause)
    }
    return .comprehension(element, clauses)
  }

  private mutating func atom() throws(PythonError) -> PythonExpression {
    let token = token
    switch token.kind {
    case .name:
      switch token.text {
      case "True", "False":
        index += 1
        return .boolean(token.text == "True")
      case "None":
        index += 1
        return .none
      default: return .name(try identifier())
      }
    case .number:
      index += 1
      return Self.number(token.text)
    case .string: return try text()
    case .sign where token.text == "(": return try group(")")
    case .sign where token.text == "[": return try group("]")
    case .sign where token.text == "{": return try braces()
    case .sign where token.text == "...":
      index += 1
      return .other("...")
    default: throw unexpected("a value")
    }
  }

  private mutating func group(_ end: String) throws(PythonError) -> PythonExpression {
    index += 1
    if accept(sign: end) { return .list([]) }
    let first = try starOrExpression()
    if isName("for") || isName("async") {
      let value = try comprehension(of: first)
      try expect(end)
      return value
    }
    if end == ")", accept(sign: end) { return first }
    var all = [first]
    while !accept(sign: end) {
      try expect(",")
      if !isSign(end) { all.append(try starOrExpression()) }
    }
    return .list(all)
  }

  private mutating func braces() throws(PythonError) -> PythonExpression {
    index += 1
    var pairs: [(key: PythonExpression?, value: PythonExpression)] = []
    var elements: [PythonExpression] = []
    while !accept(sign: "}") {
      if accept(sign: "**") {
        pairs.append((nil, try operation(2)))
      } else {
        let key = try starOrExpression()
        if accept(sign: ":") {
          let value = try expression()
          if isName("for") || isName("async") {
            let all = try comprehension(of: .list([key, value]))
            try expect("}")
            return all
          }
          pairs.append((key, value))
        } else if isName("for") || isName("async") {
          let all = try comprehension(of: key)
          try expect("}")
          return all
        } else {
          elements.append(key)
        }
      }
      if !isSign("}") { try expect(",") }
    }
    return elements.isEmpty ? .dictionary(pairs) : .list(elements)
  }

  static func number(_ text: String) -> PythonExpression {
    let digits = String(text.filter { $0 != "_" }).lowercased()
    let value: Int? =
      if digits.hasPrefix("0x") {
        Int(digits.dropFirst(2), radix: 16)
      } else if digits.hasPrefix("0o") {
        Int(digits.dropFirst(2), radix: 8)
      } else if digits.hasPrefix("0b") {
        Int(digits.dropFirst(2), radix: 2)
      } else {
        Int(digits)
      }
    return value.map { .integer($0) } ?? .number(digits)
  }

  // MARK: Texts

  /// Strings that stand beside each other are one.
  private mutating func text() throws(PythonError) -> PythonExpression {
    var pieces: [PythonExpression.Piece] = []
    while token.kind == .string {
      let part = token
      index += 1
      if part.isFormatted {
        try formatted(part, into: &pieces)
      } else {
        Self.append(PythonText.decoded(bytes[part.contents], isRaw: part.isRaw), to: &pieces)
      }
    }
    return .text(pieces)
  }

  private static func append(_ text: String, to pieces: inout [PythonExpression.Piece]) {
    if case .literal(let before)? = pieces.last {
      pieces[pieces.count - 1] = .literal(before + text)
    } else {
      pieces.append(.literal(text))
    }
  }

  private func formatted(
    _ token: PythonToken,
    into pieces: inout [PythonExpression.Piece]
  ) throws(PythonError) {
    for part in PythonText.parts(of: bytes, token.contents) {
      switch part {
      case .literal(let range):
        let unescaped = PythonText.withoutDoubledBraces(bytes[range])
        Self.append(PythonText.decoded(unescaped[...], isRaw: token.isRaw), to: &pieces)
      case .expression(let range):
        guard depth < Self.depthLimit else {
          throw PythonError(line: token.line, reason: "is nested too deeply")
        }
        let inner = PythonLexer.tokens(of: bytes, inside: range, line: token.line)
        var parser = PythonExpressionParser(bytes: bytes, tokens: inner, depth: depth + 1)
        let value = try parser.expressions()
        guard parser.token.kind == .end || parser.isSign("=") else {
          throw parser.unexpected("\"}\"")
        }
        pieces.append(.hole(value))
      case .unclosed:
        throw PythonError(line: token.line, reason: "\"{\" is never closed in a formatted string")
      }
    }
  }
}
