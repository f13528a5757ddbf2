import Evidence
import Files
import Foundation
import TemporaryFolders
import Testing
import XMLParts

@testable import Reports

@Suite struct JUnitReportTests {
  /// One suite as libxml2 reads it.
  private struct Suite {
    var attributes: [String: String]
    var cases: [Case] = []
    var properties: [String: String] = [:]
  }

  private struct Case {
    var name: String
    var classname: String
    var result = "passed"
    var message = ""
    var text = ""
  }

  private func attributes(
    _ flavour: JUnitFlavour,
    of element: String,
    in folder: String = "suites/plausible"
  ) throws -> [[String: String]] {
    let (coverage, record) = Fixture.everything()
    let form = JUnitForm(flavour, suiteFolder: folder)
    let text = try JUnitReport(coverage, record, form: form).rendered()
    return try XMLPart.elements(of: text.utf8).filter { $0.name == element }.map(\.attributes)
  }

  @Test(arguments: JUnitFlavour.allCases)
  func `Each flavour is held to its own schema, and names files where its readers link them`(
    flavour: JUnitFlavour
  ) throws {
    let cases = try attributes(flavour, of: "testcase")
    let isFile = flavour == .gitlab || flavour == .github
    #expect(cases.contains { $0["file"] != nil } == isFile)
    #expect(cases.contains { $0["line"] != nil } == (flavour == .github))
    #expect(cases.allSatisfy { $0["file"]?.hasPrefix("suites/plausible/") ?? true })
    // The same cases in all of them.
    #expect(try cases.map { $0["name"] } == attributes(.strict, of: "testcase").map { $0["name"] })
    let skipped = try attributes(flavour, of: "skipped").count
    #expect(skipped > 0)
    // One a suite.
    let outputs = try attributes(flavour, of: "system-out").count
    let suites = try attributes(flavour, of: "testsuite").count
    #expect(outputs - suites == (flavour == .jenkins ? skipped : 0))
  }

  @Test func `A failing case stands at the expectation that failed`() throws {
    var (coverage, record) = Fixture.plausible()
    let place = try #require(coverage.checks.firstIndex { $0.place != nil })
    let (check, expectation) = (
      SourcePlace(file: "functional/a.yml", line: 3, column: 1),
      SourcePlace(file: "functional/a \"b\".yml", line: 9, column: 5)
    )
    coverage.checks[place].place = check
    var assertion = Assertion(.status, .equals(number: 202), actual: .absent, holds: false)
    assertion.place = expectation
    coverage.checks[place].outcome = .failed(reason: Reason(.violated(assertions: [assertion])))
    for index in record.checks.indices where record.checks[index].id == coverage.checks[place].id {
      record.checks[index].outcome = coverage.checks[place].outcome
    }
    let text = try JUnitReport(coverage, record, form: JUnitForm(.github)).rendered()
    let all = try XMLPart.elements(of: text.utf8).filter { $0.name == "testcase" }.map(\.attributes)
    let one = try #require(all.first { $0["name"] == coverage.checks[place].id.name })
    #expect(one["file"] == "functional/a \"b\".yml" && one["line"] == "9")
  }

  private func read(_ document: String) throws -> [Suite] {
    var suites: [Suite] = []
    var isInResult = false
    for part in try XMLPart.all(of: document.utf8) {
      switch part {
      case .start(let element, let attributes):
        switch element {
        case "testsuites": #expect(attributes.isEmpty)
        case "testsuite": suites.append(Suite(attributes: attributes))
        case "property":
          suites[suites.count - 1].properties[attributes["name"] ?? ""] = attributes["value"]
        case "testcase":
          suites[suites.count - 1].cases.append(
            Case(name: attributes["name"] ?? "", classname: attributes["classname"] ?? "")
          )
        case "failure", "error", "skipped":
          isInResult = true
          let place = (suites.count - 1, suites[suites.count - 1].cases.count - 1)
          suites[place.0].cases[place.1].result = element
          suites[place.0].cases[place.1].message = attributes["message"] ?? ""
        default: break
        }
      case .text(let text):
        guard isInResult, let last = suites.indices.last else { continue }
        suites[last].cases[suites[last].cases.count - 1].text += text
      case .end(let name):
        if ["failure", "error", "skipped"].contains(name) { isInResult = false }
      }
    }
    return suites
  }

