import Evidence
import Yams

/// Says in a person's words what libyaml says in a parser's.
struct YAMLSyntaxMessage {
  let source: SourceText

  func report(_ error: YamlError, to sink: DiagnosticSink) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      report(problem, at: mark, context: context, to: sink)
    case .duplicatedKeysInMapping(let names, let context):
      let place = clamped(context.mark)
      sink.error("key \"\(names.first ?? "")\" stands twice", at: place)
    case .reader(let problem, _, _, _): whole("file cannot be read as YAML: \(problem)", to: sink)
    default: whole("file cannot be read as YAML", to: sink)
    }
  }

  private func whole(_ message: String, to sink: DiagnosticSink) {
    sink.error(message, inFile: source.file)
  }

  private func report(
    _ problem: String,
    at mark: Mark,
    context: YamlError.Context?,
    to sink: DiagnosticSink
  ) {
    let place = clamped(mark)
    for line in [place.line, place.line - 1, context?.mark.line ?? 0] {
      if let (column, token) = bareTemplate(in: source.line(line)) {
        sink.error(
          "{{…}} without quotes is a mapping to YAML; quote it: \"\(token)\"",
          at: source.place(line: line, column: column),
          length: token.unicodeScalars.count
        )
        return
      }
    }
    let scalar = Array(source.line(place.line).unicodeScalars).dropFirst(place.column - 1).first
    let during = context.map { " (\($0.text) at \($0.mark.line):\($0.mark.column))" } ?? ""
    if problem.contains("mapping values are not allowed") {
      sink.error("\": \" inside a plain text would begin a mapping; quote the text", at: place)
    } else if problem.contains("cannot start any token"), scalar == "\t" {
      sink.error("tab cannot indent YAML; use spaces", at: place)
    } else if problem.contains("cannot start any token"), let scalar {
      sink.error("\"\(scalar)\" cannot begin a plain text; quote it", at: place)
    } else if problem.contains("unexpected end of stream"), let context,
      context.text.contains("quoted scalar")
    {
      sink.error("quote is never closed", at: clamped(context.mark))
    } else if problem.contains("undefined alias") {
      sink.error("alias names no anchor above it; quote a text that begins with \"*\"", at: place)
    } else if problem.contains("another document") {
      sink.error("second document begins here; a file holds one", at: place)
    } else if problem.contains("did not find expected key")
      || problem.contains("did not find expected '-' indicator")
    {
      sink.error("indentation or a stray character breaks the structure here\(during)", at: place)
    } else if problem.contains("could not find expected ':'") {
      sink.error("key has no \":\"\(during)", at: place)
    } else if problem.contains("Maximum nesting level") {
      sink.error("file is nested more than \(YAMLReader.depthLimit) deep", at: place)
    } else {
      sink.error("YAML: \(problem)\(during)", at: place)
    }
  }

  private func clamped(_ mark: Mark) -> SourcePlace {
    let line = min(max(mark.line, 1), max(source.lines.count, 1))
    let isInside = line == mark.line
    let end = source.line(line).unicodeScalars.count + 1
    return source.place(line: line, column: isInside ? min(max(mark.column, 1), end) : end)
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
