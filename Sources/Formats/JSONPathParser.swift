/// Reads the text of a path: a hand-written descent over the grammar of RFC 9535, appendix A.
struct JSONPathParser {
  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var depth = 0
  /// Names between double braces.
  private(set) var names: [String] = []

  private static let depthLimit = 64

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  mutating func parsePath() throws(JSONPathError) -> [JSONPathSegment] {
    guard take("$") else { throw expected("$ at the start") }
    let segments = try parseSegments()
    guard place == scalars.count else { throw expected("a dot, [ or the end") }
    return segments
  }

  private mutating func parseSegments() throws(JSONPathError) -> [JSONPathSegment] {
    var segments: [JSONPathSegment] = []
    while true {
      let start = place
      skipBlanks()
      if take("..") {
        let selectors =
          peek == "[" ? try parseBracket() : [try parseShorthand(expecting: "a name, * or [")]
        segments.append(JSONPathSegment(isDescendant: true, selectors: selectors, end: place))
      } else if take(".") {
        let selector = try parseShorthand(expecting: "a name or *")
        segments.append(
          JSONPathSegment(isDescendant: false, selectors: [selector], end: place)
        )
      } else if peek == "[" {
        let selectors = try parseBracket()
        segments.append(JSONPathSegment(isDescendant: false, selectors: selectors, end: place))
      } else {
        place = start
        return segments
      }
    }
  }

  private mutating func parseShorthand(
    expecting what: String
  ) throws(JSONPathError) -> JSONPathSelector {
    if take("*") { return .wildcard }
    guard let first = peek, Self.beginsName(first) else { throw expected(what) }
    let start = place
    while let scalar = peek, Self.beginsName(scalar) || Self.isDigit(scalar) { place += 1 }
    return .name(text(from: start))
  }

  private mutating func parseBracket() throws(JSONPathError) -> [JSONPathSelector] {
    place += 1
    var selectors: [JSONPathSelector] = []
    repeat {
      skipBlanks()
      selectors.append(try parseSelector())
      skipBlanks()
    } while take(",")
    guard take("]") else { throw expected("a comma or ]") }
    return selectors
  }

  private mutating func parseSelector() throws(JSONPathError) -> JSONPathSelector {
    switch peek {
    case "*":
      place += 1
      return .wildcard
    case "'", "\"": return .name(try parseString())
    case "?":
      place += 1
      skipBlanks()
      return .filter(try parseCondition())
    case .some(let scalar) where scalar == ":" || scalar == "-" || Self.isDigit(scalar):
      return try parseIndexOrSlice()
    default: throw expected("a quoted name, an index, a slice, * or ?")
    }
  }

  private mutating func parseIndexOrSlice() throws(JSONPathError) -> JSONPathSelector {
    let start = peek == ":" ? nil : try parseInteger()
    let afterStart = place
    skipBlanks()
    guard take(":") else {
      guard let start else { throw expected("an index") }
      place = afterStart
      return .index(start)
    }
    let end = try parseOptionalInteger()
    let afterEnd = place
    skipBlanks()
    guard take(":") else {
      place = afterEnd
      return .slice(start: start, end: end, step: 1)
    }
    return .slice(start: start, end: end, step: try parseOptionalInteger() ?? 1)
  }

  private mutating func parseOptionalInteger() throws(JSONPathError) -> Int? {
    skipBlanks()
    guard let scalar = peek, scalar == "-" || Self.isDigit(scalar) else { return nil }
    return try parseInteger()
  }

  private mutating func parseInteger() throws(JSONPathError) -> Int {
    let start = place
    if peek == "-" { place += 1 }
    let firstDigit = place
    while let scalar = peek, Self.isDigit(scalar) { place += 1 }
    guard place > firstDigit else { throw expected("a digit") }
    let isCanonical = scalars[firstDigit] != "0" || (place - start == 1)
    guard isCanonical, let value = Int(text(from: start)), value.magnitude < 1 << 53 else {
      throw JSONPathError(code: .invalidInteger, column: start + 1)
    }
    return value
  }
}

// MARK: Filters

