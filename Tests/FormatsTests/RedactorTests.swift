import FoundationEssentials
import SeededGenerators
import Testing

@testable import Formats

struct RedactorTests {
  private static let value = #"p&s"w/ö <r>'d\1"#

  @Test(
    "A secret disappears in every form that common writers give it",
    arguments: [
      ("itself", value),
      ("JSON", #"p&s\"w/ö <r>'d\\1"#),
      ("JSON with escaped slashes, as PHP has it", #"p&s\"w\/\u00f6 <r>'d\\1"#),
      ("JSON in ASCII", #"p&s\"w/\u00F6 <r>'d\\1"#),
      ("JSON for HTML, as Go has it", #"p\u0026s\"w/ö \u003cr\u003e'd\\1"#),
      ("JSON as .NET has it", #"p\u0026s\u0022w/\u00F6 \u003Cr\u003E\u0027d\\1"#),
      ("a URL's component", "p%26s%22w%2F%C3%B6%20%3Cr%3E%27d%5C1"),
      ("a URL's component in lower case", "p%26s%22w%2f%c3%b6%20%3cr%3e%27d%5c1"),
      ("a form", "p%26s%22w%2F%C3%B6+%3Cr%3E%27d%5C1"),
      ("a path", "p&s%22w/%C3%B6%20%3Cr%3E'd%5C1"),
      ("everything percent-encoded", "%70%26%73%22%77%2F%C3%B6%20%3C%72%3E%27%64%5C%31"),
      ("XML", #"p&amp;s&quot;w/ö &lt;r&gt;&apos;d\1"#),
      ("HTML as PHP has it", #"p&amp;s&quot;w/ö &lt;r&gt;&#039;d\1"#),
      ("HTML as Python has it", #"p&amp;s&quot;w/ö &lt;r&gt;&#x27;d\1"#),
      ("HTML as Go has it", #"p&amp;s&#34;w/&#246; &lt;r&gt;&#39;d\1"#),
      ("XML in ASCII", #"p&#x26;s&#x22;w/&#xF6; &#x3C;r&#x3E;'d\1"#),
      ("an access log as nginx has it", #"p&s\x22w/\xC3\xB6 <r>'d\x5C1"#),
      ("Python's repr", #"p&s"w/ö <r>\'d\\1"#),
      ("a URL's component in another", "p%2526s%2522w%252F%25C3%25B6%2520%253Cr%253E%2527d%255C1"),
      ("hexadecimal digits", "7026732277 2fc3b6203c723e27645c31".filter { $0 != " " }),
      ("hexadecimal digits in capitals", "70267322772FC3B6203C723E27645C31"),
    ]
  )
  func forms(name: String, text: String) throws {
    let redactor = try Redactor(secrets: [.init(name: "db", value: Self.value)])
    #expect(redactor.redact(text) == "[secret:db]")
    #expect(redactor.redact("a=\(text);b") == "a=[secret:db];b")
    #expect(redactor.redact("\(text)\n\(text)") == "[secret:db]\n[secret:db]")
    #expect(redactor.redact("\(text)\(text)") == "[secret:db][secret:db]")
    #expect(redactor.redact(String(text.dropFirst())) == String(text.dropFirst()))
    #expect(redactor.redact(String(text.dropLast())) == String(text.dropLast()))
  }

  /// `docs/threats.md` names each of these: who makes one of them known mends that list too.
  @Test(
    "Some forms are not known",
    arguments: [
      ("backwards", "6FdwQ-rZ7xTk2"), ("in another case", "2KtX7zR-qWDf6"),
      ("spaced", "2 k T x 7 Z r - Q w d F 6"),
      ("octal", #"\062\153\124\170\067\132\162\055\121\167\144\106\066"#),
      ("base32", "GJVVI6BXLJZC2ULXMRDDM==="),
      ("base64 in lines", "MmtUeDda\nci1Rd2RGNg=="),
      ("hexadecimal with colons", "32:6b:54:78:37:5a:72:2d:51:77:64:46:36"),
      ("percent-encoded three times", "2kTx7Zr%25252DQwdF6"),
      ("escaped twice", #"2kTx7Zr\\u002DQwdF6"#),
      ("UTF-16", "2\0k\0T\0x\07\0Z\0r\0-\0Q\0w\0d\0F\06\0"),
      ("quoted-printable", "2kTx7Zr=2DQwdF6"),
    ]
  )
  func unknownForms(name: String, text: String) throws {
    let redactor = try Redactor(secrets: [.init(name: "k", value: "2kTx7Zr-QwdF6")])
    #expect(redactor.redact(text) == text)
  }

  @Test("A text is cut after its secrets are gone, so that none is cut in two")
  func cut() throws {
    let redactor = try Redactor(secrets: [.init(name: "k", value: "four words of secret")])
    for length in 0..<40 {
      let text = String(repeating: "x ", count: 40) + "four words of secret and more"
      let start = TextCut.start(Array(text.utf8), limit: 70 + length, without: redactor).text
      let end = TextCut.end(Array(text.utf8), limit: length, without: redactor).text
      for word in ["four", "words", "secret"] where start.contains(word) || end.contains(word) {
        #expect(start.contains("[secret:k]") || end.contains("[secret:k]"), "\(start) \(end)")
      }
    }
  }

  @Test(
    "Of a header that carries secrets names, attributes and schemes stay",
    arguments: [
      ("Set-Cookie", "sid=abc123; Path=/; HttpOnly", "sid=[masked]; Path=/; HttpOnly"),
      ("set-cookie", "sid=", "sid="), ("Cookie", "a=1; b=2", "a=[masked]; b=[masked]"),
      ("cookie", "abc123", "[masked]"), ("Authorization", "Bearer abc", "Bearer [masked]"),
      ("authorization", "abc", "[masked]"), ("X-Api-Key", "abc", "[masked]"),
      ("X-Api-Key", "", ""),
    ]
  )
  func confidentialHeaders(name: String, value: String, shown: String) {
    #expect(SecretHeaders.masked(value, of: name) == shown)
  }

  @Test("In base64 nothing of a secret remains but the characters it shares", arguments: 0..<9)
  func base64(before: Int) throws {
    let redactor = try Redactor(secrets: [.init(name: "k", value: "ö?>~secret-ÿÿÿ")])
    let bytes = Array("ö?>~secret-ÿÿÿ".utf8)
    for after in 0..<4 {
      let head = [UInt8](repeating: 0xA5, count: before)
      let whole = head + bytes + [UInt8](repeating: 0x5A, count: after)
      let standard = Data(whole).base64EncodedString()
      #expect(standard == ReferenceRedactor.base64(whole))
      let urlSafe = standard.replacing("+", with: "-").replacing("/", with: "_")
      let first = (8 * before + 5) / 6
      let last = 8 * (before + bytes.count) / 6
      let characters = Array(standard)
      let expected =
        String(characters[..<first]) + "[secret:k]" + String(characters[last...])
      #expect(redactor.redact(standard) == expected)
      #expect(redactor.redact(standard.replacing("/", with: #"\/"#)) == expected)
      #expect(
        redactor.redact(standard.replacing("+", with: "%2B").replacing("/", with: "%2f"))
          == expected
      )
      #expect(
        redactor.redact(urlSafe)
          == expected.replacing("+", with: "-").replacing("/", with: "_")
      )
    }
  }

  @Test("Where secrets begin together the longest counts, and of overlapping ones nothing remains")
  func overlaps() throws {
    let redactor = try Redactor(secrets: [
      .init(name: "short", value: "abcdefgh"), .init(name: "long", value: "abcdefghij"),
      .init(name: "tail", value: "ghijklmn"), .init(name: "inner", value: "bcdefghi"),
      .init(name: "self", value: "zzzzzzzz"),
    ])
    #expect(redactor.redact("abcdefghij.") == "[secret:long].")
    #expect(redactor.redact("abcdefghi.") == "[secret:short][secret:inner].")
    #expect(redactor.redact("abcdefghx.") == "[secret:short]x.")
    #expect(redactor.redact("abcdefghijklmn.") == "[secret:long][secret:tail].")
    #expect(redactor.redact("bcdefghijklmno") == "[secret:inner][secret:tail]o")
    #expect(redactor.redact("zzzzzzz zzzzzzzzzzz!") == "zzzzzzz [secret:self]!")
  }

  @Test("A line of a secret that has several is a secret too")
  func lines() throws {
    let lines = ["MIIEvQIBADANBgkqhkiG", "9w0BAQEFAASCBKcwggSj", "AgEA", "-----END KEY-----"]
    let key = "-----BEGIN KEY-----\n\(lines.joined(separator: "\n"))\n"
    let redactor = try Redactor(secrets: [.init(name: "key", value: key)])
    #expect(redactor.redact("<\(key)>") == "<[secret:key]\n>")
    #expect(redactor.redact("last: 9w0BAQEFAASCBKcwggSj") == "last: [secret:key]")
    #expect(redactor.redact("-----END KEY-----, AgEA") == "-----END KEY-----, AgEA")
  }

  @Test("Short and reserved secrets are left alone and reported, without their values")
  func exemptions() throws {
    let redactor = try Redactor(
      secrets: [
        .init(name: "z", value: "postgres"), .init(name: "a", value: " 1234567\n"),
        .init(name: "m", value: "12345678"),
      ],
      reserved: ["postgres", "db"]
    )
    #expect(
      redactor.maskedOnlyInPlace == [
        .init(name: "a", reason: .short), .init(name: "z", reason: .reserved),
      ]
    )
    #expect(
      redactor.redact("postgres 1234567 12345678") == "postgres 1234567 [secret:m]"
    )
  }

  @Test("White space around a value is no part of the secret")
  func whiteSpace() throws {
    let redactor = try Redactor(secrets: [.init(name: "k", value: "\n a secret\r\n")])
    #expect(redactor.redact("a secret\nnext") == "[secret:k]\nnext")
  }

  @Test("Blank secrets and names that could do harm are refused")
  func refusals() {
    for value in ["", " ", "\n\t"] {
      #expect(throws: RedactorError.blankSecret("k")) {
        try Redactor(secrets: [.init(name: "k", value: value)])
      }
    }
    for name in ["", "a b", "a]", "<b>", "é", "a\n"] {
      #expect(throws: RedactorError.invalidName(name)) {
        try Redactor(secrets: [.init(name: name, value: "long enough")])
      }
    }
    #expect(
      RedactorError.invalidName("a\n").description
        == #"secret name "a\n" has other characters than letters, digits and _ - . /"#
    )
  }

  @Test("A secret does not describe its value")
  func description() {
    let secret = Redactor.Secret(name: "k", value: "very secret")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped] {
      #expect(!text.contains("very"))
    }
  }

  @Test("Without secrets the bytes stay as they are")
  func nothing() throws {
    let redactor = try Redactor(secrets: [])
    let bytes: [UInt8] = [0, 255, 10]
    #expect(redactor.redact(bytes) == bytes)
    #expect(redactor.redact("") == "")
    #expect(try Redactor(secrets: [.init(name: "k", value: "12345678")]).redact("abc") == "abc")
  }

  @Test("A stream gives out what is decided and holds back what may be a secret")
  func streaming() throws {
    let redactor = try Redactor(secrets: [.init(name: "k", value: "12345678")])
    var stream = redactor.stream()
    func feed(_ text: String) -> String {
      String(decoding: stream.feed(Array(text.utf8)), as: UTF8.self)
    }
    #expect(feed("line one\n") == "line o")
    #expect(feed("1234") == "ne\n")
    #expect(feed("5678") == "[secret:k]")
    #expect(feed("9") == "")
    #expect(String(decoding: stream.finish(), as: UTF8.self) == "9")
    #expect(feed("1234567") == "")
    #expect(String(decoding: stream.finish(), as: UTF8.self) == "1234567")
  }

  @Test(
    "A secret full of characters that begin escapes takes no exponential time",
    .timeLimit(.minutes(1))
  )
  func ambiguous() throws {
    for character in ["\\", "%", "&"] {
      let value = String(repeating: character, count: 50)
      let redactor = try Redactor(secrets: [.init(name: "k", value: value)])
      for count in [50, 51, 100, 101] {
        #expect(redactor.redact(String(repeating: character, count: count)) == "[secret:k]")
      }
      let shorter = String(repeating: character, count: 49)
      #expect(redactor.redact(shorter) == shorter)
    }
  }

  @Test(
    "Fields that carry secrets are known whatever their case",
    arguments: [
      "Authorization", "COOKIE", "set-cookie", "Proxy-Authorization", "X-Api-Key",
      "X-ClickHouse-Key", "X-Auth-Token", "Private-Token", "X-Hub-Secret",
    ]
  )
  func headers(name: String) {
    #expect(SecretHeaders.contains(name))
  }

  @Test(
    "Other fields are shown",
    arguments: ["", "Accept", "Host", "X-ClickHouse-User", "WWW-Authenticate", "X-Request-Id"]
  )
  func otherHeaders(name: String) {
    #expect(!SecretHeaders.contains(name))
  }
}

struct RedactorReferenceTests {
  @Test(
    "Random text is redacted as the reference does it, however it is cut",
    arguments: Seeds.upTo(400)
  )
  func random(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let secrets = Self.randomSecrets(using: &generator)
    let redactor = try Redactor(secrets: secrets)
    let reference = ReferenceRedactor(secrets)
    for _ in 0..<6 {
      let text = Self.randomText(of: secrets, using: &generator)
      let expected = reference.redact(text)
      let shown = String(decoding: text, as: UTF8.self).debugDescription
      let context: Comment = "\(shown) of \(secrets.map(\.value))"
      #expect(
        String(decoding: redactor.redact(text), as: UTF8.self)
          == String(decoding: expected, as: UTF8.self),
        context
      )
      var stream = redactor.stream()
      var output: [UInt8] = []
      var rest = text[...]
      let most = generator.pick([1, 3, 20, 200])
      while !rest.isEmpty {
        let piece = Array(rest.prefix(generator.below(most + 1)))
        rest = rest.dropFirst(piece.count)
        output += stream.feed(piece)
      }
      output += stream.finish()
      #expect(output == expected, context)
    }
  }

  private static let alphabet = [
    "a", "b", "A", "1", "&", "%", "\\", "+", " ", "\"", "'", "<", "/", "é", "ü", "😀", "\n", "u",
    "x",
    "0", "2", "5", "#", ";", "n",
  ]

  private static func randomSecrets(
    using generator: inout SeededGenerator
  ) -> [Redactor.Secret] {
    // Few letters make secrets that overlap.
    let letters = (0...generator.below(5)).map { _ in generator.pick(alphabet) }
    var values: [String] = []
    for _ in 0...generator.below(5) {
      var value = ""
      if generator.below(3) == 0, let other = values.last {
        value = generator.below(2) == 0 ? other : String(other.unicodeScalars.dropFirst(4))
      }
      repeat {
        value += generator.pick(letters)
      } while value.unicodeScalars.count < 8
        || generator.below(3) > 0
      values.append(value)
    }
    // White space at the ends would be trimmed, and a secret of nothing else refused.
    return values.enumerated().map { .init(name: "s\($0)", value: "a" + $1 + "b") }
  }

  private static func randomText(
    of secrets: [Redactor.Secret],
    using generator: inout SeededGenerator
  ) -> [UInt8] {
    var text: [UInt8] = []
    for _ in 0...generator.below(8) {
      let value = generator.pick(secrets).value
      switch generator.below(7) {
      case 0: text += Array(generator.pick(alphabet).utf8)
      case 1:
        let bytes = Array(value.utf8)
        text += bytes.prefix(generator.below(bytes.count + 1))
      case 2:
        let around = (0..<generator.below(4)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        }
        let base64 = ReferenceRedactor.base64(around + Array(value.utf8) + around)
        text += Array(
          generator.below(2) == 0
            ? base64.utf8 : base64.replacing("+", with: "-").replacing("/", with: "_").utf8
        )
      case 3: text.append(UInt8.random(in: 0...255, using: &generator))
      default:
        for scalar in value.unicodeScalars { text += written(scalar, using: &generator) }
      }
    }
    if generator.below(4) == 0, !text.isEmpty { text.removeLast(generator.below(text.count)) }
    return text
  }

  /// One scalar in any of its forms.
  private static func written(
    _ scalar: Unicode.Scalar,
    using generator: inout SeededGenerator
  ) -> [UInt8] {
    let isUpper = generator.below(2) == 0
    func hex(_ value: some BinaryInteger, _ digits: Int) -> String {
      let text = String(Int(value), radix: 16, uppercase: isUpper)
      return String(repeating: "0", count: max(digits - text.count, 0)) + text
    }
    let text = String(scalar)
    return switch generator.below(10) {
    case 0: text.utf8.flatMap { Array("%\(hex($0, 2))".utf8) }
    case 1: text.utf16.flatMap { Array("\\u\(hex($0, 4))".utf8) }
    case 2: Array("&#\(String(repeating: "0", count: generator.below(3)))\(scalar.value);".utf8)
    case 3: Array("&#x\(hex(scalar.value, 1 + generator.below(5)));".utf8)
    case 4: text.utf8.flatMap { Array("\\x\(hex($0, 2))".utf8) }
    case 5 where text == "&": Array("&amp;".utf8)
    case 5 where text == "\"": Array("&quot;".utf8)
    case 5 where text == "\n": Array("\\n".utf8)
    case 5 where text == " ": Array("+".utf8)
    case 5, 6:
      scalar.isASCII && !"abAux12050#;n&<%+ \n😀éü".contains(text)
        ? Array("\\\(text)".utf8) : Array(text.utf8)
    default: Array(text.utf8)
    }
  }
}
