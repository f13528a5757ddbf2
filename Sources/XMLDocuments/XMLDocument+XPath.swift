internal import CLibxml2

/// The answer to an XPath 1.0 expression.
package enum XPathValue: Equatable, Sendable {
  /// The string values of the nodes, in the document's order.
  case nodes([String])
  case number(Double)
  case string(String)
  case bool(Bool)
}

extension XMLDocument {
  /// What an expression may cost.
  package struct XPathLimits: Equatable, Sendable {
    /// UTF-8 bytes of the expression; 4,096 unless said otherwise.
    package var expressionBytes: Int
    /// Steps that libxml2 counts while it compiles and evaluates; 10 million unless said otherwise.
    package var operations: Int
    /// UTF-8 bytes of all nodes' string values, or of the one string; 16 MiB unless said otherwise.
    package var resultBytes: Int

    package init(
      expressionBytes: Int = 4096,
      operations: Int = 10_000_000,
      resultBytes: Int = 16 << 20
    ) {
      self.expressionBytes = expressionBytes
      self.operations = operations
      self.resultBytes = resultBytes
    }
  }

  /// Evaluates an XPath 1.0 expression at the document's root.
  ///
  /// - Parameter namespaces: Prefixes that the expression uses, and the names they stand for. XPath
  ///   1.0 has no default namespace.
  ///
  /// An expression that does not compile is an error with the column where it breaks off.
  package borrowing func evaluate(
    _ expression: String,
    namespaces: [String: String] = [:],
    limits: XPathLimits = XPathLimits()
  ) throws(XMLError) -> XPathValue {
    guard expression.utf8.count <= limits.expressionBytes, !expression.utf8.contains(0) else {
      throw XMLError(
        .invalidExpression,
        "is longer than \(limits.expressionBytes) bytes or holds a NUL"
      )
    }
    let evaluation = try XPathEvaluation(of: pointer, limits: limits)
    for (prefix, name) in namespaces.sorted(by: { $0.key < $1.key }) {
      try evaluation.register(prefix, name)
    }
    // A character that XML forbids is reported to no context.
    return try LibXML.quietly { () throws(XMLError) in try evaluation.value(of: expression) }
  }
}

/// One evaluation; owns libxml2's context.
private final class XPathEvaluation {
  private let context: xmlXPathContextPtr
  private let limits: XMLDocument.XPathLimits
  private let messages = MessageCollector()

  init(of document: xmlDocPtr, limits: XMLDocument.XPathLimits) throws(XMLError) {
    guard let context = xmlXPathNewContext(document) else {
      throw XMLError(.unavailable, "no XPath context")
    }
    self.context = context
    self.limits = limits
    context.pointee.opLimit = UInt(max(1, limits.operations))
    context.pointee.error = MessageCollector.handler
    context.pointee.userData = Unmanaged.passUnretained(messages).toOpaque()
  }

  deinit { xmlXPathFreeContext(context) }

  func register(_ prefix: String, _ name: String) throws(XMLError) {
    guard xmlXPathRegisterNs(context, prefix, name) == 0 else {
      throw XMLError(.invalidExpression, "the prefix '\(prefix)' cannot be registered")
    }
  }

  func value(of expression: String) throws(XMLError) -> XPathValue {
    guard let compiled = xmlXPathCtxtCompile(context, expression) else {
      throw failure(.invalidExpression, "does not compile")
    }
    defer { xmlXPathFreeCompExpr(compiled) }
    guard let object = xmlXPathCompiledEval(compiled, context), messages.messages.isEmpty else {
      throw failure(.evaluation, "has no value")
    }
    defer { xmlXPathFreeObject(object) }
    switch object.pointee.type {
    case XPATH_NODESET: return .nodes(try strings(object.pointee.nodesetval))
    case XPATH_NUMBER: return .number(object.pointee.floatval)
    case XPATH_BOOLEAN: return .bool(object.pointee.boolval != 0)
    case XPATH_STRING: return .string(try limited(LibXML.string(object.pointee.stringval), 0))
    default: throw XMLError(.evaluation, "has a value that is no node, number, string or truth")
    }
  }

  private func strings(_ nodes: xmlNodeSetPtr?) throws(XMLError) -> [String] {
    guard let nodes, let table = nodes.pointee.nodeTab else { return [] }
    // An expression such as `//*` repeats every text once a level.
    xmlXPathNodeSetSort(nodes)
    var total = 0
    var strings: [String] = []
    for index in 0..<Int(nodes.pointee.nodeNr) {
      let text = xmlXPathCastNodeToString(table[index])
      defer { shim_libxml2_free(text) }
      let string = try limited(LibXML.string(text), total)
      total += string.utf8.count
      strings.append(string)
    }
    return strings
  }

  private func limited(_ string: String, _ total: Int) throws(XMLError) -> String {
    guard total + string.utf8.count <= limits.resultBytes else {
      throw XMLError(
        .tooLarge(.resultBytes),
        "more than \(limits.resultBytes) \(XMLLimits.Quantity.resultBytes.rawValue)"
      )
    }
    return string
  }

  private func failure(_ code: XMLError.Code, _ otherwise: String) -> XMLError {
    guard let message = messages.messages.first else { return XMLError(code, otherwise) }
    let column = code == .invalidExpression ? message.offset + 1 : nil
    return XMLError(code, message.text, column: column)
  }
}
