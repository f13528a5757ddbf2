extension TerminalText {
  /// The text as it may be printed for a person, whoever wrote its parts.
  ///
  /// Whatever drives a terminal, turns the direction of writing or ends a line in another way than
  /// with a line feed is shown as `\u{1b}`, and what would be a command to a CI runner gets a backslash:
  /// `::error` where a line begins, `##[group]` and `##vso[…]` anywhere. Printing it again changes nothing.
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
      if isAtStart, rest.starts(with: "::".unicodeScalars) { output.append("\\") }
      if isCommand(rest) {
        output.append(contentsOf: "##\\".unicodeScalars)
        (rest, isAtStart) = (rest.dropFirst(2), false)
        continue
      }
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

  /// Commands that runners find wherever they stand in a line: `##[` GitHub's (ActionCommand.cs, TryParse), `##vso[`
  /// that of Azure Pipelines (Command.cs), `##teamcity[` TeamCity's.
  private static let commands = ["##[", "##vso[", "##teamcity["]

  private static func isCommand(_ text: Substring.UnicodeScalarView) -> Bool {
    text.first == "#" && commands.contains { text.starts(with: $0.unicodeScalars) }
  }

  /// JSON as it may be printed, whoever wrote its strings: what `printed` would change is escaped, and every
  /// reader of JSON reads the same.
  package static func printed(json text: String) -> String {
    var output = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.first {
      let isPlain = !drives(scalar) && !isCommand(rest)
      rest = rest.dropFirst()
      guard !isPlain else {
        output.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16)
      output.append(
        contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars
      )
    }
    return String(output)
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
