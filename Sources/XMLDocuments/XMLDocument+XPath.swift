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
