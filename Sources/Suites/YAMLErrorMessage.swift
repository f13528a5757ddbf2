import Evidence

/// Says in a person's words what libyaml says in a parser's.
struct YAMLErrorMessage {
  let source: SourceText
  let sink: DiagnosticSink

  func report(_ error: YAMLError) {
    concealSecrets()
    switch error {
    case .syntax(let problem, let mark, let context): report(problem, at: mark, during: context)
    case .character(let scalar, let offset):
      let code = String(scalar.value, radix: 16, uppercase: true)
      let zeros = String(repeating: "0", count: max(0, 4 - code.utf8.count))
      sink.error(
        "character U+\(zeros)\(code) is not allowed in YAML",
        at: source.place(after: Array(source.text.utf8)[..<offset])
      )
    case .undefinedAlias(let name, let mark):
      sink.error(
        "alias *\(name) names no anchor that ends above it; quote a text that begins with \"*\"",
        at: source.place(of: mark),
        length: name.unicodeScalars.count + 1
      )
    case .secondDocument(let mark):
      sink.error("second document begins here; a file has only one", at: source.place(of: mark))
    case .tooLarge(let message, let mark?): sink.error(message, at: source.place(of: mark))
    case .tooLarge(let message, nil): sink.error(message, inFile: source.file)
    }
  }

  /// What stands behind a colon under `secrets`, and behind `password:`; without a tree to look at,
  /// rather too much than too little.
  private func concealSecrets() {
    var isInside = false
    for (index, line) in source.lines.enumerated() {
      let isTop = line.unicodeScalars.first.map { !" \t#".unicodeScalars.contains($0) } ?? false
      if isTop { isInside = line.hasPrefix("secrets") }
      let start: Range<String.Index>?
      if isInside {
        start = line.firstRange(of: ":")
      } else {
        start =
          line.lowercased().hasPrefix("password:")
          ? line.firstRange(of: ":") : line.firstRange(of: "password:")
      }
      guard let start else { continue }
      let column = line[..<start.upperBound].unicodeScalars.count + 2
      sink.concealRest(of: index + 1, in: source, from: column)
    }
  }

  private func report(
    _ problem: String,
    at mark: YAMLEvent.Mark,
    during context: (text: String, at: YAMLEvent.Mark)?
  ) {
    let place = clamped(mark)
    for line in [place.line, place.line - 1, (context?.at.line ?? -1) + 1] {
      if let (column, token) = bareTemplate(in: source.line(line)) {
        return sink.error(
          "{{…}} without quotes is a mapping to YAML; quote it: \"\(token)\"",
          at: source.place(line: line, column: column),
          length: token.unicodeScalars.count
        )
      }
    }
    let opening = context.map { clamped($0.at) } ?? place
    let sign = scalars(opening).first
    func says(_ part: String) -> Bool { problem.contains(part) }
    if says("mapping values are not allowed") {
      reportMapping(at: place)
    } else if says("expected ',' or") {
      reportFlow(at: place, opening: opening)
    } else if says("unexpected end of stream"), context?.text.contains("quoted scalar") == true {
      sink.error("quote is never closed", at: opening)
    } else if says("expected comment or line break"), let sign {
      sink.error("\"\(sign)\" without quotes begins a block text; quote it", at: opening)
    } else if says("expected alphabetic or numeric"), let sign {
      sink.error("\"\(sign)\" cannot begin a plain text; quote it", at: opening)
    } else if says("could not find expected ':'") {
      sink.error("key has no \":\"", at: opening, length: max(scalars(opening).count, 1))
    } else {
      let during = context.map { " (\($0.text) at \(opening.line):\(opening.column))" } ?? ""
      reportSign(problem, at: place, during)
    }
  }

  /// What one character says where it stands.
  private func reportSign(_ problem: String, at place: SourcePlace, _ during: String) {
    let rest = scalars(place)
    switch rest.first {
    case "\t" where problem.contains("cannot start any token"):
      sink.error("tab cannot indent YAML; use spaces", at: place)
    case let sign? where problem.contains("cannot start any token"):
      sink.error("\"\(sign)\" cannot begin a plain text; quote it", at: place)
    case _ where problem.contains("unknown escape character"):
      sink.error(
        "\"\(String(String.UnicodeScalarView(rest.prefix(2))))\" is not an escape sequence",
        at: place,
        length: 2,
        expected: "single quotes around the text, which keep a backslash as it is"
      )
    case _ where problem.contains("<document start>"):
      sink.error("text after the end of the document; a file has only one", at: place)
    case let sign
    where problem.contains("did not find expected key")
      || problem.contains("did not find expected '-' indicator"):
      if let sign, sign == "]" || sign == "}" {
        sink.error("\"\(sign)\" closes nothing", at: place)
      } else {
        sink.error("indentation or a stray character breaks the structure here\(during)", at: place)
      }
    default: sink.error("YAML: \(problem)\(during)", at: place)
    }
  }

