import BuiltTool
import Testing

/// What a shell is offered for words that only the project knows.
@Suite struct CompletionTests {
  /// As the scripts of `--generate-completion-script` ask, for the last of the words.
  private func offers(
    _ argument: String,
    _ words: [String],
    in project: ToolProject,
    shell: String = "bash"
  ) async throws -> [String] {
    let arguments =
      ["---completion", words[1], "--", argument, "\(words.count - 1)", "0"] + words
    let run = try ToolRun(project, arguments, ["SAP_SHELL": shell])
    let result = try await run.result()
    #expect(result.status == 0)
    #expect(result.err.isEmpty)
    return result.out.split(separator: "\n").map(String.init)
  }

  private func project() async throws -> ToolProject {
    let project = try ToolProject()
    for name in ["wiki", "notes"] { _ = try await project.run("new", name) }
    try project.write(
      "suites/wiki/functional/shown.yml",
      "test_shown:\n  about: It is.\n  steps:\n    - http: {get: /}\n      expect: {status: 200}\n"
    )
    return project
  }

  @Test(arguments: [
    ["run"], ["up"], ["show"], ["audit"], ["history"], ["list"], ["lint"], ["verify"], ["report"],
    ["pin"],
  ])
  func `Recipes are those that have a suite`(_ command: [String]) async throws {
    let found = try await offers("positional@0", ["parity"] + command + [""], in: project())
    #expect(found == ["notes", "wiki"])
  }

  @Test func `Checks are those of the recipe that is named, else of all`() async throws {
    let project = try await project()
    let own = "functional/shown::test_shown"
    let all = try await offers("--check", ["parity", "run", "--check", ""], in: project)
    #expect(all.contains(own))
    #expect(all.contains("generic/upgrade::version_runs"))
    #expect(Set(all).count == all.count)
    let words = ["parity", "run", "notes", "--check", ""]
    let ofNotes = try await offers("--check", words, in: project)
    #expect(ofNotes.contains("functional/content::test_content_roundtrip"))
    #expect(!ofNotes.contains(own))
    let shown = try await offers("positional@1", ["parity", "show", "wiki", ""], in: project)
    #expect(shown.contains(own))
  }

  @Test func `A colon is escaped for zsh, which reads a description after it`() async throws {
    let words = ["parity", "show", "wiki", ""]
    let found = try await offers("positional@1", words, in: project(), shell: "zsh")
    #expect(found.contains("functional/shown\\:\\:test_shown"))
  }

  @Test func `The project is the one that the command line names`() async throws {
    let project = try await project()
    let elsewhere = try ToolProject(parity: "")
    let words = ["parity", "run", "--project", project.folder, ""]
    #expect(try await offers("positional@0", words, in: elsewhere) == ["notes", "wiki"])
  }

  @Test func `Outside of a project, and of suites with mistakes, nothing is offered or said`()
    async throws
  {
    let words = ["parity", "run", "--check", ""]
    let outside = try ToolProject(parity: "")
    #expect(try await offers("--check", words, in: outside).isEmpty)
    #expect(try await offers("positional@0", ["parity", "run", ""], in: outside).isEmpty)
    let broken = try ToolProject(parity: "suites: [\n")
    #expect(try await offers("positional@0", ["parity", "run", ""], in: broken).isEmpty)
    let project = try await project()
    try project.write("suites/notes/recipe.yml", "no_such_key: 1\n")
    let found = try await offers("--check", words, in: project)
    #expect(found.contains("functional/shown::test_shown"))
    let ofNotes = ["parity", "run", "notes", "--check", ""]
    #expect(try await offers("--check", ofNotes, in: project).isEmpty)
  }

  @Test func `A name in which a shell finds anything is not offered`() async throws {
    let project = try await project()
    let hostile = [
      "$(id>x)", "`id`", "${IFS}id", "a;id", "a&id", "~root", "a{b,c}d", "a|b", "a<b", "!1",
    ]
    try project.write(
      "suites/wiki/functional/pages.bats",
      "@test \"one\" {\n  true\n}\n@test \"two words\" {\n  true\n}\n@test \"c\u{1B}[2J\" {\n  true\n}\n"
        + hostile.map { "@test '\($0)' {\n  true\n}\n" }.joined()
    )
    let found = try await offers("positional@1", ["parity", "show", "wiki", ""], in: project)
    #expect(found.filter { $0.contains("pages") } == ["functional/pages::one"])
  }
}
