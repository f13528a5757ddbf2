internal import CLibxml2

/// Validates a document while it is being written, piece by piece, without keeping it.
///
/// Belongs to one thread at a time.
package final class XMLValidator {
  private let schema: XMLSchema
  private let file: String?
  private let messages = MessageCollector()
  private let validation: xmlSchemaValidCtxtPtr
  private let parser: xmlParserCtxtPtr
  private let plug: xmlSchemaSAXPlugPtr
  /// What the parser would make a tree with; the schema's handlers stand in their place.
  private let handlers: UnsafeMutablePointer<xmlSAXHandler>?
  /// Where the plug puts its handlers now and the old ones at the end; must not move.
  private let slot = UnsafeMutablePointer<UnsafeMutablePointer<xmlSAXHandler>?>.allocate(
    capacity: 1
  )
  private let userData = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 1)

  /// - Parameter file: names the document in errors.
  package init(_ schema: XMLSchema, file: String? = nil) throws(XMLError) {
    guard let validation = xmlSchemaNewValidCtxt(schema.pointer) else {
      throw XMLError(.unavailable, "no validation context")
    }
    guard let parser = xmlCreatePushParserCtxt(nil, nil, nil, 0, nil) else {
      xmlSchemaFreeValidCtxt(validation)
      throw XMLError(.unavailable, "no parser context")
    }
    // A text may have more than libxml2's 10 MB: these documents are our own.
    xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue))
    slot.initialize(to: nil)
    userData.initialize(to: nil)
    guard let plug = xmlSchemaSAXPlug(validation, slot, userData) else {
      xmlFreeParserCtxt(parser)
      xmlSchemaFreeValidCtxt(validation)
      slot.deallocate()
      userData.deallocate()
      throw XMLError(.unavailable, "no validation in a stream")
    }
    handlers = parser.pointee.sax
    parser.pointee.sax = slot.pointee
    parser.pointee.userData = userData.pointee
    self.schema = schema
    self.file = file
    self.validation = validation
    self.parser = parser
    self.plug = plug
    let collector = Unmanaged.passUnretained(messages).toOpaque()
    xmlSchemaSetValidStructuredErrors(validation, MessageCollector.handler, collector)
    xmlSchemaValidateSetLocator(
      validation,
      { parser, file, line in
        guard let parser else { return -1 }
        file?.pointee = nil
        line?.pointee = UInt(max(0, xmlSAX2GetLineNumber(parser)))
        return 0
      },
      parser
    )
  }

  deinit {
    xmlSchemaSAXUnplug(plug)
    xmlSchemaFreeValidCtxt(validation)
    parser.pointee.sax = handlers
    xmlFreeParserCtxt(parser)
    slot.deallocate()
    userData.deallocate()
  }

  /// Adds the next piece, which may end anywhere, even inside a character.
  package func feed(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { parse($0.bindMemory(to: CChar.self), isLast: false) }
  }

  /// Ends the document.
  ///
  /// - Throws: the first place where it is not what the schema says, or not well-formed.
  package func finish() throws(XMLError) {
    parse(UnsafeBufferPointer(start: nil, count: 0), isLast: true)
    if let first = messages.messages.first { throw XMLError(.invalid, first, file: file) }
    guard parser.pointee.wellFormed == 0 else { return }
    throw XMLError(.notWellFormed, LibXMLMessage(xmlCtxtGetLastError(parser)), file: file)
  }

  private func parse(_ piece: UnsafeBufferPointer<CChar>, isLast: Bool) {
    LibXML.quietly {
      _ = xmlParseChunk(parser, piece.baseAddress, Int32(piece.count), isLast ? 1 : 0)
    }
  }
}
