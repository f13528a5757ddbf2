import BuiltTool
import Foundation
import Testing

/// The built tool and a corpus that is not what it was, or not what it seems.
@Suite struct PortsTests {
  private static let health = """
    import requests

    def test_up(base):
        assert requests.get(f"{base}/api/health").status_code == 200

    def test_page(base):
        assert "Welcome" in requests.get(f"{base}/").text

    """

  /// A suite whose one check stands for one script of two tests.
  private static func project(
    _ script: String? = health,
    parity: String = "corpus: {root: recipe-info}\n"
  ) async throws -> ToolProject {
    let project = try ToolProject(parity: parity)
    try await project.addSite()
    if let script {
      try project.write("recipe-info/\(project.recipe)/tests/health.py", script)
    }
    // Another recipe, so that the corpus is never an empty one.
    try project.write("recipe-info/other/tests/health.py", health)
    try project.write(
      "\(project.suite)/functional/health.yml",
      """
      test_up:
        ports: [health.py]
        steps:
          - http: {get: /api/health}
            expect: {status: 200, body: {contains: well}}

      """
    )
    return project
  }

  private static func script(_ project: ToolProject) -> String {
    "recipe-info/\(project.recipe)/tests/health.py"
  }

  @Test func `Without a run links are audited, and nothing is ported`() async throws {
    let project = try await Self.project()
    let audit = try await project.run("audit")
    #expect(audit.status == 2)
    #expect(audit.out.contains("unproven P2/health.py::test_up: nothing has run yet"))
    #expect(!audit.out.contains("proven P2/health.py::test_up\n"))
  }

  @Test func `A lock says what was pinned, and only a change of substance is told`() async throws {
    let project = try await Self.project()
    let lock = "\(project.suite)/parity.lock"
    let first = try await project.run("pin")
    #expect(first.status == 0)
    #expect(first.out.contains("written (2 units)"))
    #expect(try project.text(lock).contains("\nassert | GET /api/health | status | == 200\n"))
    let before = try project.bytes(lock)
    #expect(try await project.run("pin").out.contains("is as it should be (2 units)"))
    #expect(try project.bytes(lock) == before)
    try project.write(
      Self.script(project),
      Self.health.replacingOccurrences(of: "\n\n", with: "\n\n# A comment.\n\n")
    )
    let looks = try await project.run("audit")
    #expect(!looks.out.contains("drifted"))
    #expect(try await project.run("pin").out.contains("test_up: only its looks changed"))
    try project.write(
      Self.script(project),
      Self.health.replacingOccurrences(of: "== 200", with: "< 500")
    )
    let pinned = try await project.run("pin")
    #expect(pinned.out.contains("status == 200 became < 500 (weaker)"))
  }

  @Test func `A renamed script is an orphan, and nothing is pinned while there is one`()
    async throws
  {
    let project = try await Self.project()
    _ = try await project.run("pin")
    let lock = try project.bytes("\(project.suite)/parity.lock")
    let other = "recipe-info/\(project.recipe)/tests/health_check.py"
    try project.write(other, Self.health)
    try project.remove(Self.script(project))
    let audit = try await project.run("audit")
    #expect(audit.status == 1)
    #expect(audit.out.contains("the same script is now health_check.py"))
    #expect(audit.out.contains("refuted P2/health_check.py::test_up: no check covers it"))
    let pin = try await project.run("pin")
    #expect(pin.status == 65)
    #expect(pin.err.contains("\(project.suite)/functional/health.yml:2:11: error: "))
    #expect(pin.err.contains("did you mean \"health_check.py\"?"))
    #expect(try project.bytes("\(project.suite)/parity.lock") == lock)
  }

  @Test func `A test that was removed from the corpus is told of by its name`() async throws {
    let project = try await Self.project()
    let checks = "\(project.suite)/functional/health.yml"
    try project.write(
      checks,
      try project.text(checks).replacingOccurrences(
        of: "[health.py]",
        with: "[\"health.py::test_page\"]"
      )
    )
    try project.write(Self.script(project), String(Self.health.prefix { $0 != "T" }.prefix(110)))
    let audit = try await project.run("audit")
    #expect(audit.status == 1)
    #expect(audit.out.contains("error port-orphaned: health.py::test_page is no unit of "))
  }

