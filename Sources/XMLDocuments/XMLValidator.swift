/// A place where a document is not what its schema says.
package struct XMLViolation: Equatable, Sendable {
  /// Counted from 1.
  package var line: Int?
  /// One line, in libxml2's words.
  package var message: String
}

extension XMLViolation: CustomStringConvertible {
  package var description: String {
    line.map { "line \($0): \(message)" } ?? message
  }
}

/// Validates a document while it is being written, piece by piece.
///
/// Belongs to one thread at a time.
package final class XMLValidator {
  private let validation: SchemaValidation
  private let parser: PushParser

  package init(
    _ schema: XMLSchema,
    limits: XMLLimits = XMLLimits(),
    file: String? = nil
  ) throws(XMLError) {
    validation = try SchemaValidation(schema, maximumViolations: XMLSchema.maximumViolations)
    parser = try PushParser(
      limits: limits,
      interest: PushParser.Interest(events: false, text: false),
      file: file,
      validation: validation
    )
  }

  /// Adds the next piece, which may end anywhere, even inside a character.
  package func feed(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { feed($0) }
  }

  func feed(_ bytes: UnsafeRawBufferPointer) {
    parser.feed(bytes)
  }

  /// Ends the document; no violation means that it is valid.
  ///
  /// Throws if it is not well-formed or breaks a limit, unless violations were found before.
  package func finish() throws(XMLError) -> [XMLViolation] {
    parser.finish()
    if validation.violations.isEmpty, let failure = parser.failure { throw failure }
    return validation.violations
  }
}
