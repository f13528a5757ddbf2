import Formats
import FoundationEssentials

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
      for (isForm, isUppercase) in [(false, true), (false, false), (true, true), (true, false)] {
        let encoding = PercentEncoding(isForm: isForm, isUppercase: isUppercase)
        add(Array(encoding.text(of: secret.value).utf8), "\(secret.variable)_URLENCODED")
      }
      let json = String(JSONValue.string(secret.value).description.dropFirst().dropLast())
      for text in [json, json.replacing("/", with: "\\/")] {
        add(Array(text.utf8), "\(secret.variable)_JSON")
      }
      let base64 = Data(secret.value.utf8).base64EncodedString()
      add(Array(base64.utf8), "\(secret.variable)_BASE64")
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
    return quote("\(header.name): ") + Self.variable(variable)
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
    return quote(Array(bytes[..<start])).text + Self.variable("USERINFO")
      + quote(Array(bytes[at...])).text
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
        text += Self.variable(form.variable)
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

  /// One that is not set ends the line before anything is sent.
  private static func variable(_ name: String) -> String { "\"${\(name):?}\"" }

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
}
