/// Texts that Python puts together, as far as their parts are known.
enum PythonText {
  /// `"/users/%s" % name`.
  static func percent(_ text: String, with value: PythonValue) -> String {
    var values: [PythonValue] = [value]
    if case .list(let elements) = value { values = elements }
    var result: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "%"), index + 1 < bytes.count else {
        result.append(bytes[index])
        index += 1
        continue
      }
      index += 1
      if bytes[index] == UInt8(ascii: "%") {
        result.append(bytes[index])
      } else {
        let isNamed = bytes[index] == UInt8(ascii: "(")
        let isKnown = !isNamed && !values.isEmpty
        result += Array((isKnown ? values.removeFirst().inText : Fingerprint.hole).utf8)
        if isNamed { while index < bytes.count, bytes[index] != UInt8(ascii: ")") { index += 1 } }
        while index < bytes.count, "0123456789.-+ #)".utf8.contains(bytes[index]) { index += 1 }
      }
      index += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// `"/users/{}".format(name)`; holes that stand in the text already stay.
  static func formatted(_ text: String, _ given: PythonReader.Arguments) -> String {
    var result: [UInt8] = []
    var next = 0
    var rest = Array(text.utf8)[...]
    let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    while let byte = rest.popFirst() {
      guard byte == open || byte == close else {
        result.append(byte)
        continue
      }
      if rest.first == byte {
        result.append(byte)
        rest = rest.dropFirst()
        continue
      }
      let field = rest.prefix { $0 != close }
      rest = rest.dropFirst(field.count + 1)
      let name = String(decoding: field.prefix { !":!.[".utf8.contains($0) }, as: UTF8.self)
      let isPlain = !field.contains { ".[".utf8.contains($0) }
      var value: PythonValue?
      if name.isEmpty {
        value = given.places.indices.contains(next) ? given.places[next] : nil
        next += 1
      } else {
        value = Int(name).map { given.value($0, "") ?? .none } ?? given.names[name]
      }
      result += Array((isPlain ? value?.inText ?? Fingerprint.hole : Fingerprint.hole).utf8)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// `urljoin(base, path)`.
  static func joined(_ base: String, _ path: String) -> String {
    if path.contains("://") { return path }
    if path.hasPrefix("/") { return Fingerprint.hole + path }
    let folder = base.lastIndex(of: "/").map { String(base[...$0]) } ?? base + "/"
    return folder + path
  }

  /// A path behind the address that a client was made with.
  static func address(_ prefix: String, _ path: String) -> String {
    if path.contains("://") || prefix.isEmpty { return path }
    return prefix.hasSuffix("/") || path.hasPrefix("/") ? prefix + path : "\(prefix)/\(path)"
  }

  /// An address with the query that is passed apart from it: `params=` of a mapping, of pairs, or
  /// of a text.
  static func address(_ address: String, query: PythonValue?) -> String {
    let pairs: [(PythonValue, PythonValue)]
    switch query {
    case PythonValue.none?, nil: return address
    case .dictionary(let all)?: pairs = all.map { ($0.key, $0.value) }
    case .list(let all)?:
      pairs = all.map { pair in
        if case .list(let sides) = pair, sides.count == 2 { return (sides[0], sides[1]) }
        return (.unknown("name"), .unknown("value"))
      }
    case .text(let text)?: return address + (address.contains("?") ? "&" : "?") + text
    default: return address + (address.contains("?") ? "&" : "?") + Fingerprint.hole
    }
    guard !pairs.isEmpty else { return address }
    let text = pairs.map { "\(escaped($0.inText))=\(escaped($1.inText))" }.joined(separator: "&")
    return address + (address.contains("?") ? "&" : "?") + text
  }

  /// With what has a meaning in a query written as `%20`.
  static func escaped(_ text: String) -> String {
    let signs = " &#+%=\t\n".utf8
    guard text.utf8.contains(where: signs.contains) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if signs.contains(byte) {
        bytes += Array(((byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)).utf8)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
