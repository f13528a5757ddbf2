/// `$NAME`, `${NAME}`, `${NAME:-default}` and `$$` in a compose file: the one way in which lint, plan
/// and drivers fill them in.
struct ComposeVariables {
  let environment: [String: String]
  /// Each `$NAME` and `${NAME}` that nothing sets, as it is written.
  private(set) var unset: [String] = []
  /// Variables that `:?` or `?` requires and nothing sets, with what is said of them.
  private(set) var missing: [Missing] = []

  struct Missing: Hashable {
    var name: String
    var message: String
  }

  init(_ environment: [String: String]) { self.environment = environment }

  /// Fills a text the way Compose does: what is not set is empty, `$$` is `$`.
  ///
  /// `:-`, `-`, `:+`, `+`, `:?` and `?` are known; a default may hold variables itself. What is no
  /// variable stays as it is.
  mutating func fill(_ text: String) -> String {
    text.utf8.contains(UInt8(ascii: "$")) ? fill(Array(text.utf8), depth: 0) : text
  }

  private mutating func fill(_ bytes: [UInt8], depth: Int) -> String {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let next = bytes[index + 1]
      if next == UInt8(ascii: "$") {
        result.append(next)
        index += 2
      } else if next == UInt8(ascii: "{"), let end = Self.closing(bytes, from: index + 2) {
        let inner = Array(bytes[(index + 2)..<end])
        noteUnset(inner[...], bytes[index...end])
        result += Array(value(of: inner, depth: depth).utf8)
        index = end + 1
      } else if Self.isLetter(next) {
        let name = bytes[(index + 1)...].prefix(while: Self.isOfName)
        noteUnset(name, bytes[index..<name.endIndex])
        result += Array((environment[String(decoding: name, as: UTF8.self)] ?? "").utf8)
        index = name.endIndex
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private mutating func noteUnset(_ name: ArraySlice<UInt8>, _ written: ArraySlice<UInt8>) {
    guard name.allSatisfy(Self.isOfName),
      environment[String(decoding: name, as: UTF8.self)] == nil
    else { return }
    unset.append(String(decoding: written, as: UTF8.self))
  }

  private mutating func value(of inner: [UInt8], depth: Int) -> String {
    let letters = inner.prefix(while: Self.isOfName)
    let name = String(decoding: letters, as: UTF8.self)
    let value = environment[name]
    var rest = inner[letters.endIndex...]
    var countsEmpty = false
    if rest.first == UInt8(ascii: ":") {
      countsEmpty = true
      rest = rest.dropFirst()
    }
    let isSet = value.map { !countsEmpty || !$0.isEmpty } ?? false
    let word = Array(rest.dropFirst())
    switch rest.first {
    case UInt8(ascii: "-"): return isSet ? value ?? "" : filled(word, depth)
    case UInt8(ascii: "+"): return isSet ? filled(word, depth) : ""
    case UInt8(ascii: "?") where !isSet:
      missing.append(Missing(name: name, message: filled(word, depth)))
      return ""
    default: return value ?? ""
    }
  }

  private mutating func filled(_ word: [UInt8], _ depth: Int) -> String {
    depth < 16 ? fill(word, depth: depth + 1) : ""
  }

  private static func closing(_ bytes: [UInt8], from start: Int) -> Int? {
    var depth = 0
    for index in start..<bytes.count {
      if bytes[index] == UInt8(ascii: "{"), bytes[index - 1] == UInt8(ascii: "$") { depth += 1 }
      if bytes[index] == UInt8(ascii: "}") {
        if depth == 0 { return index }
        depth -= 1
      }
    }
    return nil
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x5F
  }
}
