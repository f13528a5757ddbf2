/// Reads a pattern into a tree.
struct RegexParser {
  private(set) var sets: [RegexSet] = []
  /// One entry a capturing group, nil without a name.
  private(set) var groupNames: [String?] = []

  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var depth = 0
  private var flags = Flags()

  private struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotMatchesNewline = false
  }

  init(_ pattern: String) {
    scalars = Array(pattern.unicodeScalars)
  }

  mutating func parse() throws(LinearRegexError) -> RegexNode {
    guard scalars.count <= LinearRegex.Limit.pattern else {
      throw error(.patternTooLong(limit: LinearRegex.Limit.pattern), at: LinearRegex.Limit.pattern)
    }
    let node = try parseAlternatives()
    if peek == ")" { throw error(.expected("an opening parenthesis before this one")) }
    try checkSize(of: node, at: 0)
    return node
  }

  private mutating func parseAlternatives() throws(LinearRegexError) -> RegexNode {
    var alternatives = [try parseSequence()]
    while take("|") { alternatives.append(try parseSequence()) }
    return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
  }

  private mutating func parseSequence() throws(LinearRegexError) -> RegexNode {
    var nodes: [RegexNode] = []
    while let scalar = peek, scalar != "|", scalar != ")" {
      nodes.append(try parseQuantifier(of: try parseAtom()))
    }
    return switch nodes.count {
    case 0: .empty
    case 1: nodes[0]
    default: .sequence(nodes)
    }
  }

  private mutating func parseAtom() throws(LinearRegexError) -> RegexNode {
    let scalar = scalars[place]
    switch scalar {
    case "(": return try parseGroup()
    case "[": return try parseSet()
    case "\\": return try parseEscape()
    case "*", "+", "?": throw error(.nothingToRepeat)
    case "{":
      let start = place
      if try parseBounds() != nil { throw error(.nothingToRepeat, at: start) }
    case ".":
      place += 1
      return .dot(matchesNewline: flags.dotMatchesNewline)
    case "^":
      place += 1
      return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$":
      place += 1
      return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    default: break
    }
    place += 1
    return literal(scalar)
  }

  private mutating func literal(_ scalar: Unicode.Scalar) -> RegexNode {
    guard flags.ignoresCase, !RegexCase.variants(of: scalar.value).isEmpty else {
      return .scalar(scalar.value)
    }
    var set = RegexSet()
    set.insert(scalar.value...scalar.value)
    return finished(set)
  }

  private mutating func finished(_ set: RegexSet, isNegated: Bool = false) -> RegexNode {
    var set = set
    set.finish(isNegated: isNegated, ignoresCase: flags.ignoresCase)
    sets.append(set)
    return .set(sets.count - 1)
  }

  private func checkSize(of node: RegexNode, at place: Int) throws(LinearRegexError) {
    if node.size > LinearRegex.Limit.program {
      throw error(.programTooLarge(limit: LinearRegex.Limit.program), at: place)
    }
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

  private func error(_ code: LinearRegexError.Code, at place: Int? = nil) -> LinearRegexError {
    LinearRegexError(code: code, column: (place ?? self.place) + 1)
  }
}

// MARK: Quantifiers

extension RegexParser {
  private mutating func parseQuantifier(
    of atom: RegexNode
  ) throws(LinearRegexError) -> RegexNode {
    let quantifier = place
    var least = 0
    var most: Int?
    switch peek {
    case "*": place += 1
    case "+":
      place += 1
      least = 1
    case "?":
      place += 1
      most = 1
    case "{":
      guard let bounds = try parseBounds() else { return atom }
      (least, most) = bounds
    default: return atom
    }
    switch atom {
    // Only a group of flags, `(?i)`, is empty.
    case .assertion, .empty: throw error(.nothingToRepeat, at: quantifier)
    default: break
    }
    let isGreedy = !take("?")
    if peek == "+" { throw error(.unsupported("possessive quantifiers are")) }
    if peek == "*" || peek == "?" { throw error(.nothingToRepeat) }
    let following = place
    if peek == "{", try parseBounds() != nil { throw error(.nothingToRepeat, at: following) }
    let node = RegexNode.repetition(atom, least: least, most: most, isGreedy: isGreedy)
    try checkSize(of: node, at: quantifier)
    return node
  }

