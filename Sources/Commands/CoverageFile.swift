import Auditing
import Evidence
import Files
import Formats
import FoundationEssentials
import Reports

/// `coverage.json` and other values as JSON with sorted keys.
enum CoverageFile {
  static func bytes(_ value: some Encodable) throws -> [UInt8] {
    try JSONTextEncoder(.spaced).bytes(of: value) + [UInt8(ascii: "\n")]
  }

  static func write(_ value: some Encodable, to path: String, in tree: FileTree) throws {
    try prepared(value, at: path, in: tree).commit()
  }

  /// A file that waits for its `commit()`.
  static func prepared(
    _ value: some Encodable,
    at path: String,
    in tree: FileTree
  ) throws -> AtomicFile {
    try AtomicFile.prepared(bytes(value), at: path, in: tree)
  }

  /// Nil where there is no such file; refused where a later version of this tool wrote it.
  static func read(
    _ path: String,
    in tree: FileTree,
    shownAs name: String
  ) throws -> CoverageModel? {
    try bytes(of: path, in: tree, shownAs: name).map { try model($0, shownAs: name) }
  }

  private static func bytes(
    of path: String,
    in tree: FileTree,
    shownAs name: String
  ) throws -> [UInt8]? {
    do {
      return try tree.contentsIfThere(path)
    } catch {
      throw Failure(.broken, "\(name) \(error.code)")
    }
  }

  /// A file of another kind; nil where there is none, refused where a later version wrote it.
  static func read<File: Decodable>(
    _ type: File.Type,
    at path: String,
    in tree: FileTree,
    upTo version: Int,
    _ schema: (File) -> Int
  ) throws -> File? {
    guard let data = try bytes(of: path, in: tree, shownAs: path) else { return nil }
    guard let file = try? JSONTextDecoder().decode(type, from: data) else {
      throw Failure(.broken, "\(path) cannot be read")
    }
    if schema(file) <= version { return file }
    throw Failure(.broken, "\(path) has schema \(schema(file)), this tool reads up to \(version)")
  }

  static func model(_ bytes: [UInt8], shownAs name: String) throws -> CoverageModel {
    do {
      return try CoverageModel(json: bytes)
    } catch {
      throw Failure(.broken, "\(name) \(error)")
    }
  }
}
