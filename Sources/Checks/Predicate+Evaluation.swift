import Evidence
import Formats
import Suites

extension Predicate {
  /// Whether it holds of a value that is there.
  ///
  /// - Parameter isText: the value has no types of its own: headers, output, HTML, rows. A text equals
  ///   a number that is written alike there, and is compared with one as a number; in JSON it is not.
  /// - Throws: `Scope.UnknownName`, or `PatternError` where a search was given up.
  func holds(of value: JSONValue, isText: Bool = false, in scope: Scope) throws -> Bool {
    switch self {
    case .equals(let tree): return Self.areEqual(value, try scope.json(of: tree), isText)
    case .subset(let tree): return Self.isSubset(try scope.json(of: tree), of: value, isText)
    case .oneOf(let trees):
      for tree in trees where Self.areEqual(value, try scope.json(of: tree), isText) { return true }
      return false
    case .greater(let tree): return Self.isLess(try scope.json(of: tree), value, isText) ?? false
    case .less(let tree): return Self.isLess(value, try scope.json(of: tree), isText) ?? false
    case .greaterOrEqual(let tree):
      return Self.isLess(value, try scope.json(of: tree), isText) == false
    case .lessOrEqual(let tree):
      return Self.isLess(try scope.json(of: tree), value, isText) == false
    case .contains(let tree): return Self.contains(value, try scope.json(of: tree), isText)
    case .startsWith(let template):
      return value.stringValue?.utf8.starts(with: try scope.text(of: template).utf8) ?? false
    case .endsWith(let template):
      return value.stringValue?.utf8.reversed()
        .starts(with: try scope.text(of: template).utf8.reversed()) ?? false
    case .matches(let pattern):
      return try value.stringValue.map { try pattern.matches($0) } ?? false
    case .count(let predicates):
      guard let count = value.elementCount else { return false }
      return try predicates.allSatisfy { try $0.holds(of: .int(Int64(count)), in: scope) }
    case .kind(let kind): return value.isOf(kind)
    case .isEmpty: return value.elementCount == 0 || value.stringValue?.isEmpty == true
    case .captured: return value != .null && value != .string("")
    case .exists(let wanted): return wanted
    case .not(let predicate): return try !predicate.holds(of: value, isText: isText, in: scope)
    // What the tool's own looks say is decided where they look, and bytes are where they are.
    case .isWell, .hasBytes: return false
    }
  }

  /// Whether it can be asked of a value of this kind at all.
  ///
  /// - Parameter isCounted: `count` is of something else than the value.
  func applies(to value: JSONValue, isCounted: Bool) -> Bool {
    switch self {
    case .contains: value.stringValue != nil || value.arrayValue != nil
    case .startsWith, .endsWith, .matches: value.stringValue != nil
    case .count: isCounted || value.elementCount != nil
    case .isEmpty: value.elementCount != nil || value.stringValue != nil
    case .greater, .greaterOrEqual, .less, .lessOrEqual:
      value.stringValue != nil || value.numericValue != nil
    case .not(let predicate): predicate.applies(to: value, isCounted: isCounted)
    case .equals, .subset, .oneOf, .kind, .exists, .hasBytes, .captured, .isWell: true
    }
  }

  /// Numbers by their value.
  static func areEqual(_ value: JSONValue, _ wanted: JSONValue, _ isText: Bool) -> Bool {
    if value == wanted || value.isNumericallyEqual(to: wanted) { return true }
    switch (value, wanted) {
    case (.string(let text), .int), (.string(let text), .number), (.string(let text), .bool):
      return isText && text.utf8.elementsEqual(wanted.description.utf8)
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { areEqual($0, $1, isText) }
    case (.object(let a), .object(let b)):
      return a.count == b.count
        && b.members.allSatisfy { member in
          a[member.key].map { areEqual($0, member.value, isText) } ?? false
        }
    default: return false
    }
  }

  /// Objects may have more members than wanted, at every depth; lists must be as long.
  static func isSubset(_ wanted: JSONValue, of value: JSONValue, _ isText: Bool) -> Bool {
    switch (wanted, value) {
    case (.object(let wanted), .object(let value)):
      wanted.members.allSatisfy { member in
        value[member.key].map { isSubset(member.value, of: $0, isText) } ?? false
      }
    case (.array(let wanted), .array(let value)):
      wanted.count == value.count && zip(wanted, value).allSatisfy { isSubset($0, of: $1, isText) }
    default: areEqual(value, wanted, isText)
    }
  }