  @Test func `Counters are what a reader counts`() throws {
    let (coverage, record) = Fixture.everything()
    let suites = try read(JUnitReport(coverage, record).rendered())
    #expect(suites.count >= 9)
    for (index, suite) in suites.enumerated() {
      func count(_ result: String) -> String { "\(suite.cases.count { $0.result == result })" }
      #expect(suite.attributes["id"] == "\(index)")
      #expect(suite.attributes["tests"] == "\(suite.cases.count)")
      #expect(suite.attributes["failures"] == count("failure"))
      #expect(suite.attributes["errors"] == count("error"))
      #expect(suite.attributes["skipped"] == count("skipped"))
      #expect(!suite.cases.isEmpty)
    }
    let cases = suites.flatMap(\.cases)
    #expect(Set(cases.map { "\($0.classname)/\($0.name)" }).count == cases.count)
  }

  @Test(arguments: Outcome.Word.allCases)
  func `An outcome becomes its own kind of case`(word: Outcome.Word) throws {
    let expected =
      switch word {
      case .passed: "passed"
      case .failed: "failure"
      case .broken, .notRun: "error"
      case .skipped: "skipped"
      }
    #expect("\(word.junit)" == expected)
    var (coverage, record) = Fixture.plausible()
    record.checks[6].outcome = Outcome(word, reason: .told("because | of <this>"))
    coverage.checks[6].outcome = record.checks[6].outcome
    let form = JUnitForm(.strict)
    let all = try read(JUnitReport(coverage, record, form: form).rendered()).flatMap(\.cases)
    let one = try #require(all.first { $0.name == Fixture.pageview?.name })
    #expect(one.classname == "plausible.stand-in.functional.event_tracking")
    #expect(one.result == expected)
    if word != .passed {
      #expect(one.message == "\(word.shown): because | of <this>")
      #expect(one.text.hasPrefix("\(word.shown): because | of <this>\n"))
    }
  }

  @Test(arguments: Verdict.Word.allCases)
  func `A claim without a check has a case of its own`(word: Verdict.Word) throws {
    let expected =
      switch word {
      case .proven, .provenOnStandin: "passed"
      case .refuted: "failure"
      case .unproven, .vacuous, .declared, .deferred, .notApplicable: "skipped"
      }
    var (coverage, record) = Fixture.plausible()
    coverage.claims = [
      Claim(
        id: "P3",
        part: .p3,
        verdict: Fixture.verdict(word, "why"),
        checks: []
      )
    ]
    let all = try read(JUnitReport(coverage, record).rendered()).flatMap(\.cases)
    let one = try #require(all.first { $0.name == "P3" })
    #expect(one.classname == "plausible.stand-in.parity.P3")
    #expect(one.result == expected)
    record.end = .died
    let ended = try read(JUnitReport(coverage, record).rendered()).flatMap(\.cases)
    #expect(ended.contains { $0.name == "run" && $0.result == "error" })
  }

  @Test(arguments: ControlRecord.Result.Word.allCases)
  func `A claim whose control gave no answer is an error and never a skip`(
    word: ControlRecord.Result.Word
  ) throws {
    let result: ControlRecord.Result =
      switch word {
      case .failed: .failed
      case .passed: .passed
      case .broken: .broken(reason: .told("no answer"))
      case .notPossible: .notPossible(reason: .told("captured"))
      }
    var (coverage, record) = Fixture.plausible()
    let id = try #require(Fixture.pageview)
    for index in coverage.checks.indices where coverage.checks[index].id == id {
      coverage.checks[index].outcome = .passed
      coverage.checks[index].control = ControlCoverage(kind: .decoy, result: result)
      record.checks[index].outcome = .passed
    }
    coverage.claims = [
      Claim(
        id: "P3/it",
        part: .p3,
        verdict: .unproven(reason: .told("why")),
        checks: [id]
      )
    ]
    let all = try read(JUnitReport(coverage, record).rendered()).flatMap(\.cases)
    #expect(all.first { $0.name == "P3/it" }?.result == (word == .broken ? "error" : "skipped"))
  }

