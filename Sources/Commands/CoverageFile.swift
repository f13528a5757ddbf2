import Auditing
import Evidence
import FoundationEssentials
import Rendering

/// `coverage.json` and `record.json`: values as JSON with sorted keys.
enum CoverageFile {
  private struct Versioned: Decodable { var schema: Int }

  static func bytes(_ value: some Encodable) throws -> [UInt8] {
    try RecordEncoder(.pretty).bytes(of: value) + [UInt8(ascii: "\n")]
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
    let data = Data(bytes)
    let decoder = JSONDecoder()
    do {
      let schema = try decoder.decode(Versioned.self, from: data).schema
      guard schema <= CoverageModel.schemaVersion else {
        throw Failure(
          .broken,
          "\(name) has schema \(schema), this tool reads up to \(CoverageModel.schemaVersion)"
        )
      }
      return try decoder.decode(CoverageModel.self, from: data)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.broken, "\(name) is no coverage file: \(Self.problem(error))")
    }
  }

  private static func problem(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      "\(key.stringValue) is missing at \(path(context))"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      "\(context.debugDescription) at \(path(context))"
    default: "it cannot be read"
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty
      ? "its beginning" : context.codingPath.map(\.stringValue).joined(separator: ".")
  }
}
