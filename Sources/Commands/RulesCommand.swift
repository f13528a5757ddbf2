import ArgumentParser
import Auditing
import Evidence
import Formats
import RulePages

struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "List the audit's rules and their severities.",
    discussion: "`parity explain ID` prints a rule's page."
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
    abstract: "Print a rule's page: what it means, an example, what to do."
  )

  @Argument(
    help: "A rule's id, as `parity rules` lists it.",
    completion: .list(Rule.allCases.map(\.rawValue))
  )
  var rule: String

  func run() async throws {
    try await concluding {
      guard let found = Rule(rawValue: rule) else {
        let hint = NearestName.hint(for: rule, among: Rule.allCases.map(\.rawValue))
        throw Failure(.wrongUsage, "unknown rule \"\(Console.quotable(rule))\"\(hint)")
      }
      let page = RulePages.pages[found.rawValue].map { String(decoding: $0, as: UTF8.self) }
      Console.out(page ?? found.title + "\n")
      return .proven
    }
  }
}
