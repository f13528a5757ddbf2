internal import CLibxml2

/// Feeds a document to libxml2 piece by piece and gathers events.
///
/// Push and SAX instead of `xmlTextReader`, because only the SAX handlers see an entity declared
/// before it can be used. No entity is declared, resolved or loaded, no DTD is read, nothing is
/// opened. A failure is kept in `failure`, and what came before it in `events`.
final class PushParser {
  /// What the caller wants to hear of.
  struct Interest {
    var events = true
    var text = true
  }

  /// Not yet taken by the reader; emptied by it.
  var events: [XMLEvent] = []
  private(set) var failure: XMLError?

  private let limits: XMLLimits
  private let interest: Interest
  private let file: String?
  private let context: xmlParserCtxtPtr
  private let validation: SchemaValidation?
  private var text: [UInt8] = []
  private var textLine = 0
  private var depth = 0
  private var fed = 0

  init(
    limits: XMLLimits,
    interest: Interest,
    file: String?,
    validation: SchemaValidation?
  ) throws(XMLError) {
    LibXML.prepare()
    var handlers = Self.handlers
    guard let context = xmlCreatePushParserCtxt(&handlers, nil, nil, 0, nil) else {
      throw XMLError(.unavailable, "no parser context")
    }
    self.limits = limits
    self.interest = interest
    self.file = file
    self.context = context
    self.validation = validation
    // libxml2's own limits would refuse text over 10 MB; ours are checked in the handlers.
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue
    guard xmlCtxtUseOptions(context, Int32(options)) == 0 else {
      xmlFreeParserCtxt(context)
      throw XMLError(.unavailable, "parser options refused")
    }
    context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
    validation?.setLocator(context)
  }

  deinit {
    validation?.setLocator(nil)
    if let document = context.pointee.myDoc {
      xmlFreeDoc(document)
      context.pointee.myDoc = nil
    }
    xmlFreeParserCtxt(context)
  }

  /// Parses the next piece of the document; does nothing after a failure.
  func feed(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty, failure == nil {
      // In a CDATA section libxml2 takes 300 bytes a call and looks for the end in all the others.
      let isInCDATA = context.pointee.instate == XML_PARSER_CDATA_SECTION
      let size = min(rest.count, isInCDATA ? 256 : XMLSource.chunkBytes)
      let chunk = UnsafeRawBufferPointer(rebasing: rest.prefix(size))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(size))
      fed += size
      guard fed <= limits.documentBytes else {
        fail(.tooLarge(.documentBytes, limit: limits.documentBytes, file: file))
        return
      }
      parse(chunk.bindMemory(to: CChar.self), terminate: 0)
      if let input = context.pointee.input?.pointee, input.end - input.cur > limits.tagBytes {
        fail(.tooLarge(.tagBytes, limit: limits.tagBytes, line: line, file: file))
      }
    }
  }

  /// Says that the document ends here.
  func finish() {
    guard failure == nil else { return }
    parse(UnsafeBufferPointer(start: nil, count: 0), terminate: 1)
    if failure == nil, depth != 0 { fail(XMLError(.notWellFormed, "incomplete", file: file)) }
  }

  private func parse(_ chunk: UnsafeBufferPointer<CChar>, terminate: Int32) {
    let code = xmlParseChunk(context, chunk.baseAddress, Int32(chunk.count), terminate)
    // A fatal error clears `wellFormed` and stops the handlers; codes of what the document may
    // survive, such as a prefix without a namespace, are returned too.
    let parser = context.pointee
    guard failure == nil, parser.wellFormed == 0 || parser.disableSAX != 0 else { return }
    failure = XMLError(.notWellFormed, "libxml2 error \(code)", line: line, file: file)
  }

  private var line: Int { Int(xmlSAX2GetLineNumber(context)) }

  /// Keeps the first failure and stops the parser.
  private func fail(_ error: XMLError) {
    if failure == nil { failure = error }
    xmlStopParser(context)
  }
}

// MARK: - What the handlers do

extension PushParser {
  func startElement(_ tag: StartTag) {
    guard failure == nil else { return }
    flushText()
    depth += 1
    guard depth <= limits.depth else {
      fail(.tooLarge(.depth, limit: limits.depth, line: line, file: file))
      return
    }
    if interest.events { events.append(.start(tag.element(line: line))) }
    guard let validation else { return }
    validation.start(tag)
    // Nobody waits for the rest.
    if validation.isSaturated, !interest.events { xmlStopParser(context) }
  }

  func endElement(_ tag: EndTag) {
    guard failure == nil else { return }
    flushText()
    depth -= 1
    if interest.events {
      events.append(.end(name: LibXML.string(tag.name), line: line))
    }
    validation?.end(tag)
  }

  func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard failure == nil, interest.text || validation != nil else { return }
    guard text.count + bytes.count <= limits.textBytes else {
      fail(.tooLarge(.textBytes, limit: limits.textBytes, line: line, file: file))
      return
    }
    text.append(contentsOf: bytes)
    textLine = line
  }

  func refuseEntity(_ name: String) {
    let cut = XMLText.cut(name, to: 64)
    fail(XMLError(.entity, "declares the entity '\(cut)'", line: line, file: file))
  }

  func report(_ message: LibXMLMessage) {
    // Where an external subset might declare it, libxml2 only warns and drops the reference.
    let undeclared = [XML_WAR_UNDECLARED_ENTITY.rawValue, XML_ERR_UNDECLARED_ENTITY.rawValue]
    let isEntity = undeclared.contains(message.code)
    guard failure == nil, isEntity || context.pointee.wellFormed == 0 else { return }
    let error = XMLError(
      isEntity ? .entity : .notWellFormed,
      message.text,
      line: message.line,
      column: message.column,
      file: file
    )
    if isEntity { fail(error) } else { failure = error }
  }

  /// Text is gathered until the next tag: libxml2 gives it in pieces of 300 bytes, and its
  /// validator appends each in time that grows with what is already there.
  private func flushText() {
    guard !text.isEmpty else { return }
    if interest.events, interest.text {
      events.append(.text(String(decoding: text, as: UTF8.self), line: textLine))
    }
    validation?.text(text)
    text.removeAll(keepingCapacity: text.count <= XMLSource.chunkBytes)
  }
}