  @Test func `A stage that failed has a failure beside the checks that did not run for it`() throws
  {
    var (coverage, record) = Fixture.plausible()
    record.stages[1].outcome = .failed(reason: .told("nothing would be upgraded"))
    for index in coverage.checks.indices where coverage.checks[index].stage == .upgrade {
      coverage.checks[index].outcome = .notRun(reason: .told("upgrade did not get to it"))
      record.checks[index].outcome = coverage.checks[index].outcome
    }
    let all = try read(JUnitReport(coverage, record).rendered()).flatMap(\.cases)
    #expect(all.first { $0.name == "stage upgrade" }?.result == "failure")
  }

  @Test func `What follows from a failure is skipped because of it`() throws {
    var (coverage, record) = Fixture.plausible()
    let cause = Reason.told("the app is not ready")
    record.stages[1].outcome = .failed(reason: cause)
    for index in coverage.checks.indices where coverage.checks[index].stage == .upgrade {
      coverage.checks[index].outcome = .notRun(
        reason: Reason(.notReached(in: .upgrade, because: cause))
      )
      record.checks[index].outcome = coverage.checks[index].outcome
    }
    let all = try read(JUnitReport(coverage, record).rendered()).flatMap(\.cases)
      .filter { $0.classname == "plausible.stand-in.generic.upgrade" }
    #expect(all.filter { $0.result == "failure" }.map(\.name) == ["stage upgrade"])
    #expect(all.filter { $0.result != "failure" }.allSatisfy { $0.result == "skipped" })
    #expect(all.count > 1)
  }

  @Test(arguments: [RunEnd.finished, .interrupted])
  func `What an interrupted run did not come to is one error`(end: RunEnd) throws {
    var (coverage, record) = Fixture.plausible()
    record.end = end
    for index in coverage.checks.indices {
      coverage.checks[index].outcome = .notRun(
        reason: Reason(.stopped(.interrupted, failures: nil, detail: nil))
      )
      record.checks[index].outcome = coverage.checks[index].outcome
    }
    coverage.claims = []
    coverage.stores = []
    let errors = try read(JUnitReport(coverage, record).rendered()).flatMap(\.cases)
      .count { $0.result == "error" }
    // Where nothing else says it, each does.
    #expect(errors == (end == .finished ? coverage.checks.count : 1))
  }

  @Test(arguments: CorpusCoverage.State.allCases)
  func `A corpus that cannot be read is an error and never a skip`(
    state: CorpusCoverage.State
  ) throws {
    let (whole, record) = Fixture.plausible()
    var coverage = whole
    coverage.corpus.state = state
    coverage.claims[0].verdict = .unproven(reason: .told("not seen"))
    let all = try read(JUnitReport(coverage, record).rendered()).flatMap(\.cases)
    let one = try #require(all.first { $0.name == "P2" })
    let isBlind = state == .rootMissing || state == .unreadable
    #expect(one.result == (isBlind ? "error" : "skipped"))
  }

  @Test func `A store without a marker is skipped, a lost one fails`() throws {
    let (whole, record) = Fixture.plausible()
    var coverage = whole
    coverage.stores[0].result = .refuted(reason: .told("rows lost"))
    let all = try read(JUnitReport(coverage, record).rendered()).flatMap(\.cases)
    #expect(all.first { $0.name == "P4/db" }?.result == "failure")
    #expect(all.first { $0.name == "P4/events_db" }?.result == "skipped")
    #expect(!all.contains { $0.name == "P4/db/restored" })
  }

  @Test func `A red stage has a red case even where no check tells of it`() throws {
    var (coverage, record) = Fixture.plausible()
    record.stages[6].outcome = .failed(reason: .told("volume plausible_db is left"))
    record.stages[0].operations = [
      OperationRecord(name: "deploy", outcome: .broken(reason: .told("no engine")))
    ]
    record.stages[1].readiness?.ready = false
    let all = try read(JUnitReport(coverage, record).rendered()).flatMap(\.cases)
    #expect(all.first { $0.name == "stage teardown" }?.result == "failure")
    #expect(all.first { $0.name == "operation deploy" }?.result == "error")
    #expect(all.first { $0.name == "readiness" }?.classname == "plausible.stand-in.generic.upgrade")
    #expect(!all.contains { $0.name == "stage functional" })
    coverage.standins = []
    #expect(try !JUnitReport(coverage, record).rendered().contains("[stand-in]"))
  }

