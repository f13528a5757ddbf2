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
}
