/// The cookies of one user, as RFC 6265 has them: libcurl's engine takes them in and gives them out.
///
/// Each origin (scheme, host and port) has cookies of its own, which never go to another one: on this
/// machine all services have one host, and a host's cookies are the same for all of its ports.
package struct CookieJar: Sendable, Hashable {
  /// One cookie in the format of Netscape's cookie file, which is how libcurl hands it over.
  struct Line: Sendable, Hashable {
    var text: String
  }

  /// By origin.
  private var lines: [String: [Line]] = [:]

  package init() {}

  package var isEmpty: Bool { lines.values.allSatisfy(\.isEmpty) }

  /// Names and values of all cookies.
  package var cookies: [(name: String, value: String)] {
    lines.sorted { $0.key < $1.key }.flatMap(\.value).map { ($0.fields.name, $0.fields.value) }
  }

  /// The same jar with other values in some cookies.
  ///
  /// - Parameter replacement: nil where the value stays.
  package func replacingValues(_ replacement: (String) -> String?) -> CookieJar {
    var jar = self
    jar.lines = lines.mapValues { lines in
      lines.map { line in
        let (start, _, value) = line.fields
        return replacement(value).map { Line(text: start + $0) } ?? line
      }
    }
    return jar
  }

  subscript(_ request: HTTPRequest) -> [Line] {
    get { lines[Self.key(request)] ?? [] }
    set { lines[Self.key(request)] = newValue }
  }

  private static func key(_ request: HTTPRequest) -> String {
    let origin = HTTPAddress(request.url)?.origin ?? [request.url]
    return (origin + [request.unixSocketPath ?? ""]).joined(separator: " ")
  }
}

extension CookieJar.Line {
  /// All before the value; the name; the value, which may be empty and have tabs in it.
  fileprivate var fields: (start: String, name: String, value: String) {
    let parts = text.split(separator: "\t", maxSplits: 6, omittingEmptySubsequences: false)
    guard parts.count > 5 else { return (text, "", "") }
    let value = parts.count > 6 ? String(parts[6]) : ""
    return (parts[..<6].joined(separator: "\t") + "\t", String(parts[5]), value)
  }
}
