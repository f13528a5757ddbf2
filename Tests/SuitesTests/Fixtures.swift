import Evidence
import Foundation
import Testing

/// The folders beside these tests.
enum Fixtures {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().path

  /// The package's folder.
  static let repository = URL(filePath: root).deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func path(_ name: String) -> String { "\(root)/Fixtures/\(name)" }

  /// Names in a folder of fixtures, sorted.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []).sorted()
  }
}

/// Expected texts; `RECORD_GOLDEN=1` writes them.
enum Golden {
  static func compare(_ text: String, with name: String) throws {
    try compare(text, withFile: "\(Fixtures.root)/Golden/\(name)")
  }

  static func compare(_ text: String, withFile path: String) throws {
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(
        atPath: URL(filePath: path).deletingLastPathComponent().path,
        withIntermediateDirectories: true
      )
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return
    }
    let expected = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text == expected, "differs from \(path)")
  }
}

/// A folder that goes away with the test.
struct Folder {
  let path: String

  static func temporary<T>(_ body: (Folder) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "suites-\(UUID().uuidString)/example").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer {
      try? FileManager.default.removeItem(atPath: (folder as NSString).deletingLastPathComponent)
    }
    return try body(Folder(path: folder))
  }

  /// By path below the folder.
  func write(_ files: [String: String]) throws {
    for (name, text) in files { try write(name, Array(text.utf8)) }
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: "\(path)/\(name)",
      withDestinationPath: target
    )
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(bytes).write(to: file)
  }
}

func revision(_ version: String) -> RecipeRevision { RecipeRevision(version: version, tree: "aa") }
