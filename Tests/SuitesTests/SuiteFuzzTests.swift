import Evidence
import Foundation
import Reports
import SeededGenerators
import Testing

@testable import Suites

/// Whatever is done to a suite's files, loading ends in a suite that has a plan, or in errors with
/// places. `FUZZ_SECONDS` makes it go on for so long: `make fuzz`.
@Suite struct SuiteFuzzTests {
  private static let scraps = [
    "{{", "}}", "{", "[", "]", ":", ": ", "- ", "\n", "\t", "\"", "'", "&a ", "*a", "!x ", "|\n",
    "#", "~", ",", "<<: ", "? ", "%", "\u{1F600}", "e\u{301}", "\u{2028}", "\r", "$.", "\u{0}",
    "9999999999d", "-1", "1e400", "0x10", "{{unique}}", "{{secret.a}}", "{{a.b.c}}", "$..*",
    "(a+)+",
    "not: ", "retry: ", "cases: ", "use: ", "group: ", "expect: ", "with: ", "../", "/", ">=3.0",
  ]

  private static let names = [
    "recipe.yml", "local.yml", "swarm.yml", "overlays/upgrade.yml",
    "functional/event_tracking.yml", "functional/everything.yml", "functional/test_sso.py",
    "functional/probe.sh",
  ]

  private static func files() throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in names + ["body.bin", "compose.swarm.yml"] {
      files[name] = Array(try Data(contentsOf: URL(filePath: Fixtures.path("plausible/\(name)"))))
    }
    return files
  }

  /// Whole files too: most mistakes in several files at once stop at the first.
  private func load(_ folder: Folder, _ name: String, _ compose: Compose) {
    do throws(SuiteErrors) {
      let loaded = try SuiteLoader.load(folder: folder.path)
      for driver in ["local", "swarm"] {
        let plan = Plan(
          suite: loaded.suite,
          compose: compose,
          driver: driver,
          base: revision("3.0.0+v2.0.0"),
          target: revision("3.0.1+v2.0.0"),
          suiteTree: "aa"
        )
        #expect(Set(plan.planned.map(\.id)).count == plan.planned.count)
        #expect(!plan.listing.isEmpty)
      }
    } catch {
      #expect(!error.diagnostics.isEmpty)
      #expect(error.diagnostics.allSatisfy { !$0.message.isEmpty && $0.column >= 1 })
      #expect(!error.description.isEmpty)
    }
  }

  @Test(arguments: Seeds.upTo(400)) func `No suite brings the loader down`(seed: Int) throws {
    let whole = try Self.files()
    let compose = try ComposeReader.read(folder: Fixtures.path("recipes/plausible"))
    try Folder.temporary { folder in
      for (name, bytes) in whole { try folder.write(name, bytes) }
      try Fuzzing.run(seed) { random in
        let name = random.pick(Self.names)
        try folder.write(name, random.damaged(whole[name] ?? [], scraps: Self.scraps))
        load(folder, name, compose)
        try folder.write(name, whole[name] ?? [])
      }
    }
  }
}