  /// Reads `{n}`, `{n,}` or `{n,m}`; anything else leaves the brace to be a literal.
  private mutating func parseBounds() throws(LinearRegexError) -> (Int, Int?)? {
    let start = place
    place += 1
    guard let least = try parseCount(from: start) else {
      place = start
      return nil
    }
    var most: Int? = least
    if take(",") { most = try parseCount(from: start) }
    guard take("}") else {
      place = start
      return nil
    }
    if let most, most < least { throw error(.expected("bounds in order"), at: start) }
    return (least, most)
  }

  private mutating func parseCount(from start: Int) throws(LinearRegexError) -> Int? {
    var count: Int?
    while let scalar = peek, ("0"..."9").contains(scalar) {
      count = (count ?? 0) * 10 + Int(scalar.value - 0x30)
      if let count, count > LinearRegex.Limit.repetition {
        throw error(.repetitionTooLarge(limit: LinearRegex.Limit.repetition), at: start)
      }
      place += 1
    }
    return count
  }
}

// MARK: Groups

extension RegexParser {
  private mutating func parseGroup() throws(LinearRegexError) -> RegexNode {
    let start = place
    guard depth < LinearRegex.Limit.depth else {
      throw error(.tooDeep(limit: LinearRegex.Limit.depth))
    }
    depth += 1
    defer { depth -= 1 }
    place += 1
    let outer = flags
    var group: Int?
    if take("?") {
      if take("P<") || (peek == "<" && !isLookBehind) {
        _ = take("<")
        group = try openGroup(name: try parseName(), from: start)
      } else if !take(":") {
        try parseFlags(from: start)
        // `(?i)` holds to the end of the group around it.
        if take(")") { return .empty }
        guard take(":") else { throw error(.expected("a colon or a closing parenthesis")) }
      }
    } else {
      group = try openGroup(name: nil, from: start)
    }
    let node = try parseAlternatives()
    guard take(")") else { throw error(.expected("a closing parenthesis for this one"), at: start) }
    flags = outer
    return if let group { .capture(node, group: group) } else { .sequence([node]) }
  }

  private var isLookBehind: Bool {
    place + 1 < scalars.count && (scalars[place + 1] == "=" || scalars[place + 1] == "!")
  }

  private mutating func openGroup(name: String?, from start: Int) throws(LinearRegexError) -> Int {
    guard groupNames.count < LinearRegex.Limit.groups else {
      throw error(.tooManyGroups(limit: LinearRegex.Limit.groups), at: start)
    }
    if let name, groupNames.contains(name) { throw error(.duplicateName(name), at: start) }
    groupNames.append(name)
    return groupNames.count
  }

  private mutating func parseName() throws(LinearRegexError) -> String {
    var name = ""
    while let scalar = peek, RegexSet.word.contains(scalar.value) {
      name.unicodeScalars.append(scalar)
      place += 1
    }
    guard !name.isEmpty, take(">") else { throw error(.expected("a name and >")) }
    return name
  }

  private mutating func parseFlags(from start: Int) throws(LinearRegexError) {
    switch peek {
    case "=", "!", "<": throw error(.unsupported("look-around is"), at: start)
    case ">": throw error(.unsupported("an atomic group is"), at: start)
    case "#": throw error(.unsupported("a comment is"), at: start)
    case "P": throw error(.unsupported("a back reference is"), at: start)
    default: break
    }
    var value = true
    let first = place
    while let scalar = peek {
      switch scalar {
      case "i": flags.ignoresCase = value
      case "m": flags.isMultiline = value
      case "s": flags.dotMatchesNewline = value
      case "-" where value: value = false
      default:
        guard place > first else { throw error(.expected("one of the flags i, m, s")) }
        return
      }
      place += 1
    }
  }
}

// MARK: Escapes and sets

extension RegexParser {
  /// What one escape or one character inside brackets stands for.
  private enum Item {
    case scalar(Unicode.Scalar)
    case set(RegexSet, isNegated: Bool)
    case category(String, isNegated: Bool)
    case assertion(RegexAssertion)
  }

  private mutating func parseEscape() throws(LinearRegexError) -> RegexNode {
    switch try parseEscapedItem() {
    case .scalar(let scalar): return literal(scalar)
    case .assertion(let assertion): return .assertion(assertion)
    case let item:
      var set = RegexSet()
      insert(item, into: &set)
      return finished(set)
    }
  }

