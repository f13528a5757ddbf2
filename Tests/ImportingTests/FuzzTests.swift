import Evidence
import Foundation
import SeededGenerators
import Testing

@testable import Importing

/// Files with mistakes that nobody thought of. `FUZZ_SECONDS` makes it go on for so long: `make fuzz`.
@Suite struct FuzzTests {
  private static let seconds =
    Double(ProcessInfo.processInfo.environment["FUZZ_SECONDS"] ?? "") ?? 0

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

  private func mutated(_ text: String, _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = Array(text.utf8)
    let marks = Array("<>&\"'|`*#-[]()::/=\\\r\n\t {}.,0\u{0}é\u{A0}\u{FEFF}".utf8)
    for _ in 0...random.below(8) {
      guard !bytes.isEmpty else { break }
      let place = random.below(bytes.count)
      switch random.below(6) {
      case 0: bytes[place] = UInt8(random.below(256))
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(random.pick(marks), at: place)
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(30)))
      case 4:
        let end = min(bytes.count, place + 1 + random.below(60))
        bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
      default: bytes = Array(bytes[..<place])
      }
    }
    return bytes
  }

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
    var random = SeededGenerator(seed: UInt64(seed))
    let end = Date.now.addingTimeInterval(seed < 4 ? Self.seconds : 0)
    repeat {
      try junit(mutated(Self.junit, &random))
      try results(mutated(Self.results, &random))
      try page(mutated(Self.page, &random))
    } while Date.now < end
  }
}
