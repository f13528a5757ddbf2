import Evidence

extension HealthGate {
  /// What is asked, as a person reads it: `GET /api/health`, `TCP db:5432`.
  package var askedText: String {
    guard let tcp else { return "GET \(path)" }
    let port = "TCP \(tcp.service):\(tcp.port)"
    return asksHTTP ? "\(port), GET \(path)" : port
  }
}
