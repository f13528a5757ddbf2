import Corpus
import Evidence
import Foundation
import Testing

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

  @Test func aFolderWithNothingInItIsVacuous() async {
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

  @Test func whatIsNotPythonIsNamedWithItsLine() async {
    let units = await reader.reading(of: "uptime-kuma").units()
    #expect(units.map(\.id) == ["status_page.py"])
    #expect(units.map { $0.unread.map(\.line) } == [[7]])
  }
}
