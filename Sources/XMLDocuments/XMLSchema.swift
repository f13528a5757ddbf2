internal import CLibxml2

/// A compiled XML Schema (XSD 1.0), to be shared among threads.
///
/// libxml2 does not change a compiled schema while it validates; each validation has its own
/// context.
package final class XMLSchema: @unchecked Sendable {
  /// After so many violations a validation stops: more of them tell nothing new.
  package static let maximumViolations = 100

  /// The name that error messages give to the schema.
  package let name: String
  let pointer: xmlSchemaPtr

  /// Compiles a schema that is whole in itself: `include`, `redefine` and imports with a location
  /// are refused, because compiling would open what they name.
  package init(_ bytes: [UInt8], name: String = "XML schema") throws(XMLError) {
    try Self.checkContained(bytes, name: name)
    let messages = MessageCollector()
    let schema = withExtendedLifetime(messages) {
      LibXML.quietly { Self.compile(bytes, reportingTo: messages) }
    }
    guard let schema else {
      let first = messages.messages.first
      throw XMLError(
        .invalidSchema,
        first?.text ?? "does not compile",
        line: first?.line,
        file: name
      )
    }
    self.name = name
    pointer = schema
  }

  deinit { xmlSchemaFree(pointer) }

  /// Validates while reading, without keeping the document; no violation means that it is valid.
  ///
  /// Stops at ``maximumViolations``. Throws if the document is not well-formed or breaks a limit,
  /// unless violations were found before.
  package func validate(
    _ source: XMLSource,
    limits: XMLLimits = XMLLimits()
  ) throws(XMLError) -> [XMLViolation] {
    var cursor = try XMLSourceCursor(source)
    let validator = try XMLValidator(self, limits: limits, file: source.name)
    while try cursor.read({ validator.feed($0) }) {}
    return try validator.finish()
  }

  private static func compile(
    _ bytes: [UInt8],
    reportingTo messages: MessageCollector
  ) -> xmlSchemaPtr? {
    bytes.withUnsafeBytes { buffer in
      let text = buffer.bindMemory(to: CChar.self).baseAddress
      guard let context = xmlSchemaNewMemParserCtxt(text, Int32(buffer.count)) else { return nil }
      defer { xmlSchemaFreeParserCtxt(context) }
      xmlSchemaSetParserStructuredErrors(
        context,
        MessageCollector.handler,
        Unmanaged.passUnretained(messages).toOpaque()
      )
      return xmlSchemaParse(context)
    }
  }

  private static func checkContained(_ bytes: [UInt8], name: String) throws(XMLError) {
    // A schema is written by hand; this keeps its size within an `Int32` too.
    let limits = XMLLimits(documentBytes: 16 << 20, depth: 200)
    let reader = try XMLReader(.bytes(bytes, name: name), limits: limits, text: .ignored)
    while let event = try reader.next() {
      guard case .start(let element) = event,
        element.namespace == "http://www.w3.org/2001/XMLSchema",
        ["include", "redefine", "override"].contains(element.name)
          || (element.name == "import" && element["schemaLocation"] != nil)
      else { continue }
      throw XMLError(
        .invalidSchema,
        "'\(element.name)' of another file is refused",
        line: element.line,
        file: name
      )
    }
  }
}

/// Gathers the messages of calls that report to a context.
final class MessageCollector {
  private(set) var messages: [LibXMLMessage] = []
  /// More would only repeat themselves.
  private static let maximum = 100

  static let handler: xmlStructuredErrorFunc = { context, error in
    guard let context, let message = LibXMLMessage(error), message.isError else { return }
    let collector = Unmanaged<MessageCollector>.fromOpaque(context).takeUnretainedValue()
    guard collector.messages.count < maximum else { return }
    collector.messages.append(message)
  }
}
