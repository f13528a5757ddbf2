import Formats

/// Writes diagnostics the way a good compiler does: the place, the line itself, carets, a hint.
package struct DiagnosticRenderer: Sendable {
  /// Terminal colours; for the console only.
  package var usesColor: Bool
  /// Put before every file name: the suite's folder as the person knows it.
  package var folder: String
  /// Longer source lines are shown as a window around the caret, in columns.
  package var width: Int

  package init(usesColor: Bool = false, folder: String = "", width: Int = 160) {
    self.usesColor = usesColor
    self.folder = folder
    self.width = width
  }

  private static let colors: [Diagnostic.Severity: Int] = [.error: 31, .warning: 35, .note: 36]

  /// One block each, without an empty line between them, each ending in a line feed.
  package func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map(render).joined()
  }

  package func render(_ diagnostic: Diagnostic) -> String {
    var text = folder.isEmpty ? "" : folder.hasSuffix("/") ? folder : folder + "/"
    text += Self.printable(diagnostic.file)
    if diagnostic.line > 0 { text += ":\(diagnostic.line):\(diagnostic.column)" }
    text += ": \(paint(diagnostic.severity.rawValue, Self.colors[diagnostic.severity] ?? 36)): "
    text += Self.printable(Self.cut(diagnostic.message)) + "\n"
    if diagnostic.line > 0, let line = diagnostic.sourceLine {
      let (shown, padding, carets) = excerpt(
        GitAddress.masked(line, keepsLength: true),
        diagnostic
      )
      let number = String(diagnostic.line)
      text += " \(number) | \(shown)\n"
      text += " \(String(repeating: " ", count: number.utf8.count)) | \(padding)"
      text += paint(carets, 32) + "\n"
    }
    if let expected = diagnostic.expected { text += "  expected \(Self.printable(expected))\n" }
    if let nearest = diagnostic.nearest {
      text += "  did you mean \"\(Self.printable(nearest))\"?\n"
    }
    return text
  }

  /// A message quotes what somebody wrote, which may be as long as a file.
  private static func cut(_ message: String) -> String {
    message.utf8.count <= 400 ? message : message.prefix(240) + "…" + message.suffix(100)
  }

  private func paint(_ text: String, _ color: Int) -> String {
    usesColor ? "\u{1B}[1;\(color)m\(text)\u{1B}[0m" : text
  }

  /// The line, what stands before the carets, and the carets.
  private func excerpt(
    _ line: String,
    _ diagnostic: Diagnostic
  ) -> (shown: String, padding: String, carets: String) {
    var scalars = Array(Self.printable(line).unicodeScalars)
    var start = min(max(diagnostic.column - 1, 0), scalars.count)
    var lead = ""
    if scalars.count > width {
      let from = max(0, min(start - width / 3, scalars.count - width))
      if from > 0 { lead = "…" }
      start -= from
      let isCut = from + width < scalars.count
      scalars = Array(scalars[from..<min(from + width, scalars.count)]) + (isCut ? ["…"] : [])
    }
    var padding = lead.isEmpty ? "" : " "
    for scalar in scalars[..<start] {
      padding += scalar == "\t" ? "\t" : String(repeating: " ", count: Self.columns(of: scalar))
    }
    let end = min(start + max(diagnostic.length, 1), scalars.count)
    let marked = start < end ? scalars[start..<end].reduce(0) { $0 + Self.columns(of: $1) } : 1
    var shown = String.UnicodeScalarView()
    shown.append(contentsOf: scalars)
    return (lead + String(shown), padding, String(repeating: "^", count: max(marked, 1)))
  }

  /// Control characters, which could drive a terminal, become U+FFFD; a tab stays.
  package static func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(TerminalText.drives(scalar) || scalar == "\n" ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }

  /// How many columns of a terminal a character takes: Unicode's East Asian Width, W and F, are two.
  static func columns(of scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    return switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      2
    default: 1
    }
  }
}
