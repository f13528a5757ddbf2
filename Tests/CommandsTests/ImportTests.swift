import BuiltTool
import Evidence
import Formats
import Foundation
import Testing

/// The built tool and what others wrote: results and pages.
@Suite struct ImportTests {
  private static let report = """
    <?xml version="1.0"?>
    <testsuites><testsuite name="functional" tests="2" failures="0" timestamp="2031-05-29T18:05:16Z">
      <testcase classname="test_a" name="test_up" time="1,250.000"/>
      <testcase classname="test_a" name="test_down"><failure message="not down">why</failure></testcase>
    </testsuite></testsuites>

    """

  private static func project() async throws -> ToolProject {
    let project = try ToolProject()
    try await project.addSite()
    try project.write("report.xml", report)
    return project
  }

  private func only(_ project: ToolProject) throws -> String {
    let folder = project.path("\(project.reports)/imports")
    let ids = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try #require(ids.count == 1 ? ids.first : nil)
  }

  @Test func `Results become a record of their own, and a pass in them proves nothing`()
    async throws
  {
    let project = try await Self.project()
    let result = try await project.run("import", "--recipe", project.recipe, "report.xml")
    #expect(result.status == 1)
    // The suite says that nothing failed.
    #expect(result.err.contains("report.xml:2:"))
    #expect(result.err.contains("failures=\"0\" but its cases come to 1"))
    let id = try only(project)
    let folder = "\(project.reports)/imports/\(id)"
    let record = try project.record(folder)
    #expect(record.header.imported?.file == "report.xml")
    #expect(record.header.imported?.finished == "2031-05-29T18:05:16Z")
    #expect(record.checks.map(\.outcome.word) == [.passed, .failed])
    #expect(record.checks.map(\.microseconds) == [1_250_000_000, 0])
    let coverage = try JSONParser().parse(project.text("\(folder)/coverage.json"))
    #expect(coverage["imported"]?["format"]?.stringValue == "junit")
    #expect(coverage["level"] == 0)
    #expect(try !project.text("\(folder)/coverage.json").contains("\"verdict\" : \"proven"))
    for file in ["junit.xml", "coverage.html"] {
      #expect(try project.text("\(folder)/\(file)").contains("imported"))
    }
    // No page and no committed coverage is touched, and no run is there.
    #expect(!project.exists("\(project.suite)/PARITY.md"))
    #expect(!project.exists("\(project.reports)/coverage.json"))
    #expect(project.runs.isEmpty)
  }

  @Test func `A file of another recipe is refused, or taken with a word`() async throws {
    let project = try await Self.project()
    let nameless = try await project.run("import", "report.xml")
    #expect(nameless.status == 64)
    #expect(nameless.err.contains("--recipe"))
    try project.write(
      "results.json",
      #"{"recipe": "other", "finished": "2026-05-29T18:05:16Z", "stages": [{"name": "install", "#
        + #""status": "pass", "tests": [{"name": "serving", "status": "pass"}]}]}"#
    )
    let refused = try await project.run("import", "results.json")
    #expect(refused.status == 64)
    #expect(refused.err.contains("\"other\""))
    #expect(!project.exists("\(project.reports)/imports"))
    let taken = try await project.run("import", "results.json", "--recipe", project.recipe)
    #expect(taken.status == 0)
    #expect(taken.err.contains("taken for \(project.recipe)"))
  }

  @Test func `What is no result is told with its place and its line`() async throws {
    let project = try await Self.project()
    try project.write(
      "bomb.xml",
      "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]>\n<testsuites/>\n"
    )
    try project.write("other.xml", "<coverage line-rate='1'/>\n")
    try project.write("cut.xml", "<testsuites>\n  <testsuite>\n")
    try project.write("empty.xml", "<testsuites/>\n")
    try project.write("data.bin", "\u{1}\u{2}")
    for (file, line, what) in [
      ("bomb.xml", 2, "<!DOCTYPE a [<!ENTITY"), ("other.xml", 1, "Cobertura"),
      ("cut.xml", 2, "well-formed"),
      ("empty.xml", 0, "no test case"), ("data.bin", 0, "neither XML nor JSON"),
    ] {
      let result = try await project.run("import", "--recipe", project.recipe, file)
      #expect(result.status == 65, "\(file)")
      #expect(result.err.contains(line == 0 ? "\(file): error" : "\(file):\(line):"), "\(file)")
      #expect(result.err.contains(what), "\(file)")
    }
    #expect(try await project.run("import", "gone.xml").status == 64)
    #expect(!project.exists("\(project.reports)/imports"))
  }

