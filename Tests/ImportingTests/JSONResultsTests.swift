import Evidence
import Formats
import Testing

@testable import Importing

@Suite struct JSONResultsTests {
  private static let results = """
    {"recipe": "plausible", "version": "3.0.1+v2.0.0", "pr": 7, "ref": "abc", "run_id": "r1",
     "finished": "2026-05-29T18:05:16+01:00", "level": 4,
     "stages": [
       {"name": "install", "status": "pass", "tests": [{"name": "serving", "status": "pass", "ms": 12}]},
       {"name": "backup", "status": "skip", "tests": []},
       {"name": "restore", "status": "pass", "tests": []},
       {"name": "custom", "status": "fail", "tests": [
         {"name": "test_a", "status": "passed", "ms": 3.5}, {"name": "test_b", "status": "passsed"},
         {"name": "test_c", "status": "fail"}]}],
     "rungs": {"install": "pass"}, "lint": {"status": "pass"},
     "skips": {"intentional": {"backup": "no labels"}, "unintentional": []}, "flags": {}}
    """

  private func read(_ text: String) throws -> (
    format: ImportedSource.Format, summary: ImportSummary, cases: [ImportedCase]
  ) { try JSONResults.read(Array(text.utf8)) }

  @Test func `A CI's results have their stages, and what is misspelt is no pass`() throws {
    let (format, summary, cases) = try read(Self.results)
    #expect(format == .results)
    #expect(summary.recipe == "plausible")
    #expect(summary.finished?.description == "2026-05-29T17:05:16Z")
    #expect(cases.map(\.result) == [.passed, .passed, .unknown, .failed])
    #expect(cases.map(\.stage) == [.install, .functional, .functional, .functional])
    #expect(cases.map(\.microseconds) == [12_000, 3_500, nil, nil])
    #expect(summary.stages[.install] == .passed)
    #expect(summary.stages[.backup] == .skipped(reason: .told("no labels")))
    // It says that it passed, and has not one test.
    #expect(summary.stages[.restore]?.word == .notRun)
    #expect(summary.stages[.functional]?.word == .failed)
    #expect(summary.notes.map(\.code) == [.unknownStatus("passsed")])
    #expect(summary.facts["schema"] == "2")
  }

  @Test func `Schema 1 is read, a later one is refused`() throws {
    let old = #"{"recipe": "x", "stages": [], "rungs": {}, "level_cap_reason": "no backup"}"#
    #expect(try read(old).summary.facts["schema"] == "1")
    let new = #"{"schema": 3, "recipe": "x", "stages": []}"#
    #expect(throws: ImportError.self) { _ = try read(new) }
    let odd = #"{"recipe": "x", "stages": {"install": "pass"}}"#
    #expect(throws: ImportError.self) { _ = try read(odd) }
  }

  @Test func `CTRF has statuses of its own, and a summary that may lie`() throws {
    let (format, summary, cases) = try read(
      """
      {"results": {"tool": {"name": "jest"}, "summary": {"tests": 9, "passed": 1, "failed": 1,
        "stop": 1748538316000}, "tests": [
        {"name": "a", "status": "passed", "duration": 5, "flaky": true, "retries": 2},
        {"name": "b", "status": "failed", "message": "m", "trace": "t", "suite": "s"},
        {"name": "c", "status": "pending"}, {"name": "d", "status": "other"}, {"status": 5}]}}
      """
    )
    #expect(format == .ctrf)
    #expect(cases.map(\.result) == [.passed, .failed, .skipped, .unknown, .unknown])
    #expect(cases[0].earlierFailures == 2)
    #expect(cases[1].detail == "m\nt")
    #expect(summary.finished?.description == "2025-05-29T17:05:16Z")
    #expect(summary.notes.map(\.code).contains(.counter(name: "tests", written: 9, counted: 5)))
  }

  @Test func `Other JSON is named, and what is none has its place`() throws {
    func refusal(_ text: String) -> ImportError? {
      do {
        _ = try read(text)
        return nil
      } catch { return error as? ImportError }
    }
    #expect(refusal(#"{"a": 1, "b": 2}"#)?.message.contains(#""a", "b""#) == true)
    #expect(refusal("[1]")?.message.contains("an array") == true)
    let broken = try #require(refusal("{\n  \"results\": }"))
    #expect(broken.code == .illFormed)
    #expect(broken.line == 2 && broken.column == 14)
    #expect(refusal(String(repeating: "[", count: 500))?.code == .illFormed)
  }

  @Test(arguments: [
    "2026-05-29T18:05:16Z", "1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2100-03-01T00:00:00Z",
    "1969-12-31T23:59:59Z", "2024-12-31T12:00:00Z",
  ]) func `A moment reads back as it is written`(text: String) throws {
    #expect(UTCTime(text)?.description == text)
  }

  @Test func `Moments of other zones and forms`() {
    #expect(UTCTime("2026-05-29 18:05:16.123456+02:00")?.description == "2026-05-29T16:05:16Z")
    #expect(UTCTime("2026-05-29T18:05:16-0130")?.description == "2026-05-29T19:35:16Z")
    #expect(UTCTime(seconds: 951_782_400).description == "2000-02-29T00:00:00Z")
    for text in ["", "2026-13-01T00:00:00Z", "2026-05-29T18:05:16X", "yesterday", "2026-05-29"] {
      #expect(UTCTime(text) == nil)
    }
  }
}
