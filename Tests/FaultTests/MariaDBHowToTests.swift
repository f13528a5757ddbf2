import BuiltTool
import Evidence
import Foundation
import PrivateServers
import Testing

/// The examples of `docs/how-to.md`, "test MariaDB": they stand in a suite, and the suite is proven.
struct MariaDBHowToTests {
  private static let documentation = "\(Prepared.sources)/../docs/how-to.md"

  private static func examples() throws -> [(file: String, text: String)] {
    let page = try String(contentsOfFile: documentation, encoding: .utf8)
    let section = page.components(separatedBy: "\n## ").first { $0.hasPrefix("… test MariaDB\n") }
    return (section ?? "").components(separatedBy: "\n```yaml\n# ").dropFirst().map { block in
      let lines = block.components(separatedBy: "\n```\n")[0].split(
        separator: "\n",
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      return (String(lines[0]), lines.count > 1 ? String(lines[1]) : "")
    }
  }

  @Test func `Every example stands in the suite, word for word`() throws {
    let examples = try Self.examples()
    #expect(examples.count >= 4)
    for (file, text) in examples {
      let path = "\(Prepared.sources)/howto/suites/ledger/\(file)"
      let whole = "\n" + (try String(contentsOfFile: path, encoding: .utf8))
      #expect(whole.contains("\n\(text)\n"), "\(file): \(text)")
    }
  }

  @Test func `An app on MariaDB is proven through its life`() async throws {
    try await Lanes.shared.use {
      let project = try await FaultProject(FaultRow(sound: .ledger))
      let run = try await project.tool.run("run")
      #expect(run.status == 0, "\(run.out)\(run.err)")
      let data = try project.tool.bytes("\(project.tool.reports)/coverage.json")
      let coverage = try CoverageModel(json: Array(data))
      #expect(coverage.level == 4, "\(run.out)")
      let store = coverage.stores.first { $0.name == "db" }
      #expect(store?.kind == .mysql)
    }
  }
}
