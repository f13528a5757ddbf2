import Formats
import Testing

@testable import Commands

struct ConsoleProgressTests {
  @Test func `A secret is not in what a person is shown, also between terminal codes`() throws {
    let redactor = try Redactor(secrets: [.init(name: "db", value: "correct-horse")])
    let progress = ConsoleProgress(recipe: "demo") { redactor.redact($0) }
    #expect(
      progress.shown("start app --password=correct-horse") == "start app --password=[secret:db]"
    )
    #expect(progress.shown("correct\u{1B}[1m-horse") == "[secret:db]")
  }
}
