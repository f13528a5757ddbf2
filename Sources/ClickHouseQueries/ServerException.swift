/// What the server says instead of a result, or after a part of one.
///
/// 18.16 writes `Code: 47, e.displayText() = DB::Exception: …, e.what() = DB::Exception`, later
/// versions `Code: 47. DB::Exception: …`, and these send `X-ClickHouse-Exception-Code` too.
struct ServerException: Equatable {
  var code: Int
  var message: String

  /// - Parameter header: The field with the code, where the server sent one.
  init?(body: [UInt8], header: String?) {
    // An exception is short, and what stands before it need not be searched.
    let text = ServerException.exceptionText(in: body.suffix(1 << 16))
    guard let code = header.flatMap({ Int($0) }) ?? text.flatMap(ServerException.code) else {
      return nil
    }
    self.code = code
    message = ServerException.message(text ?? "the server names no reason")
  }

  /// From the last line on that begins with `Code: ` and a digit: a part of a result stands before.
  private static func exceptionText(in body: ArraySlice<UInt8>) -> String? {
    let mark = Array("Code: ".utf8)
    var end = body.endIndex
    while let range = body[..<end].lastRange(of: mark) {
      let isAtLineStart = range.lowerBound == body.startIndex || body[range.lowerBound - 1] == 10
      if isAtLineStart, range.upperBound < body.endIndex, body[range.upperBound].isDigitByte {
        return String(decoding: body[range.lowerBound...], as: UTF8.self)
      }
      end = range.lowerBound
    }
    return nil
  }

  private static func code(_ text: String) -> Int? {
    Int(text.dropFirst("Code: ".count).prefix { $0.isASCII && $0.isNumber })
  }

  private static func message(_ text: String) -> String {
    var line = text.split(whereSeparator: \.isNewline).first.map { String($0) } ?? ""
    let mark = "DB::Exception: "
    if let start = line.firstRange(of: mark) { line = String(line[start.upperBound...]) }
    if let end = line.firstRange(of: ", e.what() = ") { line = String(line[..<end.lowerBound]) }
    return line
  }

  /// `ErrorCodes.cpp`: those that a check meets.
  static let names: [Int: String] = [
    6: "CANNOT_PARSE_TEXT", 10: "NOT_FOUND_COLUMN_IN_BLOCK", 16: "NO_SUCH_COLUMN_IN_TABLE",
    27: "CANNOT_PARSE_INPUT_ASSERTION_FAILED", 36: "BAD_ARGUMENTS",
    42: "NUMBER_OF_ARGUMENTS_DOESNT_MATCH", 43: "ILLEGAL_TYPE_OF_ARGUMENT",
    46: "UNKNOWN_FUNCTION", 47: "UNKNOWN_IDENTIFIER", 53: "TYPE_MISMATCH",
    57: "TABLE_ALREADY_EXISTS", 60: "UNKNOWN_TABLE", 62: "SYNTAX_ERROR", 70: "CANNOT_CONVERT_TYPE",
    81: "UNKNOWN_DATABASE", 82: "DATABASE_ALREADY_EXISTS", 115: "UNKNOWN_SETTING",
    117: "INCORRECT_DATA", 159: "TIMEOUT_EXCEEDED", 160: "TOO_SLOW", 164: "READONLY",
    192: "UNKNOWN_USER", 193: "WRONG_PASSWORD", 194: "REQUIRED_PASSWORD",
    202: "TOO_MANY_SIMULTANEOUS_QUERIES", 210: "NETWORK_ERROR", 241: "MEMORY_LIMIT_EXCEEDED",
    252: "TOO_MANY_PARTS", 395: "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO", 497: "ACCESS_DENIED",
    516: "AUTHENTICATION_FAILED",
  ]
}

extension BidirectionalCollection where Element: Equatable {
  /// The last place of these elements.
  fileprivate func lastRange(of other: [Element]) -> Range<Index>? {
    var start = endIndex
    while true {
      if self[start...].starts(with: other) {
        return start..<index(start, offsetBy: other.count)
      }
      guard start > startIndex else { return nil }
      formIndex(before: &start)
    }
  }
}
