internal import CLibxml2

/// A compiled XML Schema (XSD 1.0), to be shared among threads.
///
/// libxml2 does not change a compiled schema while it validates; each validation has its own
/// context.
package final class XMLSchema: @unchecked Sendable {
  let pointer: xmlSchemaPtr

  /// Compiles a schema that is whole in itself: `include`, `redefine` and imports with a location
  /// are refused, because compiling would open what they name.
  ///
  /// - Parameter name: names the schema in errors.
  package init(_ bytes: [UInt8], name: String = "XML schema") throws(XMLError) {
    try Self.checkContained(bytes, name: name)
    let messages = MessageCollector()
    let schema = withExtendedLifetime(messages) {
      LibXML.quietly { Self.compile(bytes, reportingTo: messages) }
    }
    guard let schema else { throw XMLError(.invalidSchema, messages.messages.first, file: name) }
    pointer = schema
  }

  deinit { xmlSchemaFree(pointer) }

  private static func compile(
    _ bytes: [UInt8],
    reportingTo messages: MessageCollector
  ) -> xmlSchemaPtr? {
    bytes.withUnsafeBytes { buffer in
      let text = buffer.bindMemory(to: CChar.self).baseAddress
      guard let context = xmlSchemaNewMemParserCtxt(text, Int32(buffer.count)) else { return nil }
      defer { xmlSchemaFreeParserCtxt(context) }
      let collector = Unmanaged.passUnretained(messages).toOpaque()
      xmlSchemaSetParserStructuredErrors(context, MessageCollector.handler, collector)
      return xmlSchemaParse(context)
    }
  }

  private static func checkContained(_ bytes: [UInt8], name: String) throws(XMLError) {
    let others = """
      local-name(//*[namespace-uri() = 'http://www.w3.org/2001/XMLSchema'][
        local-name() = 'include' or local-name() = 'redefine' or local-name() = 'override'
        or local-name() = 'import' and @schemaLocation])
      """
    let found = try XMLDocument(parsing: bytes, name: name).evaluate(others)
    guard case .string(let element) = found, !element.isEmpty else { return }
    throw XMLError(.invalidSchema, "'\(element)' of another file is refused", file: name)
  }
}
