import BuiltTool
import Evidence
import Formats
import Foundation
import Testing

/// What `docs/how-to.md` says is what works.
@Suite(.timeLimit(.minutes(3)))
struct HowToTests {
  @Test func `Every example stands in a suite that is run`() throws {
    let examples = try ToolProject.howTo()
    #expect(examples.count > 12)
    for example in examples {
      // The larger ones are run by `make test-apps`.
      let found = ["Tests/howto/suites", "Tests/recipes/apps"].contains { folder in
        Repository.names(in: folder).contains { name in
          let text = try? Repository.text("\(folder)/\(name)/\(example.file)")
          return text?.contains(example.text) == true
        }
      }
      #expect(found, "\(example.file): \(example.text)")
    }
  }

  @Test func `Log in, play two users, upload: each check passes and can fail`() async throws {
    let project = try ToolProject(named: "notes")
    try project.addHowTo("notes")
    let run = try await project.run("run")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    let model = try CoverageModel(json: Array(project.bytes("\(project.reports)/coverage.json")))
    let checks = model.checks.filter { $0.id.folder == "functional" }
    #expect(checks.count == 6)
    for check in checks {
      #expect(check.outcome.isPassed, "\(check.id)")
      #expect(check.strength == .state, "\(check.id)")
      #expect(check.control?.result == .failed, "\(check.id)")
    }
    // Logging in, and nothing else, is done once more to look for what was sent before.
    let carried = model.checks.filter { $0.id.folder == "carried" && $0.stage == .restore }
    #expect(carried.count == 4)
    #expect(carried.allSatisfy { $0.outcome.isPassed })
  }

  @Test func `A failure is told again with what was expected, what came and how to ask once more`()
    async throws
  {
    let project = try ToolProject(named: "notes")
    try project.addHowTo("notes")
    let file = "\(project.suite)/local.yml"
    let text = try project.text(file)
    try project.write(
      file,
      text.replacingOccurrences(of: "{DATA:", with: "{FAULT: cuts-uploads, DATA:")
    )
    let run = try await project.run("run", "--check", "functional/upload")
    #expect(run.status == 1)
    let told = try await project.run("show", project.recipe, "test_upload_comes_back")
    for part in [
      "\"differsAt\":50000", "functional/upload.yml:15:29", "curl -q", "again: parity run",
    ] {
      #expect(told.out.contains(part), "\(part)")
    }
  }

  @Test func `A key that a script captures as a secret is written nowhere`() async throws {
    let project = try ToolProject(named: "notes")
    try project.addHowTo("notes")
    let app = "\(project.suite)/recipe/notes.py"
    let key = "fedcba9876543210fedcba9876543210"
    let text = try project.text(app)
    try project.write(
      app,
      text.replacingOccurrences(of: "key = secrets.token_hex(16)", with: "key = \"\(key)\"")
    )
    let run = try await project.run("run", "--check", "functional/test_words")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    for (name, bytes) in project.files(below: "reports") {
      #expect(!String(decoding: bytes, as: UTF8.self).contains(key), "\(name)")
    }
    let words = project.files(below: "reports").values.map { String(decoding: $0, as: UTF8.self) }
    #expect(words.contains { $0.contains("[secret:key]") })
  }

  /// A key that a session stands on is in no file, whatever it came in.
  @Test func `No cookie of a session is written anywhere`() async throws {
    let project = try ToolProject(named: "notes")
    try project.addHowTo("notes")
    let app = "\(project.suite)/recipe/notes.py"
    let key = "0123456789abcdef0123456789abcdef"
    try project.write(
      app,
      try project.text(app)
        .replacingOccurrences(of: "session = secrets.token_hex(16)", with: "session = \"\(key)\"")
        // An app that says too much.
        .replacingOccurrences(
          of: "Signed in as",
          with: "<!-- {self.headers['Cookie']} -->Signed in as"
        )
    )
    let run = try await project.run("run", "--check", "functional/notes::test_note_is_kept")
    #expect(run.status == 0, "\(run.out)\(run.err)")
    #expect(!(run.out + run.err).contains(key))
    let files = project.files(below: "reports")
    #expect(files.contains { String(decoding: $0.value, as: UTF8.self).contains("Signed in as") })
    for (name, bytes) in files {
      #expect(!String(decoding: bytes, as: UTF8.self).contains(key), "\(name)")
    }
  }
}
