internal import CLibxml2

/// The arguments of a start tag, valid only during the call that brings them.
struct StartTag {
  var name: UnsafePointer<xmlChar>?
  var prefix: UnsafePointer<xmlChar>?
  var namespace: UnsafePointer<xmlChar>?
  var namespaceCount: Int32
  var namespaces: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  var attributeCount: Int32
  var defaultedCount: Int32
  /// Five pointers each: name, prefix, namespace, begin and end of the value.
  var attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?

  func element(line: Int) -> XMLElement {
    XMLElement(
      name: LibXML.string(name),
      namespace: namespace.map { String(cString: $0) },
      attributes: copiedAttributes(),
      line: line
    )
  }

  private func copiedAttributes() -> [XMLAttribute] {
    // Defaulted attributes come last. They are not applied: one long default and many short tags
    // are a small bomb.
    let count = Int(attributeCount - defaultedCount)
    guard let attributes, count > 0 else { return [] }
    return (0..<count).map { index in
      let fields = attributes + 5 * index
      return XMLAttribute(
        name: LibXML.string(fields[0]),
        namespace: fields[2].map { String(cString: $0) },
        value: Self.value(from: fields[3], to: fields[4])
      )
    }
  }

  private static func value(
    from start: UnsafePointer<xmlChar>?,
    to end: UnsafePointer<xmlChar>?
  ) -> String {
    guard let start, let end, end > start else { return "" }
    let bytes = UnsafeBufferPointer(start: start, count: end - start)
    guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
    // A parser that does not replace entities writes every ampersand as `&#38;`, for a tree that
    // will be parsed again (xmlParseAttValueComplex in libxml2's parser.c).
    let reference = Array("&#38;".utf8)
    var value: [UInt8] = []
    var index = 0
    while index < bytes.count {
      value.append(bytes[index])
      let isReference = bytes[index...].starts(with: reference)
      index += isReference ? reference.count : 1
    }
    return String(decoding: value, as: UTF8.self)
  }
}

/// The arguments of an end tag, valid only during the call that brings them.
struct EndTag {
  var name: UnsafePointer<xmlChar>?
  var prefix: UnsafePointer<xmlChar>?
  var namespace: UnsafePointer<xmlChar>?
}

extension PushParser {
  /// The parser that libxml2 hands back as its user data.
  private static func parser(_ context: UnsafeMutableRawPointer?) -> PushParser? {
    context.map { Unmanaged<PushParser>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Handlers that are absent here do nothing: no entity is looked up, no subset is loaded.
  static var handlers: xmlSAXHandler {
    var handlers = xmlSAXHandler()
    handlers.initialized = UInt32(XML_SAX2_MAGIC)
    handlers.startElementNs = {
      context,
      name,
      prefix,
      namespace,
      namespaceCount,
      namespaces,
      count,
      defaulted,
      attributes in
      let tag = StartTag(
        name: name,
        prefix: prefix,
        namespace: namespace,
        namespaceCount: namespaceCount,
        namespaces: namespaces,
        attributeCount: count,
        defaultedCount: defaulted,
        attributes: attributes
      )
      PushParser.parser(context)?.startElement(tag)
    }
    handlers.endElementNs = { context, name, prefix, namespace in
      PushParser.parser(context)?.endElement(
        EndTag(name: name, prefix: prefix, namespace: namespace)
      )
    }
    handlers.characters = { context, bytes, count in
      PushParser.parser(context)?.characters(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
    // White space too, so that libxml2 need not find out which is ignorable; and CDATA is text.
    handlers.ignorableWhitespace = handlers.characters
    handlers.cdataBlock = handlers.characters
    handlers.entityDecl = { context, name, _, _, _, _ in
      PushParser.parser(context)?.refuseEntity(LibXML.string(name))
    }
    handlers.unparsedEntityDecl = { context, name, _, _, _ in
      PushParser.parser(context)?.refuseEntity(LibXML.string(name))
    }
    handlers.serror = { context, error in
      guard let message = LibXMLMessage(error) else { return }
      PushParser.parser(context)?.report(message)
    }
    return handlers
  }
}
