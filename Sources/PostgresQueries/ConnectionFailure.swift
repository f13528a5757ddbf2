/// What libpq says of a connection that failed: for these there is no result with fields.
///
/// With `PQERRORS_VERBOSE` a message of the server's is in it as `FATAL:  28P01: text`, where the
/// severity may be in another language but the SQLSTATE is not.
struct ConnectionFailure: Equatable {
  /// One line, without what libpq puts before the server's words.
  var message: String
  var sqlState: String?

  init(_ text: String) {
    let lines = text.split(whereSeparator: \.isNewline)
    for line in lines {
      guard let (state, rest) = ConnectionFailure.split(line) else { continue }
      sqlState = state
      message = rest
      return
    }
    message = lines.first.map { String($0) } ?? "no reason given"
  }

  /// At the first `:  XXXXX: `.
  private static func split(_ line: Substring) -> (state: String, message: String)? {
    let bytes = Array(line.utf8)
    let length = 10
    guard bytes.count >= length else { return nil }
    for start in 0...(bytes.count - length) {
      let window = bytes[start..<start + length]
      let state = window.dropFirst(3).prefix(5)
      let isState = state.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
      }
      if isState, window.starts(with: ":  ".utf8), window.suffix(2).elementsEqual(": ".utf8) {
        return (
          String(decoding: state, as: UTF8.self),
          String(decoding: bytes[(start + length)...], as: UTF8.self)
        )
      }
    }
    return nil
  }
}
