package import Evidence

/// The text of one file, by lines, for places and diagnostics.
package struct SourceText: Sendable {
  /// As diagnostics name it: relative to the suite's folder, with `/` between parts.
  package let file: String
  /// Without a byte order mark.
  package let text: String
  /// Without their ends. What ends a line is what ends one for YAML: LF, CR, CR LF, NEL, LS, PS.
  package let lines: [String]

  package init(file: String, text: String) {
    self.file = file
    self.text = text
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        lines.append(String(line))
        line = String.UnicodeScalarView()
      default: line.append(scalar)
      }
      previous = scalar
    }
    if !line.isEmpty { lines.append(String(line)) }
    self.lines = lines
  }

  /// Empty where there is no such line.
  package func line(_ number: Int) -> String {
    lines.indices.contains(number - 1) ? lines[number - 1] : ""
  }

  package func place(line: Int, column: Int) -> SourcePlace {
    SourcePlace(file: file, line: line, column: column)
  }

  func place(of mark: YAMLEvent.Mark) -> SourcePlace {
    place(line: mark.line + 1, column: mark.column + 1)
  }

  /// Where the next character stands after the first bytes of the text.
  func place(after bytes: ArraySlice<UInt8>) -> SourcePlace {
    // A space, so that the line is there even where it has nothing yet.
    let before = SourceText(file: file, text: String(decoding: bytes, as: UTF8.self) + " ")
    let last = before.lines.count
    return place(line: last, column: before.line(last).unicodeScalars.count)
  }

  /// How many characters the key or word at a place has; at least 1.
  package func word(at place: SourcePlace) -> Int {
    let rest = line(place.line).unicodeScalars.dropFirst(place.column - 1)
    return max(rest.prefix { !": ,{}[]".unicodeScalars.contains($0) }.count, 1)
  }

  /// The first place at or after `start` where `needle` stands, at most `limit` lines on.
  package func find(_ needle: String, from start: SourcePlace, limit: Int = 200) -> SourcePlace? {
    let wanted = Array(needle.unicodeScalars)
    guard !wanted.isEmpty, lines.indices.contains(start.line - 1) else { return nil }
    for number in start.line..<min(start.line + limit, lines.count + 1) {
      let scalars = Array(line(number).unicodeScalars)
      let first = number == start.line ? start.column - 1 : 0
      guard first >= 0, scalars.count >= wanted.count + first else { continue }
      for offset in first...(scalars.count - wanted.count)
      where scalars[offset..<(offset + wanted.count)].elementsEqual(wanted) {
        return place(line: number, column: offset + 1)
      }
    }
    return nil
  }
}
