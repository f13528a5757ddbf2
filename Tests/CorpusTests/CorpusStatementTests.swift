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

  @Test func `A corpus that nobody named is not spoken of by an empty name`() {
    let coverage = CorpusCoverage(
      state: .rootMissing,
      root: "",
      path: "",
      recipes: 0,
      scripts: [],
      tree: nil,
      isSample: false,
      detail: "parity.yml names no corpus"
    )
    #expect(
      coverage.statement(for: "plausible")
        == "parity.yml names no corpus, so nothing can be said of older scripts"
    )
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
    (
      "custom-html",
      ["content_type.py", "health_check.py", "serve_file.sh", "test_kinds.py", "unknown_path.sh"]
    ),
    ("gitea", ["api.bats", "git_push.py"]),
    ("keycloak", ["oidc_discovery.py", "oidc_login.py"]),
    ("matrix-synapse", ["federation.sh", "health_check.sh", "register_user.sh"]),
    ("nextcloud", ["files_in_database.sh", "oidc_login.py", "webdav_roundtrip.py"]),
    ("uptime-kuma", ["status_page.py"]),
  ])
  func everyRecipeHasItsScripts(recipe: String, scripts: [String]) {
    #expect(reader.coverage(of: recipe).state == .scripts)
    #expect(reader.coverage(of: recipe).scripts == scripts)
  }

  @Test func aFolderWithNothingInItIsVacuous() {
    let coverage = reader.coverage(of: "cryptpad")
    #expect(coverage.state == .noScripts)
    #expect(coverage.detail == "has no scripts in tests, only .gitkeep")
  }

  @Test func oneScriptOverTwoRecipesIsTheSameUnitsInBoth() async {
    let (one, other) = (reader.reading(of: "keycloak"), reader.reading(of: "nextcloud"))
    func login(_ reading: CorpusReading) async -> [CorpusUnit] {
      await reading.units().filter { $0.script == "oidc_login.py" }
    }
    let units = await login(one)
    #expect(units.count == 3)
    #expect(await login(other) == units)
  }

  /// All that a port of this recipe's suite may name.
  @Test func customHTMLHasItsUnits() async {
    let units = await reader.reading(of: "custom-html").units()
    #expect(
      units.map(\.id) == [
        "content_type.py::test_html_is_served_as_html",
        "health_check.py::test_front_page_answers", "health_check.py::test_missing_page_is_404",
        "serve_file.sh", "test_kinds.py::test_kind",
        "test_kinds.py::TestUnknownKind::test_is_bytes",
        "test_kinds.py::TestUnknownKind::test_is_not_guessed",
        "unknown_path.sh::check_missing_file", "unknown_path.sh::check_missing_folder",
        "unknown_path.sh::check_own_page",
      ]
    )
    #expect(units.allSatisfy { !$0.requests.isEmpty && !$0.assertions.isEmpty })
    #expect(units.allSatisfy { $0.unread.isEmpty })
  }

  @Test func whatIsNotPythonIsNamed() async {
    let units = await reader.reading(of: "uptime-kuma").units()
    #expect(units.map(\.id) == ["status_page.py"])
    #expect(units.map { $0.unread.map(\.line) } == [[7]])
  }
}
