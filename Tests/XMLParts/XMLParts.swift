import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A part of a document, as Foundation's reader tells it: another one than ours.
package enum XMLPart: Sendable {
  case start(String, [String: String])
  case text(String)
  case end(String)

  /// All parts of a document, in order.
  ///
  /// - Throws: where it is not well-formed.
  package static func all(of document: some Sequence<UInt8>) throws -> [XMLPart] {
    let collector = Collector()
    let parser = XMLParser(data: Data(document))
    parser.delegate = collector
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
    return collector.parts
  }

  /// The start tags alone.
  package static func elements(of document: some Sequence<UInt8>) throws -> [(
    name: String, attributes: [String: String]
  )] {
    try all(of: document).compactMap { part in
      if case .start(let name, let attributes) = part { (name, attributes) } else { nil }
    }
  }
}

private final class Collector: NSObject, XMLParserDelegate {
  var parts: [XMLPart] = []

  func parser(
    _ parser: XMLParser,
    didStartElement name: String,
    namespaceURI: String?,
    qualifiedName: String?,
    attributes: [String: String]
  ) {
    parts.append(.start(name, attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) { parts.append(.text(text)) }

  func parser(
    _ parser: XMLParser,
    didEndElement name: String,
    namespaceURI: String?,
    qualifiedName: String?
  ) {
    parts.append(.end(name))
  }
}
