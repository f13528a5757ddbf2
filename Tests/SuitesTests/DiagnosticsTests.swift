import Foundation
import Testing

@testable import Suites

/// Each file of `Fixtures/mistakes` is one file of a suite, by the word before `.yml`; what the tool
/// says of it is in `Golden/mistakes`, written again under `RECORD_GOLDEN=1`.
struct DiagnosticsTests {
  static let names = Fixtures.names(in: "mistakes")

  @Test(arguments: names) func eachMistakeIsReportedAsInItsGoldenFile(_ name: String) throws {
    let rendered = try Self.rendered(name)
    #expect(!rendered.isEmpty)
    try Golden.compare(rendered, with: "mistakes/\(name.replacing(".yml", with: "")).txt")
  }

  private static func rendered(_ name: String) throws -> String {
    let text = try String(contentsOfFile: Fixtures.path("mistakes/\(name)"), encoding: .utf8)
    let kind = name.split(separator: ".").dropLast().last ?? ""
    return try Folder.temporary { folder in
      let base = """
        services: {db: {postgres: {database: x}}, events_db: {clickhouse: {database: y}}}
        vars: {site: "{{unique}}"}
        secrets: {token: {generate: 24}}
        """
      var files = ["recipe.yml": base]
      switch kind {
      case "recipe": files["recipe.yml"] = text
      case "local": files["local.yml"] = text
      case "swarm": files["swarm.yml"] = text
      case "checks": files["functional/checks.yml"] = text
      default: files["parity.yml"] = text
      }
      try folder.write(files)
      do throws(SuiteErrors) {
        if kind == "parity" {
          _ = try ProjectLoader.load(folder: folder.path)
        } else {
          _ = try SuiteLoader.load(folder: folder.path)
        }
        return ""
      } catch {
        return error.description.replacing(folder.path, with: "FOLDER")
      }
    }
  }

  @Test func caretsStandUnderWideCharactersTabsAndCuts() {
    func render(_ line: String, _ column: Int, _ length: Int, width: Int = 160) -> String {
      DiagnosticRenderer(folder: "suites/x", width: width).render(
        Diagnostic(
          .error,
          file: "a.yml",
          line: 3,
          column: column,
          length: length,
          message: "it is wrong",
          nearest: "right",
          sourceLine: line
        )
      )
    }
    #expect(
      render("日本: bad", 5, 3) == """
        suites/x/a.yml:3:5: error: it is wrong
         3 | 日本: bad
           |       ^^^
          did you mean "right"?

        """
    )
    #expect(render("\ta: \u{1B}[2J", 5, 4).contains("\ta: \u{FFFD}[2J\n   | \t   ^^^^\n"))
    #expect(render("e\u{301}e: 日", 5, 1).contains("   |    ^\n"))
    let long = String(repeating: "x", count: 300) + "bad" + String(repeating: "y", count: 300)
    let lines = render(long, 301, 3, width: 60).split(separator: "\n")
    let caret = lines[2].firstIndex(of: "^").map {
      lines[2].distance(from: lines[2].startIndex, to: $0)
    }
    #expect(lines[1].count < 80)
    #expect(caret.map { lines[1].dropFirst($0).hasPrefix("bad") } == true)
  }
}
