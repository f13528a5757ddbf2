/// A file of a suite while it is drafted.
package struct DraftFile: Sendable {
  /// Below the suite's folder.
  package let path: String
  private var lines: [String] = []
  /// What only a person can say, with the line that asks for it; in order.
  package private(set) var questions: [(line: Int, text: String)] = []

  init(_ path: String) { self.path = path }

  package var content: String { lines.joined(separator: "\n") + "\n" }

  mutating func add(_ line: String = "", indent: Int = 0) {
    lines.append(line.isEmpty ? "" : String(repeating: " ", count: indent) + line)
  }

  mutating func add(_ block: [String], indent: Int = 0) {
    for line in block { add(line, indent: indent) }
  }

  /// A comment, in lines of a readable length.
  mutating func comment(_ text: String, indent: Int = 0) {
    var line = "#"
    for word in YAMLText.printable(text).split(separator: " ") {
      if line.count > 1, indent + line.count + word.count > 98 {
        add(line, indent: indent)
        line = "#"
      }
      line += " " + word
    }
    add(line, indent: indent)
  }

  /// A comment that says what is open.
  mutating func open(_ text: String, indent: Int = 0) {
    questions.append((lines.count + 1, YAMLText.printable(text)))
    comment("open: " + text, indent: indent)
  }
}

/// Texts as YAML takes them for what they are.
enum YAMLText {
  /// A scalar that can stand anywhere, in flow style too, and in a grammar that fills in `{{name}}`.
  static func scalar(_ text: String) -> String {
    let plain = text.utf8.allSatisfy {
      ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39)
        || "_./+=-".utf8.contains($0)
    }
    let words = ["null", "true", "false", "yes", "no", "on", "off"]
    let begins = text.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "/" }
    if plain, begins == true, !words.contains(text.lowercased()) { return text }
    return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    default: break
    }
    guard isHidden(scalar) else { return String(scalar) }
    let digits = String(scalar.value, radix: 16)
    let long = scalar.value > 0xFFFF
    let zeros = String(repeating: "0", count: (long ? 8 : 4) - digits.count)
    return (long ? "\\U" : "\\u") + zeros + digits
  }

  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
    default: false
    }
  }

  /// A text for a comment: on one line, and driving no terminal.
  static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isHidden($0) ? " " : $0 }))
  }

  /// A sequence in flow style.
  static func list(_ items: [String]) -> String {
    "[" + items.map(scalar).joined(separator: ", ") + "]"
  }

  /// A mapping in flow style.
  static func mapping(_ members: [(name: String, value: String)]) -> String {
    "{" + members.map { "\($0.name): \(scalar($0.value))" }.joined(separator: ", ") + "}"
  }
}
