import Evidence
import Formats
import HTTPRequests
import Suites
import Testing

@testable import Checks

@Suite struct CertificateTrustTests {
  private func tls(_ trust: CertificateTrust?, _ url: String) async -> HTTPRequest.TLS {
    let http = HTTPClient()
    let options = Probes.Options(folder: "/suite", services: [:], trust: trust)
    let probes = Probes(options: options, deployment: nil, http: http)
    let scope = Scope(
      constants: ["base_url": "https://127.0.0.1:8443", "domain": "app.example.org"]
    )
    let tls = probes.tls(of: url, scope)
    await http.shutDown()
    return tls
  }

  @Test(arguments: [
    ("https://127.0.0.1:8443/a", true), ("https://app.example.org/", true),
    ("https://WWW.app.example.org:444/", true), ("https://127.0.0.1:8444/", false),
    ("https://app.example.org.other.example/", false), ("https://notapp.example.org/", false),
  ])
  func `What a suite says of certificates counts for its app alone`(url: String, isOwn: Bool)
    async
  {
    #expect(await tls(.unchecked(why: "x"), url) == (isOwn ? .unverified : .verified))
    #expect(
      await tls(.authority(file: "ca.pem"), url)
        == (isOwn ? .trusting(caFile: "/suite/ca.pem") : .verified)
    )
    #expect(await tls(nil, url) == .verified)
  }

  @Test func `Scripts trust the same authority`() {
    var options = Probes.Options(folder: "/suite", services: [:])
    #expect(options.trustEnvironment.isEmpty)
    options.trust = .authority(file: "ca.pem")
    #expect(Set(options.trustEnvironment.values) == ["ca.pem"])
    options.trust = .unchecked(why: "x")
    #expect(options.trustEnvironment.isEmpty)
  }
}
