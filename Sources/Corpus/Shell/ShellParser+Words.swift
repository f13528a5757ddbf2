extension ShellParser {
  // MARK: Words

  /// - Parameter isPattern: A regular expression of `[[ … =~ … ]]`, where brackets and bars stand
  ///   for themselves.
  mutating func word(isPattern: Bool = false) throws(Failure) -> ShellWord {
    var pieces: [ShellPiece] = []
    let start = index
    loop: while index < end {
      let here = bytes[index]
      switch here {
      case 0x20, 0x09, 0x0A, 0x0D: break loop
      case UInt8(ascii: "<"), UInt8(ascii: ">"):
        if byte(1) == UInt8(ascii: "("), index == start {
          index += 1
          pieces.append(try substitution())
        } else {
          break loop
        }
      case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "("),
        UInt8(ascii: ")"):
        guard isPattern, here != UInt8(ascii: ";"), here != UInt8(ascii: "&") else { break loop }
        append([here], to: &pieces)
        index += 1
      case UInt8(ascii: "'"):
        index += 1
        let first = index
        let firstLine = line
        while index < end, bytes[index] != here {
          if bytes[index] == 0x0A { line += 1 }
          index += 1
        }
        guard index < end else { throw failure("a string is never closed", at: firstLine) }
        append(bytes[first..<index], to: &pieces)
        index += 1
      case UInt8(ascii: "\""):
        index += 1
        try quoted(into: &pieces, end: here)
      case UInt8(ascii: "\\"):
        if byte(1) == 0x0A {
          line += 1
          index += 2
        } else {
          // In a regular expression it keeps its meaning.
          if isPattern { append([here], to: &pieces) }
          if index + 1 < end { append([bytes[index + 1]], to: &pieces) }
          index += 2
        }
      case UInt8(ascii: "$"): try dollar(into: &pieces, isQuoted: false)
      case UInt8(ascii: "`"): pieces.append(try backticks())
      default:
        let first = index
        while index < end, !" \t\n\r;&|()<>'\"\\$`".utf8.contains(bytes[index]) { index += 1 }
        append(bytes[first..<index], to: &pieces)
      }
    }
    index = min(index, end)
    guard index > start else { throw failure("\(shownHere) stands in the place of a word") }
    return ShellWord(pieces: pieces)
  }

  private func append(_ bytes: some Collection<UInt8>, to pieces: inout [ShellPiece]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if case .text(let before)? = pieces.last {
      pieces[pieces.count - 1] = .text(before + text)
    } else {
      pieces.append(.text(text))
    }
  }

  /// The inside of double quotes, with the quote that ends it; to the end where there is none.
  mutating func quoted(into pieces: inout [ShellPiece], end quote: UInt8?) throws(Failure) {
    let startLine = line
    append([], to: &pieces)
    while index < end {
      let here = bytes[index]
      if here == quote {
        index += 1
        return
      }
      switch here {
      case UInt8(ascii: "\\") where index + 1 < end:
        let next = bytes[index + 1]
        if next == 0x0A {
          line += 1
        } else if "$`\"\\".utf8.contains(next) {
          append([next], to: &pieces)
        } else {
          append([here, next], to: &pieces)
        }
        index += 2
      case UInt8(ascii: "$"): try dollar(into: &pieces, isQuoted: true)
      case UInt8(ascii: "`"): pieces.append(try backticks())
      default:
        let first = index
        while index < end, bytes[index] != quote, !"\\$`".utf8.contains(bytes[index]) {
          if bytes[index] == 0x0A { line += 1 }
          index += 1
        }
        // A backslash at the very end.
        if index == first { index += 1 }
        append(bytes[first..<min(index, end)], to: &pieces)
      }
    }
    if quote != nil { throw failure("a string is never closed", at: startLine) }
  }

  private mutating func dollar(
    into pieces: inout [ShellPiece],
    isQuoted: Bool
  ) throws(Failure) {
    let next = byte(1)
    switch next {
    case UInt8(ascii: "("):
      if byte(2) == UInt8(ascii: "(") {
        index += 1
        _ = try arithmetic()
        pieces.append(.hole)
      } else {
        index += 1
        pieces.append(try substitution())
      }
    case UInt8(ascii: "{"): try braced(into: &pieces)
    case UInt8(ascii: "'") where !isQuoted:
      index += 2
      let first = index
      while index < end, bytes[index] != next {
        if bytes[index] == 0x0A { line += 1 }
        index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard index < end else { throw failure("a string is never closed") }
      append(Array(PythonText.decoded(bytes[first..<index], isRaw: false).utf8), to: &pieces)
      index += 1
    case UInt8(ascii: "\"") where !isQuoted: index += 1
    default:
      var last = index + 1
      if last < end, "@*#?$!-0123456789".utf8.contains(bytes[last]) {
        last += 1
      } else {
        while last < end, Self.isName(bytes[last]) { last += 1 }
      }
      guard last > index + 1 else {
        append([UInt8(ascii: "$")], to: &pieces)
        index += 1
        return
      }
      let name = String(decoding: bytes[(index + 1)..<last], as: UTF8.self)
      pieces.append(.variable(name, preset: nil))
      index = last
    }
  }

  /// `${name}`, `${name:-preset}`; what else may be done to a value is not followed.
  private mutating func braced(into pieces: inout [ShellPiece]) throws(Failure) {
    let startLine = line
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw failure("is nested too deeply") }
    index += 2
    var part: String?
    if byte() == UInt8(ascii: "#") || byte() == UInt8(ascii: "!"), Self.isName(byte(1)) {
      part = byte() == UInt8(ascii: "#") ? "length" : "names"
      index += 1
    }
    let start = index
    if index < end, "@*#?$!-".utf8.contains(bytes[index]) {
      index += 1
    } else {
      while index < end, Self.isName(bytes[index]) { index += 1 }
    }
    let name = String(decoding: bytes[start..<index], as: UTF8.self)
    var rest: [ShellPiece] = []
    var sign: [UInt8] = []
    while index < end, ":-=?+%#/^,@[".utf8.contains(bytes[index]), sign.count < 2 {
      sign.append(bytes[index])
      index += 1
    }
    var open = 0
    while index < end {
      let here = bytes[index]
      if here == UInt8(ascii: "}"), open == 0 {
        index += 1
        if sign.first == UInt8(ascii: "[") {
          part = part ?? (Self.isWhole(sign, rest) ? "elements" : "element")
        }
        if let part {
          pieces.append(.part(part, of: name))
          return
        }
        let isPreset =
          sign == Array(":-".utf8) || sign == Array("-".utf8) || sign == Array(":=".utf8)
        pieces.append(.variable(name, preset: isPreset ? ShellWord(pieces: rest) : nil))
        return
      }
      switch here {
      case UInt8(ascii: "\""):
        index += 1
        try quoted(into: &rest, end: here)
      case UInt8(ascii: "'"):
        index += 1
        while index < end, bytes[index] != here {
          if bytes[index] == 0x0A { line += 1 }
          append([bytes[index]], to: &rest)
          index += 1
        }
        index += 1
      case UInt8(ascii: "$"): try dollar(into: &rest, isQuoted: false)
      case UInt8(ascii: "\\"): index += 2
      default:
        if here == UInt8(ascii: "{") { open += 1 }
        if here == UInt8(ascii: "}") { open -= 1 }
        if here == 0x0A { line += 1 }
        append([here], to: &rest)
        index += 1
      }
    }
    throw failure("\"${\" is never closed", at: startLine)
  }

  /// Whether `[@]` or `[*]` follows a name.
  private static func isWhole(_ sign: [UInt8], _ rest: [ShellPiece]) -> Bool {
    if sign.count == 2 { return sign[1] == UInt8(ascii: "@") }
    guard case .text(let text)? = rest.first else { return false }
    return text.hasPrefix("*]") || text.hasPrefix("@]")
  }

  /// `( … )` after a dollar.
  private mutating func substitution() throws(Failure) -> ShellPiece {
    let startLine = line
    index += 1
    let inner = try list(until: [")"])
    skipSpace(lines: true)
    guard byte() == UInt8(ascii: ")") else {
      throw failure("\"$(\" is never closed", at: startLine)
    }
    index += 1
    return .output(inner)
  }

  private mutating func backticks() throws(Failure) -> ShellPiece {
    let startLine = line
    index += 1
    let first = index
    while index < end, bytes[index] != UInt8(ascii: "`") {
      if bytes[index] == 0x0A { line += 1 }
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard index < end else { throw failure("\"`\" is never closed", at: startLine) }
    var inner = ShellParser(bytes, first..<index, line: startLine, depth: depth + 1)
    index += 1
    // Nothing ends it but its own end.
    return .output(try inner.list(until: []))
  }
}
