import Formats
import Testing

struct PatternTests {
  @Test(
    "The leftmost match is found, by the first alternative, with its groups",
    arguments: [
      ("abc", "xabcx", ["abc"]), ("", "abc", [""]), ("a|ab", "ab", ["a"]), ("ab|a", "ab", ["ab"]),
      ("a*?", "aaa", [""]), ("a{1,2}?", "aaa", ["a"]), (#"{"a":1}"#, #"{"a":1}"#, [#"{"a":1}"#]),
      ("(a)(b)?", "ac", ["a", "a", nil]), ("(a)|(b)", "b", ["b", nil, "b"]),
      ("(a|b)*", "abab", ["abab", "b"]), ("(a+?)(a*)", "aaa", ["aaa", "a", "aa"]),
      ("(?<year>[0-9]{4})-(?P<month>[0-9]{2})", "on 2024-05-06", ["2024-05", "2024", "05"]),
      ("^b", "ab", nil), ("a$", "ab", nil), ("a$", "a\n", nil), ("(?m)a$", "a\nb", ["a"]),
      (#"(?m)\Ab"#, "a\nb", nil), (#"\bcat\b"#, "a cat.", ["cat"]), (#"\bcat\b"#, "concat", nil),
      ("a.c", "a\nc", nil), ("(?s)a.c", "a\nc", ["a\nc"]), ("a.c", "aéc", ["aéc"]),
      ("a.c", "a\rc", ["a\rc"]), ("(?i)straße", "STRAßE", ["STRAßE"]), ("(?i)é", "É", ["É"]),
      ("(?i:a)b", "AB", nil), ("(?i)[à-ü]", "Ä", ["Ä"]), ("[^é]", "é", nil),
      ("[😀-😂]", "x😁", ["😁"]), (#"\d"#, "٣", nil), (#"\w"#, "é", nil),
      (#"\x41\x{1F600}"#, "A😀", ["A😀"]), (#"\p{Lu}\pL\P{L}"#, "Éé1", ["Éé1"]),
      ("e\u{301}", "e\u{301}", ["e\u{301}"]), ("é", "e\u{301}", nil), ("x*", "", [""]),
      (#"(a)\1"#, "aa", ["aa", "a"]), ("a(?!b)", "abac", ["a"]), ("(?<=a)b", "ab", ["b"]),
      ("a++b", "aab", ["aab"]),
    ] as [(String, String, [String?]?)]
  )
  func matches(text: String, input: String, expected: [String?]?) throws {
    let pattern = try Pattern(text)
    #expect(try pattern.firstMatch(in: input)?.captures == expected)
    #expect(try pattern.matches(input) == (expected != nil))
  }

  @Test(
    "What is no pattern is refused at its column",
    arguments: [
      ("(a", 3), ("a)", 2), ("*a", 1), ("é**+*", 3), ("[a", 3), ("é[b-a]", 5), (#"a\"#, 3),
      (#"\p{Greeek}"#, 11), ("a{3,2}", 6), ("(?<a>x)(?<a>y)", 13), (#"\C"#, 3),
    ]
  )
  func refused(text: String, column: Int) throws {
    let error = try #require(throws: PatternError.self) { try Pattern(text) }
    #expect(error.column == column)
    guard case .invalid(let message) = error.code else {
      Issue.record("\(error)")
      return
    }
    #expect(!message.isEmpty)
  }

  @Test("A pattern that is too long or too large is refused")
  func limits() {
    let long = String(repeating: "a", count: Pattern.Limit.pattern + 1)
    let deep = String(repeating: "(", count: 2_000) + String(repeating: ")", count: 2_000)
    for text in [long, deep, "((a{1000}){1000}){1000}", "(?:(?:(?:a{999}){999}){999}){999}"] {
      #expect(throws: PatternError.self) { try Pattern(text) }
    }
  }

  @Test(
    "A search that does not end is given up at once, and is neither found nor not found",
    arguments: [
      ("^(a+)+$", 100_000), ("^(a|a)*$", 10_000), ("^(a|aa)+$", 10_000), ("(a*)*[bc]", 10_000),
      ("(.*)*[xy]", 10_000), ("(?:a?){50}a{50}[bc]", 1_000), ("(a+)+\\1[bc]", 1_000),
      ("(x+x+)+y", 50), ("^(?:(a*)*)*\\1$b", 50),
    ]
  )
  func hostile(text: String, count: Int) throws {
    let pattern = try Pattern(text)
    let letter = text.contains("x+") ? "x" : "a"
    let input = String(repeating: letter, count: count) + "!\n"
    for search in [
      { _ = try pattern.matches(input) }, { _ = try pattern.firstMatch(in: input) },
      { _ = try pattern.matches(input, whole: true) },
    ] {
      do { try search() } catch let error as PatternError {
        guard case .limit = error.code else {
          Issue.record("\(error)")
          continue
        }
        #expect(error.column == 0)
      }
    }
  }

  @Test func `What a limit or a recursion without end ends is an error`() throws {
    #expect(throws: PatternError.self) { try Pattern("^((?R)a|a)*[bc]$").matches("aaaa!") }
    let input = String(repeating: "a", count: 5_000) + "!"
    let error = try #require(throws: PatternError.self) { try Pattern("^(a|a)*$").matches(input) }
    #expect(error.code == .limit("match"))
  }

  @Test("A search of a long text whose time grows with its square is given up in time")
  func quadratic() throws {
    let input = String(repeating: "é", count: 400_000)
    let error = try #require(throws: PatternError.self) {
      try Pattern("(?:é|x)*(?:é|x)[bc]").matches(input)
    }
    guard case .limit = error.code else {
      Issue.record("\(error)")
      return
    }
  }

  @Test("A long text is searched to its end, across windows", arguments: 0..<40)
  func long(shift: Int) throws {
    let input =
      String(repeating: "é", count: 3_000 + shift) + "\nneedle=42;"
      + String(repeating: "x", count: 3_000)
    #expect(
      try Pattern("(?m)^needle=([0-9]+);x").firstMatch(in: input)?.captures == [
        "needle=42;x", "42",
      ]
    )
    #expect(try Pattern("(?<=é\n)n").matches(input))
    #expect(try Pattern("x$").matches(input))
    #expect(try Pattern("$").firstMatch(in: input)?.captures == [""])
    #expect(try !Pattern("^n").matches(input))
    #expect(try !Pattern(#"z|\Gx"#).matches(input))
    #expect(try !Pattern("needle!").matches(input))
    #expect(try Pattern("(?s)^(.|\n)*$").matches(input), "deep, on the heap")
  }

  @Test("A text over the limit is not searched")
  func input() throws {
    let text = String(repeating: "a", count: Pattern.Limit.input + 1)
    let error = #expect(throws: PatternError.self) { try Pattern("a").matches(text) }
    #expect(error?.code == .inputTooLarge(limit: Pattern.Limit.input))
  }

  @Test("The interoperable dialect's dot is no carriage return")
  func dialect() throws {
    #expect(try Pattern("a.b").matches("a\rb"))
    #expect(try !Pattern("a.b", dialect: .interoperable).matches("a\rb"))
    #expect(try !Pattern("a.b", dialect: .interoperable).matches("a\nb"))
    #expect(try Pattern("a.b", dialect: .interoperable).matches("a\u{2028}b"))
  }

  @Test("A whole match covers the text, whichever alternative it takes")
  func whole() throws {
    #expect(try Pattern("a|ab").matches("ab", whole: true))
    #expect(try Pattern("a*?").matches("aaa", whole: true))
    #expect(try !Pattern("a").matches("aa", whole: true))
    #expect(try !Pattern("a").matches("ba", whole: true))
    #expect(try Pattern("").matches("", whole: true))
  }
}
