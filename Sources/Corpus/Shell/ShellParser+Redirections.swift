extension ShellParser {
  /// `> file`, `2>&1`, `<<EOF`, `<<< word`; false where there is none.
  mutating func redirection(_ command: inout ShellCommand) throws(Failure) -> Bool {
    skipSpace(lines: false)
    var next = index
    while next < end, bytes[next] >= 0x30, bytes[next] <= 0x39 { next += 1 }
    if next < end, bytes[next] == UInt8(ascii: "&"), next + 1 < end,
      bytes[next + 1] == UInt8(ascii: ">")
    {
      next += 1
    }
    guard next < end, bytes[next] == UInt8(ascii: "<") || bytes[next] == UInt8(ascii: ">") else {
      return false
    }
    if bytes[next] == UInt8(ascii: "<"), next + 1 < end, bytes[next + 1] == UInt8(ascii: "(") {
      return false
    }
    let number = String(decoding: bytes[index..<next], as: UTF8.self)
    index = next
    if accept("<<<") {
      skipSpace(lines: false)
      command.input = try word()
    } else if startsWith(word: "<<") {
      index += 2
      let strips = byte() == UInt8(ascii: "-")
      if strips { index += 1 }
      skipSpace(lines: false)
      try hereDocument(strips, &command)
    } else {
      let isOutput = byte() == UInt8(ascii: ">")
      index += 1
      if byte() == UInt8(ascii: ">") || byte() == UInt8(ascii: "|") { index += 1 }
      if byte() == UInt8(ascii: "&") {
        index += 1
        while index < end, Self.isName(bytes[index]) || bytes[index] == UInt8(ascii: "-") {
          index += 1
        }
        return true
      }
      skipSpace(lines: false)
      let target = try word()
      if isOutput, number.isEmpty || number == "1" || number == "&" { command.output = target }
      if !isOutput, number.isEmpty || number == "0" {
        if target.literal == nil, case .output? = target.pieces.first {
          command.input = target
        } else {
          command.inputFile = target
        }
      }
    }
    return true
  }

  private mutating func hereDocument(
    _ strips: Bool,
    _ command: inout ShellCommand
  ) throws(Failure) {
    let start = index
    let delimiter = try word()
    let isQuoted = bytes[start..<index].contains { "'\"\\".utf8.contains($0) }
    guard let text = delimiter.literal else { throw failure("a here-document has no plain end") }
    // Its text is read now: the line may go on, with a pipe for one.
    var next = index
    while next < end, bytes[next] != 0x0A { next += 1 }
    var place = documentsEnd ?? (index: min(next + 1, end), line: line + 1)
    let (textStart, textLine) = place
    while place.index < end {
      let lineStart = place.index
      next = lineStart
      while next < end, bytes[next] != 0x0A { next += 1 }
      var own = bytes[lineStart..<next]
      if strips { own = own.drop { $0 == 0x09 } }
      if own.last == 0x0D { own = own.dropLast() }
      place = (min(next + 1, end), place.line + 1)
      if own.elementsEqual(text.utf8) {
        command.input = word(textStart..<lineStart, line: textLine, isQuoted: isQuoted)
        documentsEnd = place
        return
      }
    }
    documentsEnd = place
    note(failure("a here-document is never closed"))
  }
}
