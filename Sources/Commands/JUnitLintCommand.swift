import ArgumentParser
import Auditing
import Formats
import Importing
import Suites

extension JUnitConsumer: ExpressibleByArgument {}

struct JUnitLintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "junit-lint",
    abstract: "Say what the readers of a JUnit file will lose, misread or refuse.",
    discussion: """
      Of each reader is known what it does with nested suites, names, counters, times and texts: \
      docs/junit.md. Exit 1 where one of them loses a result or refuses a file.

        parity junit-lint reports/plausible/junit.xml
        parity junit-lint --reader gitlab --reader dorny target/*.xml
      """
  )

  @Argument(help: ArgumentHelp("Files to read.", valueName: "file"), completion: .file())
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "Only this reader, as often as you like; by default all but ant, which is a schema.",
      valueName: "name"
    )
  )
  var reader: [JUnitConsumer] = []

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  @Option(help: "How it is printed: text or json.")
  var format = Format.text

  func validate() throws {
    if files.isEmpty { throw ValidationError("junit-lint needs files") }
  }

  func run() async throws {
    try await concluding {
      var mistakes = Mistakes()
      var status = ExitStatus.proven
      let readers =
        reader.isEmpty ? JUnitConsumer.usual : JUnitConsumer.allCases.filter(reader.contains)
      var reports: [JUnitLintReport] = []
      for path in files {
        let file = ImportFile(path: path)
        try await mistakes.collecting {
          do {
            let lint = try JUnitLint(Set(readers))
            try file.forEachPiece { try lint.feed($0) }
            try lint.finish()
            reports.append(JUnitLintReport(file: path, lint: lint, readers: readers))
          } catch let error as ImportError {
            throw SuiteErrors([file.diagnostic(error)])
          }
        }
      }
      for report in reports {
        if format == .text { Console.out(report.text) }
        if report.worst > .hides { status = .refuted }
      }
      if format == .json {
        let bytes = try JSONTextEncoder().bytes(of: reports.map(\.data))
        Console.data(String(decoding: bytes, as: UTF8.self) + "\n")
      }
      try mistakes.conclude()
      return status
    }
  }
}

/// What was found in one file, for a person or a program.
struct JUnitLintReport {
  let file: String
  let lint: JUnitLint
  let readers: [JUnitConsumer]
  /// Of one rule as many are printed.
  private static let limit = 5

  init(file: String, lint: JUnitLint, readers: [JUnitConsumer]) {
    (self.file, self.lint, self.readers) = (file, lint, readers)
  }

  var worst: JUnitLoss.Effect { lint.losses.flatMap(\.effects.values).max() ?? .hides }

  var text: String {
    let shown = Console.quotable(file)
    var text = ""
    var counts: [JUnitLoss.Rule: Int] = [:]
    for loss in lint.losses {
      counts[loss.rule, default: 0] += 1
      guard counts[loss.rule] ?? 0 <= Self.limit else { continue }
      let place = loss.line > 0 ? "\(shown):\(loss.line):\(loss.column)" : shown
      text += "\(place): \(loss.rule.rawValue): \(loss.message)\n"
      for (effect, word) in Self.words {
        let who = readers.filter { loss.effects[$0] == effect }.map(\.rawValue)
        if !who.isEmpty { text += "  \(word): \(who.joined(separator: ", "))\n" }
      }
    }
    for rule in JUnitLoss.Rule.allCases {
      let more = (counts[rule] ?? 0) - Self.limit
      if more > 0 { text += "\(shown): \(rule.rawValue): \(more) more\n" }
    }
    text += "\(shown): \(lint.cases) cases\n"
    for reader in readers {
      text += "  \(reader.rawValue.padded(10)) \(summary(of: reader))\n"
    }
    return text
  }

  private static let words: [(JUnitLoss.Effect, String)] = [
    (.refuses, "refuse the file"), (.loses, "lose a result"), (.hides, "do not show it"),
  ]

  private func summary(of reader: JUnitConsumer) -> String {
    let effects = lint.losses.compactMap { $0.effects[reader] }
    if effects.contains(.refuses) { return "refuses the file" }
    let lost = effects.count { $0 == .loses }
    let places = lost == 1 ? "1 place" : "\(lost) places"
    return lost > 0 ? "loses or misreads in \(places)" : "reads all of them"
  }

  /// What is printed for programs.
  struct Data: Encodable {
    struct Loss: Encodable {
      var rule: String
      var line: Int
      var message: String
      var readers: [String: String]
    }
    var file: String
    var cases: Int
    var losses: [Loss]
  }

  var data: Data {
    let losses = lint.losses.map { loss in
      let readers = loss.effects.map { ($0.key.rawValue, "\($0.value)") }
      return Data.Loss(
        rule: loss.rule.rawValue,
        line: loss.line,
        message: loss.message,
        readers: Dictionary(uniqueKeysWithValues: readers)
      )
    }
    return Data(file: file, cases: lint.cases, losses: losses)
  }
}
