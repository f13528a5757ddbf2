import Foundation
import Testing

/// Reports as they were when somebody last looked at them.
enum Golden {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
  static var isRecording: Bool {
    ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1"
  }

  /// Compares byte for byte; writes the file instead under `RECORD_GOLDEN=1`.
  static func expect(
    _ text: String,
    is name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appending(path: name)
    if isRecording {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      return
    }
    let golden = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    if Array(golden.utf8) == Array(text.utf8) { return }
    let old = golden.split(separator: "\n", omittingEmptySubsequences: false)
    let new = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line =
      zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
    Issue.record(
      """
      \(name) differs in line \(line + 1)
      was: \(line < old.count ? old[line].prefix(300) : "the end")
      is:  \(line < new.count ? new[line].prefix(300) : "the end")
      """,
      sourceLocation: sourceLocation
    )
  }
}
