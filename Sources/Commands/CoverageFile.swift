import Auditing
import Evidence
import Formats
import FoundationEssentials
import Rendering

/// `coverage.json` and other values as JSON with sorted keys.
enum CoverageFile {
  static func bytes(_ value: some Encodable) throws -> [UInt8] {
    try JSONTextEncoder(.spaced).bytes(of: value) + [UInt8(ascii: "\n")]
  }

  static func write(_ value: some Encodable, to path: String) throws {
    try prepared(value, at: path).commit()
  }

  /// A file that waits for its `commit()`.
  static func prepared(_ value: some Encodable, at path: String) throws -> AtomicFile {
    try AtomicFile.prepared(bytes(value), at: path)
  }

  /// Nil where there is no such file; refused where a later version of this tool wrote it.
  static func read(_ path: String, shownAs name: String) throws -> CoverageModel? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try model(Array(data), shownAs: name)
  }

  static func model(_ bytes: [UInt8], shownAs name: String) throws -> CoverageModel {
    do {
      return try CoverageModel(json: bytes)
    } catch {
      throw Failure(.broken, "\(name) \(error)")
    }
  }
}
