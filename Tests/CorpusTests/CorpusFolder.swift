import Corpus
import Foundation
import Glibc

/// A corpus in a folder of a test's own, gone when the test is done.
final class CorpusFolder: Sendable {
  let path: String

  /// The folder `recipe-info` below it.
  var root: String { "\(path)/recipe-info" }

  init() throws {
    let template = FileManager.default.temporaryDirectory.appending(path: "parity-corp-XXXXXX").path
    var bytes = Array(template.utf8CString)
    guard mkdtemp(&bytes) != nil else { throw CocoaError(.fileWriteUnknown) }
    path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file below `recipe-info`.
  func write(_ text: String, to name: String, isExecutable: Bool = false) throws {
    let file = "\(root)/\(name)"
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent,
      withIntermediateDirectories: true
    )
    try Data(text.utf8).write(to: URL(filePath: file))
    try FileManager.default.setAttributes(
      [.posixPermissions: isExecutable ? 0o755 : 0o644],
      ofItemAtPath: file
    )
  }

  /// Writes an empty file whose name is bytes.
  func writeEmpty(_ name: [UInt8], in folder: String) -> Bool {
    let path = Array("\(root)/\(folder)/".utf8) + name + [0]
    let descriptor = path.withUnsafeBytes { raw in
      raw.withMemoryRebound(to: CChar.self) { field in
        field.baseAddress.map { open($0, O_WRONLY | O_CREAT, 0o644) } ?? -1
      }
    }
    return descriptor >= 0 && close(descriptor) == 0
  }

  func folder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: "\(root)/\(name)",
      withIntermediateDirectories: true
    )
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: "\(root)/\(name)",
      withDestinationPath: target
    )
  }

  func reading(of recipe: String = "plausible") -> CorpusReading {
    CorpusReader(root: root, shownAs: "recipe-info", isSample: false).reading(of: recipe)
  }
}
