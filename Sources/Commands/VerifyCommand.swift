import ArgumentParser
import Auditing
import Corpus
import Evidence
import FoundationEssentials
import Rendering
import Suites

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that committed pages match their coverage, and that it is of these files.",
    discussion: """
      Renders PARITY.md again from coverage.json and compares bytes; it never audits again. Fails \
      when a page was edited by hand, when suite, recipe or corpus changed since the coverage was \
      made, and when the coverage speaks of checks that are gone.
      """
  )

  @OptionGroup var options: ProjectOptions

  func run() async throws {
    try await concluding {
      let workspace = try await Workspace(folder: options.project).withCorpus()
      var problems = 0
      for recipe in try workspace.recipes(options.recipes) {
        let found = try await Verification(workspace: workspace, recipe: recipe).problems()
        for problem in found { Console.out("\(recipe): \(problem)\n") }
        if found.isEmpty { Console.out("\(recipe): page and coverage match\n") }
        problems += found.count
      }
      return problems == 0 ? .proven : .refuted
    }
  }
}

/// Holds one recipe's committed page against its coverage and its files.
struct Verification {
  let workspace: Workspace
  let recipe: String

  func problems() async throws -> [String] {
    guard let coverage = try workspace.coverage(recipe) else {
      return ["\(workspace.shown(workspace.coveragePath(recipe))) is not there: run it once"]
    }
    return try page(coverage) + (try await files(coverage))
  }

  private func page(_ coverage: CoverageModel) throws -> [String] {
    let path = workspace.pagePath(recipe)
    guard let data = FileManager.default.contents(atPath: path) else {
      return ["\(workspace.shown(path)) is not there: `parity report \(recipe)` writes it"]
    }
    let wanted = try ParityPage(coverage).rendered()
    let page = String(decoding: data, as: UTF8.self)
    guard !page.utf8.elementsEqual(wanted.utf8) else { return [] }
    let ours = wanted.split(separator: "\n", omittingEmptySubsequences: false)
    let theirs = page.split(separator: "\n", omittingEmptySubsequences: false)
    let line = zip(ours, theirs).prefix { $0.0 == $0.1 }.count
    return [
      "\(workspace.shown(path)):\(line + 1): differs from its coverage: "
        + "\(line < theirs.count ? String(theirs[line].prefix(120)) : "it ends here")"
    ]
  }

  private func files(_ coverage: CoverageModel) async throws -> [String] {
    var result: [String] = []
    let suiteTree = try workspace.suiteTree(recipe)
    if suiteTree != coverage.suiteTree {
      result.append(
        "the suite changed since the coverage was made (\(coverage.suiteTree.prefix(12)), now "
          + "\(suiteTree.prefix(12)))"
      )
    }
    let checkout = try await workspace.recipeSource(recipe)
    if checkout.target.tree != coverage.target.tree {
      result.append(
        "the recipe changed since the coverage was made (\(coverage.target.version) "
          + "\(coverage.target.tree.prefix(12)), now \(checkout.target.version) "
          + "\(checkout.target.tree.prefix(12)))"
      )
    }
    let corpus = workspace.corpus(for: recipe).coverage
    if corpus.tree != coverage.corpus.tree || corpus.state != coverage.corpus.state {
      result.append("the corpus changed since the coverage was made")
    }
    if try workspace.pins(recipe).hash != coverage.corpus.pins {
      result.append(
        "\(Pins.fileName) changed since the coverage was made: `parity report \(recipe)` audits again"
      )
    }
    let suite = try workspace.suite(recipe).suite
    let plan = Plan(
      suite: suite,
      compose: checkout.compose,
      driver: coverage.driver,
      base: coverage.base?.version,
      target: checkout.target.version
    )
    let known = Set(plan.planned.map(\.id))
    for check in coverage.checks where !known.contains(check.id) {
      result.append("the coverage speaks of \(check.id), which is gone")
    }
    return result
  }
}
