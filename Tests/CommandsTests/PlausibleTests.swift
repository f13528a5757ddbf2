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

  /// The forms in which a value may have been written.
  private static func forms(of value: String) -> [String] {
    let urls = ["%02X", "%02x"].map { format in
      value.utf8.map { byte in
        let scalar = UnicodeScalar(byte)
        return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          ? String(scalar) : "%" + String(format: format, Int(byte))
      }.joined()
    }
    let json = value.replacingOccurrences(of: "/", with: "\\/")
    // What base64 makes of it depends on what stands before it, by three positions.
    let base64 = (0..<3).map { shift -> String in
      let bytes = Array(repeating: UInt8(0x78), count: shift) + Array(value.utf8)
      let text = Data(bytes).base64EncodedString().replacingOccurrences(of: "=", with: "")
      return String(text.dropFirst(shift == 0 ? 0 : shift + 1).dropLast(2))
    }
    return [value, json] + urls + base64
  }

  @Test func `Plausible's suite is proven, twice the same, and tells no secret`() async throws {
    let password = "Tq7/x+Zk29wLmR4vBn8sYd3f"
    let project = try Self.plausible(password: password)
    var coverages: [Data] = []
    for _ in 0..<2 {
      let run = try await project.run("run", "plausible")
      #expect(run.status == 0, "\(run.out)\(run.err)")
      coverages.append(try project.bytes("reports/plausible/coverage.json"))
      for form in Self.forms(of: password) { #expect(!(run.out + run.err).contains(form)) }
    }
    #expect(coverages[0] == coverages[1])
    let coverage = try JSONDecoder().decode(CoverageModel.self, from: coverages[0])
    #expect(coverage.level == 4)
    #expect(coverage.claims.allSatisfy { $0.verdict.word != .proven })

    var files = project.files(below: "reports")
    files["PARITY.md"] = try project.bytes("suites/plausible/PARITY.md")
    #expect(files.keys.contains { $0.hasSuffix("events.ndjson") })
    for (name, data) in files {
      for form in Self.forms(of: password) {
        #expect(data.range(of: Data(form.utf8)) == nil, "\(name) holds \(form)")
      }
    }
  }
}
