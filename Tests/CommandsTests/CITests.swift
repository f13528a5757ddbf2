import BuiltTool
import Foundation
import Testing

@testable import Commands

/// What the tool says to the CI that it runs in.
@Suite(.serialized) struct CITests {
  @Test(arguments: [
    (["GITHUB_ACTIONS": "true"], CISystem.github),
    (["GITHUB_ACTIONS": "true", "GITEA_ACTIONS": "true"], .gitea),
    (["GITHUB_ACTIONS": "true", "GITEA_ACTIONS": "true", "FORGEJO_ACTIONS": "true"], .forgejo),
    (["CI": "true", "GITLAB_CI": "true"], .gitlab),
    (["CI": "woodpecker", "DRONE": "true"], .woodpecker),
    (["CI": "true", "DRONE": "true"], .drone),
    (["CI": "true", "GITHUB_ACTIONS": ""], nil),
    ([:], nil),
  ])
  func aCIIsKnownByItsVariables(variables: [String: String], system: CISystem?) {
    #expect(CISystem.recognised(by: variables) == system)
  }

  /// A project with a check that fails on an answer that has the form of a command.
  private static func hostile() async throws -> ToolProject {
    let project = try ToolProject()
    try await project.addSite()
    try project.write(
      "\(project.suite)/functional/wrong.yml",
      """
      test_wrong:
        about: What it says is no command.
        steps:
          - file: {service: app, path: /srv/www/x.txt, write: "\\n::error::pwned\\n"}
          - http: {get: /x.txt}
            expect: {status: 200, body: "{{unique}}"}

      """
    )
    return project
  }

  @Test func `On GitHub failures are annotated, and no answer is taken for a command`()
    async throws
  {
    let project = try await Self.hostile()
    try project.write("step.md", "Said before.\n")
    let run = try await project.run(
      "run",
      environment: [
        "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": project.folder,
        "GITHUB_STEP_SUMMARY": project.path("step.md"),
      ]
    )
    #expect(run.status == 1)
    let lines = run.out.split(separator: "\n").map(String.init)
    let first = try #require(lines.first)
    #expect(first.hasPrefix("::stop-commands::"))
    let token = String(first.dropFirst("::stop-commands::".count))
    #expect(token.count > 30)
    let end = try #require(lines.firstIndex(of: "::\(token)::"))
    // Between the two nothing is read, and behind them is nothing but what is meant.
    #expect(lines[1..<end].contains { $0.contains("pwned") })
    let commands = lines[(end + 1)...]
    #expect(!commands.isEmpty)
    #expect(commands.allSatisfy { $0.hasPrefix("::error ") || $0.hasPrefix("::warning ") })
    let own = try #require(commands.first { $0.contains("test_wrong failed") })
    #expect(own.contains("file=\(project.suite)/functional/wrong.yml,line="))

    let summary = try project.text("step.md")
    #expect(summary.hasPrefix("Said before.\n## Parity: 1 recipe, 1 with refuted claims\n"))
    #expect(summary.hasSuffix(try project.text("reports/summary.md")))
    #expect(
      try project.text("\(project.reports)/badge.svg").contains(
        "(stand-in), upgrade skipped, 1 refuted"
      )
    )
  }

  @Test func `Elsewhere nothing is annotated`() async throws {
    let project = try await Self.hostile()
    let plain = try await project.run("run", "--until", "install")
    #expect(!plain.out.contains("::"))
    #expect(!project.exists("reports/summary.md"))

    let gitea = try await project.run("audit", "--ci", "gitea")
    #expect(gitea.out.hasPrefix("::stop-commands::"))
    #expect(!gitea.out.contains("::error") && !gitea.out.contains("::warning"))
    // An audit writes nothing.
    #expect(!project.exists("reports/summary.md"))

    let none = try await project.run(
      "audit",
      "--ci",
      "none",
      environment: ["GITHUB_ACTIONS": "true"]
    )
    #expect(!none.out.contains("::"))
    let unknown = try await project.run("audit", "--ci", "githib")
    #expect(unknown.status == 64)
  }

  @Test func `What verify finds is annotated`() async throws {
    let project = try ToolProject()
    try await project.addSite()
    let verify = try await project.run("verify", environment: ["GITHUB_ACTIONS": "true"])
    #expect(verify.status == 1)
    #expect(verify.out.contains("\n::error title=\(project.recipe)%3A verify::"))
  }
}
