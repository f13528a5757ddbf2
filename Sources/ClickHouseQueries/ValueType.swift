/// A type that a placeholder can name.
indirect enum ValueType: Equatable {
  case string
  case fixedString(Int)
  case int(bits: Int)
  case uint(bits: Int)
  case float
  case date
  case dateTime
  case uuid
  case nullable(ValueType)
  case array(ValueType)

  /// - Returns: `nil` for a type that is not known, or not allowed where it stands.
  init?(_ name: some StringProtocol) {
    if let inner = name.inside("Nullable") {
      guard let type = ValueType(inner) else { return nil }
      switch type {
      // The server has no such types.
      case .nullable, .array: return nil
      default: self = .nullable(type)
      }
    } else if let inner = name.inside("Array") {
      guard let type = ValueType(inner) else { return nil }
      self = .array(type)
    } else if let length = name.inside("FixedString") {
      guard let length = Int(length), length > 0 else { return nil }
      self = .fixedString(length)
    } else {
      switch name {
      case "String": self = .string
      case "Int8": self = .int(bits: 8)
      case "Int16": self = .int(bits: 16)
      case "Int32": self = .int(bits: 32)
      case "Int64": self = .int(bits: 64)
      case "UInt8": self = .uint(bits: 8)
      case "UInt16": self = .uint(bits: 16)
      case "UInt32": self = .uint(bits: 32)
      case "UInt64": self = .uint(bits: 64)
      case "Float32", "Float64": self = .float
      case "Date": self = .date
      case "DateTime": self = .dateTime
      case "UUID": self = .uuid
      default: return nil
      }
    }
  }
}

extension StringProtocol {
  /// `T` of `Name(T)`.
  func inside(_ name: String) -> SubSequence? {
    guard hasPrefix(name), hasSuffix(")") else { return nil }
    let rest = dropFirst(name.count)
    return rest.first == "(" ? rest.dropFirst().dropLast() : nil
  }
}

extension ValueType {
  /// The value as SQL, or `nil` where it is not one of this type.
  func literal(_ value: ClickHouseValue) -> String? {
    switch (self, value) {
    case (.nullable, .null): "NULL"
    case (.nullable(let type), _): type.literal(value)
    case (.array(let type), .array(let values)): ValueType.arrayLiteral(type, values)
    case (_, .null), (_, .array): nil
    case (.string, .text(let text)): ValueType.quoted(text)
    case (.fixedString(let length), .text(let text)):
      text.utf8.count <= length ? ValueType.quoted(text) : nil
    case (.int(let bits), _): value.integerText.flatMap { ValueType.signed($0, bits: bits) }
    case (.uint(let bits), _): value.integerText.flatMap { ValueType.unsigned($0, bits: bits) }
    case (.float, _): value.float.map { "\($0)" }
    case (.date, .text(let text)): text.isDate ? "toDate('\(text)')" : nil
    case (.dateTime, .text(let text)): text.isDateTime ? "toDateTime('\(text)')" : nil
    case (.uuid, .text(let text)): text.isUUID ? "toUUID('\(text)')" : nil
    default: nil
    }
  }

  private static func arrayLiteral(_ type: ValueType, _ values: [ClickHouseValue]) -> String? {
    var literals: [String] = []
    for value in values {
      guard let literal = type.literal(value) else { return nil }
      literals.append(literal)
    }
    return "[\(literals.joined(separator: ", "))]"
  }

  private static func signed(_ text: String, bits: Int) -> String? {
    guard let value = Int64(text), value >> (bits - 1) == 0 || value >> (bits - 1) == -1 else {
      return nil
    }
    return "\(value)"
  }

  private static func unsigned(_ text: String, bits: Int) -> String? {
    guard let value = UInt64(text), bits == 64 || value >> bits == 0 else { return nil }
    return "\(value)"
  }

  /// In single quotes, with everything escaped that could end them or be lost on the way.
  static func quoted(_ text: String) -> String {
    var literal = "'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'": literal += "\\'"
      case "\\": literal += "\\\\"
      case "\0": literal += "\\0"
      case "\n": literal += "\\n"
      case "\r": literal += "\\r"
      case "\t": literal += "\\t"
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "'"
  }
}

extension ClickHouseValue {
  /// Digits, with a sign at most, as the caller wrote them.
  fileprivate var integerText: String? {
    switch self {
    case .bool(let value): value ? "1" : "0"
    case .int(let value): "\(value)"
    case .uint(let value): "\(value)"
    case .text(let value): value
    case .null, .double, .array: nil
    }
  }

  /// Finite: how the server reads infinities has changed between versions.
  fileprivate var float: Double? {
    let value: Double? =
      switch self {
      case .int(let value): Double(value)
      case .uint(let value): Double(value)
      case .double(let value): value
      case .text(let value): Double(value)
      case .null, .bool, .array: nil
      }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }
}

extension String {
  /// Whether it has the shape of the pattern, in which `0` stands for a digit, `x` for a
  /// hexadecimal one, and all else for itself.
  private func matches(_ pattern: String) -> Bool {
    utf8.count == pattern.utf8.count
      && zip(utf8, pattern.utf8).allSatisfy { byte, shape in
        switch shape {
        case UInt8(ascii: "0"): byte.isDigitByte
        case UInt8(ascii: "x"):
          byte.isDigitByte || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
        default: byte == shape
        }
      }
  }

  private func number(_ range: Range<Int>) -> Int {
    utf8.dropFirst(range.lowerBound).prefix(range.count).reduce(0) { $0 * 10 + Int($1 & 15) }
  }

  /// `yyyy-mm-dd`, and a day there is.
  fileprivate var isDate: Bool {
    guard matches("0000-00-00") else { return false }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...12).contains(month) && (1...lengths[month - 1]).contains(day)
  }

  /// `yyyy-mm-dd hh:mm:ss`.
  fileprivate var isDateTime: Bool {
    matches("0000-00-00 00:00:00") && String(prefix(10)).isDate && number(11..<13) < 24
      && number(14..<16) < 60 && number(17..<19) < 60
  }

  fileprivate var isUUID: Bool {
    matches("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
  }
}

extension UInt8 {
  var isDigitByte: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
