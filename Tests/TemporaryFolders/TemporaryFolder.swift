package import Files
import Foundation

/// A folder that goes away with its owner.
package final class TemporaryFolder {
  private let url: URL

  package init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "parity-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  package var tree: FileTree { FileTree(url.path) }

  package func path(_ name: String) -> String { url.appending(path: name).path }

  package func names(_ name: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }

  package func text(_ name: String) throws -> String {
    try String(contentsOf: url.appending(path: name), encoding: .utf8)
  }

  package func write(_ text: String, to name: String) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try text.write(to: file, atomically: false, encoding: .utf8)
  }
}
