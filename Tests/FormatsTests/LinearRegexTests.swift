import SeededGenerators
import Testing

@testable import Formats

struct LinearRegexTests {
  @Test(
    "The leftmost match is found, by the first alternative, with its groups",
    arguments: [
      ("abc", "xabcx", ["abc"]), ("", "abc", [""]), ("a|ab", "ab", ["a"]), ("ab|a", "ab", ["ab"]),
      ("a*", "aaa", ["aaa"]), ("a*?", "aaa", [""]), ("a+", "baaa", ["aaa"]), ("a+?", "baaa", ["a"]),
      ("a?b", "ab", ["ab"]), ("a??b", "ab", ["ab"]), ("a{2}", "aaa", ["aa"]),
      ("a{2,}", "aaa", ["aaa"]),
      ("a{1,2}", "aaa", ["aa"]), ("a{1,2}?", "aaa", ["a"]), ("a{0}b", "ab", ["b"]),
      ("a{x", "a{x", ["a{x"]),
      ("a{,2}", "a{,2}", ["a{,2}"]), (#"\{"a"\}"#, #"{"a"}"#, [#"{"a"}"#]),
      (#"{"a":1}"#, #"{"a":1}"#, [#"{"a":1}"#]),
      ("(a)(b)?", "ac", ["a", "a", nil]), ("(a)|(b)", "b", ["b", nil, "b"]),
      ("(a|b)*", "abab", ["abab", "b"]),
      ("(?:a|b)+", "cab", ["ab"]), ("(a+)(a*)", "aaa", ["aaa", "aaa", ""]),
      ("(a+?)(a*)", "aaa", ["aaa", "a", "aa"]),
      ("(?<year>[0-9]{4})-(?P<month>[0-9]{2})", "on 2024-05-06", ["2024-05", "2024", "05"]),
      ("^abc$", "abc", ["abc"]), ("^b", "ab", nil), ("a$", "ab", nil), ("a$", "a\n", nil),
      ("(?m)a$", "a\nb", ["a"]),
      ("(?m)^b", "a\nb", ["b"]), (#"\Ab"#, "a\nb", nil), (#"(?m)\Ab"#, "a\nb", nil),
      (#"a\z"#, "a", ["a"]),
      (#"\bcat\b"#, "a cat.", ["cat"]), (#"\bcat\b"#, "concat", nil),
      (#"\Bcat"#, "concat", ["cat"]), (#"\Bcat"#, "a cat", nil),
      (#"\B"#, "a", nil), (#"\b"#, "", nil),
      ("a.c", "a\nc", nil), ("(?s)a.c", "a\nc", ["a\nc"]), ("a.c", "aéc", ["aéc"]),
      ("a.c", "a\rc", ["a\rc"]),
      ("(?i)straße", "STRAßE", ["STRAßE"]), ("(?i)é", "É", ["É"]), ("a(?i)b", "aB", ["aB"]),
      ("a(?i)b", "AB", nil),
      ("(?i:a)b", "Ab", ["Ab"]), ("(?i:a)b", "AB", nil), ("(?i)a(?-i)b", "AB", nil),
      ("(?i)[a-z]+", "ABC", ["ABC"]),
      ("(?i)[^a]", "A", nil), ("(?i)[à-ü]", "Ä", ["Ä"]), ("((?i)a)b", "Ab", ["Ab", "A"]),
      ("[a-c]+", "xabcd", ["abc"]), ("[^a-c]+", "abxyc", ["xy"]), ("[-a]+", "a-b", ["a-"]),
      ("[a-]+", "a-b", ["a-"]),
      (#"[\]\\^-]+"#, #"a]\^-"#, [#"]\^-"#]), ("[.]", "a.", ["."]), (#"[\d.]+"#, "v1.20", ["1.20"]),
      (#"[^\W_]+"#, "__ab1_", ["ab1"]),
      (#"[\s\S]"#, "\n", ["\n"]), ("[é-ü]", "ü", ["ü"]), ("[^é]", "é", nil), ("[😀-😂]", "😁", ["😁"]),
      (#"\d+\D\w+\W\s\S"#, "12-ab! x", ["12-ab! x"]), (#"\d"#, "٣", nil), (#"\w"#, "é", nil),
      (#"\x41\x{1F600}\u00e9"#, "A😀é", ["A😀é"]),
      (#"\n\r\t\f\v"#, "\n\r\t\u{C}\u{B}", ["\n\r\t\u{C}\u{B}"]),
      (#"\.\*\/\-\""#, #".*/-""#, [#".*/-""#]), (#"\p{Lu}\pL\P{L}"#, "ÉaÉ1", nil),
      (#"\p{Lu}\pL\P{L}"#, "Éé1", ["Éé1"]),
      ("[\\p{Nd}\\p{Sc}]+", "x٣€", ["٣€"]), ("(a*)*", "aab", ["aa", "aa"]),
      ("(a*)+", "b", ["", ""]), ("(?:a?)*b", "aab", ["aab"]),
      ("(|a)+", "aa", ["", ""]), ("()", "x", ["", ""]), ("(a|b|)c", "c", ["c", ""]),
      ("a||b", "b", [""]), ("x*", "", [""]),
      ("(?:)", "", [""]), ("a{2}{", "aa{", ["aa{"]), ("]}", "]}", ["]}"]),
      ("e\u{301}", "e\u{301}", ["e\u{301}"]), ("é", "e\u{301}", nil),
      ("(a{1,3}){2}", "aaaa", ["aaaa", "a"]), ("(?:ab){2,3}", "abababab", ["ababab"]),
      ("^(?:a|ab)$", "ab", ["ab"]),
    ] as [(String, String, [String?]?)]
  )
  func matches(pattern: String, text: String, expected: [String?]?) throws {
    let regex = try LinearRegex(pattern)
    let match = try regex.firstMatch(in: text)
    #expect(match?.captures == expected)
    #expect(try regex.matches(text) == (expected != nil))
    if let match {
      #expect(match.captures.count == regex.groupCount + 1)
      #expect(String(decoding: Array(text.utf8)[match.range], as: UTF8.self) == match.captures[0])
    }
  }

  @Test("Groups are found by name")
  func names() throws {
    let match = try LinearRegex("(x)?(?<id>[0-9]+)").firstMatch(in: "id=42")
    #expect(match?[name: "id"] == "42")
    #expect(match?[name: "other"] == nil)
    #expect(match?.range == 3..<5)
  }

  @Test(
    "What cannot be matched in linear time, or is no pattern, is refused at its column",
    arguments: [
      ("(a", 1, "expected a closing parenthesis for this one"),
      ("a)", 2, "expected an opening parenthesis before this one"), ("*a", 1, "nothing to repeat"),
      ("a|+", 3, "nothing to repeat"), ("a**", 3, "nothing to repeat"),
      ("^*", 2, "nothing to repeat"),
      ("{2}", 1, "nothing to repeat"), ("a{2}{3}", 5, "nothing to repeat"),
      ("(?i)*", 5, "nothing to repeat"),
      ("a++", 3, "possessive quantifiers are not supported"),
      ("[a", 1, "expected a closing bracket for this one"),
      ("[]", 2, #"expected a character; write \] for the bracket itself"#),
      ("[b-a]", 2, "expected a range from a lower to a higher character"),
      (#"[\d-z]"#, 2, "expected a range from a lower to a higher character"),
      ("[[:alpha:]]", 2, "a POSIX class is not supported"),
      (#"[\b]"#, 2, "an assertion in brackets is not supported"),
      (#"(a)\1"#, 4, "a back reference is not supported"),
      (#"\k<a>"#, 1, "a back reference is not supported"),
      ("(?P=a)", 1, "a back reference is not supported"),
      ("(?=a)", 1, "look-around is not supported"),
      ("a(?!b)", 2, "look-around is not supported"), ("(?<=a)b", 1, "look-around is not supported"),
      ("(?<!a)b", 1, "look-around is not supported"),
      ("(?>a)", 1, "an atomic group is not supported"),
      ("(?#a)", 1, "a comment is not supported"), ("(?x)a", 3, "expected one of the flags i, m, s"),
      (#"\q"#, 1, #"\q is not supported"#), (#"\Z"#, 1, #"\Z is not supported"#),
      (#"a\"#, 3, "expected a character after the backslash"),
      (#"\x4"#, 3, "expected the number of a character, in hexadecimal"),
      (#"\p{Greek}"#, 3, "expected a general category such as L, Lu or Nd"),
      ("(?<>a)", 4, "expected a name and >"), ("(?<a>x)(?<a>y)", 8, "a second group is called a"),
      ("a{3,2}", 2, "expected bounds in order"), ("a{1001}", 2, "repeats more than 1000 times"),
      ("(a{1000}){1000}", 10, "repetitions make it larger than 5000 steps"),
      ("((a{100}){100}){100}", 10, "repetitions make it larger than 5000 steps"),
    ]
  )
  func refused(pattern: String, column: Int, message: String) {
    let error = #expect(throws: LinearRegexError.self) { try LinearRegex(pattern) }
    #expect(error?.description == "pattern at column \(column): \(message)")
  }

  @Test("Patterns have limits of length, depth and groups")
  func limits() {
    let long = String(repeating: "a", count: 4_097)
    let deep = String(repeating: "(?:", count: 101) + String(repeating: ")", count: 101)
    let many = String(repeating: "()", count: 101)
    for (pattern, code) in [
      (long, LinearRegexError.Code.patternTooLong(limit: 4_096)), (deep, .tooDeep(limit: 100)),
      (many, .tooManyGroups(limit: 100)),
    ] {
      let error = #expect(throws: LinearRegexError.self) { try LinearRegex(pattern) }
      #expect(error?.code == code)
    }
  }

  @Test(
    "Patterns that make others backtrack without end are decided at once",
    .timeLimit(.minutes(1)),
    arguments: [
      ("^(a+)+$", 100_000), ("^(a|a)*$", 10_000), ("^(a|aa)+$", 10_000), ("(a*)*b", 10_000),
      ("^(.*)*$x", 10_000), ("(?:a?){50}a{50}b", 1_000),
    ]
  )
  func hostile(pattern: String, count: Int) throws {
    let text = String(repeating: "a", count: count)
    let regex = try LinearRegex(pattern)
    #expect(try !regex.matches(text + "!\n"))
    #expect(try regex.firstMatch(in: text + "!\n") == nil)
  }

  @Test("A text over the limit is not searched")
  func input() throws {
    let text = [UInt8](repeating: 0x61, count: LinearRegex.Limit.input + 1)
    let error = #expect(throws: LinearRegexError.self) { try LinearRegex("a").matches(text) }
    #expect(error?.code == .inputTooLarge(limit: LinearRegex.Limit.input))
  }

  @Test("Bytes that are not UTF-8 stand for one character each")
  func bytes() throws {
    #expect(try LinearRegex("^a.b$").matches([0x61, 0xFF, 0x62]))
    #expect(try !LinearRegex("^a.b$").matches([0x61, 0xC3, 0xC3, 0x62]))
    #expect(try LinearRegex("^a..b$").matches([0x61, 0xED, 0xA0, 0x62]))
    #expect(try LinearRegex("é").firstMatch(in: [0x80, 0xC3, 0xA9])?.range == 1..<3)
    #expect(try LinearRegex("\u{FFFD}").matches([0x61, 0x80]))
  }

  @Test("The interoperable dialect's dot is no carriage return")
  func dialect() throws {
    #expect(try LinearRegex("a.b").matches("a\rb"))
    #expect(try !LinearRegex("a.b", dialect: .interoperable).matches("a\rb"))
  }

  @Test("A whole match covers the text, whichever alternative it takes")
  func whole() throws {
    #expect(try LinearRegex("a|ab").matches("ab", whole: true))
    #expect(try LinearRegex("a*?").matches("aaa", whole: true))
    #expect(try !LinearRegex("a").matches("aa", whole: true))
    #expect(try !LinearRegex("a").matches("ba", whole: true))
    #expect(try LinearRegex("").matches("", whole: true))
  }

  /// The reference computes, without any machine, all places where a node can end.
  @Test("Random patterns match exactly where a naive matcher says", arguments: 0..<400)
  func random(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let node = ReferencePattern.random(depth: 4, using: &generator)
    let regex = try LinearRegex(node.text)
    for _ in 0..<20 {
      let text = (0..<generator.below(9)).map { _ in generator.pick(["a", "b", "é"]) }.joined()
      let scalars = Array(text.unicodeScalars)
      let starts = (0...scalars.count).filter { !node.ends(in: scalars, from: $0).isEmpty }
      let match = try regex.firstMatch(in: text)
      #expect(try regex.matches(text) == !starts.isEmpty, "\(node.text) in \(text)")
      #expect(
        try regex.matches(text, whole: true)
          == node.ends(in: scalars, from: 0).contains(scalars.count),
        "\(node.text) is \(text)"
      )
      if let match, let start = starts.first {
        func offset(_ index: Int) -> Int { scalars[..<index].reduce(0) { $0 + UTF8.width($1) } }
        let ends = node.ends(in: scalars, from: start).map(offset)
        #expect(match.range.lowerBound == offset(start), "\(node.text) in \(text)")
        #expect(ends.contains(match.range.upperBound), "\(node.text) in \(text)")
      }
    }
  }
}

private indirect enum ReferencePattern {
  case scalar(Unicode.Scalar)
  case notB
  case start
  case end
  case sequence([ReferencePattern])
  case alternatives([ReferencePattern])
  case repetition(ReferencePattern, least: Int, most: Int?, suffix: String)

  var text: String {
    switch self {
    case .scalar(let scalar): String(scalar)
    case .notB: "[^b]"
    case .start: "^"
    case .end: "$"
    case .sequence(let nodes): nodes.map(\.text).joined()
    case .alternatives(let nodes): "(" + nodes.map(\.text).joined(separator: "|") + ")"
    case .repetition(let node, let least, let most, let suffix):
      "(?:\(node.text))" + "{\(least),\(most.map(String.init) ?? "")}" + suffix
    }
  }

  func ends(in text: [Unicode.Scalar], from start: Int) -> Set<Int> {
    switch self {
    case .scalar(let scalar): return start < text.count && text[start] == scalar ? [start + 1] : []
    case .notB: return start < text.count && text[start] != "b" ? [start + 1] : []
    case .start: return start == 0 ? [start] : []
    case .end: return start == text.count ? [start] : []
    case .sequence(let nodes):
      return nodes.reduce([start]) { places, node in
        Set(places.flatMap { node.ends(in: text, from: $0) })
      }
    case .alternatives(let nodes): return Set(nodes.flatMap { $0.ends(in: text, from: start) })
    case .repetition(let node, let least, let most, _):
      var places: Set<Int> = [start]
      var result: Set<Int> = least == 0 ? [start] : []
      // Beyond this many rounds a further one reaches nothing new.
      for round in 1...(most ?? least + text.count + 1) where round <= most ?? .max {
        places = Set(places.flatMap { node.ends(in: text, from: $0) })
        if round >= least { result.formUnion(places) }
      }
      return result
    }
  }

  static func random(depth: Int, using generator: inout SeededGenerator) -> ReferencePattern {
    switch generator.below(depth > 0 ? 9 : 5) {
    case 0, 1: return .scalar("a")
    case 2: return .scalar("b")
    case 3: return generator.below(3) == 0 ? .notB : .scalar("é")
    case 4: return generator.pick([.start, .end, .scalar("a"), .notB])
    case 5, 6:
      return .sequence(
        (0..<generator.below(4)).map { _ in random(depth: depth - 1, using: &generator) }
      )
    case 7:
      return .alternatives(
        (0...generator.below(3)).map { _ in random(depth: depth - 1, using: &generator) }
      )
    default:
      let least = generator.below(3)
      let most = generator.below(2) == 0 ? nil : least + 1 + generator.below(2)
      return .repetition(
        random(depth: depth - 1, using: &generator),
        least: least,
        most: most,
        suffix: generator.pick(["", "?"])
      )
    }
  }
}
