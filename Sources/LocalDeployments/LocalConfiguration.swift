package import Backups
internal import Formats
internal import FoundationEssentials
package import Guarding
package import Suites

/// All that the local driver needs to know of one run.
package struct LocalConfiguration: Sendable {
  package var suite: Suite
  package var settings: LocalSettings
  package var source: RecipeSource
  package var run: RunSettings
  /// Asks a URL for its status and body; nil where no answer came.
  package var fetch: @Sendable (_ url: String) async -> (status: Int, body: [UInt8])?

  package init(
    suite: Suite,
    settings: LocalSettings,
    source: RecipeSource,
    run: RunSettings,
    fetch: @escaping @Sendable (String) async -> (status: Int, body: [UInt8])?
  ) {
    self.suite = suite
    self.settings = settings
    self.source = source
    self.run = run
    self.fetch = fetch
  }

  /// Of the project and the recipe: a recipe of the same name elsewhere has folders and ports of its
  /// own, and shares nothing.
  package var lockName: String {
    let folder = URL(filePath: suite.folder).resolvingSymlinksInPath().path
    return "local-\(suite.recipe)-\(Digest.sha256.text(of: folder).prefix(16))"
  }
}
