/// Days as they are written, `YYYY-MM-DD`: their order is that of their bytes.
package enum CalendarDay {
  /// True for a day of the Gregorian calendar, and for nothing that only looks like one.
  package static func isDay(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
      let day = number(bytes[8..<10]), (1...12).contains(month)
    else { return false }
    return (1...days(in: month, of: year)).contains(day)
  }

  /// True for what somebody wrote as a date, right or not: `2026-1-31`, `31.01.2026`, `2026-02-30`.
  static func looksLikeDay(_ text: String) -> Bool {
    let parts = text.split(omittingEmptySubsequences: false) { "-./".contains($0) }
    return parts.count == 3
      && parts.allSatisfy { part in
        (1...4).contains(part.utf8.count) && number(ArraySlice(part.utf8)) != nil
      }
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}
