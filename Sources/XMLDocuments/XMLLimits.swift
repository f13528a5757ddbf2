/// What a document may cost whoever reads it.
///
/// libxml2's own limits are switched off for streams, since 10 MB a text node is too little for a
/// test's captured output; these take their place.
package struct XMLLimits: Equatable, Sendable {
  /// What is limited.
  package enum Quantity: String, Equatable, Sendable, CaseIterable {
    case documentBytes = "bytes in the document"
    case depth = "elements inside one another"
    case textBytes = "bytes of text between two tags"
    case tagBytes = "bytes in one tag, comment, instruction or document type"
    case resultBytes = "bytes in a result"
  }

  /// Bytes of the whole document as it is stored; 1 GiB unless said otherwise.
  package var documentBytes: Int
  /// Elements inside one another, the root counted; 256 unless said otherwise.
  package var depth: Int
  /// UTF-8 bytes of one text event; 64 MiB unless said otherwise.
  package var textBytes: Int
  /// Bytes of one tag with its attributes, one comment or one document type, give or take a chunk
  /// of 32 KiB; 1 MiB unless said otherwise. Time grows with the square of the number of
  /// attributes, which is why this is smaller than the rest.
  package var tagBytes: Int

  package init(
    documentBytes: Int = 1 << 30,
    depth: Int = 256,
    textBytes: Int = 64 << 20,
    tagBytes: Int = 1 << 20
  ) {
    self.documentBytes = documentBytes
    self.depth = depth
    self.textBytes = textBytes
    self.tagBytes = tagBytes
  }
}

extension XMLError {
  static func tooLarge(
    _ quantity: XMLLimits.Quantity,
    limit: Int,
    line: Int? = nil,
    file: String? = nil
  ) -> XMLError {
    XMLError(
      .tooLarge(quantity),
      "more than \(limit) \(quantity.rawValue)",
      line: line,
      file: file
    )
  }
}
