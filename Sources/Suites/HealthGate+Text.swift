import Evidence

extension HealthGate {
  /// What is asked, as a person reads it: `GET /api/health`, `TCP db:5432`.
  package var askedText: String {
    guard let tcp else { return "GET \(path)" }
    let port = "TCP \(tcp.service):\(tcp.port)"
    return asksHTTP ? "\(port), GET \(path)" : port
  }

  /// What counts as ready, as a person reads it: `200 with clickhouse = ok, postgres = ok`.
  package var acceptedText: String {
    guard asksHTTP || tcp == nil else { return "a connection" }
    let codes = accepts.map(String.init).joined(separator: ", ")
    guard !requires.isEmpty else { return codes }
    let keys = requires.map { "\($0.key) = \($0.value.source)" }.joined(separator: ", ")
    return "\(codes) with \(keys)"
  }
}
