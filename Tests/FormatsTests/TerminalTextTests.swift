import Formats
import SeededGenerators
import Testing

@Suite struct TerminalTextTests {
  @Test(
    "A terminal sequence goes and the text around it stays",
    arguments: [
      ("\u{1B}[31mred\u{1B}[0m", "red"),
      ("\u{1B}[38;2;1;2;3mx", "x"),
      ("a\u{1B}[?25lb\u{1B}[2K", "ab"),
      ("\u{9B}1mx", "x"),
      ("\u{1B}]0;title\u{07}x", "x"),
      ("\u{1B}]8;;http://x\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"),
      ("\u{9D}0;title\u{9C}x", "x"),
      ("\u{1B}(Bx\u{1B})0y\u{1B}#8", "xy"),
      ("\u{1B}Pq#0;2;0\n~\u{1B}\\x", "x"),
      ("\u{1B}_app\u{1B}\\x\u{1B}^pm\u{1B}\\y\u{1B}Xsos\u{1B}\\", "xy"),
      ("\u{1B}7a\u{1B}8b\u{1B}=c\u{1B}cd", "abcd"),
      ("\u{1B}[3\u{0}1mx", "x"),
      ("a\u{8}b\u{7}c\u{7F}d\u{0}", "abcd"),
      ("\u{80}a\u{85}b\u{84}", "a\u{85}b"),
      ("x\u{1B}", "x"),
      ("a\u{202E}b\u{202C}c\u{2066}d\u{2069}e\u{2065}\u{202F}", "abcde\u{2065}\u{202F}"),
      ("x\u{1B}[", "x"),
      ("x\u{1B}[31", "x"),
      ("\u{1B}\u{1B}[1mx", "x"),
    ]
  )
  func sequencesGo(text: String, expected: String) {
    #expect(TerminalText.stripped(text) == expected)
  }

  @Test(
    "A sequence that does not end hides nothing of what follows",
    arguments: [
      ("\u{1B}]0;FAILED: marker lost\nnext", "0;FAILED: marker lost\nnext"),
      ("\u{1B}PFAILED", "FAILED"),
      ("\u{1B}_FAILED\n\u{1B}\\x", "FAILED\nx"),
      ("\u{1B}[31\nFAILED", "\nFAILED"),
      ("\u{9D}FAILED", "FAILED"),
      ("\u{1B}é", "é"),
    ]
  )
  func brokenSequences(text: String, expected: String) {
    #expect(TerminalText.stripped(text) == expected)
  }

  @Test("Tabs, line ends and letters of any alphabet stay as they are")
  func plainTextStays() {
    let text = "a\tb\r\nc\n naïve Ünïcödé 日本 🇩🇪 \u{A0}\u{BF}\u{2028}\u{FFFE}"
    #expect(Array(TerminalText.stripped(text).utf8) == Array(text.utf8))
  }

  @Test(
    "Stripping twice is stripping once, and leaves no control character",
    arguments: Seeds.upTo(300)
  )
  func idempotent(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let alphabet: [Character] = [
      "\u{1B}", "[", "]", "P", "\\", "\u{7}", "\u{9B}", "\u{9C}", "\u{9D}", "\u{90}", "m", "3", ";",
      "\n", "(", "B", "é", "\u{18}", "\u{C2}", "日",
    ]
    let text = String((0..<40).map { _ in alphabet.randomElement(using: &random) ?? "x" })
    let once = TerminalText.stripped(text)
    #expect(TerminalText.stripped(once) == once)
    let controls = once.unicodeScalars.filter { $0.properties.generalCategory == .control }
    #expect(controls.allSatisfy { "\t\n\r\u{85}".unicodeScalars.contains($0) })
  }

  @Test("A megabyte of unfinished sequences is read in linear time", .timeLimit(.minutes(3)))
  func manyUnfinished() {
    let text = String(repeating: "\u{1B}P\u{90}", count: 250_000)
    #expect(TerminalText.stripped(text).isEmpty)
  }
}
