import FoundationEssentials

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
    do {
      return try JSONDecoder().decode(CoverageModel.self, from: Data(bytes))
    } catch {
      return try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) -> CoverageModel in
        throw conflictLine(buffer).map { .conflict(line: $0) }
          ?? .malformed(JSONParsingError(code: .invalidNumber, offset: 0, in: buffer))
      }
    }
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
