import Evidence
package import HTTPRequests

extension Probes.Options {
  /// How far the app's certificate is believed.
  package var tls: HTTPRequest.TLS {
    switch trust {
    case nil: .verified
    case .authority(let file)?: .trusting(caFile: "\(folder)/\(file)")
    case .unchecked?: .unverified
    }
  }

  /// What makes the usual clients of scripts believe the same; paths are from a script's own folder.
  var trustEnvironment: [String: String] {
    guard case .authority(let file)? = trust else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"].map {
        ($0, file)
      }
    )
  }
}
