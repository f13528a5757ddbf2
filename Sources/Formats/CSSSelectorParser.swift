/// Reads the text of a selector (Selectors Level 3, as far as `CSSSelector` goes).
struct CSSSelectorParser {
  private let scalars: [Unicode.Scalar]
  private var place = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  mutating func parse() throws(CSSSelectorError) -> [CSSSelector.Complex] {
    var alternatives: [CSSSelector.Complex] = []
    repeat {
      skipBlanks()
      alternatives.append(try parseComplex())
      skipBlanks()
    } while take(",")
    guard place == scalars.count else { throw expected("a combinator, a comma or the end") }
    return alternatives
  }

  private mutating func parseComplex() throws(CSSSelectorError) -> CSSSelector.Complex {
    let start = place
    var complex = CSSSelector.Complex()
    var next: CSSSelector.Combinator? = .descendant
    while let combinator = next {
      let compound = try parseCompound()
      let text = String(String.UnicodeScalarView(scalars[start..<place]))
      complex.steps.append(.init(combinator: combinator, compound: compound, text: text))
      next = parseCombinator()
    }
    return complex
  }

  /// Nil, and only blanks are read, where the complex selector ends.
  private mutating func parseCombinator() -> CSSSelector.Combinator? {
    let start = place
    skipBlanks()
    let combinator: CSSSelector.Combinator? =
      take(">") ? .child : take("+") ? .adjacent : take("~") ? .sibling : nil
    if combinator != nil {
      skipBlanks()
      return combinator
    }
    guard place > start, let next = peek, next != ",", next != ")" else { return nil }
    return .descendant
  }

  private mutating func parseCompound() throws(CSSSelectorError) -> [CSSSelector.Simple] {
    var simples: [CSSSelector.Simple] = []
    while let simple = try parseSimple(isFirst: simples.isEmpty) { simples.append(simple) }
    guard !simples.isEmpty else {
      throw expected("a type, *, .class, #id, [attribute] or :first-child")
    }
    return simples
  }

  private mutating func parseSimple(isFirst: Bool) throws(CSSSelectorError) -> CSSSelector.Simple? {
    switch peek {
    case "*" where isFirst:
      place += 1
      return .any
    case ".":
      place += 1
      return .class(try parseName("a class"))
    case "#":
      place += 1
      return .id(try parseName("an id"))
    case "[":
      place += 1
      return try parseAttribute()
    case ":": return try parsePseudo()
    case .some(let scalar) where isFirst && (beginsName(scalar) || scalar == "\\"):
      return .type(try parseName("a type"))
    default: return nil
    }
  }

  private mutating func parseAttribute() throws(CSSSelectorError) -> CSSSelector.Simple {
    skipBlanks()
    let name = try parseName("an attribute")
    skipBlanks()
    if take("]") { return .has(attribute: name) }
    guard let comparison = CSSSelector.Operator.allCases.first(where: { take($0.rawValue) }) else {
      throw expected("=, ~=, |=, ^=, $=, *= or ]")
    }
    skipBlanks()
    let start = place
    let value = try peek == "\"" || peek == "'" ? parseString() : parseName("a value")
    let matchesNothing =
      comparison == .includes
      ? value.isEmpty || value.unicodeScalars.contains(where: isBlank)
      : value.isEmpty && [.prefix, .suffix, .substring].contains(comparison)
    if matchesNothing {
      throw CSSSelectorError(
        message: "\(comparison.rawValue) with this value selects nothing",
        column: start + 1
      )
    }
    skipBlanks()
    guard take("]") else { throw expected("]") }
    return .attribute(name, comparison, value)
  }

