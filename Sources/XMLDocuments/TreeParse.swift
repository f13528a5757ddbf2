internal import CLibxml2

/// One parse into a tree; lives as long as the parser's context points at it.
final class TreeParse {
  private let name: String?
  private var entity: String?
  private var message: LibXMLMessage?

  init(name: String?) { self.name = name }

  var failure: XMLError {
    message.map { XMLError(.notWellFormed, $0, file: name) }
      ?? XMLError(.notWellFormed, "empty", file: name)
  }

  func xml(_ bytes: [UInt8], encoding: String? = nil) throws(XMLError) -> xmlDocPtr? {
    guard let context = xmlNewParserCtxt(), let handlers = context.pointee.sax else {
      throw XMLError(.unavailable, "no parser context")
    }
    defer { xmlFreeParserCtxt(context) }
    attach(to: context, handlers)
    handlers.pointee.entityDecl = { context, name, _, _, _, _ in
      TreeParse.refuse(LibXML.string(name), in: context)
    }
    handlers.pointee.unparsedEntityDecl = { context, name, _, _, _ in
      TreeParse.refuse(LibXML.string(name), in: context)
    }
    let document = bytes.withUnsafeBytes { buffer in
      xmlCtxtReadMemory(
        context,
        buffer.bindMemory(to: CChar.self).baseAddress,
        Int32(buffer.count),
        nil,
        encoding,
        Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue)
      )
    }
    if let entity {
      document.map { xmlFreeDoc($0) }
      throw XMLError(.entity, entity, file: name)
    }
    return document
  }

  func html(_ bytes: [UInt8], encoding: String?) throws(XMLError) -> xmlDocPtr? {
    guard let context = htmlNewParserCtxt(), let handlers = context.pointee.sax else {
      throw XMLError(.unavailable, "no parser context")
    }
    defer { htmlFreeParserCtxt(context) }
    attach(to: context, handlers)
    // HTML's errors are everywhere, go to no handler of ours, and would be printed.
    let options =
      HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue
      | HTML_PARSE_NOWARNING.rawValue
    let encoding = encoding ?? (String(validating: bytes, as: UTF8.self) == nil ? nil : "UTF-8")
    let document = bytes.withUnsafeBytes { buffer in
      htmlCtxtReadMemory(
        context,
        buffer.bindMemory(to: CChar.self).baseAddress,
        Int32(buffer.count),
        nil,
        encoding,
        Int32(options)
      )
    }
    document.flatMap { xmlDocGetRootElement($0) }.map(Self.emptyTemplates)
    return document
  }

  /// What stands in a `template` is no part of its page, and is shown by no browser (HTML Standard,
  /// 4.12.3), except where it is the shadow tree of its parent.
  private static func emptyTemplates(below node: xmlNodePtr) {
    var child = node.pointee.children
    while let current = child {
      child = current.pointee.next
      guard current.pointee.type == XML_ELEMENT_NODE else { continue }
      let isTemplate = current.pointee.name.map { xmlStrEqual($0, "template") == 1 } ?? false
      guard isTemplate, xmlHasProp(current, "shadowrootmode") == nil else {
        emptyTemplates(below: current)
        continue
      }
      while let inner = current.pointee.children {
        xmlUnlinkNode(inner)
        xmlFreeNode(inner)
      }
    }
  }

  private func attach(
    to context: xmlParserCtxtPtr,
    _ handlers: UnsafeMutablePointer<xmlSAXHandler>
  ) {
    context.pointee._private = Unmanaged.passUnretained(self).toOpaque()
    handlers.pointee.serror = { context, error in
      guard let message = LibXMLMessage(error) else { return }
      TreeParse.parse(context)?.report(message, in: context)
    }
  }

  private func report(_ message: LibXMLMessage, in context: UnsafeMutableRawPointer?) {
    if message.code == XML_WAR_UNDECLARED_ENTITY.rawValue
      || message.code == XML_ERR_UNDECLARED_ENTITY.rawValue, entity == nil
    {
      entity = message.text
      self.message = message
      xmlStopParser(context?.assumingMemoryBound(to: xmlParserCtxt.self))
    }
    if self.message == nil, message.isError { self.message = message }
  }

  private static func refuse(_ name: String, in context: UnsafeMutableRawPointer?) {
    if let parse = parse(context), parse.entity == nil {
      parse.entity = "declares the entity '\(XMLText.cut(name, to: 64))'"
    }
    xmlStopParser(context?.assumingMemoryBound(to: xmlParserCtxt.self))
  }

  private static func parse(_ context: UnsafeMutableRawPointer?) -> TreeParse? {
    context?.assumingMemoryBound(to: xmlParserCtxt.self).pointee._private.map {
      Unmanaged<TreeParse>.fromOpaque($0).takeUnretainedValue()
    }
  }
}