  private func scalars(_ place: SourcePlace) -> ArraySlice<Unicode.Scalar> {
    Array(source.line(place.line).unicodeScalars).dropFirst(place.column - 1)
  }

  /// A key where none can be: what is wrong may stand in the line above.
  private func reportMapping(at place: SourcePlace) {
    func content(_ number: Int) -> (column: Int, text: String) {
      let line = source.line(number).unicodeScalars
      let rest = line.drop { $0 == " " || $0 == "-" }
      return (line.count - rest.count + 1, String(rest))
    }
    let own = content(place.line)
    let before = own.text.unicodeScalars.prefix(max(0, place.column - own.column))
    var above = place.line - 1
    while above > 0, ["", "#"].contains(content(above).text.prefix(1)) { above -= 1 }
    let (column, text) = content(above)
    if String(before).contains(": ") || above == 0 {
      sink.error("\": \" inside a plain text would begin a mapping; quote the text", at: place)
    } else if let colon = text.unicodeScalars.firstIndex(of: ":"), !text.contains(": ") {
      let offset = text.unicodeScalars.distance(from: text.unicodeScalars.startIndex, to: colon)
      sink.error(
        "\":\" needs a space behind it to end a key",
        at: source.place(line: above, column: column + offset)
      )
    } else if !text.contains(":") {
      sink.error(
        "key has no \":\"",
        at: source.place(line: above, column: column),
        length: text.unicodeScalars.count
      )
    } else {
      sink.error(
        "line is indented deeper than the one above, which has its value already",
        at: source.place(line: place.line, column: own.column)
      )
    }
  }

  /// Between braces: never closed, where the next line begins like a new key; else no comma.
  private func reportFlow(at place: SourcePlace, opening: SourcePlace) {
    let sign = scalars(opening).first ?? "{"
    let line = source.line(place.line).unicodeScalars
    if place.line > opening.line,
      line.first != " " || place.column > line.count
        || line.prefix(while: { $0 == " " }).count
          <= source.line(opening.line).unicodeScalars.prefix(while: { $0 == " " }).count
    {
      sink.error("\"\(sign)\" is never closed", at: opening)
    } else {
      sink.error(
        "something is missing before this",
        at: place,
        expected: "\",\" or \"\(sign == "[" ? "]" : "}")\" for the \"\(sign)\" at "
          + "\(opening.line):\(opening.column)"
      )
    }
  }

  /// The end of the last line for what stands behind it.
  private func clamped(_ mark: YAMLEvent.Mark) -> SourcePlace {
    let line = min(mark.line + 1, max(source.lines.count, 1))
    let end = source.line(line).unicodeScalars.count + 1
    return source.place(line: line, column: line == mark.line + 1 ? min(mark.column + 1, end) : end)
  }

  /// The first `{{` of a line that stands outside of quotes, with all that belongs to the value.
  private func bareTemplate(in line: String) -> (column: Int, token: String)? {
    let scalars = Array(line.unicodeScalars)
    var quote: Unicode.Scalar?
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      if let open = quote {
        if scalar == "\\", open == "\"" {
          index += 1
        } else if scalar == open {
          quote = nil
        }
      } else if scalar == "#", index == 0 || scalars[index - 1] == " " {
        return nil
      } else if scalar == "\"" || scalar == "'" {
        let before = scalars[..<index].last { $0 != " " }
        if before.map({ "[{,:-".unicodeScalars.contains($0) }) ?? true { quote = scalar }
      } else if scalar == "{", index + 1 < scalars.count, scalars[index + 1] == "{" {
        var start = index
        while start > 0, !" [,{\"'".unicodeScalars.contains(scalars[start - 1]) { start -= 1 }
        var end = index + 2
        while end < scalars.count, scalars[end] != "}" { end += 1 }
        end = min(end + 2, scalars.count)
        while end < scalars.count, !" ,]}".unicodeScalars.contains(scalars[end]) { end += 1 }
        return (start + 1, String(String.UnicodeScalarView(scalars[start..<end])))
      }
      index += 1
    }
    return nil
  }
}
