internal import CLibxml2

/// An element of a document, without its children.
package struct XMLElement: Sendable, Hashable {
  package var name: String
  package var attributes: [String: String]
  /// Of the element around it in the list that it stands in; nil for the root.
  package var parent: Int?
  /// All text inside it, where that was wanted.
  package var text = ""
}

extension XMLDocument {
  /// All elements in the document's order, and the places of those that an expression selects.
  ///
  /// - Parameter names: of the elements whose text is wanted.
  package borrowing func elements(
    selectedBy expression: String,
    textOf names: Set<String>
  ) throws(XMLError) -> (all: [XMLElement], selected: [Int]) {
    var all: [XMLElement] = []
    var places: [xmlNodePtr: Int] = [:]
    var next = xmlDocGetRootElement(pointer)
    while let node = next {
      var element = XMLElement(
        name: LibXML.string(node.pointee.name),
        attributes: [:],
        parent: node.pointee.parent.flatMap { places[$0] }
      )
      var attribute = node.pointee.properties
      while let one = attribute {
        let value = one.pointee.children.flatMap { xmlNodeListGetString(pointer, $0, 1) }
        defer { value.map { shim_libxml2_free($0) } }
        element.attributes[LibXML.string(one.pointee.name)] = LibXML.string(value)
        attribute = one.pointee.next
      }
      if names.contains(element.name), let text = xmlNodeGetContent(node) {
        defer { shim_libxml2_free(text) }
        element.text = LibXML.string(text)
      }
      places[node] = all.count
      all.append(element)
      next = Self.elementAfter(node)
    }
    let selected = try nodes(expression).compactMap { places[$0] }
    return (all, selected.sorted())
  }
}
