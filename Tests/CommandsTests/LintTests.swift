import BuiltTool
import Testing

/// The rules that need no run, as a person sees them.
@Suite struct LintTests {
  private static let volume = "    volumes: [content:/srv/www]\n"

  /// A new project whose compose file has these lines in place of the service's volumes.
  private static func project(_ lines: String = volume, waivers: String = "") async throws
    -> ToolProject
  {
    let project = try ToolProject()
    _ = try await project.run("new", project.recipe)
    let compose = """
      services:
        app:
          image: example/site:1.2.0
      \(lines)
      volumes: {content: }

      """
    try project.write("\(project.suite)/recipe/compose.yml", compose)
    let recipe = try project.text("\(project.suite)/recipe.yml")
    try project.write("\(project.suite)/recipe.yml", recipe + waivers)
    return project
  }

  private static let misspelt =
    volume + """
          deploy:
            labels:
              backupbot.backup: "true"
              backupbot.backup.volumes.contnet.path: dump
      """

  @Test func `A mistake in the recipe is shown with its line, and exits with 1`() async throws {
    let project = try await Self.project(Self.misspelt)
    let result = try await project.run("lint")
    #expect(result.status == 1)
    #expect(result.out == "1 suite, no mistakes; of the recipes: 1 error\n")
    let label = "backupbot.backup.volumes.contnet.path"
    #expect(
      result.err == """
        \(project.suite)/recipe/compose.yml:8:9: error: app: volume contnet of label \(label) does \
        not exist [backup-volume-unknown]
         8 |         \(label): dump
           |         \(String(repeating: "^", count: label.count))
          did you mean "content"?

        """
    )
    #expect(!project.exists("reports"))
  }

  @Test func `A waived mistake is told apart, with reason and end, and does not count`()
    async throws
  {
    let project = try await Self.project(
      Self.misspelt,
      waivers: """
        waivers:
          - {rule: backup-volume-unknown, for: contnet, why: it is renamed next week, until: release 2}

        """
    )
    let result = try await project.run("lint", "--strict")
    #expect(result.status == 0)
    #expect(result.out == "1 suite, no mistakes\n")
    #expect(
      result.err.hasPrefix(
        "\(project.recipe): waived backup-volume-unknown (it is renamed next week, until release 2): "
      )
    )
  }

  @Test func `A warning counts with strict only`() async throws {
    let project = try await Self.project()
    let result = try await project.run("lint")
    #expect(result.status == 0)
    #expect(result.out == "1 suite, no mistakes; of the recipes: 1 warning\n")
    #expect(result.err.contains("volume content of app is in no backup [store-not-backed-up]"))
    #expect(try await project.run("lint", "--strict").status == 1)
  }

  @Test func `A waiver of a rule that does not exist is a mistake like any other`() async throws {
    let project = try await Self.project(
      waivers: "waivers: [{rule: store-not-backed-upp, why: no need, until: 2030-01-01}]\n"
    )
    for command in ["lint", "run", "audit"] {
      let result = try await project.run(command)
      #expect(result.status == 65)
      #expect(result.err.contains("rule \"store-not-backed-upp\" does not exist"))
      #expect(result.err.contains("did you mean \"store-not-backed-up\"?"))
    }
    #expect(!project.exists("reports"))
  }

  @Test func `Explain prints the page of a rule, and names the nearest of what is none`()
    async throws
  {
    let project = try ToolProject()
    let page = try await project.run("explain", "waiver-unused")
    #expect(page.status == 0)
    #expect(
      page.out.hasPrefix("# waiver-unused\n\n**A waiver matches no finding.** Severity: warning.")
    )
    #expect(page.out.contains("\n## What to do\n"))
    let none = try await project.run("explain", "waiver-unsued")
    #expect(none.status == 64)
    #expect(none.err == "parity: unknown rule \"waiver-unsued\"; did you mean waiver-unused?\n")
  }
}
