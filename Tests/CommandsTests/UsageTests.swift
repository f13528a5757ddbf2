import BuiltTool
import Evidence
import Foundation
import Testing

/// What the tool answers before it starts anything.
@Suite struct UsageTests {
  @Test func `Without parity yml every command says so and exits with 65`() async throws {
    let project = try ToolProject(parity: "")
    for command in ["run", "audit", "report", "verify", "list", "lint"] {
      let result = try await project.run(command)
      #expect(result.status == 65)
      #expect(result.out.isEmpty)
      #expect(
        result.err == "parity.yml: error: file is neither in this folder nor in one above it; "
          + "`parity new NAME` begins a project here\n"
      )
    }
  }

  @Test func `A first suite brings its project along, and a second one does not`() async throws {
    let project = try ToolProject(parity: "")
    let first = try await project.run("new", "notes")
    #expect(first.status == 0)
    #expect(
      first.out.hasPrefix("parity.yml\n.gitattributes\n.gitignore\nsuites/notes/recipe.yml\n")
    )
    #expect(try project.text(".gitattributes").hasSuffix("\n* -text\n"))
    let written = try project.text("parity.yml")
    #expect(try await project.run("lint").status == 0)
    let second = try await project.run("new", "wiki")
    #expect(second.out.hasPrefix("suites/wiki/recipe.yml\n"))
    #expect(try project.text("parity.yml") == written)
  }

  @Test func `A name that is refused leaves no project behind`() async throws {
    let project = try ToolProject(parity: "")
    #expect(try await project.run("new", "..").status == 64)
    #expect(!FileManager.default.fileExists(atPath: project.path("parity.yml")))
  }

  @Test func `An empty folder of suites is never green`() async throws {
    let project = try ToolProject()
    try FileManager.default.createDirectory(
      atPath: project.path("suites"),
      withIntermediateDirectories: true
    )
    for command in ["run", "audit", "report", "verify", "list", "lint"] {
      let result = try await project.run(command)
      #expect(result.status == 64)
      #expect(result.out.isEmpty)
      #expect(result.err == "parity: suites holds no suite; try `parity new NAME`\n")
    }
  }

  @Test func `An unknown recipe exits with 64 and the nearest one`() async throws {
    let project = try ToolProject()
    _ = try await project.run("new", "plausible")
    _ = try await project.run("new", "gitea")
    let result = try await project.run("run", "plausibel")
    #expect(result.status == 64)
    #expect(result.out.isEmpty)
    #expect(
      result.err == """
        parity: "plausibel" has no suite in suites (gitea, plausible); did you mean plausible?

        """
    )
    #expect(!project.exists("reports"))
  }

  @Test func `The version is a release, and the commit where the build knows it`() async throws {
    let result = try await ToolProject(parity: "").run("--version")
    #expect(result.status == 0)
    let version = /[0-9]+\.[0-9]+\.[0-9]+(\+g[0-9a-f]{7,}(\.dirty)?)?\n/
    #expect(result.out.wholeMatch(of: version) != nil)
  }

  @Test func `An unknown option exits with 64`() async throws {
    let project = try ToolProject()
    let result = try await project.run("run", "--untill", "install")
    #expect(result.status == 64)
    #expect(result.err.hasPrefix("Error: Unknown option '--untill'"))
    #expect(result.out.isEmpty)
  }

  @Test(arguments: ["../../x", "two words", "", ".hidden", "a/b", "-"])
  func `A name that could leave its folder is refused`(_ name: String) async throws {
    let project = try ToolProject()
    let result = try await project.run("new", "--", name)
    #expect(result.status == 64)
    #expect(
      result.err == "parity: \"\(name)\" is not a recipe name: letters, digits, - _ . only\n"
    )
    #expect(!project.exists("suites"))
    for command in ["run", "report", "audit"] {
      let other = try await project.run(command, "--", name)
      #expect(other.status == 64)
    }
    #expect(!project.exists("reports"))
  }

  @Test func `All mistakes of all files are told at once, with carets, before anything starts`()
    async throws
  {
    let project = try ToolProject()
    _ = try await project.run("new", project.recipe)
    try project.write(
      "\(project.suite)/recipe.yml",
      "recipe: \(project.recipe)\nhealt: {path: /}\nintegrity: {nowhere: {sed: []}}\n"
    )
    try project.write(
      "\(project.suite)/functional/content.yml",
      "test_one:\n  stepz: []\n"
    )
    let result = try await project.run("run")
    #expect(result.status == 65)
    #expect(result.out.isEmpty)
    #expect(result.err.contains("\(project.suite)/recipe.yml:2:1: error: "))
    #expect(result.err.contains(" 2 | healt: {path: /}\n   | ^^^^^\n"))
    #expect(result.err.contains("did you mean \"health\"?"))
    #expect(result.err.contains("\(project.suite)/recipe.yml:3:"))
    #expect(result.err.contains("\(project.suite)/functional/content.yml:2:3: error: "))
    #expect(!project.exists("reports"))
    #expect(try await project.run("lint").status == 65)
  }

  @Test func `A new suite replaces nothing`() async throws {
    let project = try ToolProject()
    let first = try await project.run("new", project.recipe)
    #expect(first.status == 0)
    let files = project.files(below: "suites")
    let second = try await project.run("new", project.recipe)
    #expect(second.status == 64)
    #expect(second.err == "parity: \(project.suite) exists already\n")
    #expect(project.files(below: "suites") == files)
  }

  @Test func `A new suite has no mistakes and can be listed`() async throws {
    let project = try ToolProject()
    _ = try await project.run("new", project.recipe)
    let lint = try await project.run("lint")
    #expect(lint.status == 0)
    #expect(lint.out == "1 suite, no mistakes\n")
    #expect(lint.err.isEmpty)
    let list = try await project.run("list")
    #expect(list.status == 0)
    #expect(list.out.contains("functional/content::test_content_roundtrip"))
    #expect(list.out.contains("integrity/content::survives_restore"))
    #expect(list.err.isEmpty)
    #expect(!project.exists("reports"))
  }

  @Test func `A coverage of a later schema is refused`() async throws {
    let project = try ToolProject()
    _ = try await project.run("new", project.recipe)
    try project.write("\(project.reports)/coverage.json", "{\"schema\": 99}\n")
    for command in ["verify", "report", "run"] {
      let result = try await project.run(command)
      #expect(result.status == 2)
      #expect(
        result.err.hasSuffix(
          "parity: \(project.reports)/coverage.json has schema 99, this tool reads up to \(CoverageModel.schemaVersion)\n"
        )
      )
    }
    #expect(!project.exists("\(project.suite)/PARITY.md"))
    #expect(project.runs.isEmpty)
  }

  @Test func `A coverage that is none is refused with its reason`() async throws {
    let project = try ToolProject()
    _ = try await project.run("new", project.recipe)
    try project.write("\(project.reports)/coverage.json", "{\"schema\": 1}\n")
    let result = try await project.run("verify")
    #expect(result.status == 2)
    #expect(result.err.contains("coverage.json is no coverage file: "))
  }

  @Test func `Nothing to report is no success`() async throws {
    let project = try ToolProject()
    _ = try await project.run("new", project.recipe)
    #expect(try await project.run("report").status == 2)
    #expect(try await project.run("audit").status == 2)
    let verify = try await project.run("verify")
    #expect(verify.status == 1)
    #expect(verify.out.hasSuffix("\(project.reports)/coverage.json is not there: run it once\n"))
  }

  @Test func `A rule is explained, and an unknown one has its nearest`() async throws {
    let project = try ToolProject()
    let known = try await project.run("explain", "store-without-marker")
    #expect(known.status == 0)
    let unknown = try await project.run("explain", "store-without-markers")
    #expect(unknown.status == 64)
    #expect(
      unknown.err
        == "parity: unknown rule \"store-without-markers\"; did you mean store-without-marker?\n"
    )
  }

  @Test(arguments: [
    (["lint", "--project", "nowhere"], "--project nowhere: folder does not exist"),
    (
      ["lint", "--project", "parity.yml"],
      "--project parity.yml: is a file; give the folder of parity.yml"
    ),
    (["lint", "--project", ""], "--project needs a folder"),
    (["list", "--driver", "abra"], "--driver cannot be \"abra\"; this version has: local, swarm"),
    (
      ["run", "--driver", "locl"],
      "--driver cannot be \"locl\"; this version has: local, swarm; did you mean local?"
    ),
    (["templates", "check", "nowhere"], "folder \"nowhere\" does not exist"),
    (["report", "--templates", "parity.yml"], "\"parity.yml\" is not a folder of templates"),
    (["audit", "--run", "../x"], "demo has no run \"../x\"; none is kept"),
    (["lint", "a\u{1B}[31m"], "\"a\u{FFFD}[31m\" has no suite in suites (demo)"),
    (
      ["lint", "x y", "suites/demo"],
      "\"x y\" has no suite in suites (demo)\nparity: \"suites/demo\" has no suite in suites (demo); did you mean demo?"
    ),
  ])
  func `An argument that names nothing exits with 64 and writes nothing`(
    _ arguments: [String],
    _ message: String
  ) async throws {
    let project = try ToolProject()
    _ = try await project.run("new", "demo")
    let before = project.files(below: ".")
    let result = try await ToolRun(project, arguments, [:]).result()
    #expect(result.status == 64)
    #expect(result.out.isEmpty)
    #expect(result.err == "parity: \(message)\n")
    #expect(project.files(below: ".") == before)
  }

  @Test(arguments: [["rnu"], ["help", "rnu"]])
  func `A command that does not exist has its nearest`(_ arguments: [String]) async throws {
    let result = try await ToolRun(try ToolProject(), arguments, [:]).result()
    #expect(result.status == 64)
    #expect(result.err.hasPrefix("parity: unknown command \"rnu\" (run, up, merge, audit, "))
    #expect(result.err.hasSuffix("); did you mean run?\n"))
  }

  @Test(arguments: ["tomorrow", "2026-02-30", "2026-13-01", ""])
  func `Today is a day of the calendar`(_ day: String) async throws {
    let project = try ToolProject()
    _ = try await project.run("new", "demo")
    let result = try await project.run("audit", "--today", day)
    #expect(result.status == 64)
    #expect(result.err.contains("--today needs a day as YYYY-MM-DD, not \"\(day)\""))
  }

  @Test func `A folder that a sweep would leave out is a mistake`() async throws {
    let project = try ToolProject()
    _ = try await project.run("new", "demo")
    try project.write("suites/two words/recipe.yml", "")
    try project.write("suites/other/functional/x.yml", "")
    try project.write("suites/notes/README.md", "")
    for command in ["lint", "run"] {
      let result = try await project.run(command)
      #expect(result.status == 65)
      #expect(result.err.contains("suites/two words: error: suite has a name that no recipe can"))
      #expect(result.err.contains("suites/other: error: folder has functional and no recipe.yml"))
      #expect(!result.err.contains("notes"))
    }
    #expect(try await project.run("lint", "demo").status == 0)
  }
}
