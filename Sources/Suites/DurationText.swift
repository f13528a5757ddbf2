/// Durations as people write them: a number and one of `ms`, `s`, `m`, `h`, `d`.
enum DurationText {
  /// Nil where the text is no duration; a bare number is none.
  static func parse(_ text: String) -> Duration? {
    let digits = text.utf8.prefix { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E }
    guard let number = String(digits), !number.isEmpty, number.utf8.count <= 10 else { return nil }
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = Int64(parts[0]) else { return nil }
    var thousandths: Int64 = 0
    if parts.count == 2 {
      guard (1...3).contains(parts[1].utf8.count), let fraction = Int64(parts[1]) else {
        return nil
      }
      thousandths = fraction * [100, 10, 1][parts[1].utf8.count - 1]
    }
    let factor: Int64
    switch String(text.utf8.dropFirst(digits.count)) {
    case "ms" where parts.count == 1: return .milliseconds(whole)
    case "s": factor = 1
    case "m": factor = 60
    case "h": factor = 3_600
    case "d": factor = 86_400
    default: return nil
    }
    return .milliseconds((whole * 1_000 + thousandths) * factor)
  }

  /// What `5 s`, `1 hour` or `10sec` was meant to be; nil where that is not clear.
  static func meant(_ text: String) -> String? {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let word = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    let units = [
      "ms": ["ms", "msec", "millis", "millisecond", "milliseconds"],
      "s": ["s", "sec", "secs", "second", "seconds"],
      "m": ["m", "min", "mins", "minute", "minutes"], "h": ["h", "hr", "hour", "hours"],
      "d": ["d", "day", "days"],
    ]
    guard let unit = units.first(where: { $0.value.contains(word) })?.key else { return nil }
    return parse(digits + unit).map { _ in digits + unit }
  }

  /// The shortest way to write it: `90s`, `5m`, `500ms`.
  static func format(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    if milliseconds % 1_000 != 0 || milliseconds == 0 { return "\(milliseconds)ms" }
    if milliseconds % 3_600_000 == 0 { return "\(milliseconds / 3_600_000)h" }
    if milliseconds % 60_000 == 0 { return "\(milliseconds / 60_000)m" }
    return "\(milliseconds / 1_000)s"
  }
}
