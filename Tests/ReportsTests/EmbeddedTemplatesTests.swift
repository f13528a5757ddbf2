import Foundation
import Testing

@testable import Reports

@Suite struct EmbeddedTemplatesTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func files() throws -> [String: String] {
    let folder = root.appending(path: "templates")
    var files: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let file = folder.appending(path: name)
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
        continue
      }
      files[name] = try String(contentsOf: file, encoding: .utf8)
    }
    return files
  }

  private static func source(of files: [String: String]) -> String {
    var text = """
      // swift-format-ignore-file
      // Written from templates/ by `RECORD_GOLDEN=1 swift test --filter EmbeddedTemplates`; do not edit.

      /// The files of `templates/`, so that the tool needs nothing beside its binary.
      enum EmbeddedTemplates {
        static let files: [String: String] = [

      """
    for (name, content) in files.sorted(by: { $0.key < $1.key }) {
      text += "    \"\(name)\": ###\"\"\"\n\(content)\n\"\"\"###,\n"
    }
    return text + "  ]\n}\n"
  }

  @Test func `The binary carries the files of templates`() throws {
    let files = try Self.files()
    if Golden.isRecording {
      let file = Self.root.appending(path: "Sources/Rendering/Templates/EmbeddedTemplates.swift")
      try Self.source(of: files).write(to: file, atomically: true, encoding: .utf8)
      return
    }
    #expect(Set(files.keys) == Set(EmbeddedTemplates.files.keys))
    for (name, text) in files {
      #expect(EmbeddedTemplates.files[name] == text, "templates/\(name) is not what is embedded")
    }
  }

  @Test func `The embedded templates ask only for what there is`() {
    #expect(TemplateSet.embedded.check() == [])
  }
}