  @Test(arguments: [
    (
      "<<<<<<< ours\n", "line is what git leaves of a conflict"
    ),
    ("hash 123\n", "hash is no hash"), ("assert | GET / | nothing\n", "line is no fact of a unit"),
    ("unit a.py\n", "unit a.py has no hash"),
  ])
  func `A damaged lock is told with its line, and nothing runs`(
    _ line: String,
    _ message: String
  ) async throws {
    let project = try await Self.project()
    _ = try await project.run("pin")
    let lock = "\(project.suite)/parity.lock"
    let text = try project.text(lock)
    try project.write(lock, text + line)
    let number = text.split(separator: "\n", omittingEmptySubsequences: false).count
    for command in ["audit", "lint", "run", "pin"] {
      let result = try await project.run(command)
      #expect(result.status == 65)
      #expect(result.err.contains("\(lock):\(number):1: error: \(message)"))
    }
    #expect(try project.text(lock) == text + line)
    try project.write(lock, text.replacingOccurrences(of: "parity.lock 1", with: "parity.lock 2"))
    #expect(try await project.run("audit").err.contains("file has version 2"))
  }

  // MARK: A corpus that is not what it seems

  @Test(arguments: ["file", "dangling link", "nothing"])
  func `A corpus that is not there proves nothing`(_ kind: String) async throws {
    let project = try await Self.project()
    try project.remove("recipe-info")
    switch kind {
    case "file": try project.write("recipe-info", "a file\n")
    case "dangling link":
      try FileManager.default.createSymbolicLink(
        atPath: project.path("recipe-info"),
        withDestinationPath: project.path("nowhere")
      )
    default: break
    }
    let audit = try await project.run("audit")
    #expect(audit.status == 2)
    #expect(audit.out.contains("unproven P2: "))
    #expect(!audit.out.contains("vacuous"))
    let pin = try await project.run("pin")
    #expect(pin.status == 2)
    #expect(!project.exists("\(project.suite)/parity.lock"))
  }

  @Test func `A folder of binaries is unreadable, not empty`() async throws {
    let project = try await Self.project(nil)
    try project.write(Self.script(project), "\u{0}\u{1}\u{2}")
    let audit = try await project.run("audit")
    #expect(audit.status == 2)
    #expect(audit.out.contains("unproven P2: "))
    #expect(audit.out.contains("health.py is not text"))
  }

  @Test func `An entry that is empty is vacuous by proof, and its links are orphans`() async throws
  {
    let project = try await Self.project(nil)
    try FileManager.default.createDirectory(
      atPath: project.path("recipe-info/\(project.recipe)/tests"),
      withIntermediateDirectories: true
    )
    let audit = try await project.run("audit")
    #expect(audit.out.contains("vacuous P2: "))
    #expect(audit.out.contains("error port-orphaned: health.py is no unit of "))
    #expect(audit.status == 1)
  }

  @Test func `The same script of another recipe is not this recipe's`() async throws {
    let project = try await Self.project(nil)
    try project.write("recipe-info/\(project.recipe)/tests/mail.sh", "curl -f $1/mail\n")
    let checks = "\(project.suite)/functional/health.yml"
    try project.write(
      checks,
      try project.text(checks)
        .replacingOccurrences(of: "[health.py]", with: "[recipe-info/other/tests/health.py]")
    )
    let audit = try await project.run("audit")
    #expect(audit.status == 1)
    #expect(audit.out.contains("port-orphaned: recipe-info/other/tests/health.py is no unit of "))
    #expect(audit.out.contains("refuted P2/mail.sh: no check covers it"))
  }

