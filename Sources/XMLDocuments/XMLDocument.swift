internal import CLibxml2

/// A parsed document in memory, to ask XPath questions of.
///
/// Reads XML with libxml2's own limits (256 levels, 10 MB a text) and HTML as leniently as a
/// browser; opens nothing, and refuses an XML document that declares entities. Belongs to one
/// thread at a time.
package struct XMLDocument: ~Copyable {
  /// What language the document is in.
  package enum Format: Equatable, Sendable {
    case xml
    /// As UTF-8, whatever it declares.
    case decodedXML
    /// Elements have lower-case names and no namespace. The encoding is a name such as
    /// `ISO-8859-1`, usually from a `Content-Type`; without it a document is read as UTF-8 if it is
    /// that, else as it says itself.
    case html(encoding: String? = nil)
  }

  let pointer: xmlDocPtr

  /// Bytes that a document may have. Its tree takes about ten times as much.
  private static let maximumBytes = 16 << 20

  /// Parses the whole document. Broken HTML is repaired.
  ///
  /// - Parameter name: names the document in errors.
  package init(
    parsing bytes: [UInt8],
    as format: Format = .xml,
    name: String? = nil
  ) throws(XMLError) {
    LibXML.prepare()
    guard bytes.count <= Self.maximumBytes else {
      throw XMLError(.tooLarge, "more than \(Self.maximumBytes) bytes in the document", file: name)
    }
    guard !AttributeFlood.isIn(bytes) else {
      let message = "more than \(AttributeFlood.limit) attributes in a tag"
      throw XMLError(.tooLarge, message, file: name)
    }
    let parse = TreeParse(name: name)
    let document: xmlDocPtr? =
      switch format {
      case .xml: try parse.xml(bytes)
      case .decodedXML: try parse.xml(bytes, encoding: "UTF-8")
      case .html(let encoding): try parse.html(bytes, encoding: encoding)
      }
    guard let document else { throw parse.failure }
    pointer = document
  }

  deinit { xmlFreeDoc(pointer) }
}
