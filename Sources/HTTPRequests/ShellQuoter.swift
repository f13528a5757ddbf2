/// Quotes words for a POSIX shell, with variables in the place of secrets.
struct ShellQuoter {
  private struct Form {
    var bytes: [UInt8]
    var variable: String
  }

  /// Longest first, so that a secret that contains another one is found as a whole.
  private let forms: [Form]

  init(_ secrets: [CurlLine.Secret]) {
    var forms: [Form] = []
    var seen: Set<[UInt8]> = []
    func add(_ bytes: [UInt8], _ variable: String) {
      if seen.insert(bytes).inserted { forms.append(Form(bytes: bytes, variable: variable)) }
    }
    let secrets = secrets.filter { !$0.value.isEmpty }
    for secret in secrets { add(Array(secret.value.utf8), secret.variable) }
    for secret in secrets {
      let bytes = Array(secret.value.utf8)
      for style in PercentStyle.allCases {
        add(style.encode(bytes), "\(secret.variable)_URLENCODED")
      }
      add(ShellQuoter.json(secret.value, escapingSlash: false), "\(secret.variable)_JSON")
      add(ShellQuoter.json(secret.value, escapingSlash: true), "\(secret.variable)_JSON")
      add(ShellQuoter.base64(bytes), "\(secret.variable)_BASE64")
    }
    self.forms = forms.sorted { $0.bytes.count > $1.bytes.count }
  }

  func quote(_ text: String) -> String {
    quote(Array(text.utf8)).text
  }

  /// A field as the argument of `--header`.
  func quote(_ header: HTTPHeader) -> String {
    let isHidden = ["Authorization", "Proxy-Authorization", "Cookie"].contains {
      header.name.equalsIgnoringASCIICase($0)
    }
    if header.value.isEmpty { return quote("\(header.name);") }
    let quoted = quote(Array("\(header.name): \(header.value)".utf8))
    guard isHidden, !quoted.hasSecret else { return quoted.text }
    let variable = header.name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    return quote("\(header.name): ") + "\"$\(variable)\""
  }

  /// The URL, with user and password hidden where it has any that no secret explains.
  func quote(url: String) -> String {
    let bytes = Array(url.utf8)
    let start = bytes.firstRange(of: Array("://".utf8))?.upperBound ?? 0
    let end =
      bytes[start...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.endIndex
    guard let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")),
      !quote(Array(bytes[start..<at])).hasSecret
    else { return quote(url) }
    return quote(Array(bytes[..<start])).text + "\"$USERINFO\"" + quote(Array(bytes[at...])).text
  }

  private func quote(_ bytes: [UInt8]) -> (text: String, hasSecret: Bool) {
    var text = ""
    var hasSecret = false
    var plain: [UInt8] = []
    func flush() {
      if !plain.isEmpty { text += ShellQuoter.literal(plain) }
      plain = []
    }
    var index = 0
    while index < bytes.count {
      if let form = forms.first(where: { bytes[index...].starts(with: $0.bytes) }) {
        flush()
        text += "\"$\(form.variable)\""
        hasSecret = true
        index += form.bytes.count
      } else {
        plain.append(bytes[index])
        index += 1
      }
    }
    flush()
    return (text.isEmpty ? "''" : text, hasSecret)
  }

  /// As it is where no shell would read anything into it, else in single quotes.
  private static func literal(_ bytes: [UInt8]) -> String {
    let isSafe = bytes.allSatisfy {
      ($0.isHTTPTokenByte && !"!#$&'*`|~".utf8.contains($0)) || "/:@,".utf8.contains($0)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if isSafe { return text }
    return "'"
      + text.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }

  private static func json(_ text: String, escapingSlash: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "/") where escapingSlash: bytes += Array("\\/".utf8)
      case 0x08: bytes += Array("\\b".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case 0x0A: bytes += Array("\\n".utf8)
      case 0x0C: bytes += Array("\\f".utf8)
      case 0x0D: bytes += Array("\\r".utf8)
      default: bytes.append(byte)
      }
    }
    return bytes
  }

  /// RFC 4648, section 4, with padding.
  private static func base64(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var encoded: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) }
      bits <<= 8 * (3 - group.count)
      for place in 0..<4 {
        let isPadding = place > group.count
        encoded.append(
          isPadding ? UInt8(ascii: "=") : alphabet[bits >> (18 - 6 * place) & 63]
        )
      }
    }
    return encoded
  }
}

/// The ways in which percent-encoding is written.
private enum PercentStyle: CaseIterable {
  case upperCase
  case lowerCase
  case formUpperCase
  case formLowerCase

  func encode(_ bytes: [UInt8]) -> [UInt8] {
    let isForm = self == .formUpperCase || self == .formLowerCase
    let isUpper = self == .upperCase || self == .formUpperCase
    let digits = Array((isUpper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    return bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"):
        return [byte]
      case UInt8(ascii: "~") where !isForm:
        return [byte]
      case UInt8(ascii: " ") where isForm:
        return [UInt8(ascii: "+")]
      default:
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
  }
}
