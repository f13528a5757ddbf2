import Foundation
import Testing
import XMLDocuments

@Suite struct XMLSchemaTests {
  @Test("A schema that does not compile is an error with a line")
  func broken() {
    let text = """
      <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:element name="a" type="nowhere"/></xs:schema>
      """
    let error = xmlError { try XMLSchema(Array(text.utf8), name: "s.xsd") }
    #expect(error?.code == .invalidSchema)
    #expect(error?.line == 2)
    #expect(error?.description.hasPrefix("s.xsd:2: ") == true)
    #expect(xmlError { try XMLSchema(Array("<a/>".utf8)) }?.code == .invalidSchema)
    #expect(xmlError { try XMLSchema([]) }?.code == .notWellFormed)
  }

  @Test(
    "A schema that would open another file is refused",
    arguments: ["include", "import", "redefine"]
  )
  func includes(element: String) {
    let text = """
      <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:\(element) schemaLocation="/etc/hostname"/><xs:element name="a"/></xs:schema>
      """
    let error = xmlError { try XMLSchema(Array(text.utf8)) }
    #expect(error?.code == .invalidSchema)
    // And not by libxml2, which would have opened it.
    #expect(error?.message == "'\(element)' of another file is refused")
  }

  @Test("The first violation comes with its line")
  func violations() throws {
    var sample = JUnitSample()
    sample.set("hostname", nil)
    sample.cases += "\n<testcase name=\"x\" classname=\"y\" time=\"1s\"/>"
    let error = try Fixtures.schema().error(in: sample.text)
    #expect(error?.code == .invalid)
    #expect(error?.line == 2)
    #expect(
      error?.message == "Element 'testsuite': The attribute 'hostname' is required but missing"
    )
  }

  @Test("A document fed byte by byte is judged as in one piece")
  func pieces() throws {
    let schema = try Fixtures.schema()
    for spoiled in [false, true] {
      var sample = JUnitSample()
      sample.systemOut = "größer <![CDATA[ & ]]>"
      if spoiled { sample.set("time", "1,5") }
      let validator = try XMLValidator(schema)
      for byte in sample.text.utf8 { validator.feed([byte]) }
      let error = xmlError { try validator.finish() }
      #expect(error == (try schema.error(in: sample.text)))
      #expect((error == nil) == !spoiled)
    }
  }

  @Test(
    "What is not well-formed is an error with a place",
    arguments: [
      ("", nil), ("<testsuites>\n<b", 2), ("<testsuites></a>", 1),
      ("<testsuites>\n\n&lt</testsuites>", 3), ("<testsuites/><testsuites/>", 1),
      ("<testsuites>&x;</testsuites>", 1),
    ] as [(String, Int?)]
  )
  func illFormed(text: String, line: Int?) throws {
    let error = try Fixtures.schema().error(in: text)
    #expect(error != nil)
    if let line { #expect(error?.line == line) }
  }

  @Test("Half a document is an error, not valid")
  func half() throws {
    let text = String(JUnitSample().text.dropLast(20))
    #expect(try Fixtures.schema().error(in: text)?.code == .notWellFormed)
  }

  @Test("A text of 20 MB is judged too, and thousands of violations take no longer")
  func large() throws {
    let line = "0123456789 abcdefghi äöü &amp; &lt;tag>\n"
    let text = String(repeating: line, count: 20_000_000 / line.utf8.count + 1)
    let schema = try Fixtures.schema()
    #expect(try schema.error(in: JUnitSample(systemOut: "<![CDATA[\(text)]]>").text) == nil)
    var sample = JUnitSample()
    sample.cases = String(repeating: "<testcase/>", count: 10_000)
    #expect(try schema.error(in: sample.text)?.code == .invalid)
  }

  @Test("100,000 cases are written and validated as a stream within little memory")
  func stream() async {
    // In a process of its own, so that other tests' memory is not counted.
    await #expect(processExitsWith: .success) {
      let validator = try XMLValidator(try Fixtures.schema())
      let before = peakKilobytes()
      var bytes = 0
      XMLSchemaTests.suite(ofCases: 100_000) { chunk in
        validator.feed(chunk)
        bytes += chunk.count
      }
      try validator.finish()
      #expect(bytes > 9_000_000)
      let growth = peakKilobytes() - before
      #expect(growth < 8000, "\(growth) kB more")
    }
  }

  /// Gives a document in pieces of about 64 kB.
  private static func suite(ofCases count: Int, _ give: ([UInt8]) throws -> Void) rethrows {
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites>
        <testsuite name="s" package="" id="0" hostname="localhost" timestamp="2024-05-06T07:08:09"
          tests="\(count)" failures="0" errors="0" skipped="0" time="0">
          <properties/>

      """
    for number in 0..<count {
      let name = "a case with a rather long name, \(number)"
      text += "    <testcase name=\"\(name)\" classname=\"r.f.s\" time=\"0.001\"/>\n"
      if text.utf8.count > 65_536 {
        try give(Array(text.utf8))
        text = ""
      }
    }
    try give(Array((text + "    <system-out/><system-err/>\n</testsuite></testsuites>\n").utf8))
  }

  @Test("One schema serves many threads at once")
  func threads() async throws {
    let schema = try Fixtures.schema()
    let good = JUnitSample()
    var bad = JUnitSample()
    bad.set("time", "x")
    let texts = [good.text, bad.text]
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<64 {
        group.addTask {
          try (schema.error(in: texts[index % 2]) == nil) == (index % 2 == 0)
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}
