import BuiltTool
import Foundation
import Testing

/// Every fault of `Tests/faults/apps`, on the built tool and the real apps of `Tests/recipes/apps`.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["REQUIRE_APPS"] == "1",
    "the apps are not asked for; `make test-apps` gets them"
  )
)
struct AppTests {
  @Test("a fault is told for what it is", arguments: FaultRow.all.filter { $0.start.isApp })
  func isTold(_ row: FaultRow) async throws {
    try await Lanes.shared.use { try await FaultTableTests.check(row) }
  }
}

extension FaultProject {
  /// The version of an app's recipe that an upgrade goes to.
  private var target: String? {
    switch row.start {
    case .dokuwiki: "1.1.0+2024-02-06b"
    case .mediawiki: "1.1.0+1.43"
    case .matrixSynapse: "1.1.0+v1.163.2"
    default: nil
    }
  }

  /// The suite and the recipe of an app, and the older scripts that it is held to.
  func copyApp() throws {
    let prepared = try Prepared.shared.get()
    let app = row.start.rawValue
    let source = "\(Prepared.sources)/recipes/apps"
    for (from, to) in [
      ("\(source)/\(app)", tool.suite),
      ("\(prepared.folder)/samples/\(app)", "samples/\(tool.recipe)"),
      ("\(source)/recipe-info/\(app)", "recipe-info/\(tool.recipe)"),
    ] {
      let place = URL(fileURLWithPath: tool.path(to))
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try FileManager.default.copyItem(at: URL(fileURLWithPath: from), to: place)
    }
    try tool.remove("\(tool.suite)/recipe-versions")
    try edit("suites/\(app)/recipe.yml", [("recipe: \(app)\n", "recipe: \(tool.recipe)\n")])
  }

  func commitApp() throws {
    if let target { try commit(target) }
  }
}
