import Evidence
import Testing

@testable import Suites

struct SuiteLoaderTests {
  @Test func theWholeGrammarLoads() throws {
    let loaded = try SuiteLoader.load(folder: Fixtures.path("plausible"))
    let suite = loaded.suite
    #expect(loaded.warnings.isEmpty)
    #expect(suite.recipe == "plausible")
    #expect(suite.vars.map(\.name) == ["site", "marker_path", "browser"])
    #expect(
      suite.checks.map(\.id.description) == [
        "overlays/upgrade::test_version_page",
        "functional/event_tracking::test_pageview_event_roundtrip",
        "functional/event_tracking::test_health",
        "functional/event_tracking::test_dropped[1]",
        "functional/event_tracking::test_dropped[2]",
        "functional/everything::test_grammar",
        "functional/probe::probe.sh",
        "functional/test_sso::test_sso.py",
      ]
    )
  }
}
