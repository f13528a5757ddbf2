/// Times as an engine writes them: RFC 3339 with nanoseconds, `2026-01-02T03:04:05.678901234Z`.
enum EngineTime {
  /// Whole seconds since 1970; nil for what is no time. An offset counts.
  static func seconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[13] == 0x3A else {
      return nil
    }
    func number(_ range: Range<Int>) -> Int64? {
      Int64(String(decoding: bytes[range], as: UTF8.self))
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
    else { return nil }
    // Days since 1970-01-01 in the Gregorian calendar, with years that begin in March.
    let (y, m) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
    let era = y / 400
    let days = (y - era * 400) * 365 + (y % 400) / 4 - (y % 400) / 100 + (m * 153 + 2) / 5 + day - 1
    var time = (era * 146_097 + days - 719_468) * 86_400 + hour * 3600 + minute * 60 + second
    if bytes.last != UInt8(ascii: "Z"), bytes.count >= 25,
      let hours = number(bytes.count - 5..<bytes.count - 3),
      let minutes = number(bytes.count - 2..<bytes.count)
    {
      let sign: Int64 = bytes[bytes.count - 6] == UInt8(ascii: "-") ? 1 : -1
      time += sign * (hours * 3600 + minutes * 60)
    }
    return time
  }
}
