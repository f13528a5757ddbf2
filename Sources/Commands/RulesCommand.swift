import ArgumentParser
import Auditing
import Evidence
import Suites

struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "List what the audit looks for."
  )

  func run() async throws {
    for rule in Rule.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
      Console.out(
        "\(rule.rawValue.padded(28)) \(rule.severity.rawValue.padded(8)) \(rule.title)\n"
      )
    }
  }
}

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say what a rule means and what to do about it."
  )

  @Argument(
    help: "A rule's id, as `parity rules` lists it.",
    completion: .list(Rule.allCases.map(\.rawValue))
  )
  var rule: String

  func run() async throws {
    try await concluding {
      guard let found = Rule(rawValue: rule) else {
        let near =
          NearestName.of(rule, among: Rule.allCases.map(\.rawValue))
          .map { "; did you mean \($0)?" } ?? ""
        throw Failure(.wrongUsage, "\"\(Console.quotable(rule))\" is no rule\(near)")
      }
      Console.out(
        "\(found.rawValue) (\(found.severity.rawValue))\n\(found.title).\n\nWhat to do: "
          + "\(found.advice).\n"
      )
      return .proven
    }
  }
}
