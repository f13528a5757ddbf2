import Foundation
import SeededGenerators
import Testing
import XMLDocuments

/// The project's own profile of JUnit XML, `templates/junit/junit.xsd`.
@Suite struct JUnitSchemaTests {
  @Test("A document in the profile is valid, whatever the number of cases and suites")
  func good() throws {
    let schema = try Fixtures.schema()
    var empty = JUnitSample()
    empty.cases = ""
    empty.properties = "<properties/>"
    for text in [JUnitSample().text, empty.text, "<testsuites/>"] {
      #expect(try schema.error(in: text) == nil)
    }
  }

  @Test("Each kind of document outside of the profile is refused", arguments: Spoiling.all)
  func bad(spoiling: Spoiling) throws {
    var sample = JUnitSample()
    spoiling.apply(&sample)
    #expect(try Fixtures.schema().error(in: sample.text)?.code == .invalid)
  }

  @Test("Another root, or an element in a namespace, is refused")
  func roots() throws {
    let schema = try Fixtures.schema()
    for text in ["<testsuite/>", "<a/>", "<testsuites xmlns='urn:x'/>"] {
      #expect(try schema.error(in: text)?.code == .invalid)
    }
  }
}

/// The two published schemas, where they are at hand.
@Suite(.enabled(if: Fixtures.shared != nil, "the readers' schemas are not here"))
struct JUnitReaderSchemaTests {
  private let own: XMLSchema
  private let readers: [XMLSchema]

  init() throws {
    own = try Fixtures.schema()
    let folder = try #require(Fixtures.shared).appending(path: "xsd")
    readers = try ["junit-10.xsd", "windyroad-JUnit.xsd"].map {
      try XMLSchema(try Fixtures.bytes(folder.appending(path: $0)), name: $0)
    }
  }

  private func isValid(_ text: String, _ schema: XMLSchema) throws -> Bool {
    try schema.error(in: text) == nil
  }

  @Test("Both readers accept a document in the profile")
  func good() throws {
    for schema in readers { #expect(try schema.error(in: JUnitSample().text) == nil) }
  }

  @Test("What our schema accepts, both readers accept", arguments: Seeds.upTo(1500))
  func onlyWhatBothAccept(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var sample = JUnitSample()
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      (Spoiling.all + Spoiling.doubtful).randomElement(using: &random)?.apply(&sample)
    }
    sample.vary(using: &random)
    let text = sample.text
    guard try isValid(text, own) else { return }
    for schema in readers {
      #expect(try schema.error(in: text) == nil, "a reader refuses \(text)")
    }
  }

  @Test("The generated documents are not all refused by our schema")
  func generatorIsNotVacuous() throws {
    let accepted = try (UInt64(0)..<300).filter { seed in
      var random = SeededGenerator(seed: seed)
      var sample = JUnitSample()
      sample.vary(using: &random)
      return try isValid(sample.text, own)
    }
    #expect(accepted.count > 60 && accepted.count < 300)
  }
}

