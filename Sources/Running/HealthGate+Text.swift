package import Suites

extension HealthGate {
  /// What counts as ready, as a person reads it: `200 with clickhouse = ok, postgres = ok`.
  package var acceptedText: String {
    guard asksHTTP || tcp == nil else { return "a connection" }
    let codes = accepts.map(String.init).joined(separator: ", ")
    guard !requires.isEmpty else { return codes }
    let keys = requires.map { "\($0.key) = \($0.value.source)" }.joined(separator: ", ")
    return "\(codes) with \(keys)"
  }
}
