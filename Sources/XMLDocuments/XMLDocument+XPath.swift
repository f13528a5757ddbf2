internal import CLibxml2

/// The answer to an XPath 1.0 expression.
package enum XPathValue: Equatable, Sendable {
  /// The string values of the nodes, in the document's order.
  case nodes([String])
  case number(Double)
  case string(String)
  case bool(Bool)
}

/// What an expression may cost.
private enum XPathLimit {
  /// UTF-8 bytes of the expression.
  static let expressionBytes = 4096
  /// Steps that libxml2 counts while it compiles and evaluates.
  static let operations: UInt = 10_000_000
  /// UTF-8 bytes of all nodes' string values, or of the one string.
  static let resultBytes = 16 << 20
}

extension XMLDocument {
  /// Evaluates an XPath 1.0 expression at the document's root.
  ///
  /// An expression that does not compile is an error with the column where it breaks off.
  package borrowing func evaluate(_ expression: String) throws(XMLError) -> XPathValue {
    try evaluate(expression) { object throws(XMLError) in
      switch object.type {
      case XPATH_NODESET: return .nodes(try Self.strings(object.nodesetval))
      case XPATH_NUMBER: return .number(object.floatval)
      case XPATH_BOOLEAN: return .bool(object.boolval != 0)
      case XPATH_STRING:
        var total = 0
        return .string(try Self.limited(LibXML.string(object.stringval), &total))
      default: throw XMLError(.evaluation, "has a value that is no node, number, string or truth")
      }
    }
  }

  /// The nodes that an expression selects; none where its value is something else.
  borrowing func nodes(_ expression: String) throws(XMLError) -> [xmlNodePtr] {
    try evaluate(expression) { object throws(XMLError) in
      guard object.type == XPATH_NODESET, let set = object.nodesetval?.pointee else { return [] }
      return (0..<Int(set.nodeNr)).compactMap { set.nodeTab?[$0] }
    }
  }

  /// - Parameter take: of the object, which lives no longer.
  private borrowing func evaluate<Value>(
    _ expression: String,
    _ take: (xmlXPathObject) throws(XMLError) -> Value
  ) throws(XMLError) -> Value {
    guard expression.utf8.count <= XPathLimit.expressionBytes, !expression.utf8.contains(0) else {
      let message = "is longer than \(XPathLimit.expressionBytes) bytes or holds a NUL"
      throw XMLError(.invalidExpression, message)
    }
    guard let context = xmlXPathNewContext(pointer) else {
      throw XMLError(.unavailable, "no XPath context")
    }
    defer { xmlXPathFreeContext(context) }
    let messages = MessageCollector()
    context.pointee.opLimit = XPathLimit.operations
    context.pointee.error = MessageCollector.handler
    context.pointee.userData = Unmanaged.passUnretained(messages).toOpaque()
    // A character that XML forbids is reported to no context.
    let (compiled, object) = withExtendedLifetime(messages) {
      LibXML.quietly {
        let compiled = xmlXPathCtxtCompile(context, expression)
        return (compiled, compiled.flatMap { xmlXPathCompiledEval($0, context) })
      }
    }
    defer {
      xmlXPathFreeCompExpr(compiled)
      xmlXPathFreeObject(object)
    }
    let first = messages.messages.first
    guard compiled != nil else {
      throw XMLError(.invalidExpression, first, column: first.map { $0.offset + 1 })
    }
    guard let object = object?.pointee, first == nil else { throw XMLError(.evaluation, first) }
    return try take(object)
  }

  /// Refuses what does not compile, and what no document could be asked: functions and prefixes that
  /// are not known.
  package static func check(_ expression: String) throws(XMLError) {
    _ = try XMLDocument(parsing: Array("<a/>".utf8)).evaluate(expression)
  }

  /// The same as if no element and no attribute were in a namespace, from then on.
  package borrowing func evaluateWithoutNamespaces(_ expression: String) throws(XMLError)
    -> XPathValue
  {
    var next = xmlDocGetRootElement(pointer)
    while let node = next {
      node.pointee.ns = nil
      var attribute = node.pointee.properties
      while let one = attribute {
        one.pointee.ns = nil
        attribute = one.pointee.next
      }
      next = Self.elementAfter(node)
    }
    return try evaluate(expression)
  }

  /// In the document's order; nil after the last.
  static func elementAfter(_ node: xmlNodePtr) -> xmlNodePtr? {
    if let child = xmlFirstElementChild(node) { return child }
    var node: xmlNodePtr? = node
    while let current = node {
      if let sibling = xmlNextElementSibling(current) { return sibling }
      let parent = current.pointee.parent
      node = parent?.pointee.type == XML_ELEMENT_NODE ? parent : nil
    }
    return nil
  }

  private static func strings(_ nodes: xmlNodeSetPtr?) throws(XMLError) -> [String] {
    guard let nodes, let table = nodes.pointee.nodeTab else { return [] }
    // An expression such as `//*` repeats every text once a level.
    xmlXPathNodeSetSort(nodes)
    var total = 0
    var strings: [String] = []
    for index in 0..<Int(nodes.pointee.nodeNr) {
      let text = xmlXPathCastNodeToString(table[index])
      defer { shim_libxml2_free(text) }
      strings.append(try limited(LibXML.string(text), &total))
    }
    return strings
  }

  private static func limited(_ string: String, _ total: inout Int) throws(XMLError) -> String {
    total += string.utf8.count
    guard total <= XPathLimit.resultBytes else {
      throw XMLError(.tooLarge, "more than \(XPathLimit.resultBytes) bytes in a result")
    }
    return string
  }
}
