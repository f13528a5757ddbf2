import BuiltTool
import Evidence
import Formats
import Foundation
import Reports
import Testing

/// What was edited by hand and then rendered again, so that page and coverage agree.
@Suite(.serialized) struct VerifyTests {
  /// A project whose suite was run once, to its end.
  private static func published() async throws -> ToolProject {
    let project = try ToolProject()
    try await project.addSite()
    let run = try await project.run("run")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    return project
  }

  private static func edit(
    _ project: ToolProject,
    _ change: (inout CoverageModel) -> Void
  ) async throws -> ToolProject.Result {
    let path = "\(project.reports)/coverage.json"
    let page = "\(project.suite)/PARITY.md"
    let before = (try project.text(path), try project.text(page))
    var model = try CoverageModel(json: Array(project.bytes(path)))
    change(&model)
    let bytes = try JSONTextEncoder(.spaced).bytes(of: model)
    try project.write(path, String(decoding: bytes, as: UTF8.self) + "\n")
    try project.write(page, try ParityPage(model).rendered())
    let result = try await project.run("verify")
    try project.write(path, before.0)
    try project.write(page, before.1)
    return result
  }

  @Test func `An edit by hand is told also where the page was rendered again`() async throws {
    let project = try await Self.published()
    let recipe = project.recipe
    let untouched = try await Self.edit(project) { _ in }
    #expect(untouched.status == 0, "\(untouched.out)")

    let level = try await Self.edit(project) { $0.level = 5 }
    #expect(level.status == 1)
    #expect(level.out == "\(recipe): level 5 stands over rungs that make level 4\n")

    let real = try await Self.edit(project) { $0.standins = [] }
    #expect(real.status == 1)
    #expect(real.out.contains("P1/install is proven (stand-in), and no stand-in ran"))

    let failed = try await Self.edit(project) { model in
      let index =
        model.checks.firstIndex {
          $0.kind == .functional && $0.id.name == "test_content_roundtrip"
        } ?? 0
      model.checks[index].outcome = .failed(reason: .told("status == 200, was 500"))
    }
    #expect(failed.status == 1)
    #expect(failed.out.contains("L4 functional is pass, and functional/content::test_content"))

    let base = try await Self.edit(project) {
      $0.base = RecipeRevision(version: "0.0.9+1.22", tree: String(repeating: "a", count: 40))
    }
    #expect(base.status == 1)
    #expect(base.out.contains("0.0.9+1.22 aaaaaaaaaaaa, is not a version of the recipe"))

    let other = try await Self.edit(project) { $0.recipe = "somebody-else" }
    #expect(other.status == 1)
    #expect(other.out.contains("coverage.json is of another recipe, somebody-else"))
  }

  @Test func `A coverage that this tool did not write as it stands is told with its line`()
    async throws
  {
    let project = try await Self.published()
    let path = "\(project.reports)/coverage.json"
    let text = try project.text(path)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)

    let key = ["{", "  \"a\" : 1,"] + lines.dropFirst().map(String.init)
    try project.write(path, key.joined(separator: "\n"))
    let unknown = try await project.run("verify")
    #expect(unknown.status == 1)
    #expect(unknown.out.contains("\(path):2: is not as this tool wrote it"))

    try project.write(path, text)
    #expect(try await project.run("verify").status == 0)
  }

  @Test func `Another policy, other files and other line ends are told`() async throws {
    let project = try await Self.published()
    let recipe = project.recipe
    let parity = try project.text("parity.yml")
    try project.write("parity.yml", parity + "policy: {functional_checks: 5}\n")
    let policy = try await project.run("verify")
    #expect(policy.status == 1)
    #expect(policy.out.hasPrefix("\(recipe): the policy changed since the coverage was made"))
    try project.write("parity.yml", parity)

    // As a checkout with core.autocrlf makes them.
    let paths = [
      "\(project.suite)/recipe.yml", "\(project.suite)/PARITY.md",
      "\(project.reports)/coverage.json",
    ]
    let before = try paths.map { try project.text($0) }
    for (path, text) in zip(paths, before) {
      try project.write(path, text.replacing("\n", with: "\r\n"))
    }
    let ends = try await project.run("verify")
    #expect(ends.status == 1)
    #expect(ends.out.split(separator: "\n").count == 1)
    #expect(ends.out.contains("CRLF"))
    for (path, text) in zip(paths, before) { try project.write(path, text) }

    // A report would tell of a gate that was never asked.
    try project.write(paths[0], before[0].replacing("path: /,", with: "path: /other,"))
    let report = try await project.run("report")
    #expect(report.status == 2)
    #expect(report.err.contains("the suite changed since run "))
    #expect(try project.text(paths[1]) == before[1])
    let audit = try await project.run("audit")
    #expect(audit.out.contains("the suite changed since run "))
  }

  @Test func `A coverage of a recipe without a suite is told, unless recipes are named`()
    async throws
  {
    let project = try await Self.published()
    try project.write(
      "reports/gone/coverage.json",
      try project.text("\(project.reports)/coverage.json")
    )
    let all = try await project.run("verify")
    #expect(all.status == 1)
    #expect(all.out.contains("gone: reports/gone/coverage.json is of a recipe that has no suite\n"))
    #expect(try await project.run("verify", project.recipe).status == 0)
  }
}
