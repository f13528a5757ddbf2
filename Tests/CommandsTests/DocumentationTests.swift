import ArgumentParser
import Auditing
import Commands
import Evidence
import Foundation
import Reports
import RulePages
import Testing

@testable import Suites

/// What `docs/` says of commands, rules and keys is held against the code.
struct DocumentationTests {
  static let rulePages = Repository.names(in: "docs/rules")
    .filter { $0.hasSuffix(".md") && $0 != "README.md" }

  @Test("every rule has its page in docs/rules", arguments: Rule.allCases)
  func page(of rule: Rule) throws {
    let page = try Repository.text("docs/rules/\(rule.rawValue).md")
    let head =
      "# \(rule.rawValue)\n\n**\(rule.title).** Severity: \(rule.severity.rawValue).\n"
    #expect(page.hasPrefix(head))
    #expect(try Repository.text("docs/rules/README.md").contains("(\(rule.rawValue).md)"))
  }

  @Test("no page of docs/rules is without its rule", arguments: rulePages)
  func rule(of page: String) {
    #expect(Rule(rawValue: String(page.dropLast(".md".count))) != nil)
  }

  @Test("the binary carries the page of every rule", arguments: Rule.allCases)
  func embeddedPage(of rule: Rule) throws {
    let page = try Repository.text("docs/rules/\(rule.rawValue).md")
    #expect(RulePages.pages[rule.rawValue].map { String(decoding: $0, as: UTF8.self) } == page)
  }

  @Test("the help of every command is what the golden file holds", arguments: HelpText.all)
  func golden(_ help: HelpText) throws {
    let path = "Tests/CommandsTests/Golden/help/\(help.fileName)"
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
      try Repository.write(help.text, to: path)
    }
    #expect(try Repository.text(path) == help.text)
  }

  @Test("no golden help is of a command that is gone")
  func noStrayGolden() {
    let files = Repository.names(in: "Tests/CommandsTests/Golden/help")
    #expect(Set(files) == Set(HelpText.all.map(\.fileName)))
  }

  @Test(
    "docs/command-reference.md has every command's help, word for word",
    arguments: HelpText.all
  )
  func reference(_ help: HelpText) throws {
    let page = try Repository.text("docs/command-reference.md")
    #expect(page.contains("\n## \(help.title)\n"))
    #expect(page.contains("\n```\n\(help.text)```\n"))
  }

  @Test("every key of the grammar stands in its table of the documentation", arguments: Key.all)
  func row(of key: Key) throws {
    let files = ["docs/suite.md", "docs/local-driver.md", "docs/swarm-driver.md"]
    let pages = try files.map(Repository.text).joined()
    let sections = pages.components(separatedBy: "\n### ").filter {
      $0.hasPrefix(key.table + "\n")
    }
    let section = try #require(sections.first)
    let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `\(key.field.key)` |") }
    #expect(rows.count == 1)
    #expect(rows.first?.contains("| \(key.field.doc)") == true)
  }

  @Test(
    "docs/templates.md has every value of every format, word for word",
    arguments: TemplateFormat.allCases
  )
  func templates(_ format: TemplateFormat) throws {
    let page = try Repository.text("docs/templates.md")
    #expect(page.contains(TemplateSet.documentation(of: format)))
  }

  @Test("every kind of change stands in the table of docs/diff.md and in its schema")
  func kinds() throws {
    let page = try Repository.text("docs/diff.md")
    let schema = try Repository.text("docs/schema/diff.schema.json")
    for kind in CoverageChange.Kind.allCases {
      let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `\(kind.rawValue)` |") }
      #expect(rows.count == 1, "\(kind.rawValue)")
      #expect(schema.contains("\"\(kind.rawValue)\""))
    }
  }

  @Test("no relative link of the documentation leads nowhere", arguments: Repository.pages)
  func links(in page: String) throws {
    let folder = page.split(separator: "/").dropLast().joined(separator: "/")
    for match in try Repository.text(page).matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
      let path = folder.isEmpty ? String(match.1) : "\(folder)/\(match.1)"
      #expect(Repository.exists(path), "\(page) points at \(match.1)")
    }
  }
}

/// One command's help as `--help` prints it, at 80 columns.
struct HelpText: Sendable, CustomTestStringConvertible {
  /// `parity templates check`.
  var title: String
  var text: String

  var fileName: String {
    title.split(separator: " ").joined(separator: "-") + ".txt"
  }
  var testDescription: String { title }

  static let all = texts(of: ParityCommand.self, [])

  private static func texts(of command: any ParsableCommand.Type, _ parents: [String]) -> [Self] {
    let names = parents + [command.configuration.commandName ?? "\(command)"]
    let text = ParityCommand.helpMessage(for: command, columns: 80)
      .trimmingCharacters(in: .newlines)
    return [HelpText(title: names.joined(separator: " "), text: text + "\n")]
      + command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
      .flatMap { texts(of: $0, names) }
  }
}

/// One key of one table of the grammar.
struct Key: Sendable, CustomTestStringConvertible {
  var table: String
  var field: Field

  var testDescription: String { "\(table): \(field.key)" }

  static let all = Grammar.tables.flatMap { table in
    table.fields.map { Key(table: table.name, field: $0) }
  }
}

/// The files of this repository.
enum Repository {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let pages =
    ["README.md"]
    + (FileManager.default.enumerator(atPath: root.path + "/docs").map(Array.init) ?? [])
    .compactMap { $0 as? String }.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static func names(in folder: String) -> [String] {
    let path = root.appending(path: folder).path
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: root.appending(path: path), options: .atomic)
  }
}
