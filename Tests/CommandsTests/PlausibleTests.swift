import BuiltTool
import Evidence
import Foundation
import Testing

/// This project's own suite on real databases, with a stand-in for the app.
extension RunTests {
  private static let source = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// A temporary project with a copy of the suite, its sample recipe, and a known password.
  private static func plausible(password: String) throws -> ToolProject {
    let project = try ToolProject(
      parity: """
        recipes: {plausible: samples/plausible}
        corpus: {none: it is an example}
        driver: local

        """
    )
    try FileManager.default.createDirectory(
      atPath: project.path("suites"),
      withIntermediateDirectories: true
    )
    try FileManager.default.copyItem(
      atPath: "\(source)/recipes/plausible",
      toPath: project.path("suites/plausible")
    )
    try? project.remove("suites/plausible/PARITY.md")
    let recipe = try project.text("suites/plausible/recipe.yml")
    let secret = "db_password: {generate: 24}"
    #expect(recipe.contains(secret))
    try project.write(
      "suites/plausible/recipe.yml",
      recipe.replacingOccurrences(of: secret, with: "db_password: {value: \"\(password)\"}")
    )
    let make = Process()
    make.executableURL = URL(fileURLWithPath: "/bin/sh")
    make.arguments = ["\(source)/recipes/make-sample-recipes.sh", project.path("samples")]
    make.standardOutput = FileHandle.nullDevice
    try make.run()
    make.waitUntilExit()
    #expect(make.terminationStatus == 0)
    return project
  }

  @Test func `Plausible's suite is proven, twice the same, and tells no secret`() async throws {
    let password = "Tq7/x+Zk29wLmR4vBn8sYd3f"
    let secret = SecretForms(of: password)
    let project = try Self.plausible(password: password)
    var coverages: [Data] = []
    for _ in 0..<2 {
      let run = try await project.run("run", "plausible")
      #expect(run.status == 0, "\(run.out)\(run.err)")
      coverages.append(try project.bytes("reports/plausible/coverage.json"))
      #expect(secret.found(in: run.out + run.err) == nil)
    }
    #expect(coverages[0] == coverages[1])
    let coverage = try CoverageModel(json: Array(coverages[0]))
    #expect(coverage.level == 4)
    #expect(coverage.claims.allSatisfy { $0.verdict.word != .proven })

    var files = project.files(below: "reports")
    files["PARITY.md"] = try project.bytes("suites/plausible/PARITY.md")
    #expect(files.keys.contains { $0.hasSuffix("events.ndjson") })
    for (name, data) in files { #expect(secret.found(in: data) == nil, "\(name)") }
  }
}
