extension TerminalText {
  /// The text as it may be printed for a person, whoever wrote its parts.
  ///
  /// Whatever drives a terminal, turns the direction of writing or ends a line in another way than
  /// with a line feed is shown as `\u{1b}`, and a line that would be a command to a CI runner
  /// (`::error`, `##[group]`) begins with a backslash. Printing it again changes nothing.
  ///
  /// - Parameter keepsColour: lets the colours through that this tool itself uses, `ESC [ 1;31 m`.
  package static func printed(_ text: String, keepsColour: Bool) -> String {
    var output = String.UnicodeScalarView()
    var isAtStart = true
    var rest = text.unicodeScalars[...]
    while let scalar = rest.first {
      if keepsColour, let colour = colour(at: rest) {
        output.append(contentsOf: colour)
        rest = rest.dropFirst(colour.count)
        continue
      }
      if isAtStart, isCommand(rest) { output.append("\\") }
      isAtStart = scalar == "\n" || isAtStart && scalar.properties.isWhitespace
      if drives(scalar) {
        output.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      } else {
        output.append(scalar)
      }
      rest = rest.dropFirst()
    }
    return String(output)
  }

  /// Control characters but line feed and tab, and what turns the direction of writing.
  package static func drives(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0x00...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// Runners take a command also after blanks.
  private static func isCommand(_ text: Substring.UnicodeScalarView) -> Bool {
    text.starts(with: "::".unicodeScalars) || text.starts(with: "##[".unicodeScalars)
      || text.starts(with: "##vso[".unicodeScalars)
  }

  private static func colour(
    at text: Substring.UnicodeScalarView
  ) -> Substring.UnicodeScalarView? {
    guard text.starts(with: "\u{1B}[".unicodeScalars) else { return nil }
    let codes = text.dropFirst(2).prefix { $0.properties.numericType == .decimal || $0 == ";" }
    let own = Substring(codes).split(separator: ";").allSatisfy { colours.contains(String($0)) }
    guard own, codes.count <= 6, text.dropFirst(2 + codes.count).first == "m" else { return nil }
    return text.prefix(3 + codes.count)
  }

  /// Plain, bold, faint, and the colours of foregrounds.
  private static let colours: Set<String> = ["0", "1", "2", "31", "32", "33", "34", "35", "36"]
}
