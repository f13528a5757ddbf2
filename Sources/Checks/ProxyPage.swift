package import HTTPRequests

/// Pages that a proxy or an unconfigured web server writes itself, where it has no app to ask.
///
/// An app may write the same: Go's own answer to an unknown path is Traefik's, byte for byte. So
/// this is a hint for people, and a reason not to call an app ready, never a verdict of its own.
package enum ProxyPage {
  /// Whose page it seems to be: `Traefik's own 404 page`; nil for every other.
  package static func owner(
    status: Int,
    headers: [HTTPHeader],
    body: [UInt8]
  ) -> String? {
    let text = String(decoding: body.prefix(4096), as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).first.map { String($0) } ?? ""
    switch status {
    case 404 where body.count < 64 && line == "404 page not found": return "Traefik's own 404 page"
    case 502...504 where body.count < 64 && plain.contains(line): return "Traefik's own page"
    case 400... where text.contains("<center>nginx"): return "nginx's own \(status) page"
    case 502...504 where text.contains("<h1>\(status) ") && text.contains("No server is available"):
      return "HAProxy's own page"
    case 200 where text.contains("<title>Welcome to nginx!</title>"):
      return "nginx's own welcome page"
    case 200 where text.contains("<title>Caddy works!</title>"): return "Caddy's own welcome page"
    case 200 where text.contains("<html><body><h1>It works!</h1></body></html>"),
      200 where text.contains("<title>Apache2 Debian Default Page"):
      return "Apache's own welcome page"
    case 200 where body.isEmpty && headers.first(named: "Server") == "Caddy":
      return "Caddy's empty answer for a host that it does not know"
    default: return nil
    }
  }

  /// What Traefik writes where the app behind it does not answer: the status's own text.
  private static let plain = [
    "Bad Gateway", "Service Unavailable", "Gateway Timeout", "no available server",
  ]
}
