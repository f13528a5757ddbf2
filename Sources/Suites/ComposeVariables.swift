/// `$NAME`, `${NAME}`, `${NAME:-default}` and `$$` in a compose file.
enum ComposeVariables {
  /// Fills a text the way Compose does: what is not set is empty, `$$` is `$`.
  ///
  /// `:-`, `-`, `:+`, `+`, `:?` and `?` are known; a default may hold variables itself. What is no
  /// variable stays as it is.
  static func fill(_ text: String, _ environment: [String: String]) -> String {
    fill(Array(text.utf8), environment, depth: 0)
  }

  private static func fill(
    _ bytes: [UInt8],
    _ environment: [String: String],
    depth: Int
  ) -> String {
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
      } else if next == UInt8(ascii: "{"), let end = closing(bytes, from: index + 2) {
        let inner = Array(bytes[(index + 2)..<end])
        result += Array(value(of: inner, environment, depth: depth).utf8)
        index = end + 1
      } else if isLetter(next) {
        let name = bytes[(index + 1)...].prefix { isLetter($0) || (0x30...0x39).contains($0) }
        result += Array((environment[String(decoding: name, as: UTF8.self)] ?? "").utf8)
        index = name.endIndex
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func value(
    of inner: [UInt8],
    _ environment: [String: String],
    depth: Int
  ) -> String {
    let name = inner.prefix { isLetter($0) || (0x30...0x39).contains($0) }
    let value = environment[String(decoding: name, as: UTF8.self)]
    var rest = inner[name.endIndex...]
    var countsEmpty = false
    if rest.first == UInt8(ascii: ":") {
      countsEmpty = true
      rest = rest.dropFirst()
    }
    let isSet = value.map { !countsEmpty || !$0.isEmpty } ?? false
    let word = Array(rest.dropFirst())
    let filled = { depth < 16 ? fill(word, environment, depth: depth + 1) : "" }
    switch rest.first {
    case UInt8(ascii: "-"): return isSet ? value ?? "" : filled()
    case UInt8(ascii: "+"): return isSet ? filled() : ""
    default: return value ?? ""
    }
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

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x5F
  }
}
