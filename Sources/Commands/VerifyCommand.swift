import ArgumentParser
import Auditing
import Corpus
import Evidence
import Files
import FoundationEssentials
import Git
import Reports
import Suites

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that committed pages match their coverage, and the coverage these files.",
    discussion: """
      Renders PARITY.md again from coverage.json and compares the bytes; it does not audit again. \
      Fails if a page or a coverage was edited by hand, if suite, recipe or corpus changed since \
      the coverage was made, if the policy did, and if the coverage names checks that are gone. Without recipes also \
      if there is a coverage of a recipe without a suite.
      """
  )

  @OptionGroup var options: ProjectOptions
  @OptionGroup var ciOptions: CIOptions

  func run() async throws {
    try await concluding {
      let workspace = try await options.location.workspace().withCorpus()
      let ci = CIOutput(ciOptions.ci, workspace, writesReports: false)
      defer { ci.conclude() }
      var problems = 0
      let recipes = try workspace.recipes(options.recipes)
      for recipe in recipes {
        let found = try await Verification(workspace: workspace, recipe: recipe).problems()
        for problem in found { Console.out("\(recipe): \(problem)\n") }
        ci.add(found.map { Annotation(.error, "verify", $0, at: nil) }, recipe: recipe)
        if found.isEmpty { Console.out("\(recipe): page and coverage match\n") }
        problems += found.count
      }
      if options.recipes.isEmpty {
        for stray in workspace.coverageWithoutSuite(recipes) {
          Console.out(
            "\(stray): \(workspace.shown(workspace.coveragePath(stray))) is of a recipe that has no suite\n"
          )
          problems += 1
        }
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
    if let path = withOtherLineEnds() {
      return [
        "\(workspace.shown(path)): a checkout changed its line ends to CRLF (core.autocrlf), so that "
          + "no hash can be compared: put `* -text` into .gitattributes and check it out again"
      ]
    }
    return try page(coverage) + written(coverage) + coverage.contradictions
      + (try await files(coverage))
  }

  /// The first of the files that this tool writes with LF only, and that have CRLF.
  private func withOtherLineEnds() -> String? {
    [workspace.coveragePath(recipe), workspace.pagePath(recipe)].first { path in
      let bytes = (try? workspace.tree(of: path).contents(path)) ?? []
      let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? 0
      return end > 0 && bytes[end - 1] == UInt8(ascii: "\r")
    }
  }

  /// The file itself: of this recipe, and as this tool writes it.
  private func written(_ coverage: CoverageModel) throws -> [String] {
    let path = workspace.coveragePath(recipe)
    var result: [String] = []
    if coverage.recipe != recipe {
      result.append(
        "\(workspace.shown(path)) is of another recipe, \(Console.quotable(coverage.recipe))"
      )
    }
    // One of an older version is written anew by the next run.
    guard coverage.schema == CoverageModel.schemaVersion,
      let data = try workspace.tree(of: path).contentsIfThere(path)
    else { return result }
    let wanted = try CoverageFile.bytes(coverage)
    guard !wanted.elementsEqual(data) else { return result }
    let same = zip(wanted, data).prefix { $0.0 == $0.1 }
    let line = same.count { $0.0 == UInt8(ascii: "\n") } + 1
    result.append("\(workspace.shown(path)):\(line): is not as this tool wrote it")
    return result
  }

  private func page(_ coverage: CoverageModel) throws -> [String] {
    let path = workspace.pagePath(recipe)
    let data: [UInt8]
    do throws(FileError) {
      data = try workspace.tree(of: path).contents(path)
    } catch {
      return error.isAbsent
        ? ["\(workspace.shown(path)) is not there: `parity report \(recipe)` writes it"]
        : ["\(workspace.shown(path)) \(error.code)"]
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
    var result = try await workspace.changes(
      of: recipe,
      since: "the coverage was made",
      suiteTree: coverage.suiteTree,
      target: coverage.target
    )
    let suiteTree = try workspace.suiteTree(recipe)
    let checkout = try await workspace.recipeSource(recipe)
    let wanted = workspace.project.policy.functionalChecks
    if wanted != coverage.policy.functionalChecks {
      result.append(
        "the policy changed since the coverage was made (functional_checks: "
          + "\(coverage.policy.functionalChecks), now \(wanted))"
      )
    }
    if let problem = try await base(coverage, checkout) { result.append(problem) }
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
      base: coverage.base,
      target: checkout.target,
      suiteTree: suiteTree
    )
    let known = Set(plan.planned.map(\.id))
    for check in coverage.checks where !known.contains(check.id) {
      result.append("the coverage speaks of \(check.id), which is gone")
    }
    return result
  }

  /// Why the upgrade did not begin where the coverage says; nil where it did.
  private func base(_ coverage: CoverageModel, _ checkout: RecipeCheckout) async throws -> String? {
    guard let base = coverage.base else { return nil }
    let shown = "the base of the coverage, \(base.version) \(base.tree.prefix(12)),"
    guard let repository = checkout.repository, checkout.published.contains(base.version) else {
      return "\(shown) is not a version of the recipe"
    }
    let tree = try await repository.treeHash(of: base.version)
    return tree == base.tree ? nil : "\(shown) is \(tree.prefix(12)) now"
  }
}
