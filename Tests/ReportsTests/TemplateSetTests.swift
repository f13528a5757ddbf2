import Evidence
import Foundation
import TemporaryFolders
import Testing

@testable import Reports

@Suite struct TemplateSetTests {
  @Test(arguments: TemplateFormat.allCases.filter { $0 != .text })
  func `The binary carries every file of the format's folder`(format: TemplateFormat) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "templates/\(format.rawValue)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { !$0.hasSuffix(".swift") }
    #expect(Set(names) == Set(format.embeddedFiles.keys))
  }

  @Test func `The embedded templates ask only for what there is`() {
    #expect(TemplateSet.embedded.check() == [])
  }

  private func error(in text: String, of name: String = "page/parity") throws -> RenderingError {
    var files = TemplateSet.embedded.files
    files["\(name).mustache"] = text
    let set = TemplateSet(files: files)
    let found = try #require(set.check().first)
    let (coverage, _) = Fixture.plausible()
    let thrown = #expect(throws: RenderingError.self) {
      try ParityPage(coverage, templates: set).rendered()
    }
    #expect(thrown == found)
    return found
  }

  @Test func `A value that is not there is an error with its line and the nearest one`() throws {
    let error = try error(in: "# {{recipe}}\n\n{{recip}}\n")
    #expect(error.code == .unknownKey(nearest: "recipe"))
    #expect(error.line == 3)
    #expect(error.tag == "{{recip}}")
    #expect(
      error.description
        == "page/parity:3: {{recip}}: PageFields has no value recip; the nearest is recipe"
    )
  }

  @Test func `A value of an outer scope is found, one of another list is not`() throws {
    let error = try error(
      in: "{{#rungs}}{{recipe}}{{reason}}{{/rungs}}{{#findings}}{{reason}}{{/findings}}"
    )
    #expect(error.code == .unknownKey(nearest: nil))
    #expect(error.tag == "{{reason}}")
  }

  @Test func `A section that is not closed is named with its line`() throws {
    let error = try error(in: "a\n{{#rungs}}\n{{name}}\n\nb\n")
    #expect(error.code == .unbalanced)
    #expect(error.line == 2)
    #expect(error.message == "section rungs is not closed")
  }

  @Test func `A section that is closed by another name is an error where it is closed`() throws {
    let error = try error(in: "{{#rungs}}\n{{#reason}}\n{{/rungs}}{{/reason}}")
    #expect(error.code == .unbalanced)
    #expect(error.line == 3)
  }

  @Test(
    arguments: [
      ("{{{recipe}}}", RenderingError.Code.wrongUse),
      ("{{&recipe}}", .wrongUse),
      ("{{notes}}", .wrongUse),
      ("{{#recipe}}x{{/recipe}}", .wrongUse),
      ("{{rungs}}", .wrongUse),
      ("{{recipe.name}}", .wrongUse),
      ("{{= <% %> =}}", .badTag),
      ("{{% CONTENT_TYPE: TEXT}}", .badTag),
      ("{{recipe", .badTag),
      ("{{> parity}}", .wrongUse),
      ("{{> chek}}", .noTemplate(nearest: "check")),
      ("{{/rungs}}", .unbalanced),
      ("{{#lowercased(recipe)}}x{{/lowercased(recipe)}}", .unknownKey(nearest: nil)),
    ]
  )
  func `A template cannot switch escaping off or ask in vain`(
    text: String,
    code: RenderingError.Code
  ) throws {
    var files = TemplateSet.embedded.files
    files["page/parity.mustache"] = text
    let found = TemplateSet(files: files).check()
    if text == "{{> parity}}" {
      #expect(found.first?.code == code)
    } else {
      #expect(found.map(\.code) == [code])
    }
  }

  @Test func `A folder replaces what it holds and leaves the rest to the binary`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "{{<frame}}{{$body}}{{recipe}}{{/body}}{{/frame}}",
      to: "page/parity.mustache"
    )
    try folder.write("[{{$body}}none{{/body}}]", to: "page/frame.mustache")
    let set = try TemplateSet(folder: folder.path(""))
    #expect(set.check() == [])
    var (coverage, _) = Fixture.plausible()
    coverage.recipe = "a|b<c"
    #expect(try ParityPage(coverage, templates: set).rendered() == "[a\\|b\\<c]")
    let (model, record) = Fixture.plausible()
    #expect(
      try JUnitReport(model, record, templates: set).rendered()
        == JUnitReport(model, record).rendered()
    )
  }

  @Test func `A partial escapes as its folder does`() throws {
    let (whole, record) = Fixture.plausible()
    var coverage = whole
    coverage.claims[4].about = "a | b"
    coverage.recipe = "<&\">"
    #expect(try ParityPage(coverage).rendered().contains("a \\| b"))
    #expect(try HTMLReport(coverage, record).rendered().contains("&lt;&amp;&quot;&gt;"))
  }

  @Test(arguments: TemplateFormat.allCases)
  func `Every value is documented`(format: TemplateFormat) {
    let text = TemplateSet.documentation(of: format)
    #expect(text.contains("recipe (text): the recipe's name") || format == .junit)
    for (name, _) in format.roots { #expect(text.contains("\(format.rawValue)/\(name)\n")) }
  }

  @Test func `A template of text makes a file of one's own, in plain words`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "{{> _head}}{{#checks}}{{id}};{{part}};{{mark.word}};{{about}}\n{{/checks}}",
      to: "text/checks.csv.mustache"
    )
    try folder.write("{{recipe}} {{level}}\n", to: "text/_head.mustache")
    let set = try TemplateSet(folder: folder.path(""))
    #expect(set.check() == [])
    #expect(set.ownTexts == ["checks.csv"])
    var (coverage, _) = Fixture.plausible()
    coverage.recipe = "a|b<\u{1B}[31m\nc"
    coverage.checks = Array(coverage.checks.prefix(1))
    let check = try #require(coverage.checks.first)
    #expect(
      try OwnText(coverage, name: "checks.csv", templates: set).rendered()
        == "a|b< c \(coverage.level)\n\(check.id);\(check.stage);\(check.outcome.word);\(check.about)\n"
    )
  }

  @Test(arguments: ["{{nothing}}", "{{#claims}}{{marker}}{{/claims}}"])
  func `A template of one's own asks for what there is, too`(text: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "text/x.mustache")
    #expect(try TemplateSet(folder: folder.path("")).check().count == 1)
  }

  @Test func `Templates that grow beyond all bounds are refused`() throws {
    let folder = try TemporaryFolder()
    for number in 1..<30 {
      let next = "{{> _\(number + 1)}}"
      try folder.write(next + next, to: "text/_\(number).mustache")
    }
    try folder.write("x", to: "text/_30.mustache")
    try folder.write("{{> _1}}", to: "text/all.mustache")
    #expect(try TemplateSet(folder: folder.path("")).check().count == 1)
    let deep = try TemporaryFolder()
    let (begin, end) = ("{{#claims}}", "{{/claims}}")
    try deep.write(
      String(repeating: begin, count: 20_000) + String(repeating: end, count: 20_000),
      to: "text/deep.mustache"
    )
    #expect(try TemplateSet(folder: deep.path("")).check().count == 1)
  }

  @Test(arguments: [
    "junit.xml", "coverage.json", ".hidden", "runs", "PARITY.MD", "a\u{1B}[31m\n::error::x", "a b",
  ])
  func `A template of one's own takes no file of the tool's`(name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "text/\(name).mustache")
    #expect(throws: RenderingError.self) { try TemplateSet(folder: folder.path("")) }
  }

  @Test func `A folder that cannot be read is an error`() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "page")
    #expect(throws: RenderingError.self) { try TemplateSet(folder: folder.path("")) }
  }
}
