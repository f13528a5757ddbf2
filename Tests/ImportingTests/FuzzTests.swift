import Evidence
import SeededGenerators
import Testing

@testable import Importing

/// Files with mistakes that nobody thought of. `FUZZ_SECONDS` makes it go on for so long: `make fuzz`.
@Suite struct FuzzTests {
  private static let junit = """
    <?xml version="1.0"?><testsuites tests="2"><testsuite name="ä" timestamp="2026-05-29T18:05:16Z">
    <properties><property name="recipe" value="x"/></properties>
    <testcase classname="a.B" name="c" time="1,250.0"><failure message="m" type="t">x<![CDATA[<y>]]></failure>
    <system-out>[[ATTACHMENT|a]]</system-out></testcase><testcase name="d"><skipped/></testcase>
    </testsuite></testsuites>
    """
  private static let results = #"""
    {"recipe": "x", "finished": 1748538316000, "stages": [{"name": "install", "status": "pass", "tests":
    [{"name": "é", "status": "pass", "ms": 1e3}]}], "skips": {"intentional": {"backup": "\u00e4"}}}
    """#
  private static let page = """
    # Parity — demo

    | original | cc-ci test | what's verified | status |
    |---|:-:|---|---|
    | `a.py` | `functional/test_a.py::test_b` | GET /x → 200/301 | **ported** |

    - `functional/test_c.py`
      - `test_d` — Will land as `test_e.py`. HEALTH_PATH = /a, HEALTH_OK = (200,)

    ## P4 — integrity
    > ops.py seeds `ci_marker` (db service); it survives restore. P2 is vacuously satisfied.
    """

  private static let scraps =
    "<>&\"'|`*#-[]()::/=\\\r\n\t {}.,0\u{0}é\u{A0}\u{FEFF}".unicodeScalars.map { String($0) }

  private func results(_ bytes: [UInt8]) throws {
    guard let (_, summary, cases) = try? JSONResults.read(bytes) else { return }
    #expect(summary.cases == cases.count)
  }

  private func junit(_ bytes: [UInt8]) throws {
    do {
      let (summary, cases) = try JUnitReader.read(bytes)
      #expect(summary.cases == cases.count)
      let source = ImportedSource(file: "x", format: .junit, sha256: "0")
      let plan = ImportedRun.plan(recipe: "demo", version: nil, source)
      let header = RunHeader(id: "r", toolVersion: "1", startedAt: "", host: "", plan: plan)
      var builder = RunRecord.Builder()
      var events: [RunEvent] = []
      var run = try ImportedRun(header: header, summary: summary) { events.append($0) }
      for one in cases { try run.add(one) }
      try run.finish()
      for event in events { builder.add(event) }
      let record = try #require(builder.record())
      #expect(record.checks.count == cases.count)
      let coverage = ImportedCoverage.make(record, source)
      #expect(!coverage.claims.contains { $0.verdict.isProven })
    } catch is ImportError {}
  }

  private func page(_ bytes: [UInt8]) throws {
    guard let page = try? PageReader.read(String(decoding: bytes, as: UTF8.self)) else { return }
    for claim in page.claims {
      #expect(page.lines.isEmpty || claim.lines.upperBound <= page.lines.count)
      // What is claimed of a port rests on a test that is named.
      if claim.kind == .port, claim.status == .claimed { #expect(!claim.tests.isEmpty) }
    }
  }

  @Test(arguments: Seeds.upTo(400)) func `No file brings a reader down`(seed: Int) throws {
    try Fuzzing.run(seed) { random in
      try junit(random.damaged(Array(Self.junit.utf8), scraps: Self.scraps))
      try results(random.damaged(Array(Self.results.utf8), scraps: Self.scraps))
      try page(random.damaged(Array(Self.page.utf8), scraps: Self.scraps))
    }
  }
}
