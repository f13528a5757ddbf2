import Evidence
import Testing

@testable import Auditing
@testable import Suites

/// What is held against published versions, and what a composition must have.
@Suite struct VersionRuleTests {
  private static let named = "{file: backup.sh, name: \"${STACK_NAME}_backup_${BACKUP_VERSION}\"}"

  /// A sample whose config has a version in abra.sh.
  private static var sample: RecipeSample {
    var sample = RecipeSample()
    sample.edit("compose.yml", "{file: backup.sh}", named)
    sample.files["abra.sh"] = "export BACKUP_VERSION=v1\n"
    return sample
  }

  private static func change(_ sample: inout RecipeSample) {
    sample.edit("backup.sh", "# psql -f would go on.", "# psql alone would go on.")
  }

  @Test func `A config that changes with its version is upgraded, and nothing is said`() {
    var sample = Self.sample
    sample.publish("0.9.0+2.0.0")
    #expect(sample.findings == [])
    Self.change(&sample)
    #expect(sample.findings.map(\.rule) == [.configVersionKept])
    #expect(sample.findings.first?.place?.file == "compose.yml")
    sample.files["abra.sh"] = "export BACKUP_VERSION=v2\n"
    #expect(sample.findings == [])
  }

  @Test func `A version that is used again for another content is told once`() {
    var sample = Self.sample
    sample.publish("0.8.0+2.0.0")
    Self.change(&sample)
    sample.files["abra.sh"] = "export BACKUP_VERSION=v2\n"
    sample.publish("0.9.0+2.0.0")
    #expect(sample.findings == [])
    sample.files["abra.sh"] = "export BACKUP_VERSION=v1\n"
    #expect(sample.findings.map(\.rule) == [.configNameReused])
  }

  @Test func `A version that .env.sample sets, or that has a default, is set`() {
    var sample = Self.sample
    sample.files["abra.sh"] = "export BACKUP_VERSION=\n"
    #expect(sample.findings.map(\.rule) == [.configVersionUnset])
    sample.files[".env.sample", default: ""] += "\nBACKUP_VERSION=v1\n"
    sample.files["abra.sh"] = nil
    #expect(sample.findings == [])
    sample.edit(".env.sample", "\nBACKUP_VERSION=v1\n", "")
    sample.edit("compose.yml", "${BACKUP_VERSION}", "${BACKUP_VERSION:-v1}")
    #expect(sample.findings == [])
  }

  @Test func `An optional file's secret may stand in a comment`() {
    var sample = RecipeSample()
    let secret = "{external: true, name: \"${STACK_NAME}_p_${SECRET_P_VERSION}\"}"
    sample.files["compose.smtp.yml", default: ""] += "\nsecrets: {p: \(secret)}"
    #expect(sample.findings.map(\.rule) == [.secretVersionUnset])
    sample.files[".env.sample", default: ""] += "\n# SECRET_P_VERSION=v1\n"
    #expect(sample.findings == [])
  }

  @Test(arguments: [
    ("configs: [{source: backup, target: /backup.sh, mode: 0555}]", "configs: [backu]", "backup"),
    ("image: redis:7.4", "image: redis:7.4\n    secrets: [key]", nil),
    (
      "- type: volume", "- {type: volume, source: thumbnail, target: /t}\n      - type: volume",
      "thumbnails"
    ),
  ])
  func `What the top level does not have is told with the nearest`(
    _ old: String,
    _ new: String,
    _ nearest: String?
  ) {
    var sample = RecipeSample()
    sample.edit("compose.yml", old, new)
    let found = sample.findings.filter { $0.rule == .undeclaredReference }
    #expect(found.count == 1)
    #expect(found.first?.nearest == nearest)
  }

  @Test func `Paths, sockets and anonymous volumes are no names`() {
    var sample = RecipeSample()
    let more =
      "- /var/run/docker.sock:/x.sock\n      - ./conf:/conf:ro\n      - /anonymous\n      - type: volume"
    sample.edit("compose.yml", "- type: volume", more)
    #expect(sample.findings.filter { $0.rule == .undeclaredReference } == [])
  }

  @Test(arguments: [
    ("minio:RELEASE.2024-01-31T20-20-33Z", false), ("a:2024-01-31", false),
    ("a:v2024.12.01", false),
    ("a:nightly-2024_02_29-alpine", false), ("a:2024", true), ("a:2024-13-01", true),
  ])
  func `A tag with a day in it is fixed`(_ image: String, _ moves: Bool) {
    #expect((ImageReference(image).whyItMoves != nil) == moves)
  }

  @Test func `A release note is asked of a recipe that writes them`() {
    var sample = RecipeSample()
    sample.releases = nil
    #expect(sample.findings == [])
    sample.releases = []
    #expect(sample.findings.map(\.rule) == [.releaseNoteMissing])
  }
}
