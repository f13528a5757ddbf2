/// Reads a document as a stream of events.
///
/// Memory does not grow with the document, only with its largest text. Nothing but the source is
/// opened: no network, no DTD, no entity. A document type without entity declarations is read
/// over; one that declares an entity is an error, as is a reference to one (`&amp;` and its four
/// siblings apart). All encodings that libxml2 knows are read. Belongs to one thread at a time.
package final class XMLReader {
  /// What happens with the text between tags.
  package enum Text: Sendable {
    /// Each text becomes an event.
    case whole
    /// Text is read over; its size is not limited then.
    case ignored
  }

  private var source: XMLSourceCursor
  private let parser: PushParser
  private let validation: SchemaValidation?
  private var cursor = 0
  private var isAtEnd = false

  /// Opens the source.
  ///
  /// - Parameters:
  ///   - schema: Validates while reading; what it finds is in ``violations``.
  package init(
    _ source: XMLSource,
    limits: XMLLimits = XMLLimits(),
    text: Text = .whole,
    validatingWith schema: XMLSchema? = nil
  ) throws(XMLError) {
    self.source = try XMLSourceCursor(source)
    validation = try schema.map { schema throws(XMLError) in
      try SchemaValidation(schema, maximumViolations: XMLSchema.maximumViolations)
    }
    parser = try PushParser(
      limits: limits,
      interest: PushParser.Interest(events: true, text: text == .whole),
      file: source.name,
      validation: validation
    )
  }

  /// The next event; `nil` at the end of the document.
  ///
  /// Events that came before an error are given first; after an error every call throws it again.
  /// A text that the error cuts off is not given.
  package func next() throws(XMLError) -> XMLEvent? {
    while cursor == parser.events.count {
      parser.events.removeAll(keepingCapacity: true)
      cursor = 0
      if isAtEnd {
        if let failure = parser.failure { throw failure }
        return nil
      }
      try fill()
    }
    defer { cursor += 1 }
    return parser.events[cursor]
  }

  /// What the schema found so far, in the document's order, at most
  /// ``XMLSchema/maximumViolations``.
  package var violations: [XMLViolation] { validation?.violations ?? [] }

  private func fill() throws(XMLError) {
    let parser = parser
    if try source.read({ parser.feed($0) }) {
      isAtEnd = parser.failure != nil
    } else {
      parser.finish()
      isAtEnd = true
    }
  }
}
