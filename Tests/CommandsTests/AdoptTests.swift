import BuiltTool
import Foundation
import Testing

/// Suites made of older tests.
@Suite struct AdoptTests {
  private static let settings = """
    HEALTH_PATH = "/healthz"
    HEALTH_OK = (200, 302)
    DEPLOY_TIMEOUT = 1200
    HTTP_TIMEOUT = 60
    EXTRA_ENV = {"TITLE": "a: {{b}}", "DEBUG": True, "API_TOKEN": "for-everybody-to-read"}
    UPGRADE_EXTRA_ENV = {"NEW": "1.10"}
    BACKUP_CAPABLE = True
    DEPS = ["mail"]
    EXPECTED_NA = {"upgrade": "one version", "sso": "none"}
    READY_PROBE = {"service": "app", "port": 9000}
    SCREENSHOT = "/login"
    """

  private static func project(_ files: [String: String] = [:]) throws -> ToolProject {
    let project = try ToolProject()
    let usual = [
      "tests/wiki/recipe_meta.py": settings,
      "tests/wiki/ops.py": "def pre_backup(app):\n    \"\"\"Plant a row.\"\"\"\n    app.run()\n",
      "tests/wiki/functional/test_pages.py": """
      import os
      import _helper


      def test_page():
          \"\"\"A page is kept.\"\"\"
          assert _helper.get(os.environ["WIKI_URL"])


      def test_other():
          assert True
      """,
      "tests/wiki/functional/_helper.py": "import requests\n",
      "tests/wiki/test_backup.py": "import ops\n\ndef test_kept(): assert ops\n",
    ]
    for (name, text) in usual.merging(files, uniquingKeysWith: { $1 }) {
      try project.write(name, text)
    }
    return project
  }

  private static let compose = """
    version: "3.8"
    services:
      app:
        image: example/wiki:1.0
        volumes: ["pages:/srv/pages"]
        deploy:
          labels: ["backupbot.backup=true", "coop-cloud.${STACK_NAME}.version=1.0.0+1.0"]
    volumes: {pages: {}}
    """

