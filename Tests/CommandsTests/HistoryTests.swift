import BuiltTool
import Evidence
import Formats
import Foundation
import Testing

/// What was committed of a recipe's coverage, read by the built tool out of real repositories.
@Suite struct HistoryTests {
  private static func coverage(
    _ recipe: String,
    level: Int,
    _ verdict: Verdict,
    standin: Bool = false
  ) throws -> String {
    let model = CoverageModel(
      recipe: recipe,
      driver: "local",
      standins: standin ? [Standin(service: "app", what: "a server", versions: [])] : [],
      base: nil,
      target: RecipeRevision(version: "1.0.0+1", tree: "aa"),
      suiteTree: "bb",
      corpus: CorpusCoverage(
        state: .none,
        root: "",
        path: "",
        recipes: 0,
        scripts: [],
        tree: nil,
        isSample: false,
        detail: "none"
      ),
      policy: CoveragePolicy(functionalChecks: 2),
      level: level,
      rungs: [],
      gate: GateCoverage(path: "/", port: nil, accepts: [200], requires: [], within: 1),
      claims: [
        Claim(id: "P1/install", part: .p1, verdict: verdict, checks: [])
      ],
      checks: [],
      stores: [],
      deferrals: [],
      notes: nil,
      findings: []
    )
    return String(decoding: try JSONTextEncoder(.spaced).bytes(of: model), as: UTF8.self) + "\n"
  }

  @discardableResult
  private static func git(_ project: ToolProject, _ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/git")
    process.arguments =
      ["-C", project.folder, "-c", "user.name=a", "-c", "user.email=a@example.org"] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private static func commit(_ project: ToolProject, _ path: String, _ text: String?) throws {
    if let text { try project.write(path, text) } else { try project.remove(path) }
    try git(project, "add", "--all")
    try git(project, "commit", "--quiet", "--message", "change")
  }

  /// Proven, refuted, proven; then the reports move.
  private static func project() throws -> ToolProject {
    let project = try ToolProject(
      parity: "corpus: {none: it is an example}\nreports: new\nsuites: suites\n"
    )
    let recipe = project.recipe
    try git(project, "init", "--quiet")
    let file = "old/\(recipe)/coverage.json"
    try commit(
      project,
      file,
      try coverage(
        recipe,
        level: 1,
        .provenOnStandin(reason: Reason(.standin(service: "app"))),
        standin: true
      )
    )
    try commit(project, file, try coverage(recipe, level: 0, .refuted(reason: .told("why"))))
    try commit(project, file, try coverage(recipe, level: 2, .proven))
    try git(project, "mv", "old", "new")
    try git(project, "commit", "--quiet", "--message", "rename")
    return project
  }

  @Test func `Level, first proof, last refutation and flips are read through a rename`()
    async throws
  {
    let project = try Self.project()
    let result = try await project.run("history", project.recipe)
    #expect(result.status == 0, "\(result.err)")
    let lines = result.out.split(separator: "\n").map(String.init)
    #expect(lines[0] == "\(project.recipe) · 4 commits")
    #expect(lines[1].hasSuffix("level 2  1.0.0+1  1 proven"))
    #expect(lines[3].hasSuffix("level 0  1.0.0+1  0 proven, 1 refuted"))
    #expect(lines[4].hasSuffix("level 1 (stand-in)  1.0.0+1  1 proven (stand-in)"))
    let way = try #require(lines.last)
    #expect(lines.dropLast().last == "✓ proven  P1/install")
    #expect(way.hasPrefix("  first proven "))
    #expect(way.contains(" · last refuted ") && way.hasSuffix(" · 2 flips"))

    let json = try await project.run("history", project.recipe, "--format", "json")
    let history = try JSONTextDecoder().decode(CoverageHistory.self, from: Array(json.out.utf8))
    #expect(history.entries.map { $0.state?.level } == [1, 0, 2, 2])
    #expect(history.beginning == nil)
  }

  @Test func `One claim's way, and the nearest where there is none such`() async throws {
    let project = try Self.project()
    let own = try await project.run("history", project.recipe, "--claim", "P1/install")
    #expect(own.out.contains("✗ refuted\n") && own.out.contains("◇ proven (stand-in)\n"))
    let other = try await project.run("history", project.recipe, "--claim", "P1/instal")
    #expect(other.status == 64)
    #expect(other.err.hasSuffix("did you mean P1/install?\n"))
  }

  @Test func `What cannot be read is named in its place`() async throws {
    let project = try Self.project()
    let file = "new/\(project.recipe)/coverage.json"
    let text = try project.text(file)
    try Self.commit(project, file, "<<<<<<< HEAD\n\(text)=======\n\(text)>>>>>>> other\n")
    try Self.commit(project, file, "{\"schema\": 99}\n")
    try Self.commit(project, file, nil)
    let result = try await project.run("history", project.recipe)
    #expect(result.status == 0)
    let lines = result.out.split(separator: "\n")
    #expect(lines[1].hasSuffix("! removed"))
    #expect(lines[2].contains("has schema 99, this tool reads up to"))
    #expect(lines[3].contains("! \(file) "))
    #expect(lines.contains { $0.hasSuffix("level 2  1.0.0+1  1 proven") })
  }

  @Test func `A shallow clone says that it does not know what came before`() async throws {
    let project = try Self.project()
    let clone = try ToolProject(parity: "")
    try FileManager.default.removeItem(atPath: clone.folder)
    try Self.git(
      project,
      "clone",
      "--quiet",
      "--depth",
      "2",
      "file://\(project.folder)",
      clone.folder
    )
    let result = try await clone.run("history", project.recipe)
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains("this clone is shallow"))
    #expect(try await project.run("history", project.recipe).out.contains("shallow") == false)
  }

  @Test func `A detached head has its own history`() async throws {
    let project = try Self.project()
    try Self.git(project, "checkout", "--quiet", "--detach", "HEAD~2")
    try project.write("parity.yml", "corpus: {none: it is an example}\nreports: old\n")
    let result = try await project.run("history", project.recipe)
    #expect(result.out.hasPrefix("\(project.recipe) · 2 commits\n"))
  }

  @Test func `A like file of another recipe is no part of the history`() async throws {
    let project = try Self.project()
    let other = "\(project.recipe)-b"
    let own = try project.text("new/\(project.recipe)/coverage.json")
    try project.remove("new/\(project.recipe)/coverage.json")
    try Self.commit(
      project,
      "new/\(other)/coverage.json",
      own.replacing("\"\(project.recipe)\"", with: "\"\(other)\"")
    )
    let result = try await project.run("history", other)
    #expect(result.out.hasPrefix("\(other) · 1 commit\n"), "\(result.out)")
  }

  @Test func `No history is an error and never an empty success`() async throws {
    let project = try Self.project()
    let none = try await project.run("history", "somebody")
    #expect(none.status == 2)
    #expect(none.err.contains("somebody has no committed coverage"))
    let bare = try ToolProject()
    let outside = try await bare.run("history", "somebody")
    #expect(outside.status == 2)
    #expect(outside.err.contains("is in no git work tree"))
    let later = try await project.run("history", project.recipe, "--since", "2999-01-01")
    #expect(later.status == 2)
    let wrong = try await project.run("history", project.recipe, "--since", "soon")
    #expect(wrong.status == 64)
  }
}
