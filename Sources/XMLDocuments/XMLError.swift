/// Why a document, a schema or an expression could not be read, or is not what it should be.
package struct XMLError: Error, Equatable, Sendable {
  /// What went wrong, for code that has to decide.
  package enum Code: Equatable, Sendable {
    /// The document breaks the rules of XML 1.0.
    case notWellFormed
    /// The document declares an entity or refers to one that XML does not predefine.
    case entity
    /// A document or a result is larger than is accepted.
    case tooLarge
    /// The document is not what its schema says.
    case invalid
    /// The schema does not compile, or is not contained in one file.
    case invalidSchema
    /// The XPath expression does not compile.
    case invalidExpression
    /// The XPath expression could not be evaluated, or asked for too much work.
    case evaluation
    /// libxml2 could not make a context; it is out of memory.
    case unavailable
  }

  package var code: Code
  /// One line without a full stop.
  package var message: String
  /// Counted from 1; for an XPath expression always `nil`.
  package var line: Int?
  /// Counted from 1, in bytes; for an XPath expression the offset in the expression.
  package var column: Int?
  /// The name that the caller gave to what was read, usually a path.
  var file: String?

  init(_ code: Code, _ message: String, file: String? = nil) {
    self.code = code
    self.message = message
    self.file = file
  }

  /// In libxml2's words.
  init(_ code: Code, _ message: LibXMLMessage?, column: Int? = nil, file: String? = nil) {
    self.init(code, message?.text ?? "libxml2 gives no reason", file: file)
    line = message?.line
    self.column = column ?? message?.column
  }
}

extension XMLError: CustomStringConvertible {
  /// One line, `subject:line:column: message`; the subject is the file or the kind of thing.
  package var description: String {
    var text = file ?? subject
    if let line { text += ":\(line)" }
    if let column { text += line == nil ? ": column \(column)" : ":\(column)" }
    return text + ": " + message
  }

  private var subject: String {
    switch code {
    case .invalidSchema: "XML schema"
    case .invalidExpression, .evaluation: "XPath expression"
    case .unavailable: "libxml2"
    case .notWellFormed, .entity, .tooLarge, .invalid: "XML document"
    }
  }
}
