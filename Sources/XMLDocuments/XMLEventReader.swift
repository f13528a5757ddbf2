internal import CLibxml2

/// One thing that stands in a document, in its order.
package enum XMLEvent: Sendable {
  /// A name without its prefix, and attributes in their order; line and column, from 1, of
  /// the tag's end.
  case begin(String, attributes: [(name: String, value: String)], line: Int, column: Int)
  case end(String)
  /// A piece of text or of a CDATA section; one text may come in many.
  case text(String)
}

/// Reads a document piece by piece and keeps nothing of it: what somebody else wrote, of any length.
///
/// Opens nothing. A document type, and with it every entity but XML's own five, is refused where it
/// begins. At most 256 levels, 10 MB an attribute. Names lose their prefixes, so
/// that a document in any namespace reads alike. Belongs to one thread at a time.
package final class XMLEventReader {
  private let name: String?
  private let take: (XMLEvent) throws -> Void
  private var parser: xmlParserCtxtPtr?
  private var refusal: XMLError?
  private var first: LibXMLMessage?
  /// What the receiver threw: the rest of the document is not its any more.
  private var thrown: (any Error)?
  private var depth = 0
  private static let depthLimit = 256

  /// - Parameters:
  ///   - name: names the document in errors.
  ///   - take: gets every event; what it throws ends the reading and comes out of ``feed(_:)``.
  package init(name: String? = nil, take: @escaping (XMLEvent) throws -> Void) throws(XMLError) {
    LibXML.prepare()
    self.name = name
    self.take = take
    var handlers = xmlSAXHandler()
    // XML_SAX2_MAGIC, a macro that Swift does not import.
    handlers.initialized = 0xDEED_BEAF
    handlers.internalSubset = { context, name, _, _ in
      XMLEventReader.of(context)?.refuse(documentType: LibXML.string(name))
    }
    handlers.startElementNs = { context, name, _, _, _, _, count, _, attributes in
      XMLEventReader.of(context)?.begin(LibXML.string(name), Int(count), attributes)
    }
    handlers.endElementNs = { context, name, _, _ in
      XMLEventReader.of(context)?.end(LibXML.string(name))
    }
    handlers.characters = { context, bytes, count in
      XMLEventReader.of(context)?.send(.text(XMLEventReader.text(bytes, Int(count))))
    }
    handlers.cdataBlock = handlers.characters
    handlers.ignorableWhitespace = handlers.characters
    handlers.serror = { context, error in
      guard let message = LibXMLMessage(error), message.isError else { return }
      XMLEventReader.of(context)?.keep(message)
    }
    let own = Unmanaged.passUnretained(self).toOpaque()
    guard let parser = xmlCreatePushParserCtxt(&handlers, own, nil, 0, nil) else {
      throw XMLError(.unavailable, "no parser context")
    }
    xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue))
    self.parser = parser
  }

  deinit { parser.map { xmlFreeParserCtxt($0) } }

  /// Adds the next piece, which may end anywhere, even inside a character.
  ///
  /// - Throws: `XMLError` where the document is ill-formed or refused, or what the receiver threw.
  package func feed(_ bytes: [UInt8]) throws { try parse(bytes, isLast: false) }

  /// Ends the document; throws as ``feed(_:)`` does.
  package func finish() throws { try parse([], isLast: true) }

  private func parse(_ bytes: [UInt8], isLast: Bool) throws {
    guard let parser else { return }
    LibXML.quietly {
      bytes.withUnsafeBytes { buffer in
        _ = xmlParseChunk(
          parser,
          buffer.bindMemory(to: CChar.self).baseAddress,
          Int32(buffer.count),
          isLast ? 1 : 0
        )
      }
    }
    if let thrown { throw thrown }
    if let refusal { throw refusal }
    // A prefix that nobody declared is reported too, and harms nothing.
    guard parser.pointee.wellFormed == 0 else { return }
    throw XMLError(.notWellFormed, first, file: name)
  }

  // MARK: Events

  private func send(_ event: XMLEvent) {
    guard thrown == nil, refusal == nil else { return }
    do {
      try take(event)
    } catch {
      thrown = error
      xmlStopParser(parser)
    }
  }

  private func begin(
    _ name: String,
    _ count: Int,
    _ table: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  ) {
    var attributes: [(name: String, value: String)] = []
    attributes.reserveCapacity(count)
    // Five pointers each: name, prefix, namespace, the value's begin and end.
    for index in 0..<count {
      guard let table, let begin = table[index * 5 + 3], let end = table[index * 5 + 4] else {
        continue
      }
      attributes.append((LibXML.string(table[index * 5]), Self.text(begin, end - begin)))
    }
    let line = parser.map { Int(xmlSAX2GetLineNumber($0)) } ?? 0
    let column = parser.map { Int(xmlSAX2GetColumnNumber($0)) } ?? 0
    depth += 1
    // libxml2's own limit holds for trees only.
    guard depth <= Self.depthLimit else {
      refuse(.tooLarge, "is nested deeper than \(Self.depthLimit) levels")
      return
    }
    send(.begin(name, attributes: attributes, line: max(1, line), column: max(1, column)))
  }

  private func end(_ name: String) {
    depth -= 1
    send(.end(name))
  }

  private func keep(_ message: LibXMLMessage) { if first == nil { first = message } }

  private func refuse(documentType name: String) {
    refuse(
      .entity,
      "declares a document type (<!DOCTYPE \(XMLText.cut(name, to: 64))>), which is refused: it could "
        + "declare entities"
    )
  }

  private func refuse(_ code: XMLError.Code, _ message: String) {
    guard refusal == nil, thrown == nil else { return }
    var error = XMLError(code, message, file: name)
    error.line = parser.map { max(1, Int(xmlSAX2GetLineNumber($0))) }
    error.column = 1
    refusal = error
    xmlStopParser(parser)
  }

  private static func text(_ bytes: UnsafePointer<xmlChar>?, _ count: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> XMLEventReader? {
    context.map { Unmanaged<XMLEventReader>.fromOpaque($0).takeUnretainedValue() }
  }
}
