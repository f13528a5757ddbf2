/// One step through a document.
package enum XMLEvent: Equatable, Sendable {
  /// A start tag, or the first half of an empty element.
  case start(XMLElement)
  /// All text between two tags, CDATA sections included, never empty; the line is the one where
  /// the text ends. Comments and processing instructions do not divide it.
  case text(String, line: Int)
  /// An end tag, or the second half of an empty element; the name is without prefix.
  case end(name: String, line: Int)
}

/// A start tag.
package struct XMLElement: Equatable, Sendable {
  /// Without prefix.
  package var name: String
  /// The namespace's name; `nil` outside of namespaces.
  package var namespace: String?
  /// In the document's order. Defaults from a document type are left out.
  package var attributes: [XMLAttribute]
  /// The line, from 1, on which the tag ends.
  package var line: Int

  package init(name: String, namespace: String?, attributes: [XMLAttribute], line: Int) {
    self.name = name
    self.namespace = namespace
    self.attributes = attributes
    self.line = line
  }

  /// The value of the attribute of this name that has no namespace.
  package subscript(_ name: String) -> String? {
    attributes.first { $0.namespace == nil && $0.name == name }?.value
  }
}

/// An attribute, its value normalised as XML 1.0 says.
package struct XMLAttribute: Equatable, Sendable {
  /// Without prefix.
  package var name: String
  /// The namespace's name; `nil` without a prefix.
  package var namespace: String?
  package var value: String

  package init(name: String, namespace: String?, value: String) {
    self.name = name
    self.namespace = namespace
    self.value = value
  }
}
