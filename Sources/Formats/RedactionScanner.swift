/// Looks for secrets in one piece of a text.
struct RedactionScanner {
  /// What ends here is either known or has to wait for more text.
  private enum Sign {
    static let none = -1
    static let incomplete = -2
  }

  struct Match {
    /// 0 if no secret begins at the place.
    var end = 0
    var secret = -1
  }

  private let table: RedactionTable
  private let text: UnsafeBufferPointer<UInt8>
  /// The sign for a form that runs over the end of the text.
  private let cut: Int
  /// Secrets begin before this place; the last three bytes are too few for one.
  let lastStart: Int

  init(table: RedactionTable, text: UnsafeBufferPointer<UInt8>, isFinal: Bool) {
    self.table = table
    self.text = text
    cut = isFinal ? Sign.none : Sign.incomplete
    lastStart = table.isEmpty ? 0 : max(text.count - 3, 0)
  }

  /// The first place from `start` at which a secret may begin; `lastStart` if there is none.
  func nextCandidate(from start: Int) -> Int {
    guard let base = UnsafeRawPointer(text.baseAddress) else { return lastStart }
    return table.pairs.withUnsafeBufferPointer { pairs in
      /// The groups of the two bytes at `place`.
      @inline(__always)
      func groups(_ place: Int) -> UInt16 {
        pairs[Int(UInt16(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt16.self)))]
      }
      var place = start
      // Eight places at once; each pair is looked up once and serves two places.
      if place &+ 11 <= text.count {
        var (a, b) = (groups(place), groups(place &+ 1))
        while place &+ 11 <= text.count {
          let c = groups(place &+ 2)
          let d = groups(place &+ 3)
          let e = groups(place &+ 4)
          let f = groups(place &+ 5)
          let g = groups(place &+ 6)
          let h = groups(place &+ 7)
          let i = groups(place &+ 8)
          let j = groups(place &+ 9)
          let front = (a & c &>> 8) | (b & d &>> 8) | (c & e &>> 8) | (d & f &>> 8)
          let back = (e & g &>> 8) | (f & h &>> 8) | (g & i &>> 8) | (h & j &>> 8)
          if (front | back) & 0xFF != 0 { break }
          (a, b) = (i, j)
          place &+= 8
        }
      }
      while place < lastStart {
        if groups(place) & groups(place &+ 2) &>> 8 & 0xFF != 0 { return place }
        place &+= 1
      }
      return lastStart
    }
  }

  /// The longest secret that begins at `place`; nil if more text is needed to know.
  func match(at place: Int) -> Match? {
    guard let base = UnsafeRawPointer(text.baseAddress) else { return Match() }
    var best = Match()
    for index in table.candidates(for: window(at: place, base)) {
      guard improve(&best, with: index, at: place) else { return nil }
    }
    for lead in [leadByte(at: place), leadByteEncodedTwice(at: place)] {
      if lead == Sign.incomplete { return nil }
      guard lead >= 0 else { continue }
      for index in table.byLeadByte[lead] {
        guard improve(&best, with: index, at: place) else { return nil }
      }
    }
    return best
  }

  private func improve(_ best: inout Match, with index: Int, at place: Int) -> Bool {
    let pattern = table.patterns[index]
    let end = end(of: pattern, at: place)
    if end == Sign.incomplete { return false }
    if end > best.end || (end == best.end && pattern.secret < best.secret) {
      best = Match(end: end, secret: pattern.secret)
    }
    return true
  }

  @inline(__always)
  private func window(at place: Int, _ base: UnsafeRawPointer) -> UInt32 {
    UInt32(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt32.self))
  }
}

// MARK: One pattern

extension RedactionScanner {
  /// Where the pattern ends that begins at `place`, at the latest.
  private func end(of pattern: RedactionPattern, at start: Int) -> Int {
    var place = start
    for index in pattern.units.indices {
      let unit = pattern.units[index]
      guard place < text.count else { return cut }
      if unit.width == 1, text[place] == unit.byte(0), !unit.isAmbiguous {
        place &+= 1
        continue
      }
      let plain = plainEnd(of: unit, at: place)
      let escaped = escapedEnd(of: unit, at: place)
      let twice = unit.code == 0x25 ? encodedTwiceEnd(of: unit, at: place) : Sign.none
      if plain == Sign.incomplete || escaped == Sign.incomplete || twice == Sign.incomplete {
        return Sign.incomplete
      }
      let ends = [plain, escaped, twice].filter { $0 >= 0 }
      if ends.count > 1 { return end(of: pattern.units[(index + 1)...], at: ends) }
      place = ends.first ?? Sign.none
      if place < 0 { return Sign.none }
    }
    return place
  }