/// One way to leave the profile.
struct Spoiling: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var apply: @Sendable (inout JUnitSample) -> Void

  init(_ description: String, _ apply: @escaping @Sendable (inout JUnitSample) -> Void) {
    testDescription = description
    self.apply = apply
  }

  static let all: [Spoiling] = without + values + structure

  private static let without = [
    "name", "package", "id", "hostname", "timestamp", "tests", "failures", "errors", "skipped",
    "time",
  ].map { name in Spoiling("a suite without \(name)") { $0.set(name, nil) } }

  private static let values: [Spoiling] = [
    ("name", ""), ("name", "  "), ("hostname", ""), ("id", "-1"), ("id", "x"), ("id", " 1"),
    ("tests", "+1"), ("tests", "1.0"), ("failures", ""), ("errors", "99999999999"),
    ("time", "1.2345"), ("time", "1,234.5"), ("time", "-1"), ("time", ""), ("time", "."),
    ("time", " 1.0"), ("time", "1e3"), ("time", "NaN"), ("time", ".5"),
    ("timestamp", "2024-05-06T07:08:09Z"), ("timestamp", "2024-05-06T07:08:09+02:00"),
    ("timestamp", "2024-05-06T07:08:09.1"), ("timestamp", "2024-05-06 07:08:09"),
    ("timestamp", "2024-13-06T07:08:09"), ("timestamp", ""), ("file", "a.yml"), ("log", "x"),
    ("assertions", "1"),
  ].map { (name: String, value: String) in
    Spoiling("a suite with \(name)='\(value)'") { $0.set(name, value) }
  }

  private static let structure: [Spoiling] = [
    Spoiling("attributes on the root") { $0.rootAttributes = " name='all'" },
    Spoiling("counters on the root") { $0.rootAttributes = " tests='1'" },
    Spoiling("skipped on the root") { $0.rootAttributes = " skipped='1'" },
    Spoiling("no properties") { $0.properties = "" },
    Spoiling("properties twice") { $0.properties += $0.properties },
    Spoiling("a property without a value") {
      $0.properties = "<properties><property name='a'/></properties>"
    },
    Spoiling("a property without a name") {
      $0.properties = "<properties><property name='' value=''/></properties>"
    },
    Spoiling("text in a property") {
      $0.properties = "<properties><property name='a' value=''>x</property></properties>"
    },
    Spoiling("cases behind the output") { $0.tail = "<testcase name='a' classname='b' time='0'/>" },
    Spoiling("a nested suite") { $0.tail = "<testsuite name='n'/>" },
    Spoiling("output twice") { $0.tail = "<system-out/>" },
    Spoiling("markup in the output") { $0.systemOut = "<b>x</b>" },
    Spoiling("text between cases") { $0.cases += "stray" },
    aCase("no name", "<testcase classname='b' time='0'/>"),
    aCase("an empty name", "<testcase name='' classname='b' time='0'/>"),
    aCase("no class name", "<testcase name='a' time='0'/>"),
    aCase("no time", "<testcase name='a' classname='b'/>"),
    aCase("a long time", "<testcase name='a' classname='b' time='0.0001'/>"),
    aCase("a file", "<testcase name='a' classname='b' time='0' file='x'/>"),
    aCase("a status", "<testcase name='a' classname='b' time='0' status='x'/>"),
    aCase("properties", inside: "<properties/>"),
    aCase("output", inside: "<system-out/>"),
    aCase("a failure without a type", inside: "<failure message='m'/>"),
    aCase("a failure without a message", inside: "<failure type='t'/>"),
    aCase("an error without a type", inside: "<error message='m'/>"),
    aCase("an error without a message", inside: "<error type='t'/>"),
    aCase("two failures", inside: "<failure type='t' message='m'/><failure type='t' message='m'/>"),
    aCase("skip and failure", inside: "<skipped/><failure type='t' message='m'/>"),
    aCase("a typed skip", inside: "<skipped type='t'/>"),
    aCase("a flaky failure", inside: "<flakyFailure type='t' message='m'/>"),
    aCase("a rerun", inside: "<rerunFailure type='t'/>"),
    aCase("markup in a failure", inside: "<failure type='t' message='m'><b/></failure>"),
    aCase("an unknown element", inside: "<passed/>"),
    aCase("text", inside: "text"),
  ]

  private static func aCase(_ what: String, _ text: String) -> Spoiling {
    Spoiling("a case with \(what)") { $0.cases += text }
  }

  private static func aCase(_ what: String, inside: String) -> Spoiling {
    aCase(what, "<testcase name='a' classname='b' time='0'>\(inside)</testcase>")
  }

  /// Things that a schema may or may not let through.
  static let doubtful: [Spoiling] =
    [
      ("xsi:noNamespaceSchemaLocation", "x.xsd"), ("xsi:type", "testsuite"), ("xsi:nil", "true"),
    ].map { name, value in
      Spoiling("a suite with \(name)") {
        $0.set("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        $0.set(name, value)
      }
    } + [
      Spoiling("another type for the output") {
        $0.systemOut = ""
        $0.tail = ""
        $0.cases += """
          <testcase name='a' classname='b' time='0'><failure type='t' message='m' \
          xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='prose'/></testcase>
          """
      }
    ]
}

extension JUnitSample {
  private static let words = [
    "a", "", " ", "a  b", " x ", "é日🙂", "&#9;", "&#10;x", "&amp;lt;", "0", "01", "-0", "+5",
    "2147483648", "999999999", "1.5", "1.", "0.000", "12345678.123", "00", "2024-02-29T23:59:59",
    "2023-02-29T23:59:59", "0001-01-01T00:00:00", "0000-01-01T00:00:00", "2024-01-01T24:00:00",
    " 2024-01-01T00:00:00", "true",
  ]

  /// Puts other values at random places, right and wrong ones.
  mutating func vary(using random: inout SeededGenerator) {
    for index in suite.indices where Int.random(in: 0..<14, using: &random) == 0 {
      suite[index].1 = Self.words.randomElement(using: &random) ?? ""
    }
    suite.shuffle(using: &random)
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      func word() -> String {
        Int.random(in: 0..<4, using: &random) == 0
          ? Self.words.randomElement(using: &random) ?? "" : "1"
      }
      let inside = [
        "", "<skipped/>", "<skipped>\(word())</skipped>", "<!-- c -->",
        "<error type='\(word())' message='\(word())'>\(word())</error>",
        "<failure message='\(word())' type='\(word())'><![CDATA[<x>]]></failure>",
      ].randomElement(using: &random)
      cases += """
        <testcase time='\(word())' classname='\(word())' name='\(word())'>\
        \(inside ?? "")</testcase>
        """
    }
    systemErr = Self.words.randomElement(using: &random) ?? ""
  }
}
