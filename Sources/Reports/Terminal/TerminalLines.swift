import Formats

/// Lines of a terminal, wrapped to its width, coloured only where that is wanted.
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

  /// Adds a line, wrapped between words; what follows the first line is indented further.
  ///
  /// Nothing of what a suite or an app wrote reaches the terminal as a command.
  mutating func add(_ parts: [Part]) {
    var cells: [Cell] = []
    for part in parts {
      let (code, raw): (String?, String) =
        switch part {
        case .plain(let text): (nil, text)
        case .bold(let text): ("1", text)
        case .quiet(let text): ("2", text)
        case .toned(let tone, let text): (tone.code, text)
        }
      let plain = Self.plain(raw)
      cells += plain.prefix(Self.maximum).map { Cell(character: $0, code: code) }
      if plain.count > Self.maximum { cells.append(Cell(character: "…", code: code)) }
    }
    while cells.last?.character == " " { cells.removeLast() }
    let indent = min(cells.prefix { $0.character == " " }.count + 4, style.width / 2)
    var rest = cells[...]
    var room = style.width
    while rest.count > room {
      let limit = rest.startIndex + room
      let first = rest.firstIndex { $0.character != " " } ?? limit
      let space = rest[first...limit].lastIndex { $0.character == " " }
      let end = space.flatMap { $0 > first ? $0 : nil } ?? limit
      emit(rest[..<end])
      rest = rest[end...].drop { $0.character == " " }
      text += String(repeating: " ", count: indent)
      room = style.width - indent
    }
    emit(rest)
  }

  private struct Cell {
    let character: Character
    let code: String?
  }

  /// Characters of one part that are shown; longer ones are for the other reports.
  private static let maximum = 600

  private mutating func emit(_ cells: ArraySlice<Cell>) {
    var open: String?
    for cell in cells {
      let code = style.hasColour && cell.character != " " ? cell.code : style.hasColour ? open : nil
      if code != open {
        if open != nil { text += "\u{1B}[0m" }
        if let code { text += "\u{1B}[\(code)m" }
        open = code
      }
      text.append(cell.character)
    }
    if open != nil { text += "\u{1B}[0m" }
    text += "\n"
  }

  /// One line without terminal codes; what turns the direction of writing is shown, not done.
  private static func plain(_ text: String) -> String {
    TerminalText.printed(ReportText.line(TerminalText.stripped(text)), keepsColour: false)
  }
}

extension String {
  /// With spaces up to so many characters.
  func padded(to count: Int) -> String {
    self + String(repeating: " ", count: max(0, count - self.count))
  }
}