  /// The same from several places, which a character that also begins an escape leads to.
  private func end(of units: ArraySlice<RedactionPattern.Unit>, at starts: [Int]) -> Int {
    var places = starts
    for unit in units {
      var next: [Int] = []
      for place in places {
        guard place < text.count else {
          if cut == Sign.incomplete { return cut }
          continue
        }
        let ends = [
          plainEnd(of: unit, at: place), escapedEnd(of: unit, at: place),
          unit.code == 0x25 ? encodedTwiceEnd(of: unit, at: place) : Sign.none,
        ]
        for end in ends {
          if end == Sign.incomplete { return end }
          if end >= 0, !next.contains(end) { next.append(end) }
        }
      }
      if next.isEmpty { return Sign.none }
      places = next
    }
    return places.max() ?? Sign.none
  }

  /// The end of the scalar's bytes; in a scalar of several bytes each may be escaped.
  private func plainEnd(of unit: RedactionPattern.Unit, at start: Int) -> Int {
    if unit.width == 1 { return text[start] == unit.byte(0) ? start &+ 1 : Sign.none }
    var place = start
    for index in 0..<unit.width {
      guard place < text.count else { return cut }
      if text[place] == unit.byte(index) {
        place &+= 1
      } else {
        place = escapedByteEnd(of: unit.byte(index), at: place)
        if place < 0 { return place }
      }
    }
    return place
  }

  /// The end of `%2525` for `%`, which is also `%25` and what comes after it.
  private func encodedTwiceEnd(of unit: RedactionPattern.Unit, at place: Int) -> Int {
    text[place] == UInt8(ascii: "%")
      ? percentEnd(of: unit.byte(0), at: place, isTwice: true) : Sign.none
  }

  private func escapedEnd(of unit: RedactionPattern.Unit, at place: Int) -> Int {
    if unit.isLiteral {
      return unit.alternate == text[place] && unit.alternate != 0 ? place + 1 : Sign.none
    }
    switch text[place] {
    case UInt8(ascii: "%"):
      return unit.width == 1 ? escapedByteEnd(of: unit.byte(0), at: place) : Sign.none
    case UInt8(ascii: "\\"):
      guard place + 1 < text.count else { return cut }
      let letter = text[place + 1]
      if letter == UInt8(ascii: "u") { return unicodeEnd(of: unit.code, at: place) }
      if letter == UInt8(ascii: "x") {
        return unit.width == 1 ? escapedByteEnd(of: unit.byte(0), at: place) : Sign.none
      }
      return RedactionEscape.code(forLetter: letter) == unit.code ? place + 2 : Sign.none
    case UInt8(ascii: "&"):
      let (code, end) = reference(at: place)
      return end < 0 || code == unit.code ? end : Sign.none
    case UInt8(ascii: "+"):
      return unit.code == 0x20 ? place + 1 : Sign.none
    case let byte:
      return unit.alternate == byte && byte != 0 ? place + 1 : Sign.none
    }
  }
}

// MARK: Escapes

extension RedactionScanner {
  /// The first byte that an escape at `place` stands for, if there is one.
  private func leadByte(at place: Int) -> Int {
    let code: UInt32
    switch text[place] {
    case UInt8(ascii: "%"):
      let (value, end) = hexadecimal(at: place + 1, digits: 2)
      return end < 0 ? end : Int(value)
    case UInt8(ascii: "\\"):
      guard place + 1 < text.count else { return cut }
      let letter = text[place + 1]
      let isUnit = letter == UInt8(ascii: "u")
      if isUnit || letter == UInt8(ascii: "x") {
        let (value, end) = hexadecimal(at: place + 2, digits: isUnit ? 4 : 2)
        if end < 0 || !isUnit { return end < 0 ? end : Int(value) }
        // The first half of a pair tells the first byte.
        code = value & 0xFC00 == 0xD800 ? 0x10000 + (value & 0x3FF) << 10 : value
      } else {
        guard let value = RedactionEscape.code(forLetter: letter) else { return Sign.none }
        code = value
      }
    case UInt8(ascii: "&"):
      let (value, end) = reference(at: place)
      if end < 0 { return end }
      code = value
    default: return Sign.none
    }
    return switch code {
    case 0..<0x80: Int(code)
    case 0x80..<0x800: Int(0xC0 | code >> 6)
    case 0x800..<0x10000: Int(0xE0 | code >> 12)
    case 0x10000..<0x110000: Int(0xF0 | code >> 18)
    default: Sign.none
    }
  }

