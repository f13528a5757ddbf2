import Foundation
import PrivateServers

extension ToolProject {
  /// The root of this repository.
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Adds a suite that `docs/how-to.md` quotes, under the project's own name.
  package func addHowTo(_ name: String) throws {
    let files = FileManager.default
    try files.createDirectory(atPath: path("suites"), withIntermediateDirectories: true)
    try files.copyItem(
      at: Self.root.appending(path: "Tests/howto/suites/\(name)"),
      to: URL(fileURLWithPath: path(suite))
    )
    let file = "\(suite)/recipe.yml"
    let text = try text(file)
    try write(
      file,
      text.replacingOccurrences(of: "recipe: \(name)\n", with: "recipe: \(recipe)\n")
    )
    findPrograms(in: try PreparedRestic.folder)
  }

  /// The examples of `docs/how-to.md` that name a file of a suite in their first line, in order.
  package static func howTo() throws -> [(file: String, text: String)] {
    let page = try String(contentsOf: root.appending(path: "docs/how-to.md"), encoding: .utf8)
    return page.replacing("```python\n# ", with: "```yaml\n# ").components(
      separatedBy: "```yaml\n# "
    )
    .dropFirst().compactMap { block in
      let example = block.components(separatedBy: "\n```")[0]
      guard let end = example.firstIndex(of: "\n") else { return nil }
      return (String(example[..<end]), String(example[example.index(after: end)...]) + "\n")
    }
  }
}