  @Test func `Settings, scripts and hooks have their places; the suite loads and is listed`()
    async throws
  {
    let project = try Self.project(["recipes/wiki/compose.yml": Self.compose])
    let result = try await project.run("adopt", "tests", "--from", "recipes")
    #expect(result.status == 0, "\(result.err)")
    let suite = try project.text("suites/wiki/recipe.yml")
    for line in [
      "health: {path: /healthz, ok: [200, 302], within: 60s, tcp: {service: app, port: 9000}}",
      "deadlines: {operation: 1200s}", "  DEBUG: \"True\"",
      "  TITLE: \"a: {{{{b}}\"", "  api_token: {value: for-everybody-to-read}",
      "  API_TOKEN: \"{{secret.api_token}}\"", "  NEW: \"1.10\"", "  upgrade: \"one version\"",
      "  capable: true",
    ] { #expect(suite.contains("\n\(line)\n"), "\(line)") }
    for name in ["functional/test_pages.py", "functional/_helper.py"] {
      let kept = try project.bytes("suites/wiki/\(name)")
      #expect(kept == (try project.bytes("tests/wiki/\(name)")))
    }
    let overlay = try project.bytes("suites/wiki/overlays/test_backup.py")
    #expect(overlay == (try project.bytes("tests/wiki/test_backup.py")))
    // What an overlay imports stands beside it.
    #expect(project.exists("suites/wiki/overlays/ops.py"))
    let list = try await project.run("list")
    #expect(list.status == 0, "\(list.err)")
    for name in [
      "functional/test_pages::test_page", "functional/test_pages::test_other",
      "overlays/backup::test_kept",
    ] {
      let line = list.out.split(separator: "\n").first { $0.contains(name) }
      #expect(line?.contains("opaque") == true, "\(name)")
    }
    let lint = try await project.run("lint")
    #expect(lint.status == 0)
    #expect(lint.err.contains("open: dependencies: [mail], as soon as each has a suite here"))
    #expect(
      lint.err.contains(/recipe\.yml:\d+:1: warning: open: pre_backup of tests\/wiki\/ops\.py:1/)
    )
    #expect(
      lint.err.contains("open: scripts read WIKI_URL (tests/wiki/functional/test_pages.py:7)")
    )
    #expect(try await project.run("lint", "--strict").status == 1)
    let note = try project.text("suites/wiki/ADOPTED.md")
    #expect(note.contains("| tests/wiki/recipe_meta.py:11 | SCREENSHOT |"))
    #expect(note.contains("| tests/wiki/recipe_meta.py:9 | EXPECTED"))
    #expect(note.contains("helper.py:1 | imports requests"))
  }

  /// Whether it is run would be seen in the folder.
  @Test func `Code is told with its place and not run`() async throws {
    let project = try Self.project([
      "tests/wiki/recipe_meta.py": """
      HEALTH_PATH = open("ran", "w").name
      HEALTH_OK = (200,)
      HEALTH_OK += (404,)
      EXTRA_ENV = {"A": "kept", "B": open("ran", "w").name}


      def BACKUP_VERIFY(app):
          open("ran", "w")


      __import__("os").system("touch ran")
      """,
      "tests/wiki/ops.py": "open('ran', 'w')\n\ndef pre_backup(app): open('ran', 'w')\n",
    ])
    let result = try await project.run("adopt", "tests/wiki")
    #expect(result.status == 0, "\(result.err)")
    for place in ["1:15", "3:1", "4:32", "7:1", "11:1"] {
      #expect(result.err.contains("tests/wiki/recipe_meta.py:\(place): warning: "), "\(place)")
    }
    let caret = "\n   | \(String(repeating: " ", count: 14))^^^^"
    #expect(result.err.contains(" 1 | HEALTH_PATH = open(\"ran\", \"w\").name\(caret)"))
    let suite = try project.text("suites/wiki/recipe.yml")
    #expect(!suite.contains("\nhealth:"))
    #expect(suite.contains("\nenvironment:\n  A: kept\n") && !suite.contains("  B: "))
    let note = try project.text("suites/wiki/ADOPTED.md")
    for line in [1, 3, 4, 7, 11] {
      #expect(note.contains("| tests/wiki/recipe_meta.py:\(line) | "), "\(line)")
    }
    #expect(!project.exists("ran") && !project.exists("tests/wiki/ran"))
  }

  @Test(
    arguments: [
      ("tests/other/recipe_meta.py", "A = (\n", 65), ("tests/other/ops.py", "def f(:\n", 65),
      ("tests/other/functional/odd name.sh", "exit 0\n", 65),
      ("tests/bad name/recipe_meta.py", "", 64), ("suites/wiki/recipe.yml", "", 64),
    ]
  )
  func `All of it is written or nothing`(file: String, text: String, status: Int32) async throws {
    let project = try Self.project([file: text])
    let before = project.files(below: "")
    let result = try await project.run("adopt", "tests")
    #expect(result.status == status, "\(result.err)")
    #expect(project.files(below: "") == before)
  }

  @Test func `Nothing is begun where a folder has no project and the tests are wrong`() async throws
  {
    let project = try Self.project(["tests/wiki/ops.py": "def f(:\n"])
    try project.remove("parity.yml")
    #expect(try await project.run("adopt", "tests").status == 65)
    #expect(!project.exists("parity.yml") && !project.exists("suites"))
    try project.write("tests/wiki/ops.py", "")
    #expect(try await project.run("adopt", "tests").status == 0)
    #expect(project.exists("parity.yml") && project.exists("suites/wiki/recipe.yml"))
    #expect(project.files(below: "suites").keys.allSatisfy { !$0.hasPrefix(".") })
  }

  @Test func `Links that lead out and files that would be checks stay where they are`() async throws
  {
    let project = try Self.project(["tests/wiki/functional/extra.yml": "a: {}\n"])
    try project.write("secret.txt", "hidden")
    try FileManager.default.createSymbolicLink(
      atPath: project.path("tests/wiki/functional/test_link.py"),
      withDestinationPath: "../../../secret.txt"
    )
    let result = try await project.run("adopt", "tests/wiki")
    #expect(result.status == 0, "\(result.err)")
    #expect(!project.exists("suites/wiki/functional/extra.yml"))
    #expect(!project.exists("suites/wiki/functional/test_link.py"))
    let note = try project.text("suites/wiki/ADOPTED.md")
    #expect(note.contains("functional/extra.yml") && note.contains("functional/test_link.py"))
  }

  @Test func `Settings that cannot be read are a mistake`() async throws {
    let project = try Self.project()
    try project.remove("tests/wiki/recipe_meta.py")
    try project.write("secret.py", "HEALTH_PATH = '/secret'\n")
    try FileManager.default.createSymbolicLink(
      atPath: project.path("tests/wiki/recipe_meta.py"),
      withDestinationPath: "../../secret.py"
    )
    let result = try await project.run("adopt", "tests/wiki")
    #expect(result.status == 65 && !project.exists("suites"), "\(result.err)")
  }

  @Test func `No path of this machine gets into a suite`() async throws {
    let project = try Self.project(["tests/wiki/PARITY.md": Self.page])
    let result = try await project.run("adopt", project.path("tests"))
    #expect(result.status == 0, "\(result.err)")
    let files = project.files(below: "suites")
    #expect(files.count > 4)
    for (name, bytes) in files {
      #expect(!String(decoding: bytes, as: UTF8.self).contains(project.folder), "\(name)")
    }
  }

  // MARK: Pages

  private static let page = """
    # wiki — parity map

    | recipe-maintainer file | cc-ci file | what's verified | status |
    |---|---|---|---|
    | `recipe-info/wiki/tests/health_check.py` | `functional/test_pages.py::test_page` | GET / → 200 | **ported** |
    | `gone.py` | `functional/test_gone.py` | a login | **ported** |
    | `later.py` | (deferred) | mail | **deferred to Q3** |

    ## Non-ports

    - **`oidc.py`** — authentik only

    ## Notes / deferrals

    - Reading back by the API: needs a key.

    ## Who

    > Ask the *team*: {{never}} the bot.
    """

  @Test(arguments: [true, false])
  func `What a page claims is said in the suite's words`(hasTests: Bool) async throws {
    let project = try Self.project(["tests/wiki/PARITY.md": Self.page, "PAGE.md": Self.page])
    let path = hasTests ? "tests/wiki" : "PAGE.md"
    let result = try await project.run("adopt", path)
    #expect(result.status == 0, "\(result.err)")
    let suite = try project.text("suites/wiki/recipe.yml")
    let shown = hasTests ? "tests/wiki/PARITY.md" : "PAGE.md"
    let isCovered = suite.contains(
      "    - ports: [health_check.py]\n      by: [\"functional/test_pages::test_page\"]\n      why: \"\(shown):5 "
    )
    #expect(isCovered == hasTests)
    // A test that did not come along is put off, whatever the page says of it.
    for (unit, line) in [("gone.py", 6), ("later.py", 7)]
      + (hasTests ? [] : [("health_check.py", 5)])
    {
      let entry = suite.split(separator: "\n").first { $0.contains("ports: [\(unit)]}") }
      #expect(entry?.contains("\(shown):\(line) says: ") == true, "\(unit)")
    }
    #expect(suite.contains("  not_ported:\n    - {ports: [oidc.py], why: \"— authentik only\"}"))
    #expect(suite.contains("why: \"Reading back by the API: needs a key.\""))
    #expect(suite.contains("\nnotes: |2\n  > Ask the *team*: {{never}} the bot.\n"))
    // The old page stays where it is.
    #expect(!project.exists("suites/wiki/PARITY.md"))
    let lint = try await project.run("lint")
    #expect(lint.err.contains("recipe wiki is not at"))
  }

  @Test func `What is no older suite is told for what it is`() async throws {
    let project = try Self.project(["r.xml": "<testsuites/>", "e.md": "# Nothing\n", "empty/x": ""])
    for path in ["r.xml", "e.md", "empty", "nowhere", "parity.yml"] {
      let result = try await project.run("adopt", path)
      #expect(result.status == 64 || result.status == 65, "\(path): \(result.err)")
    }
    let both = try await project.run("adopt", "e.md", "--recipe", "nothing")
    #expect(both.status == 0, "\(both.err)")
    #expect(try await project.run("adopt", "suites/nothing").status == 64)
  }
}