  /// The end of `%XX` or `\xXX` if it stands for `byte`.
  private func escapedByteEnd(of byte: UInt8, at place: Int) -> Int {
    var digits = place + 1
    if text[place] == UInt8(ascii: "\\") {
      guard digits < text.count else { return cut }
      guard text[digits] == UInt8(ascii: "x") else { return Sign.none }
      digits += 1
    } else if text[place] != UInt8(ascii: "%") {
      return Sign.none
    } else if byte != UInt8(ascii: "%") {
      // `%25XX` is what a URL inside a URL makes of `%XX`.
      let end = percentEnd(of: byte, at: place, isTwice: true)
      if end != Sign.none { return end }
    }
    let (value, end) = hexadecimal(at: digits, digits: 2)
    return end < 0 || value == UInt32(byte) ? end : Sign.none
  }

  /// The end of `%XX`, or of `%25XX`, if it stands for `byte`.
  private func percentEnd(of byte: UInt8, at place: Int, isTwice: Bool) -> Int {
    var digits = place + 1
    if isTwice {
      let (mark, end) = hexadecimal(at: digits, digits: 2)
      guard end >= 0, mark == 0x25 else { return end < 0 ? end : Sign.none }
      digits = end
    }
    let (value, end) = hexadecimal(at: digits, digits: 2)
    return end < 0 || value == UInt32(byte) ? end : Sign.none
  }

  /// The first byte that `%25XX` stands for.
  private func leadByteEncodedTwice(at place: Int) -> Int {
    guard text[place] == UInt8(ascii: "%") else { return Sign.none }
    let (mark, digits) = hexadecimal(at: place + 1, digits: 2)
    guard digits >= 0, mark == 0x25 else { return digits < 0 ? digits : Sign.none }
    let (value, end) = hexadecimal(at: digits, digits: 2)
    return end < 0 ? end : Int(value)
  }

  /// The end of `\uXXXX`, or of two of them, if it stands for `code`.
  private func unicodeEnd(of code: UInt32, at place: Int) -> Int {
    let (first, end) = hexadecimal(at: place + 2, digits: 4)
    if end < 0 || code < 0x10000 { return end < 0 || first == code ? end : Sign.none }
    guard first == 0xD800 + (code - 0x10000) >> 10 else { return Sign.none }
    for (index, byte) in [UInt8(ascii: "\\"), UInt8(ascii: "u")].enumerated() {
      guard end + index < text.count else { return cut }
      guard text[end + index] == byte else { return Sign.none }
    }
    let (second, last) = hexadecimal(at: end + 2, digits: 4)
    return last < 0 || second == 0xDC00 + (code & 0x3FF) ? last : Sign.none
  }

  private func hexadecimal(at start: Int, digits: Int) -> (value: UInt32, end: Int) {
    var value: UInt32 = 0
    for place in start..<(start + digits) {
      guard place < text.count else { return (0, cut) }
      guard let digit = Hexadecimal.value(of: text[place]) else { return (0, Sign.none) }
      value = value << 4 | UInt32(digit)
    }
    return (value, start + digits)
  }

  /// Reads `&name;`, `&#10;` or `&#x0a;`.
  private func reference(at start: Int) -> (code: UInt32, end: Int) {
    guard start + 1 < text.count else { return (0, cut) }
    if text[start + 1] == UInt8(ascii: "#") { return numericReference(at: start + 2) }
    for (name, code) in RedactionEscape.entities {
      let end = entityEnd(name, at: start + 1)
      if end != Sign.none { return (code, end) }
    }
    return (0, Sign.none)
  }

  private func entityEnd(_ name: StaticString, at start: Int) -> Int {
    for index in 0...name.utf8CodeUnitCount {
      guard start + index < text.count else { return cut }
      let expected =
        index < name.utf8CodeUnitCount ? name.utf8Start[index] : UInt8(ascii: ";")
      guard text[start + index] == expected else { return Sign.none }
    }
    return start + name.utf8CodeUnitCount + 1
  }

  private func numericReference(at start: Int) -> (code: UInt32, end: Int) {
    guard start < text.count else { return (0, cut) }
    let isHexadecimal = text[start] | 0x20 == UInt8(ascii: "x")
    let first = isHexadecimal ? start + 1 : start
    var code: UInt32 = 0
    for place in first...(first + RedactionEscape.digitLimit) {
      guard place < text.count else { return (0, cut) }
      if text[place] == UInt8(ascii: ";"), place > first { return (code, place + 1) }
      guard let digit = Hexadecimal.value(of: text[place]), isHexadecimal || digit < 10 else {
        return (0, Sign.none)
      }
      if place < first + RedactionEscape.digitLimit {
        code = isHexadecimal ? code << 4 | UInt32(digit) : code * 10 + UInt32(digit)
      }
    }
    return (0, Sign.none)
  }
}