extension JSONPathParser {
  private mutating func parseCondition() throws(JSONPathError) -> JSONPathCondition {
    guard depth < Self.depthLimit else {
      throw JSONPathError(code: .tooDeep(limit: Self.depthLimit), column: place + 1)
    }
    depth += 1
    defer { depth -= 1 }
    var alternatives: [JSONPathCondition] = []
    repeat {
      skipBlanks()
      var conditions: [JSONPathCondition] = []
      repeat {
        skipBlanks()
        conditions.append(try parseBasicCondition())
        skipBlanks()
      } while take("&&")
      alternatives.append(conditions.count == 1 ? conditions[0] : .all(conditions))
    } while take("||")
    return alternatives.count == 1 ? alternatives[0] : .any(alternatives)
  }

  private mutating func parseBasicCondition() throws(JSONPathError) -> JSONPathCondition {
    if take("!") {
      skipBlanks()
      if peek == "(" { return .not(try parseParentheses()) }
      return .not(try parseTest())
    }
    if peek == "(" { return try parseParentheses() }
    return try parseTest(orComparison: true)
  }

  private mutating func parseParentheses() throws(JSONPathError) -> JSONPathCondition {
    place += 1
    let condition = try parseCondition()
    skipBlanks()
    guard take(")") else { throw expected("&&, || or )") }
    return condition
  }

  private mutating func parseTest(
    orComparison: Bool = false
  ) throws(JSONPathError) -> JSONPathCondition {
    let start = place
    switch try parseTerm() {
    case .test(let condition): return condition
    case .query(let query):
      guard orComparison, let comparison = parseComparison() else { return .exists(query) }
      guard query.isSingular else { throw expected("a path of names and indices only", at: start) }
      return .comparison(.query(query), comparison, try parseOperand())
    case .operand(let operand):
      guard orComparison else { throw expected("a path or a function that tests", at: start) }
      guard let comparison = parseComparison() else { throw expected("a comparison") }
      return .comparison(operand, comparison, try parseOperand())
    }
  }

  private mutating func parseComparison() -> JSONPathComparison? {
    let start = place
    skipBlanks()
    for comparison in JSONPathComparison.allCases where take(comparison.rawValue) {
      skipBlanks()
      return comparison
    }
    place = start
    return nil
  }

  private mutating func parseOperand() throws(JSONPathError) -> JSONPathOperand {
    let start = place
    switch try parseTerm() {
    case .operand(let operand): return operand
    case .query(let query):
      guard query.isSingular else { throw expected("a path of names and indices only", at: start) }
      return .query(query)
    case .test: throw expected("a value; match() and search() are tests", at: start)
    }
  }

  private enum Term {
    case operand(JSONPathOperand)
    case query(JSONPathQuery)
    case test(JSONPathCondition)
  }

  private mutating func parseTerm() throws(JSONPathError) -> Term {
    switch peek {
    case "@", "$":
      let isRelative = peek == "@"
      place += 1
      guard depth < Self.depthLimit else {
        throw JSONPathError(code: .tooDeep(limit: Self.depthLimit), column: place + 1)
      }
      depth += 1
      defer { depth -= 1 }
      return .query(JSONPathQuery(isRelative: isRelative, segments: try parseSegments()))
    case "'", "\"": return .operand(.literal(.string(try parseString())))
    case "{": return .operand(.name(try parseName()))
    case .some(let scalar) where scalar == "-" || Self.isDigit(scalar):
      return .operand(.literal(try parseNumber()))
    case .some(let scalar) where Self.beginsName(scalar): return try parseWord()
    default: throw expected("a path, a literal or a function")
    }
  }

  private mutating func parseName() throws(JSONPathError) -> String {
    guard take("{{") else { throw expected("a path, a literal or a function") }
    skipBlanks()
    let start = place
    while let scalar = peek,
      Self.beginsName(scalar) || Self.isDigit(scalar) || scalar == "."
        || scalar == "-"
    {
      place += 1
    }
    let name = text(from: start)
    skipBlanks()
    guard !name.isEmpty, take("}}") else { throw expected("a name and }}") }
    names.append(name)
    return name
  }

  private mutating func parseNumber() throws(JSONPathError) -> JSONValue {
    let start = place
    while let scalar = peek, Self.isDigit(scalar) || "+-.eE".unicodeScalars.contains(scalar) {
      place += 1
    }
    guard let value = JSONValue(numberText: text(from: start)) else {
      throw expected("a number as JSON writes it", at: start)
    }
    return value
  }

