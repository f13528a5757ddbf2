import Formats
import SeededGenerators
import Testing

/// What somebody else wrote drives neither a terminal nor a CI runner.
@Suite struct TerminalPrintingTests {
  @Test(
    arguments: [
      ("plain\ttext\n", "plain\ttext\n"),
      ("\u{1B}[2Jgone", "\\u{1b}[2Jgone"),
      ("a\rb", "a\\u{d}b"),
      ("a\u{202E}b\u{2066}", "a\\u{202e}b\\u{2066}"),
      ("\u{9B}1m\u{7F}", "\\u{9b}1m\\u{7f}"),
      ("a\u{2028}::error::x", "a\\u{2028}::error::x"),
      ("::error::x", "\\::error::x"),
      ("a\n  ::set-env x", "a\n  \\::set-env x"),
      ("a\r\n##[group]x", "a\\u{d}\n##\\[group]x"),
      // Found in the middle of a line as well.
      ("said: ##[add-mask]x", "said: ##\\[add-mask]x"),
      ("###[error]x##[error]y", "###\\[error]x##\\[error]y"),
      ("1: ##vso[task.setvariable]x", "1: ##\\vso[task.setvariable]x"),
      ("1: ##teamcity[buildStatus]", "1: ##\\teamcity[buildStatus]"),
      ("P3/functional::test", "P3/functional::test"),
      ("# a heading, ## another", "# a heading, ## another"),
      ("ü 日本 👍🏽", "ü 日本 👍🏽"),
    ]
  ) func `What drives something is shown`(_ text: String, _ expected: String) {
    #expect(TerminalText.printed(text, keepsColour: false) == expected)
    #expect(TerminalText.printed(text, keepsColour: true) == expected)
  }

  @Test func `Only this tool's own colours are kept, and only where they are wanted`() {
    let own = "\u{1B}[1;31mred\u{1B}[0m"
    #expect(TerminalText.printed(own, keepsColour: true) == own)
    #expect(!TerminalText.printed(own, keepsColour: false).contains("\u{1B}"))
    for foreign in ["\u{1B}[8m", "\u{1B}[5;31m", "\u{1B}[31", "\u{1B}[38;5;1m", "\u{1B}[1A"] {
      #expect(!TerminalText.printed(foreign, keepsColour: true).contains("\u{1B}"), "\(foreign)")
    }
    // A colour does not hide that a line begins.
    #expect(
      TerminalText.printed("\u{1B}[1m::error", keepsColour: true) == "\u{1B}[1m\\::error"
    )
  }

  @Test func `Printed JSON drives nothing, and is the same to whoever reads it`() throws {
    let text = "a\u{9B}31m \u{202E}b\u{7F} ##[add-mask]x ###[error] ##vso[x]y\n::error::z ü 日本"
    let value = JSONValue.array([.string(text)])
    let json = JSONWriter(.pretty).string(of: value)
    let printed = TerminalText.printed(json: json)
    #expect(TerminalText.printed(printed, keepsColour: false) == printed)
    #expect(try JSONParser().parse(Array(printed.utf8)) == value)
  }

  @Test(arguments: Seeds.upTo(200)) func `Printing again changes nothing`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let pieces = [
      "\u{1B}", "[", "31", "m", "::", "#", "##[", "vso[", "\n", "\r", " ", "\\", "x", "\u{202E}",
    ]
    let text = (0..<30).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    for keepsColour in [true, false] {
      let once = TerminalText.printed(text, keepsColour: keepsColour)
      #expect(TerminalText.printed(once, keepsColour: keepsColour) == once)
      let drivers = once.unicodeScalars.filter(TerminalText.drives)
      #expect(keepsColour ? drivers.allSatisfy { $0 == "\u{1B}" } : drivers.isEmpty)
    }
  }
}
