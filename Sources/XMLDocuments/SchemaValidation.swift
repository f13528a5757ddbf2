internal import CLibxml2

/// One validation: takes tags and text from a parser and gathers violations.
///
/// libxml2's plug is used without handlers of ours underneath, for its three entry points: where it
/// calls other handlers too (`referenceSplit` in xmlschemas.c), 2.9.14 passes on a wrong pointer.
final class SchemaValidation {
  private(set) var violations: [XMLViolation] = []

  private let schema: XMLSchema
  private let maximumViolations: Int
  private let context: xmlSchemaValidCtxtPtr
  private let plug: xmlSchemaSAXPlugPtr
  /// Where the plug puts its handlers now and the old ones at the end; must not move.
  private let slot: UnsafeMutablePointer<UnsafeMutablePointer<xmlSAXHandler>?>
  private let userData: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let entries: xmlSAXHandler

  init(_ schema: XMLSchema, maximumViolations: Int) throws(XMLError) {
    guard let context = xmlSchemaNewValidCtxt(schema.pointer) else {
      throw XMLError(.unavailable, "no validation context")
    }
    let slot = UnsafeMutablePointer<UnsafeMutablePointer<xmlSAXHandler>?>.allocate(capacity: 1)
    slot.initialize(to: nil)
    let userData = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 1)
    userData.initialize(to: nil)
    guard let plug = xmlSchemaSAXPlug(context, slot, userData), let entries = slot.pointee else {
      slot.deallocate()
      userData.deallocate()
      xmlSchemaFreeValidCtxt(context)
      throw XMLError(.unavailable, "no validation in a stream")
    }
    self.schema = schema
    self.maximumViolations = maximumViolations
    self.context = context
    self.plug = plug
    self.slot = slot
    self.userData = userData
    self.entries = entries.pointee
    xmlSchemaSetValidStructuredErrors(
      context,
      { context, error in
        guard let context, let message = LibXMLMessage(error), message.isError else { return }
        Unmanaged<SchemaValidation>.fromOpaque(context).takeUnretainedValue().add(message)
      },
      Unmanaged.passUnretained(self).toOpaque()
    )
  }

  deinit {
    xmlSchemaSAXUnplug(plug)
    xmlSchemaFreeValidCtxt(context)
    slot.deallocate()
    userData.deallocate()
  }

  /// Whether there are as many violations as were asked for; the rest is not looked at.
  var isSaturated: Bool { violations.count >= maximumViolations }

  /// Takes line numbers from this parser; `nil` before the parser goes.
  func setLocator(_ parser: xmlParserCtxtPtr?) {
    guard let parser else {
      xmlSchemaValidateSetLocator(context, nil, nil)
      return
    }
    xmlSchemaValidateSetLocator(
      context,
      { context, file, line in
        guard let context else { return -1 }
        file?.pointee = nil
        line?.pointee = UInt(max(0, xmlSAX2GetLineNumber(context)))
        return 0
      },
      parser
    )
  }

  func start(_ tag: StartTag) {
    guard !isSaturated else { return }
    entries.startElementNs?(
      UnsafeMutableRawPointer(context),
      tag.name,
      tag.prefix,
      tag.namespace,
      tag.namespaceCount,
      tag.namespaces,
      tag.attributeCount,
      tag.defaultedCount,
      tag.attributes
    )
  }

  func text(_ bytes: [UInt8]) {
    guard !isSaturated else { return }
    bytes.withUnsafeBufferPointer { buffer in
      entries.characters?(
        UnsafeMutableRawPointer(context),
        buffer.baseAddress,
        Int32(clamping: buffer.count)
      )
    }
  }

  func end(_ tag: EndTag) {
    guard !isSaturated else { return }
    entries.endElementNs?(UnsafeMutableRawPointer(context), tag.name, tag.prefix, tag.namespace)
  }

  private func add(_ message: LibXMLMessage) {
    guard !isSaturated else { return }
    violations.append(XMLViolation(line: message.line, message: message.text))
  }
}
