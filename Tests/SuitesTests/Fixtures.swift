import Foundation

/// The folders beside these tests.
enum Fixtures {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().path

  static func path(_ name: String) -> String { "\(root)/Fixtures/\(name)" }
}
