/// One text to find in all the ways it can be written: a secret, or the base64 of its middle.
struct RedactionPattern: Sendable {
  /// Index of the secret.
  let secret: Int
  let units: [Unit]

  /// One scalar of the text.
  struct Unit: Sendable {
    let code: UInt32
    /// The UTF-8 bytes, the first in the low bits.
    let bytes: UInt32
    let width: Int
    /// The other alphabet's character in base64, of a hexadecimal digit the other case, else 0.
    let alternate: UInt8
    /// Whether nobody writes this character in another way.
    let isLiteral: Bool

    init(_ scalar: Unicode.Scalar, alternate: UInt8 = 0, isLiteral: Bool = false) {
      code = scalar.value
      var bytes: UInt32 = 0
      var width = 0
      for byte in String(scalar).utf8 {
        bytes |= UInt32(byte) << UInt32(8 * width)
        width += 1
      }
      self.bytes = bytes
      self.width = width
      self.alternate = alternate
      self.isLiteral = isLiteral
    }

    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
      UInt8(truncatingIfNeeded: bytes &>> UInt32(truncatingIfNeeded: 8 &* index))
    }

    /// Whether the character itself begins another way to write it.
    @inline(__always)
    var isAmbiguous: Bool { code == 0x25 || code == 0x26 || code == 0x5C }
  }

  /// The secret's text, the three ways it can lie in base64, and its bytes in hexadecimal digits.
  static func patterns(of text: String, secret: Int) -> [RedactionPattern] {
    let plain = RedactionPattern(secret: secret, units: text.unicodeScalars.map { Unit($0) })
    let digits = Hexadecimal.text(of: Array(text.utf8)).unicodeScalars.map { digit in
      let isLetter = digit.value >= 0x61
      return Unit(
        digit,
        alternate: isLetter ? UInt8(ascii: digit) & 0xDF : 0,
        isLiteral: true
      )
    }
    return [plain, RedactionPattern(secret: secret, units: digits)]
      + (0..<3).map { offset in
        RedactionPattern(
          secret: secret,
          units: base64(of: Array(text.utf8), offset: offset).map { scalar in
            switch scalar {
            case "+": Unit(scalar, alternate: UInt8(ascii: "-"))
            case "/": Unit(scalar, alternate: UInt8(ascii: "_"))
            default: Unit(scalar, isLiteral: true)
            }
          }
        )
      }
  }

  /// The characters of base64 (RFC 4648, section 4) that `bytes` determine alone when `offset` bytes
  /// come before them, counted modulo 3.
  private static func base64(of bytes: [UInt8], offset: Int) -> [Unicode.Scalar] {
    let alphabet = Array(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".unicodeScalars
    )
    let bits = 8 * bytes.count
    let firstBit = (6 - 8 * offset % 6) % 6
    return stride(from: firstBit, through: bits - 6, by: 6).map { bit in
      let next = bit / 8 + 1 < bytes.count ? bytes[bit / 8 + 1] : 0
      let word = UInt16(bytes[bit / 8]) << 8 | UInt16(next)
      return alphabet[Int(word >> UInt16(10 - bit % 8)) & 63]
    }
  }
}

// MARK: First bytes

extension RedactionPattern {
  /// The first four bytes of every way to write this text, the first in the low bits.
  ///
  /// - Parameter add: Also told whether the first character stands there as itself.
  func forEachWindow(_ add: (_ window: UInt32, _ isPlain: Bool) -> Void) {
    extend([], unit: 0, byte: 0, isPlain: true, add)
  }