  private mutating func parseWord() throws(JSONPathError) -> Term {
    let start = place
    while let scalar = peek, Self.beginsName(scalar) || Self.isDigit(scalar) { place += 1 }
    let word = text(from: start)
    guard take("(") else {
      switch word {
      case "true": return .operand(.literal(true))
      case "false": return .operand(.literal(false))
      case "null": return .operand(.literal(.null))
      default: throw expected("a path, a literal or a function", at: start)
      }
    }
    guard depth < Self.depthLimit else {
      throw JSONPathError(code: .tooDeep(limit: Self.depthLimit), column: place + 1)
    }
    depth += 1
    defer { depth -= 1 }
    skipBlanks()
    let term: Term
    switch word {
    case "length": term = .operand(.length(try parseOperand()))
    case "count": term = .operand(.count(try parseQuery()))
    case "value": term = .operand(.value(try parseQuery()))
    case "match", "search":
      let operand = try parseOperand()
      skipBlanks()
      guard take(",") else { throw expected("a comma and a pattern") }
      skipBlanks()
      term = .test(.matches(operand, try parsePattern(), isWhole: word == "match"))
    default: throw JSONPathError(code: .unknownFunction(word), column: start + 1)
    }
    skipBlanks()
    guard take(")") else { throw expected(")") }
    return term
  }

  private mutating func parseQuery() throws(JSONPathError) -> JSONPathQuery {
    let start = place
    guard case .query(let query) = try parseTerm() else { throw expected("a path", at: start) }
    return query
  }

  private mutating func parsePattern() throws(JSONPathError) -> JSONPathPattern {
    let start = place
    let operand = try parseOperand()
    guard case .literal(.string(let pattern)) = operand else { return .computed(operand) }
    do {
      return .compiled(try Pattern(pattern, dialect: .interoperable))
    } catch {
      throw JSONPathError(code: .pattern(error), column: start + 1)
    }
  }
}

// MARK: Strings and scalars

extension JSONPathParser {
  private mutating func parseString() throws(JSONPathError) -> String {
    let quote = scalars[place]
    place += 1
    var content = String.UnicodeScalarView()
    while let scalar = peek {
      if scalar == quote {
        place += 1
        return String(content)
      }
      guard scalar.value >= 0x20 else { throw expected("an escape for the control character") }
      place += 1
      content.append(scalar == "\\" ? try parseEscape(quote: quote) : scalar)
    }
    throw expected("a closing \(quote)")
  }

  private mutating func parseEscape(
    quote: Unicode.Scalar
  ) throws(JSONPathError) -> Unicode.Scalar {
    guard let kind = peek else { throw expected("an escape") }
    place += 1
    switch kind {
    case quote, "\\", "/": return kind
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u":
      let start = place
      var code = try parseHex()
      if code & 0xFC00 == 0xD800, take("\\u") {
        let low = try parseHex()
        guard low & 0xFC00 == 0xDC00 else { throw expected("a surrogate pair", at: start) }
        code = 0x10000 + ((code & 0x3FF) << 10 | (low & 0x3FF))
      }
      guard let scalar = Unicode.Scalar(code) else { throw expected("a surrogate pair", at: start) }
      return scalar
    default: throw expected("an escape of JSON or \\\(quote)", at: place - 1)
    }
  }

  private mutating func parseHex() throws(JSONPathError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let scalar = peek, scalar.isASCII,
        let digit = Hexadecimal.value(of: UInt8(truncatingIfNeeded: scalar.value))
      else { throw expected("a hexadecimal digit") }
      code = code << 4 | UInt32(digit)
      place += 1
    }
    return code
  }

  private var peek: Unicode.Scalar? {
    place < scalars.count ? scalars[place] : nil
  }

  private mutating func take(_ text: String) -> Bool {
    var next = place
    for scalar in text.unicodeScalars {
      guard next < scalars.count, scalars[next] == scalar else { return false }
      next += 1
    }
    place = next
    return true
  }

  private mutating func skipBlanks() {
    while let scalar = peek, [" ", "\t", "\n", "\r"].contains(scalar) { place += 1 }
  }

  private func text(from start: Int) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[start..<place])
    return String(view)
  }

  private func expected(_ what: String, at place: Int? = nil) -> JSONPathError {
    JSONPathError(code: .expected(what), column: (place ?? self.place) + 1)
  }

  private static func beginsName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "_": true
    default: scalar.value >= 0x80
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(scalar)
  }
}