  private func insert(_ item: Item, into set: inout RegexSet) {
    switch item {
    case .scalar(let scalar): set.insert(scalar.value...scalar.value)
    case .set(let other, let isNegated): set.insert(other, isNegated: isNegated)
    case .category(let name, let isNegated): set.insert(category: name, isNegated: isNegated)
    case .assertion: break
    }
  }

  private mutating func parseEscapedItem() throws(LinearRegexError) -> Item {
    let start = place
    place += 1
    guard let scalar = peek else { throw error(.expected("a character after the backslash")) }
    place += 1
    switch scalar {
    case "d", "D": return .set(.digit, isNegated: scalar == "D")
    case "w", "W": return .set(.word, isNegated: scalar == "W")
    case "s", "S": return .set(.space, isNegated: scalar == "S")
    case "p", "P": return .category(try parseCategory(), isNegated: scalar == "P")
    case "b": return .assertion(.wordBoundary)
    case "B": return .assertion(.notWordBoundary)
    case "A": return .assertion(.textStart)
    case "z": return .assertion(.textEnd)
    case "n": return .scalar("\n")
    case "r": return .scalar("\r")
    case "t": return .scalar("\t")
    case "f": return .scalar("\u{C}")
    case "v": return .scalar("\u{B}")
    case "x": return .scalar(try parseCode(digits: 2))
    case "u": return .scalar(try parseCode(digits: 4))
    case "1"..."9", "k", "g": throw error(.unsupported("a back reference is"), at: start)
    case "0", "a"..."z", "A"..."Z": throw error(.unsupported("\\\(scalar) is"), at: start)
    default: return .scalar(scalar)
    }
  }

  private mutating func parseCategory() throws(LinearRegexError) -> String {
    let start = place
    var name = ""
    if take("{") {
      while let scalar = peek, RegexSet.word.contains(scalar.value) {
        name.unicodeScalars.append(scalar)
        place += 1
      }
      guard take("}") else { throw error(.expected("a closing brace")) }
    } else if let scalar = peek {
      name.unicodeScalars.append(scalar)
      place += 1
    }
    guard (1...2).contains(name.count), RegexCategory.names.contains(where: { $0.hasPrefix(name) })
    else { throw error(.expected("a general category such as L, Lu or Nd"), at: start) }
    return name
  }

  private mutating func parseCode(digits: Int) throws(LinearRegexError) -> Unicode.Scalar {
    let start = place
    var code: UInt32 = 0
    var count = 0
    let isBraced = take("{")
    while count < (isBraced ? 6 : digits), let scalar = peek, scalar.isASCII,
      let digit = Hexadecimal.value(of: UInt8(truncatingIfNeeded: scalar.value))
    {
      code = code << 4 | UInt32(digit)
      count += 1
      place += 1
    }
    guard isBraced ? count > 0 && take("}") : count == digits, let scalar = Unicode.Scalar(code)
    else { throw error(.expected("the number of a character, in hexadecimal"), at: start) }
    return scalar
  }

  private mutating func parseSet() throws(LinearRegexError) -> RegexNode {
    let start = place
    place += 1
    let isNegated = take("^")
    if peek == "]" { throw error(.expected("a character; write \\] for the bracket itself")) }
    var set = RegexSet()
    while let scalar = peek, scalar != "]" {
      let itemStart = place
      let first = try parseSetItem()
      // A hyphen before the closing bracket is a literal.
      guard peek == "-", place + 1 < scalars.count, scalars[place + 1] != "]" else {
        insert(first, into: &set)
        continue
      }
      place += 1
      let second = try parseSetItem()
      guard case .scalar(let lower) = first, case .scalar(let upper) = second, lower <= upper
      else { throw error(.expected("a range from a lower to a higher character"), at: itemStart) }
      set.insert(lower.value...upper.value)
    }
    guard take("]") else { throw error(.expected("a closing bracket for this one"), at: start) }
    return finished(set, isNegated: isNegated)
  }

  private mutating func parseSetItem() throws(LinearRegexError) -> Item {
    let scalar = scalars[place]
    if scalar == "[", place + 1 < scalars.count, scalars[place + 1] == ":" {
      throw error(.unsupported("a POSIX class is"))
    }
    guard scalar == "\\" else {
      place += 1
      return .scalar(scalar)
    }
    let start = place
    let item = try parseEscapedItem()
    guard case .assertion = item else { return item }
    // Elsewhere `[\b]` is a backspace.
    throw error(.unsupported("an assertion in brackets is"), at: start)
  }
}
