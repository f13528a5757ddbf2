/// What a JSON number stands for, compared exactly: `1`, `1.0` and `1e0` are equal here, and integers
/// of any length keep every digit.
package struct JSONNumber: Sendable, Hashable, Comparable {
  /// -1, 0 or 1; 0 only for zero, whatever its sign was.
  private let sign: Int
  /// ASCII digits without zeros at either end; empty for zero.
  private let digits: [UInt8]
  /// The value is 0.DIGITS × 10^exponent. An exponent beyond ±2^58 counts as ±2^58.
  private let exponent: Int

  private static let exponentLimit = 1 << 58

  init(_ value: Int64) {
    self.init(digitsOf: Array(String(value.magnitude).utf8), isNegative: value < 0, exponent: 0)
  }

  /// Reads a number as RFC 8259 writes it; other text gives nil.
  init?(_ text: String) {
    switch JSONValue(numberText: text) {
    case .int(let value): self.init(value)
    case .number(let text): self.init(checked: text)
    default: return nil
    }
  }

  /// - Parameter text: What the parser accepted as a number.
  init(checked text: String) {
    var digits: [UInt8] = []
    var fraction = 0
    var exponent = 0
    var isInFraction = false
    let bytes = Array(text.utf8)
    var index = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { index = 1 }
    while index < bytes.count, bytes[index] | 0x20 != UInt8(ascii: "e") {
      if bytes[index] == UInt8(ascii: ".") {
        isInFraction = true
      } else {
        digits.append(bytes[index])
        if isInFraction { fraction += 1 }
      }
      index += 1
    }
    if index < bytes.count {
      exponent = Self.exponent(in: bytes[(index + 1)...])
    }
    self.init(digitsOf: digits, isNegative: isNegative, exponent: exponent - fraction)
  }

  /// The number DIGITS × 10^exponent.
  private init(digitsOf digits: [UInt8], isNegative: Bool, exponent: Int) {
    let zero = UInt8(ascii: "0")
    guard let first = digits.firstIndex(where: { $0 != zero }),
      let last = digits.lastIndex(where: { $0 != zero })
    else {
      sign = 0
      self.digits = []
      self.exponent = 0
      return
    }
    sign = isNegative ? -1 : 1
    self.digits = Array(digits[first...last])
    self.exponent = exponent + digits.count - first
  }

  private static func exponent(in bytes: ArraySlice<UInt8>) -> Int {
    let isNegative = bytes.first == UInt8(ascii: "-")
    var magnitude = 0
    for byte in bytes where byte != UInt8(ascii: "-") && byte != UInt8(ascii: "+") {
      magnitude = min(magnitude * 10 + Int(byte - UInt8(ascii: "0")), exponentLimit)
      if magnitude == exponentLimit { break }
    }
    return isNegative ? -magnitude : magnitude
  }

  package static func < (lhs: JSONNumber, rhs: JSONNumber) -> Bool {
    if lhs.sign != rhs.sign { return lhs.sign < rhs.sign }
    if lhs.sign == 0 { return false }
    let (small, large) = lhs.sign > 0 ? (lhs, rhs) : (rhs, lhs)
    if small.exponent != large.exponent { return small.exponent < large.exponent }
    return small.digits.lexicographicallyPrecedes(large.digits)
  }
}

extension JSONValue {
  /// The number this value is, for comparisons by what it stands for; nil if it is none.
  package var numericValue: JSONNumber? {
    switch self {
    case .int(let value): JSONNumber(value)
    case .number(let text): JSONNumber(checked: text)
    default: nil
    }
  }

  /// Equality in which `1`, `1.0` and `1e0` are the same, also inside arrays and objects.
  package func isNumericallyEqual(to other: JSONValue) -> Bool {
    switch (self, other) {
    case (.int(let a), .int(let b)): a == b
    case (.int, .number), (.number, .int), (.number, .number): numericValue == other.numericValue
    case (.array(let a), .array(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.isNumericallyEqual(to: $1) }
    case (.object(let a), .object(let b)):
      a.count == b.count
        && zip(a.members, b.members).allSatisfy {
          UTF8Order.areEqual($0.key, $1.key) && $0.value.isNumericallyEqual(to: $1.value)
        }
    default: self == other
    }
  }

  /// Whether both are numbers and this one is smaller; nil if one of them is no number.
  package func isNumericallyLess(than other: JSONValue) -> Bool? {
    if case .int(let a) = self, case .int(let b) = other { return a < b }
    guard let number = numericValue, let otherNumber = other.numericValue else { return nil }
    return number < otherNumber
  }
}
