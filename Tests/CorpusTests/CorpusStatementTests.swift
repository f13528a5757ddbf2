import Corpus
import Evidence
import Foundation
import Testing

@Suite struct CorpusStatementTests {
  @Test(arguments: CorpusCoverage.State.allCases)
  func everyStateHasItsSentence(state: CorpusCoverage.State) {
    var coverage = CorpusCoverage(
      state: state,
      root: "Tests/corpus/recipe-info",
      path: "Tests/corpus/recipe-info/plausible/tests",
      recipes: 3,
      scripts: ["a.py"],
      tree: "1a2b3c4d5e6f0000000000000000000000000000",
      isSample: true,
      detail: nil
    )
    let expected: String
    switch state {
    case .none:
      coverage.detail = "nobody wrote any"
      expected = "the project says that it has no corpus: nobody wrote any"
    case .rootMissing:
      coverage.detail = "is a link that leads nowhere"
      expected =
        "`Tests/corpus/recipe-info` is a link that leads nowhere, so nothing can be said of older"
        + " scripts"
    case .noEntry:
      expected =
        "`Tests/corpus/recipe-info` is readable and holds 3 recipes (tree 1a2b3c4d5e6f);"
        + " none of them is plausible"
    case .noScripts:
      coverage.detail = "has no folder tests"
      expected =
        "`Tests/corpus/recipe-info` is readable and holds 3 recipes (tree 1a2b3c4d5e6f);"
        + " plausible is one of them and has no folder tests"
    case .unreadable:
      coverage.detail = "a.py may not be read"
      expected =
        "`Tests/corpus/recipe-info/plausible/tests` could not be read in full:"
        + " a.py may not be read"
    case .scripts:
      expected =
        "`Tests/corpus/recipe-info/plausible/tests` holds 1 script (tree 1a2b3c4d5e6f)"
    }
    #expect(coverage.statement(for: "plausible") == expected)
    #expect(coverage.isVacuous == (state == .noEntry || state == .noScripts))
  }

  @Test func oneRecipeIsNotSeveral() throws {
    let corpus = try CorpusFolder()
    try corpus.write("", to: "a/tests/x.py")
    let statement = corpus.reading().coverage.statement(for: "plausible")
    #expect(
      statement.hasSuffix(
        "holds 1 recipe (tree \(corpus.reading().tree?.prefix(12) ?? "")); it is not plausible"
      )
    )
  }
}

/// The sample that lies beside these tests.
@Suite struct SampleCorpusTests {
  private let reader = CorpusReader(
    root: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "corpus/recipe-info").path,
    shownAs: "Tests/corpus/recipe-info",
    isSample: true
  )

  @Test func plausibleHasNoEntry() {
    let coverage = reader.coverage(of: "plausible")
    #expect(coverage.state == .noEntry)
    #expect(coverage.recipes >= 3)
    #expect(coverage.isSample)
    #expect(coverage.root == "Tests/corpus/recipe-info")
  }

  @Test(arguments: [
    ("custom-html", ["content_type.py", "health_check.py"]),
    ("keycloak", ["oidc_discovery.py", "oidc_login.py"]),
    ("matrix-synapse", ["federation.sh", "health_check.sh"]),
  ])
  func everyRecipeHasItsScripts(recipe: String, scripts: [String]) {
    #expect(reader.coverage(of: recipe).state == .scripts)
    #expect(reader.coverage(of: recipe).scripts == scripts)
  }
}
