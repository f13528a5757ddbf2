/// How a run on a Swarm reaches the app, which says what its answers show of the way there.
package enum AppAccess: Codable, Hashable, Sendable {
  /// Past the cluster's proxy, to a port inside a service: its routers are not asked.
  case tunnel(service: String, port: Int)
  /// Through the cluster's proxy.
  ///
  /// - Parameters:
  ///   - url: as the suite has it, with its names in braces.
  ///   - trust: nil where the certificate is checked as far as the machine does.
  case proxy(url: String, trust: CertificateTrust?)
}

/// How far a server's certificate is believed, where that is not what the machine believes.
package enum CertificateTrust: Codable, Hashable, Sendable {
  /// Signed by what is in a PEM file below the suite's folder, and by nothing else.
  case authority(file: String)
  /// Not at all, for a reason in the suite's words.
  case unchecked(why: String)
}