  @Test func `An imported record is told again, and given on in other forms`() async throws {
    let project = try await Self.project()
    _ = try await project.run("import", "--recipe", project.recipe, "report.xml")
    let id = try only(project)
    let again = try await project.run("report", project.recipe, "--run", id)
    #expect(again.status == 1)
    #expect(again.out.contains("report.xml (JUnit XML"))
    for (form, key) in [("results.json", "stages"), ("ctrf", "results")] {
      let printed = try await project.run("report", project.recipe, "--run", id, "--as", form)
      #expect(printed.status == 0)
      #expect(try JSONParser().parse(printed.out)[key] != nil)
      try project.write("again.json", printed.out)
      let back = try await project.run("import", "again.json")
      #expect(back.status == 1, "\(form)")
      #expect(back.err.contains("2 cases (1 passed, 1 failed)"))
    }
    #expect(try await project.run("audit").out.contains("no run is kept"))
  }

  @Test func `A hundred thousand cases fit into a bounded memory`() async throws {
    let project = try await Self.project()
    var text = "<testsuites><testsuite name=\"s\" tests=\"100000\">\n"
    for number in 0..<100_000 {
      text +=
        "<testcase classname=\"package.Class\(number / 100)\" name=\"test_\(number)\" time=\"0.01\"/>\n"
    }
    try project.write("many.xml", text + "</testsuite></testsuites>\n")
    let measured = try ToolRun(
      project,
      ["import", "--recipe", project.recipe, "many.xml"],
      [:],
      under: [
        "python3", "-c",
        """
        import resource, subprocess, sys
        status = subprocess.run(sys.argv[1:]).returncode
        print("KiB", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        sys.exit(status)
        """,
      ]
    )
    let result = try await measured.result()
    #expect(result.status == 0)
    let kilobytes = result.out.split(separator: "\n").last.flatMap { Int($0.dropFirst(4)) }
    #expect(try #require(kilobytes) < 60 << 10)
  }

  // MARK: Pages

  private static let page = """
    # Parity — RECIPE

    | recipe-maintainer test | cc-ci test | what's verified | status |
    |---|---|---|---|
    | `health.py` | `functional/test_health.py::test_health` | GET /api/health → 200 | **ported** |
    | `gone.py` | `functional/test_gone.py` | something | **ported** |

    Hand-written words that mean nothing to a tool.

    """

  @Test func `A page is read into claims, and what is not understood is kept`() async throws {
    let project = try await Self.project()
    try project.write("PAGE.md", Self.page.replacing("RECIPE", with: project.recipe))
    let text = try await project.run("import", "PAGE.md")
    #expect(text.status == 0)
    #expect(text.out.contains("PAGE.md: 2 claims of \(project.recipe), 1 passages not understood"))
    let json = try JSONParser().parse(
      try await project.run("import", "PAGE.md", "--format", "json").out
    )
    #expect(json["claims"]?.arrayValue?.count == 2)
    #expect(json["claims"]?[0]?["tests"]?[0]?["function"] == "test_health")
    #expect(json["claims"]?[0]?["lines"] == [5, 5])
    #expect(json["rest"]?[0]?["text"]?.stringValue?.hasPrefix("Hand-written") == true)
  }

  @Test func `A claim whose test is not there is refuted, with a mark under it`() async throws {
    let project = try await Self.project()
    try project.write("PAGE.md", Self.page.replacing("RECIPE", with: project.recipe))
    let result = try await project.run("audit", "--claims", "PAGE.md")
    #expect(result.status == 1)
    #expect(result.out.contains("PAGE.md:6:16: error: refuted: functional/test_gone.py"))
    #expect(result.out.contains("^^^^^^^^^^^^^^^^^^^^^^^"))
    let json = try JSONParser().parse(
      try await project.run("audit", "--claims", "PAGE.md", "--format", "json").out
    )
    #expect(
      json["claims"]?.arrayValue?.map { $0["verdict"]?.stringValue } == ["refuted", "refuted"]
    )
    let junit = try await project.run("audit", "--claims", "PAGE.md", "--format", "junit")
    #expect(junit.out.contains("failures=\"2\""))
    let markdown = try await project.run("audit", "--claims", "PAGE.md", "--format", "markdown")
    #expect(markdown.out.contains("| 6 | "))
    #expect(try await project.run("audit", "--format", "json").status == 64)
  }
}
