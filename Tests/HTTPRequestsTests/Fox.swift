import FlyingFox
import FlyingSocks
import FoundationEssentials
import Testing

/// Answers `GET /hello` with a server that others wrote, while the body runs.
///
/// Apart from the other tests, because its types have the names of ours.
func withFox(_ body: (_ url: String) async throws -> Void) async throws {
  let server = HTTPServer(address: .loopback(port: 0), logger: .disabled)
  await server.appendRoute("GET /hello") { (_: HTTPRequest) in
    HTTPResponse(
      statusCode: .ok,
      headers: HTTPHeaders([HTTPHeader("X-One"): "1"]),
      body: Data("hello".utf8)
    )
  }
  let task = Task { try await server.run() }
  defer { task.cancel() }
  try await server.waitUntilListening()
  guard case .ip6(_, let port)? = await server.listeningAddress else {
    Issue.record("no address to talk to")
    return
  }
  try await body("http://[::1]:\(port)")
  await server.stop()
}
