@testable import Formats

/// What `Redactor` promises, computed in the plainest way: at every place every secret is tried in
/// every form, and nothing is shared with the real one.
struct ReferenceRedactor {
  private let names: [String]
  private let texts: [[Text]]

  /// A text to find: of each of its characters the ways in which it may be written.
  private struct Text {
    var characters: [[Spelling]]

    /// - Parameter isBase64: its characters are only ever written as themselves.
    init(_ scalars: [Unicode.Scalar], isBase64: Bool) {
      characters = scalars.map { ReferenceRedactor.spellings(of: $0, inBase64: isBase64) }
    }

    init(digits bytes: [UInt8]) {
      characters = bytes.flatMap { ReferenceRedactor.hexadecimal(UInt32($0), 2) }.map {
        [Spelling("", digits: String($0))]
      }
    }
  }

  init(_ secrets: [Redactor.Secret]) {
    let sorted = secrets.sorted {
      Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8))
    }
    names = sorted.map(\.name)
    texts = sorted.map { secret in
      // Of several lines each of 16 bytes and more is one too.
      let lines = secret.value.utf8.split(separator: UInt8(ascii: "\n")).filter { $0.count >= 16 }
      let isOne = !secret.value.utf8.contains(UInt8(ascii: "\n"))
      let parts = [secret.value] + (isOne ? [] : lines.map { String(decoding: $0, as: UTF8.self) })
      return parts.flatMap(Self.forms)
    }
  }

  private static func forms(of value: String) -> [Text] {
    [Text(Array(value.unicodeScalars), isBase64: false)]
      + [Text(digits: Array(value.utf8))]
      + (0..<3).map { Text(determined(Array(value.utf8), before: $0), isBase64: true) }
  }

  func redact(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var end = 0
    var last: String?
    for place in 0..<(text.count + 1) {
      if place >= end { last = nil }
      var longest = 0
      var name: String?
      for (index, forms) in texts.enumerated() {
        for form in forms {
          if let reached = ends(of: form, in: text, from: place).max(), reached > longest {
            longest = reached
            name = names[index]
          }
        }
      }
      if let name, longest > end {
        if name != last { output += Array("[secret:\(name)]".utf8) }
        last = name
        end = longest
      }
      if place >= end, place < text.count { output.append(text[place]) }
    }
    return output
  }

  private func ends(of form: Text, in text: [UInt8], from start: Int) -> Set<Int> {
    var places: Set<Int> = [start]
    for spellings in form.characters {
      var next: Set<Int> = []
      for place in places {
        for spelling in spellings {
          if spelling.matches(text, at: place) { next.insert(place + spelling.bytes.count) }
        }
      }
      if next.isEmpty { return [] }
      places = next
    }
    return places
  }

  /// Bytes to compare, some of them without regard to case.
  private struct Spelling {
    var bytes: [(byte: UInt8, ignoresCase: Bool)]

    init(_ exact: String, digits: String = "") {
      bytes = exact.utf8.map { ($0, false) } + digits.utf8.map { ($0, true) }
    }

    init(joining parts: [Spelling]) {
      bytes = parts.flatMap(\.bytes)
    }

    init(byte: UInt8) {
      bytes = [(byte, false)]
    }

    func matches(_ text: [UInt8], at start: Int) -> Bool {
      guard start + bytes.count <= text.count else { return false }
      return zip(bytes, text[start...]).allSatisfy { expected, byte in
        let isLetter = (0x41...0x5A).contains(byte)
        return expected.byte == byte
          || (expected.ignoresCase && isLetter && expected.byte == byte + 32)
      }
    }
  }

  private static func spellings(of scalar: Unicode.Scalar, inBase64: Bool) -> [Spelling] {
    var spellings = [Spelling(String(scalar))]
    if inBase64 {
      if scalar == "+" { spellings.append(Spelling("-")) }
      if scalar == "/" { spellings.append(Spelling("_")) }
      if scalar != "+" && scalar != "/" { return spellings }
    }
    // Every mixture of bytes that are themselves and bytes that are escaped.
    var mixtures: [[Spelling]] = [[]]
    for byte in String(scalar).utf8 {
      let hex = hexadecimal(UInt32(byte), 2)
      let ways = [
        Spelling(byte: byte), Spelling("%", digits: hex), Spelling("%25", digits: hex),
        Spelling("\\x", digits: hex),
      ]
      mixtures = mixtures.flatMap { mixture in ways.map { mixture + [$0] } }
    }
    spellings += mixtures.map { Spelling(joining: $0) }
    if scalar == " " { spellings.append(Spelling("+")) }
    let letters: [Unicode.Scalar: String] = [
      "\"": "\"", "\\": "\\", "/": "/", "'": "'", "\u{8}": "b", "\u{C}": "f", "\n": "n", "\r": "r",
      "\t": "t",
    ]
    if let letter = letters[scalar] { spellings.append(Spelling("\\" + letter)) }
    let units = Array(String(scalar).utf16)
    spellings.append(
      Spelling(joining: units.map { Spelling("\\u", digits: hexadecimal(UInt32($0), 4)) })
    )
    let entities: [Unicode.Scalar: String] = [
      "&": "amp", "<": "lt", ">": "gt", "\"": "quot", "'": "apos",
    ]
    if let name = entities[scalar] { spellings.append(Spelling("&\(name);")) }
    for count in 1...8 {
      let decimal = String(scalar.value)
      if decimal.count <= count {
        let zeros = String(repeating: "0", count: count - decimal.count)
        spellings.append(Spelling("&#\(zeros)\(decimal);"))
      }
      let hex = String(scalar.value, radix: 16)
      if hex.count <= count {
        spellings.append(Spelling("&#", digits: "x\(hexadecimal(scalar.value, count));"))
      }
    }
    return spellings
  }

  private static func hexadecimal(_ value: UInt32, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(digits - text.count, 0)) + text
  }

  /// The characters of base64 that stay the same whatever stands around the bytes.
  private static func determined(_ bytes: [UInt8], before count: Int) -> [Unicode.Scalar] {
    func encoded(_ fill: UInt8) -> [Unicode.Scalar] {
      let padded =
        [UInt8](repeating: fill, count: count) + bytes + [UInt8](repeating: fill, count: 3)
      return Array(base64(padded).unicodeScalars)
    }
    let (zeros, ones) = (encoded(0), encoded(0xFF))
    // Zeros and ones differ in every bit, so a character with one of their bits differs too.
    return zip(zeros, ones).filter { $0 == $1 && $0 != "=" }.map(\.0)
  }

  /// RFC 4648, section 4, by arithmetic on the whole.
  static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bits = bytes.flatMap { byte in (0..<8).map { byte >> UInt8(7 - $0) & 1 } }
    var text = ""
    for start in stride(from: 0, to: bits.count, by: 6) {
      let group = (start..<(start + 6)).map { $0 < bits.count ? Int(bits[$0]) : 0 }
      text.append(alphabet[group.reduce(0) { $0 * 2 + $1 }])
    }
    while text.count % 4 != 0 { text += "=" }
    return text
  }
}