  private func extend(
    _ prefix: [UInt8],
    unit index: Int,
    byte: Int,
    isPlain: Bool,
    _ add: (UInt32, Bool) -> Void
  ) {
    if prefix.count >= 4 {
      let window = (0..<4).reduce(UInt32(0)) { $0 | UInt32(prefix[$1]) << UInt32(8 * $1) }
      return add(window, isPlain)
    }
    guard index < units.count else { return }
    let unit = units[index]
    let isFirst = index == 0 && byte == 0
    let isLast = byte + 1 == unit.width
    let next = (unit: isLast ? index + 1 : index, byte: isLast ? 0 : byte + 1)
    for form in unit.plainForms(ofByte: byte) {
      extend(prefix + [form], unit: next.unit, byte: next.byte, isPlain: isPlain, add)
    }
    if unit.isLiteral { return }
    for form in unit.escapedForms(ofByte: byte) {
      extend(prefix + form, unit: next.unit, byte: next.byte, isPlain: isPlain && !isFirst, add)
    }
    if byte > 0 { return }
    for form in unit.escapedForms {
      extend(prefix + form, unit: index + 1, byte: 0, isPlain: isPlain && !isFirst, add)
    }
  }
}

extension RedactionPattern.Unit {
  /// The byte itself and single bytes that stand for it.
  fileprivate func plainForms(ofByte index: Int) -> [UInt8] {
    var forms = [byte(index)]
    if code == 0x20 { forms.append(UInt8(ascii: "+")) }
    if alternate != 0 { forms.append(alternate) }
    return forms
  }

  /// `%XX`, the same encoded again (`%25XX`), and `\xXX`.
  fileprivate func escapedForms(ofByte index: Int) -> [[UInt8]] {
    let digits = Self.spellings(of: UInt32(byte(index)), digits: 2)
    return ["%", "%25", "\\x"].flatMap { mark in digits.map { Array(mark.utf8) + $0 } }
  }

  /// The ways to write the whole scalar that are not byte by byte.
  fileprivate var escapedForms: [[UInt8]] {
    var forms: [[UInt8]] = []
    if let letter = RedactionEscape.letter(for: code) {
      forms.append([UInt8(ascii: "\\"), letter])
    }
    // Four bytes are looked at, so the second half of a pair does not matter.
    let first = code < 0x10000 ? code : 0xD800 + (code - 0x10000) >> 10
    forms += Self.spellings(of: first, digits: 4).map { Array("\\u".utf8) + $0 }
    if let name = RedactionEscape.entity(for: code) { forms.append(Array("&\(name);".utf8)) }
    for count in 1...RedactionEscape.digitLimit {
      for mark in ["&#x", "&#X"] {
        forms += Self.spellings(of: code, digits: count).map { Array(mark.utf8) + $0 + [0x3B] }
      }
      let decimal = String(code)
      if decimal.utf8.count <= count {
        let zeros = String(repeating: "0", count: count - decimal.utf8.count)
        forms.append(Array("&#\(zeros)\(decimal);".utf8))
      }
    }
    return forms
  }

  /// `value` in so many hexadecimal digits in all mixtures of case; none if it needs more.
  private static func spellings(of value: UInt32, digits: Int) -> [[UInt8]] {
    guard digits >= 8 || value >> UInt32(4 * digits) == 0 else { return [] }
    var spellings: [[UInt8]] = [[]]
    for index in (0..<digits).reversed() {
      let digit = Hexadecimal.digit(UInt8(truncatingIfNeeded: value >> UInt32(4 * index)))
      let cases = digit > UInt8(ascii: "9") ? [digit, digit & 0xDF] : [digit]
      spellings = spellings.flatMap { spelling in cases.map { spelling + [$0] } }
    }
    return spellings
  }
}

/// The escapes that stand for one scalar, shared by the table and the scanner.
enum RedactionEscape {
  /// Digits of a numeric reference, leading zeros included.
  static let digitLimit = 8

  /// The character after the backslash.
  static func letter(for code: UInt32) -> UInt8? {
    switch code {
    case 0x22, 0x27, 0x2F, 0x5C: UInt8(code)
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    default: nil
    }
  }

  static func code(forLetter letter: UInt8) -> UInt32? {
    switch letter {
    case 0x22, 0x27, 0x2F, 0x5C: UInt32(letter)
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "r"): 0x0D
    default: nil
    }
  }

  static let entities: [(name: StaticString, code: UInt32)] = [
    ("amp", 0x26), ("lt", 0x3C), ("gt", 0x3E), ("quot", 0x22), ("apos", 0x27),
  ]

  static func entity(for code: UInt32) -> StaticString? {
    entities.first { $0.code == code }?.name
  }
}
