/// One field of a request or of an answer.
package struct HTTPHeader: Sendable, Hashable {
  /// The name as given or as received; compared without regard to ASCII case.
  package var name: String
  /// The value without the white space around it.
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension [HTTPHeader] {
  /// The values of every field of this name, in order; the name's ASCII case does not matter.
  package func values(named name: String) -> [String] {
    compactMap { $0.name.equalsIgnoringASCIICase(name) ? $0.value : nil }
  }

  /// The last value of this name; its ASCII case does not matter.
  package func last(named name: String) -> String? {
    last { $0.name.equalsIgnoringASCIICase(name) }?.value
  }

  /// The first value of this name; its ASCII case does not matter.
  package func first(named name: String) -> String? {
    first { $0.name.equalsIgnoringASCIICase(name) }?.value
  }
}

extension String {
  /// Whether both have the same bytes once ASCII letters are folded.
  func equalsIgnoringASCIICase(_ other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    return zip(utf8, other.utf8).allSatisfy { $0.lowercasedASCII == $1.lowercasedASCII }
  }
}

extension UInt8 {
  var lowercasedASCII: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }

  /// Whether this byte may stand in a method or in a field's name (RFC 9110, section 5.6.2).
  var isHTTPTokenByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default:
      "!#$%&'*+-.^_`|~".utf8.contains(self)
    }
  }
}