  private mutating func parsePseudo() throws(CSSSelectorError) -> CSSSelector.Simple {
    let start = place
    place += 1
    let isElement = take(":")
    let name = try parseName("a pseudo-class")
    switch name {
    case "first-child" where !isElement: return .firstChild
    case "last-child" where !isElement: return .lastChild
    case "nth-child" where !isElement:
      return .nthChild(
        try parseArgument { (parser) throws(CSSSelectorError) in try parser.parseNumber() }
      )
    case "not" where !isElement:
      return .not(
        try parseArgument { (parser) throws(CSSSelectorError) in
          if case .some(":") = parser.peek, parser.isNot {
            throw parser.expected("a selector without :not()")
          }
          guard let simple = try parser.parseSimple(isFirst: true) else {
            throw parser.expected("a type, .class, #id, [attribute] or :first-child")
          }
          if case .any = simple {
            throw CSSSelectorError(message: ":not(*) selects nothing", column: parser.place)
          }
          return simple
        }
      )
    default:
      throw CSSSelectorError(
        message:
          "\(isElement ? "::" : ":")\(name) is not supported; there are :first-child, :last-child,"
          + " :nth-child(number) and :not(selector)",
        column: start + 1
      )
    }
  }

  /// What stands in parentheses.
  private mutating func parseArgument<Value>(
    _ parse: (inout CSSSelectorParser) throws(CSSSelectorError) -> Value
  ) throws(CSSSelectorError) -> Value {
    guard take("(") else { throw expected("(") }
    skipBlanks()
    let value = try parse(&self)
    skipBlanks()
    guard take(")") else { throw expected(")") }
    return value
  }

  private mutating func parseNumber() throws(CSSSelectorError) -> Int {
    let start = place
    while let scalar = peek, ("0"..."9").contains(scalar) { place += 1 }
    let digits = String(String.UnicodeScalarView(scalars[start..<place]))
    guard let number = Int(digits), number > 0 else {
      throw CSSSelectorError(message: "expected a number from 1", column: start + 1)
    }
    return number
  }

  private mutating func parseName(_ what: String) throws(CSSSelectorError) -> String {
    let start = place
    var name = String.UnicodeScalarView()
    while let scalar = peek {
      if scalar == "\\" {
        place += 1
        // A hexadecimal escape is a thing of its own, and nobody writes it here.
        guard let escaped = peek, !escaped.properties.isASCIIHexDigit, escaped != "\n" else {
          throw expected("a character that is not a hexadecimal digit")
        }
        name.append(escaped)
      } else if beginsName(scalar) || !name.isEmpty && ("0"..."9").contains(scalar)
        || scalar == "-"
      {
        name.append(scalar)
      } else {
        break
      }
      place += 1
    }
    guard !name.isEmpty, !name.elementsEqual("-".unicodeScalars) else {
      throw expected(what, at: start)
    }
    return String(name)
  }

  private mutating func parseString() throws(CSSSelectorError) -> String {
    let quote = scalars[place]
    let start = place
    place += 1
    var text = String.UnicodeScalarView()
    while let scalar = peek, scalar != quote, scalar != "\n" {
      place += 1
      if scalar != "\\" {
        text.append(scalar)
        continue
      }
      guard let escaped = peek, !escaped.properties.isASCIIHexDigit, escaped != "\n" else {
        throw expected("a character that is not a hexadecimal digit")
      }
      text.append(escaped)
      place += 1
    }
    guard peek == quote else { throw expected("a closing \(quote)", at: start) }
    place += 1
    return String(text)
  }

  private var isNot: Bool {
    scalars[place...].starts(with: ":not".unicodeScalars)
  }

  private var peek: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  private mutating func take(_ text: String) -> Bool {
    guard scalars[place...].starts(with: text.unicodeScalars) else { return false }
    place += text.unicodeScalars.count
    return true
  }

  private mutating func skipBlanks() {
    while let scalar = peek, isBlank(scalar) { place += 1 }
  }

  private func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    [" ", "\t", "\n", "\r", "\u{C}"].contains(scalar)
  }

  private func beginsName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "_", "-": true
    default: scalar.value >= 0x80
    }
  }

  private func expected(_ what: String, at place: Int? = nil) -> CSSSelectorError {
    CSSSelectorError(message: "expected \(what)", column: (place ?? self.place) + 1)
  }
}
