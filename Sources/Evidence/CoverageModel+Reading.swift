package import Formats

extension CoverageModel {
  /// Reads `coverage.json` of every schema up to this one.
  package init(json bytes: [UInt8]) throws(CoverageReadingError) {
    var newer: Int?
    do {
      self = try JSONTextDecoder().decode(from: bytes) { (value) throws(JSONParsingError) in
        if let schema = value["schema"]?.intValue, schema > Self.schemaVersion {
          newer = Int(schema)
        }
        return CoverageUpgrade.upgraded(value)
      }
    } catch {
      throw newer.map { .newer(schema: $0) } ?? Self.conflictLine(bytes).map { .conflict(line: $0) }
        ?? .malformed(error)
    }
    if let newer { throw .newer(schema: newer) }
  }

  /// The line of a merge's first marker.
  private static func conflictLine(_ bytes: [UInt8]) -> Int? {
    let marker = Array("<<<<<<< ".utf8)
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.firstIndex { $0.starts(with: marker) }.map { $0 + 1 }
  }
}

/// Why `coverage.json` cannot be read.
package enum CoverageReadingError: Error, Hashable, Sendable {
  /// A later version of this tool wrote it.
  case newer(schema: Int)
  /// Both versions of a merge stand in it, from this line on.
  case conflict(line: Int)
  case malformed(JSONParsingError)
}

extension CoverageReadingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .newer(let schema):
      "has schema \(schema), this tool reads up to \(CoverageModel.schemaVersion)"
    case .conflict(let line): "holds both sides of a merge that nobody finished (line \(line))"
    case .malformed(let error): "is no coverage file: \(error)"
    }
  }
}
