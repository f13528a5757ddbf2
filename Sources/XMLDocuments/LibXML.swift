internal import CLibxml2

/// What every use of libxml2 in this module goes through.
enum LibXML {
  /// Readies libxml2's global tables once; its lazy initialisation is not safe among threads.
  static func prepare() { _ = prepared }

  private static let prepared: Void = {
    xmlInitParser()
    xmlXPathInit()
    xmlSchemaInitTypes()
  }()

  /// The text of a string that C owns; empty for `NULL`.
  static func string(_ text: UnsafePointer<xmlChar>?) -> String {
    text.map { String(cString: $0) } ?? ""
  }

  /// Runs calls that report to no context of ours without printing to standard error, and without
  /// leaving a handler behind; libxml2 keeps that handler for each thread.
  static func quietly<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let handler = __xmlStructuredError()?.pointee
    let context = __xmlStructuredErrorContext()?.pointee
    xmlSetStructuredErrorFunc(nil) { _, _ in }
    defer { xmlSetStructuredErrorFunc(context, handler) }
    return try body()
  }
}

/// A message of libxml2, copied out.
struct LibXMLMessage {
  var code: UInt32
  /// At least an error: not a warning.
  var isError: Bool
  /// One line, without the full stop and the newline that libxml2 puts at the end.
  var text: String
  var line: Int?
  var column: Int?
  /// `int1`, which for XPath is the offset in the expression.
  var offset: Int

  init?(_ error: xmlErrorPtr?) {
    guard let error = error?.pointee else { return nil }
    code = UInt32(bitPattern: error.code)
    isError = error.level.rawValue >= XML_ERR_ERROR.rawValue
    var message = error.message.map { String(cString: $0) } ?? "error \(error.code)"
    while let last = message.last, last.isWhitespace || last == "." { message.removeLast() }
    // What stands in a document may be quoted in the message.
    text = XMLText.cut(message.split(whereSeparator: \.isNewline).joined(separator: " "), to: 500)
    line = error.line > 0 ? Int(error.line) : nil
    column = error.line > 0 && error.int2 > 0 ? Int(error.int2) : nil
    offset = Int(error.int1)
  }
}

/// Gathers the messages of calls that report to a context.
final class MessageCollector {
  private(set) var messages: [LibXMLMessage] = []
  /// More would only repeat themselves.
  private static let maximum = 100

  static let handler: xmlStructuredErrorFunc = { context, error in
    guard let context, let message = LibXMLMessage(error), message.isError else { return }
    let collector = Unmanaged<MessageCollector>.fromOpaque(context).takeUnretainedValue()
    guard collector.messages.count < maximum else { return }
    collector.messages.append(message)
  }
}