  private static func contains(_ value: JSONValue, _ part: JSONValue, _ isText: Bool) -> Bool {
    switch value {
    case .string(let text): text.utf8.isEmpty ? false : text.containsBytes(Scope.text(of: part))
    case .array(let elements): elements.contains { isSubset(part, of: $0, isText) }
    default: false
    }
  }

  /// Nil where the two cannot be compared. Numbers by value, texts by their bytes; where there are
  /// no types, a text against a number counts as a number where it is one.
  private static func isLess(_ a: JSONValue, _ b: JSONValue, _ isText: Bool) -> Bool? {
    if let less = a.isNumericallyLess(than: b) { return less }
    switch (a, b) {
    case (.string(let a), .string(let b)): return a.utf8.lexicographicallyPrecedes(b.utf8)
    case _ where !isText: return nil
    case (.string(let text), _):
      return JSONValue(numberText: text)?.isNumericallyLess(than: b)
    case (_, .string(let text)):
      return JSONValue(numberText: text).flatMap { a.isNumericallyLess(than: $0) }
    default: return nil
    }
  }
}

extension JSONValue {
  fileprivate var elementCount: Int? {
    switch self {
    case .array(let elements): elements.count
    case .object(let object): object.count
    default: nil
    }
  }

  fileprivate func isOf(_ kind: Predicate.Kind) -> Bool {
    switch kind {
    case .integer: intValue != nil || isIntegerText
    case .number: numericValue != nil
    case .string: stringValue != nil
    case .boolean: boolValue != nil
    case .list: arrayValue != nil
    case .object: objectValue != nil
    case .date: stringValue.map(DateText.isDate) ?? false
    case .uuid: stringValue.map(DateText.isUUID) ?? false
    }
  }

  private var isIntegerText: Bool {
    guard case .number(let text) = self else { return false }
    return text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
  }

  /// A double as JSON writes it: whole numbers without a fraction.
  init(number value: Double) {
    if value.rounded() == value, abs(value) < 9e15 {
      self = .int(Int64(value))
    } else {
      self = JSONValue(floatLiteral: value)
    }
  }
}

extension String {
  /// By bytes, since Swift's own search folds composed and decomposed letters.
  fileprivate func containsBytes(_ part: String) -> Bool {
    let needle = Array(part.utf8)
    return needle.isEmpty || Array(utf8).firstRange(of: needle) != nil
  }
}

/// Forms of text that predicates know.
enum DateText {
  /// A day of the calendar as `YYYY-MM-DD`, with or without a time of day behind it (RFC 3339, or
  /// with a space, or without an offset).
  static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
      let month = number(bytes[5...6]), let day = number(bytes[8...9]),
      let year = number(bytes[0...3]),
      (1...12).contains(month), (1...days(of: month, in: year)).contains(day)
    else { return false }
    if bytes.count == 10 { return true }
    guard bytes[10] == 0x54 || bytes[10] == 0x74 || bytes[10] == 0x20, bytes.count >= 19,
      let hour = number(bytes[11...12]), let minute = number(bytes[14...15]),
      let second = number(bytes[17...18])
    else { return false }
    return bytes[13] == 0x3A && bytes[16] == 0x3A && hour < 24 && minute < 60 && second <= 60
      && isRestOfTime(bytes[19...])
  }

  private static func days(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// What follows the seconds: a fraction and an offset, either or none.
  private static func isRestOfTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    if rest.first == 0x2E {
      let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty else { return false }
      rest = rest[digits.endIndex...]
    }
    guard let sign = rest.popFirst() else { return true }
    if sign == 0x5A || sign == 0x7A { return rest.isEmpty }
    // `+02`, `+0200`, `+02:00`: PostgreSQL writes the first.
    guard sign == 0x2B || sign == 0x2D else { return false }
    if rest.count == 5 {
      let colon = rest.index(rest.startIndex, offsetBy: 2)
      guard rest[colon] == 0x3A else { return false }
      rest.remove(at: colon)
    }
    return (rest.count == 2 || rest.count == 4) && number(rest) != nil
  }

  static func isUUID(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
    return parts.map(\.count) == [8, 4, 4, 4, 12]
      && parts.joined().allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    bytes.reduce(0 as Int?) { sum, byte in
      guard let sum, (0x30...0x39).contains(byte) else { return nil }
      return sum * 10 + Int(byte - 0x30)
    }
  }
}