  @Test func `A failure shows what was expected, what was there, and where`() throws {
    let (coverage, record) = Fixture.plausible()
    let suites = try read(JUnitReport(coverage, record).rendered())
    let text = try #require(suites.flatMap(\.cases).first { $0.result == "failure" }).text
    #expect(text.contains("row.name: expected \"signup\", got \"pageview\""))
    #expect(text.contains("functional/event_tracking.yml:17:11"))
    #expect(suites[0].attributes["timestamp"] == "2026-05-29T17:05:16")
    #expect(suites.allSatisfy { $0.attributes["name"]?.hasSuffix(" [stand-in]") == true })
    #expect(suites[0].properties["level"] == "3 (stand-in)")
    #expect(suites.dropFirst().allSatisfy { $0.properties.isEmpty })
  }

  @Test func `Long texts are cut after terminal codes are gone`() throws {
    var (coverage, record) = Fixture.plausible()
    record.checks[7].outcome = .failed(reason: .told(Fixture.long + Fixture.long))
    coverage.checks[7].outcome = record.checks[7].outcome
    coverage.checks[7].about = String(repeating: "e\u{301}", count: 20_000)
    let document = try JUnitReport(coverage, record).rendered()
    #expect(!document.utf8.contains(0x1B))
    let all = try read(document).flatMap(\.cases)
    let one = try #require(all.first { $0.name == Fixture.goal?.name })
    #expect(one.message.utf8.count <= 1_000)
    #expect(one.message.hasSuffix("…"))
    #expect(one.text.utf8.count <= 16_384)
  }

  @Test func `What a partial run did not select has no case`() throws {
    let (coverage, whole) = Fixture.plausible()
    var record = whole
    record.header.lastStage = .backup
    record.checks.removeAll { $0.id == Fixture.goal }
    let all = try read(JUnitReport(coverage, record).rendered()).flatMap(\.cases)
    #expect(!all.contains { $0.name == Fixture.goal?.name })
  }

  @Test func `A document that breaks the schema is not written`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("junit.xml")
    try AtomicFile.write("old".utf8, to: path, in: folder.tree)
    var files = TemplateSet.embedded.files
    files["junit/begin.mustache"] = "<testsuites name=\"x\">\n"
    let (coverage, record) = Fixture.plausible()
    let report = JUnitReport(coverage, record, templates: TemplateSet(files: files))
    let error = #expect(throws: RenderingError.self) { try report.write(to: path, in: folder.tree) }
    #expect(error?.code == .invalidDocument)
    #expect(try folder.names() == ["junit.xml"])
    #expect(try folder.text("junit.xml") == "old")
  }

  @Test func `A hundred thousand cases are written within little memory`() async {
    // In a process of its own: the peak is the whole process's.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let (coverage, record) = Fixture.large(100_000)
      let report = JUnitReport(coverage, record)
      let before = JUnitReportTests.peakKilobytes()
      try report.write(to: folder.path("junit.xml"), in: folder.tree)
      let growth = JUnitReportTests.peakKilobytes() - before
      #expect(growth < 20_000, "\(growth) kB more")
      // Foundation's reader ends at 10 MB.
      let lines = try folder.text("junit.xml").split(separator: "\n")
      #expect(lines.count { $0.contains("<testcase ") } == 100_000)
    }
  }

  @Test func `No piece of a large document is large`() throws {
    let (coverage, record) = Fixture.large(2_000)
    var largest = 0
    try JUnitReport(coverage, record).forEachPiece { largest = max(largest, $0.utf8.count) }
    #expect(largest < 100_000)
  }

  /// The most memory that this process ever held.
  static func peakKilobytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
    return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
      .flatMap { Int($0) } ?? 0
  }
}
