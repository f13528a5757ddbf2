import Evidence
import Testing

@testable import Suites

struct TemplateTests {
  @Test func bracesAreReadAsValuesOrTexts() throws {
    let table: [(String, [Template.Part])] = [
      ("", []),
      ("a", [.text("a")]),
      ("{{a}}", [.name("a")]),
      ("{{ a }}", [.name("a")]),
      ("x{{a}}y{{b.c-1}}", [.text("x"), .name("a"), .text("y"), .name("b.c-1")]),
      ("{{{{a}}", [.text("{{a}}")]),
      ("{\"a\":{{{b}}}}", [.text("{\"a\":{"), .name("b"), .text("}}")]),
      ("}} {a} }", [.text("}} {a} }")]),
      ("{{port.db.5432}}", [.name("port.db.5432")]),
    ]
    for (text, parts) in table {
      let template = try Template(parsing: text)
      #expect(template.parts == parts, "\(text)")
      #expect(template.source == text)
    }
  }

  @Test(arguments: [
    "{{", "{{a", "{{a}", "{{}}", "{{ }}", "{{a b}}", "{{1a}}", "{{.Name}}", "{{ä}}",
  ])
  func whatIsNoNameIsRefused(_ text: String) {
    #expect(throws: TemplateError.self) { try Template(parsing: text) }
  }

  @Test func durationsNeedANumberAndAUnit() {
    let table: [(String, Duration?)] = [
      ("1200s", .seconds(1_200)), ("5m", .seconds(300)), ("500ms", .milliseconds(500)),
      ("2h", .seconds(7_200)), ("1.5s", .milliseconds(1_500)), ("1d", .seconds(86_400)),
      ("5", nil), ("", nil), ("s", nil), ("5 s", nil), ("-5s", nil), ("5S", nil), ("1.5ms", nil),
      ("1..5s", nil), ("1.s", nil), ("99999999999999999999s", nil),
      ("9999999999d", .seconds(9_999_999_999 * 86_400)), ("99999999999d", nil),
    ]
    for (text, duration) in table { #expect(DurationText.parse(text) == duration, "\(text)") }
    for text in ["90s", "5m", "2h", "500ms", "1500ms"] {
      #expect(DurationText.parse(text).map(DurationText.format) == text)
    }
  }
}
