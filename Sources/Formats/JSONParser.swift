/// Reads one JSON text as RFC 8259 has it, with nothing added and nothing repaired.
///
/// Refused are comments, trailing commas and trailing text, `NaN`, invalid UTF-8 and whatever is over
/// a limit; a byte order mark and lone surrogates where `isLenient` does not say otherwise. A text of
/// 1,000 bytes takes a few microseconds.
package struct JSONParser: Sendable {
  package enum DuplicateKeys: Sendable {
    /// Fit for answers of an application: what most readers do.
    case lastWins
    /// Fit for files of our own.
    case refused
  }

  /// Arrays and objects that may be open at once.
  var depthLimit: Int
  /// Bytes of the whole text.
  var sizeLimit: Int
  package var duplicateKeys: DuplicateKeys
  /// Fit for answers of an application, where the RFC leaves a choice: a byte order mark is passed
  /// over, and half of a surrogate pair is U+FFFD.
  var isLenient: Bool

  package init(
    depthLimit: Int = 512,
    sizeLimit: Int = 256 << 20,
    duplicateKeys: DuplicateKeys = .lastWins,
    isLenient: Bool = false
  ) {
    self.depthLimit = depthLimit
    self.sizeLimit = sizeLimit
    self.duplicateKeys = duplicateKeys
    self.isLenient = isLenient
  }

  package func parse(_ text: String) throws(JSONParsingError) -> JSONValue {
    let span = text.utf8Span.span
    return try span.withUnsafeBufferPointer { (bytes) throws(JSONParsingError) -> JSONValue in
      try parse(bytes)
    }
  }

  package func parse(_ bytes: [UInt8]) throws(JSONParsingError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { (bytes) throws(JSONParsingError) -> JSONValue in
      try parse(bytes)
    }
  }

  /// The bytes are read during the call only.
  package func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONParsingError) -> JSONValue {
    var reader = JSONReader(bytes: bytes, parser: self)
    return try reader.readText()
  }
}

/// Why a text is not JSON, and where.
package struct JSONParsingError: Error, Hashable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// The text ended inside a value.
    case unexpectedEnd
    /// A character that cannot stand here, with what could.
    case unexpected(expected: String)
    case invalidNumber
    case invalidEscape
    case loneSurrogate
    case controlCharacter
    case invalidUTF8
    case byteOrderMark
    case trailingText
    case tooDeep(limit: Int)
    case tooLarge(limit: Int)
    case duplicateKey(String)
    /// It is JSON, and not what a type wants at `path`: `checks[3].outcome`; empty for the whole.
    case undecodable(path: String, reason: String)
  }

  package let code: Code
  /// Bytes from the start of the text, counted from 0.
  let offset: Int
  /// Counted from 1.
  package let line: Int
  /// Unicode scalars from the start of the line, counted from 1.
  package let column: Int

  init(code: Code, offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    self.code = code
    self.offset = offset
    var line = 1
    var column = 1
    for byte in bytes.prefix(offset) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.line = line
    self.column = column
  }

  package var description: String {
    "JSON at line \(line), column \(column): \(reason)"
  }

  private var reason: String {
    switch code {
    case .unexpectedEnd: "the text ends too early"
    case .unexpected(let expected): "expected \(expected)"
    case .invalidNumber: "not a number as JSON writes it"
    case .invalidEscape: "unknown escape in a string"
    case .loneSurrogate: "half of a surrogate pair"
    case .controlCharacter: "control character in a string"
    case .invalidUTF8: "invalid UTF-8"
    case .byteOrderMark: "the text begins with a byte order mark"
    case .trailingText: "text after the end of the value"
    case .tooDeep(let limit): "nested deeper than \(limit)"
    case .tooLarge(let limit): "larger than \(limit) bytes"
    case .duplicateKey(let key): "the key \(JSONValue.string(key)) comes twice in this object"
    case .undecodable(let path, let reason): path.isEmpty ? reason : "\(path): \(reason)"
    }
  }
}
