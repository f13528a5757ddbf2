import Evidence

/// Lines of a terminal, cut to its width, coloured only where that is wanted.
struct TerminalLines {
  enum Part {
    case plain(String)
    case bold(String)
    case quiet(String)
    case toned(Tone, String)
  }

  private let style: TerminalSummary.Style
  private(set) var text = ""

  init(style: TerminalSummary.Style) { self.style = style }

  mutating func blank() { if !text.hasSuffix("\n\n") { text += "\n" } }

  /// Nothing of what a suite or an app wrote reaches the terminal as a command.
  mutating func add(_ parts: [Part]) {
    var room = style.width
    for part in parts {
      guard room > 0 else { break }
      let (code, raw): (String?, String) =
        switch part {
        case .plain(let text): (nil, text)
        case .bold(let text): ("1", text)
        case .quiet(let text): ("2", text)
        case .toned(let tone, let text): (tone.code, text)
        }
      let plain = Self.plain(raw)
      let cut = plain.count > room ? plain.prefix(room - 1) + "…" : plain
      room -= cut.count
      if style.hasColour, let code, !cut.allSatisfy(\.isWhitespace) {
        text += "\u{1B}[\(code)m\(cut)\u{1B}[0m"
      } else {
        text += cut
      }
    }
    while text.hasSuffix(" ") { text.removeLast() }
    text += "\n"
  }

  /// One line without terminal codes; what turns the direction of writing is shown, not done.
  private static func plain(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in ReportText.line(TerminalText.stripped(text)).unicodeScalars {
      switch scalar.value {
      case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

extension String {
  /// With spaces up to so many characters.
  func padded(to count: Int) -> String {
    self + String(repeating: " ", count: max(0, count - self.count))
  }
}
