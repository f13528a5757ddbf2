package import Formats

/// Reads `coverage.json` from its bytes, several times faster than Foundation's decoder.
///
/// What it gives is what decoding gives, of every schema up to this one. A catalogue of 100,000
/// checks is over 100 MB, read twice for a comparison.
package enum CoverageReader {
  package enum Failure: Error, Hashable, Sendable {
    /// A later version of this tool wrote it.
    case newer(schema: Int)
    /// Both versions of a merge stand in it, from this line on.
    case conflict(line: Int)
    case malformed(JSONParsingError)
  }

  package static func read(_ bytes: [UInt8]) throws(Failure) -> CoverageModel {
    try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) -> CoverageModel in
      do throws(JSONParsingError) {
        return try model(buffer)
      } catch {
        throw reason(error, buffer)
      }
    }
  }

  private static func model(
    _ buffer: UnsafeBufferPointer<UInt8>
  ) throws(JSONParsingError) -> CoverageModel {
    var cursor = JSONCursor(buffer)
    try cursor.checkBeginning()
    let model = try CoverageModel(from: &cursor)
    try cursor.finish()
    return model
  }

  /// A newer file may lack what this version asks for, so its schema comes first.
  private static func reason(
    _ error: JSONParsingError,
    _ buffer: UnsafeBufferPointer<UInt8>
  ) -> Failure {
    if let schema = try? schema(buffer), schema > CoverageModel.schemaVersion {
      return .newer(schema: schema)
    }
    return conflictLine(buffer).map { .conflict(line: $0) } ?? .malformed(error)
  }

  private static func schema(
    _ buffer: UnsafeBufferPointer<UInt8>
  ) throws(JSONParsingError) -> Int? {
    var cursor = JSONCursor(buffer)
    var members = try cursor.beginObject()
    while let key = try cursor.key(&members) {
      if cursor.matches(key, "schema") { return try cursor.int() }
      try cursor.skip()
    }
    return nil
  }

  /// The line of a merge's first marker.
  private static func conflictLine(_ buffer: UnsafeBufferPointer<UInt8>) -> Int? {
    let marker = Array("<<<<<<< ".utf8)
    var line = 1
    var start = 0
    while start < buffer.count {
      if buffer[start...].starts(with: marker) { return line }
      guard let end = buffer[start...].firstIndex(of: 0x0A) else { return nil }
      start = end + 1
      line += 1
    }
    return nil
  }
}

extension CoverageReader.Failure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .newer(let schema):
      "has schema \(schema), this tool reads up to \(CoverageModel.schemaVersion)"
    case .conflict(let line): "holds both sides of a merge that nobody finished (line \(line))"
    case .malformed(let error): "is no coverage file: \(error)"
    }
  }
}
