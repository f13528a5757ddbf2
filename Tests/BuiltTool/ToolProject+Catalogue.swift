import Foundation

extension ToolProject {
  /// Adds the catalogue in the old manner of `Tests/adoption`.
  package func addCatalogue() throws {
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "adoption")
    for name in ["tests", "recipes", "recipe-info", "results"] {
      try FileManager.default.copyItem(
        at: source.appending(path: name),
        to: URL(fileURLWithPath: path(name))
      )
    }
  }
}