  @Test func `A name that is not UTF-8 or would draw on a terminal is shown plainly`() async throws
  {
    let project = try await Self.project()
    let folder = Array("\(project.path("recipe-info"))/\(project.recipe)/tests/".utf8)
    let name: [UInt8] = [0xFF, 0x1B, 0x5B] + Array("31m.sh".utf8)
    let path = (folder + name + [0]).map { CChar(bitPattern: $0) }
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o644)
    #expect(descriptor >= 0)
    _ = write(descriptor, "curl -f $1/x\n", 13)
    close(descriptor)
    let audit = try await project.run("audit")
    #expect(audit.out.contains(#"refuted P2/\xFF\x1B[31m.sh: no check covers it"#))
    #expect(!audit.out.utf8.contains(0x1B))
    try project.write(
      "\(project.suite)/recipe.yml",
      "recipe: \(project.recipe)\ncorpus: {not_ported: [{ports: ['\\xFF\\x1B[31m.sh'], why: x}]}\n"
    )
    #expect(try await project.run("audit").out.contains("not applicable P2/\\xFF\\x1B[31m.sh: x"))
  }

  @Test func `Contents that are not UTF-8 are a unit of their own beside what can be read`()
    async throws
  {
    let project = try await Self.project()
    let text = Array("# caf".utf8) + [0xE9, 0x0A] + Array(Self.health.utf8)
    try Data(text).write(to: URL(fileURLWithPath: project.path(Self.script(project))))
    let audit = try await project.run("audit")
    #expect(audit.status == 2)
    #expect(audit.out.contains("unproven P2/health.py: nothing has run yet"))
    #expect(audit.out.contains("unproven P2/health.py::test_page: nothing has run yet"))
  }

  @Test func `A script of 50 MB is not read, and its corpus proves nothing`() async throws {
    let project = try await Self.project()
    let line = Data(("# " + String(repeating: "x", count: 1_021) + "\n").utf8)
    var text = Data(Self.health.utf8)
    for _ in 0..<(50 << 10) { text.append(line) }
    try text.write(to: URL(fileURLWithPath: project.path(Self.script(project))))
    let audit = try await project.run("audit")
    #expect(audit.status == 2)
    #expect(audit.out.contains("unproven P2: "))
    #expect(audit.out.contains("health.py is too large"))
  }

  @Test(arguments: [10_000, 20_000])
  func `A script of many functions has as many units`(_ count: Int) async throws {
    let project = try await Self.project()
    let functions = (0..<count).map {
      "def test_n\($0)(base):\n    assert requests.get(base + '/\($0)').ok\n"
    }
    try project.write(Self.script(project), "import requests\n" + functions.joined())
    let audit = try await project.run("audit")
    #expect(audit.status == 2)
    #expect(audit.out.contains("unproven P2/health.py::test_n0: nothing has run yet"))
    #expect(audit.out.contains("unproven P2/health.py::test_n\(count - 1): nothing has run yet"))
  }

  @Test(arguments: ["file", "tests", "recipe"])
  func `A link that leads out of the corpus is not followed, and is named`(_ kind: String)
    async throws
  {
    let project = try await Self.project()
    try project.write("outside/tests/secret.py", Self.health)
    let entry = "recipe-info/\(project.recipe)"
    let (link, target) =
      switch kind {
      case "file": ("\(entry)/tests/secret.py", "outside/tests/secret.py")
      case "tests": ("\(entry)/tests", "outside/tests")
      default: (entry, "outside")
      }
    if project.exists(link) { try project.remove(link) }
    try FileManager.default.createSymbolicLink(
      atPath: project.path(link),
      withDestinationPath: project.path(target)
    )
    let audit = try await project.run("audit")
    #expect(audit.out.contains("unproven P2: "))
    #expect(audit.out.contains(" is a link that leads outside"))
    #expect(!audit.out.contains("secret.py::"))
    #expect(audit.status == 2)
  }

  @Test func `The same script under two recipes is a unit of each, and a port of one is of one`()
    async throws
  {
    let project = try await Self.project()
    try await project.addSite(named: "other")
    let own = try await project.run("audit", project.recipe)
    #expect(own.out.contains("unproven P2/health.py::test_up: nothing has run yet"))
    let other = try await project.run("audit", "other")
    #expect(other.out.contains("refuted P2/health.py::test_up: no check covers it"))
    #expect(other.status == 1)
  }

  // MARK: What a person puts off

  @Test func `A deferral is told once its day is past, and when its port exists`() async throws {
    let project = try await Self.project()
    try project.write(
      "\(project.suite)/recipe.yml",
      """
      recipe: \(project.recipe)
      deferred:
        - {what: all of it, why: no time, until: 2026-01-31, ports: [health.py]}

      """
    )
    let before = try await project.run("audit", "--today", "2026-01-31")
    #expect(!before.out.contains("deferral-expired"))
    #expect(
      before.out.contains("deferral-has-port: health.py::test_up is deferred (all of it) although ")
    )
    let after = try await project.run("audit", "--today", "2026-02-01")
    #expect(after.out.contains("deferral-expired: all of it was deferred until 2026-01-31"))
    #expect(after.status == before.status)
    #expect(try await project.run("audit", "--today", "2026-02-01", "--strict").status == 1)
  }

  @Test func `A catalogue says which recipe needs work first`() async throws {
    let project = try await Self.project()
    try await project.addSite(named: "other")
    let audit = try await project.run("audit")
    #expect(audit.status == 1)
    let lines = audit.out.split(separator: "\n")
    #expect(lines.first == "what needs work first")
    #expect(lines.count == 3)
    #expect(
      lines[1].hasPrefix("   1  other")
        && lines[1].contains("  2 of 2 units without a port; no run")
    )
    #expect(lines[2].contains("no run is kept"))
  }
}
