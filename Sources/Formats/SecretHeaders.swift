/// The header fields whose values are secrets in every request and answer.
package enum SecretHeaders {
  /// Fields of RFC 9110 and RFC 6265, and what common services have for keys and tokens; lower case.
  private static let names: Set<String> = [
    "api-key", "apikey", "authorization", "cookie", "grpc-metadata-authorization", "private-token",
    "proxy-authorization", "set-cookie", "x-amz-security-token", "x-api-key", "x-apikey",
    "x-auth-key", "x-authorization", "x-clickhouse-key", "x-forwarded-authorization",
    "x-functions-key", "x-goog-api-key", "x-registry-auth",
  ]

  /// Endings that name a secret whatever stands before them; lower case.
  private static let suffixes = ["-token", "-secret", "-password", "-api-key"]

  /// Whether the field's value is never shown; the case of ASCII letters does not matter.
  package static func contains(_ name: String) -> Bool {
    let name = name.lowercased()
    return names.contains(name) || suffixes.contains { name.hasSuffix($0) }
  }

  /// What is shown in place of a value.
  static let mask = "[masked]"

  /// A part of a field's value without what is secret in it: the names of cookies, their attributes
  /// and the scheme of credentials stay.
  package static func masked(_ text: String, of name: String) -> String {
    switch name.lowercased() {
    case "cookie", "set-cookie":
      return text.split(separator: ";", omittingEmptySubsequences: false).map(cookie)
        .joined(separator: ";")
    case "authorization", "proxy-authorization":
      guard let end = text.firstIndex(of: " ") else { return isScheme(text) ? text : mask }
      let rest = text[text.index(after: end)...]
      return isScheme(text[..<end]) ? "\(text[..<end]) \(rest.isEmpty ? "" : mask)" : mask
    default: return text.isEmpty ? "" : mask
    }
  }

  private static let schemes: Set<String> = ["basic", "bearer", "digest", "negotiate", "token"]
  /// Of RFC 6265 and its successor.
  private static let attributes: Set<String> = [
    "domain", "expires", "httponly", "max-age", "partitioned", "path", "samesite", "secure",
  ]

  private static func isScheme(_ text: some StringProtocol) -> Bool {
    text.isEmpty || schemes.contains(text.lowercased())
  }

  private static func cookie(_ part: Substring) -> String {
    let blanks = part.prefix { $0 == " " }
    let own = part.dropFirst(blanks.count)
    guard let sign = own.firstIndex(of: "=") else {
      return own.isEmpty || attributes.contains(own.lowercased()) ? String(part) : blanks + mask
    }
    let name = own[..<sign]
    if attributes.contains(name.lowercased()) || own.index(after: sign) == own.endIndex {
      return String(part)
    }
    return "\(blanks)\(name)=\(mask)"
  }

  /// The values of the cookies in a field, without names and attributes.
  package static func cookieValues(_ text: String) -> [String] {
    text.split(whereSeparator: { $0 == ";" || $0 == "," }).compactMap { part in
      guard let sign = part.firstIndex(of: "=") else { return nil }
      let name = part[..<sign].drop { $0 == " " }
      if attributes.contains(name.lowercased()) { return nil }
      return String(part[part.index(after: sign)...])
    }
  }
}
