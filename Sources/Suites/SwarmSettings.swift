package import Evidence

/// `swarm.yml`: what a suite says of its recipe on a Docker Swarm. A suite needs none.
package struct SwarmSettings: Sendable {
  /// The domain that the app is told; the stack is called so, with `_` for dots.
  package var domain: Template?
  /// Values of the app's env file, over those of `.env.sample`.
  package var environment: [(name: String, value: Template)] = []
  /// Compose files below the suite's folder that are laid over the recipe's own.
  package var compose: [String] = []
  /// `vip` or `dnsrr`, for every service; nil leaves what the recipe says.
  package var endpointMode: String?
  /// What `{{base_url}}` leads to; nil for the port that Traefik's labels name.
  package var app: (service: String, port: Int)?
  /// What `{{base_url}}` is, where the app is reached through the proxy that the cluster has.
  package var url: Template?
  /// What of the machine the recipe may use together with others, with the reason: volumes by their
  /// keys, paths, numbers of ports.
  package var shares: [(name: String, reason: String)] = []
  var appPlace: SourcePlace?
  /// How far the certificate at `url` is trusted; nil for as far as the machine does.
  package var tls: CertificateTrust?
  /// Services that are to end with 0 and to stay so.
  package var oneShots: [(name: String, place: SourcePlace)] = []
}
