import FlyingFox
import FlyingSocks
import FoundationEssentials
import Synchronization

/// An app for tests: a server that others wrote, on a free loopback port.
///
/// Apart from the fakes, because its types have the names of ours.
package final class AppServer: Sendable {
  /// One request as it arrived.
  package struct Received: Sendable {
    /// From 1, in the order of arrival.
    package var number: Int
    package var method: String
    package var path: String
    package var query: [String: String]
    /// Names in lower case.
    package var headers: [String: String]
    package var body: String
  }

  package struct Reply: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: String

    package init(_ status: Int = 200, _ body: String = "", headers: [String: String] = [:]) {
      self.status = status
      self.headers = headers
      self.body = body
    }
  }

  package let port: Int
  private let log: Mutex<[Received]>

  package var url: String { "http://127.0.0.1:\(port)" }
  package var received: [Received] { log.withLock { $0 } }

  private init(port: Int, log: [Received]) {
    self.port = port
    self.log = Mutex(log)
  }

  fileprivate func note(_ request: Received) -> Received {
    log.withLock { log in
      var request = request
      request.number = log.count + 1
      log.append(request)
      return request
    }
  }

  /// Answers while the body runs.
  package static func run<Result>(
    _ answer: @escaping @Sendable (Received) async -> Reply,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (AppServer) async throws -> Result
  ) async throws -> Result {
    let server = HTTPServer(
      address: try .inet(ip4: "127.0.0.1", port: 0),
      logger: .disabled
    )
    let holder = Holder()
    await server.appendRoute("*") { (request: HTTPRequest) in
      guard let app = holder.app else { return HTTPResponse(statusCode: .serviceUnavailable) }
      let received = Received(
        number: 0,
        method: request.method.rawValue,
        path: request.path,
        query: Dictionary(request.query.map { ($0.name, $0.value) }) { $1 },
        headers: Dictionary(
          request.headers.map { ($0.key.rawValue.lowercased(), $0.value) }
        ) { $1 },
        body: String(decoding: try await request.bodyData, as: UTF8.self)
      )
      let reply = await answer(app.note(received))
      return HTTPResponse(
        statusCode: HTTPStatusCode(reply.status, phrase: "Said"),
        headers: HTTPHeaders(
          Dictionary(uniqueKeysWithValues: reply.headers.map { (HTTPHeader($0.key), $0.value) })
        ),
        body: Data(reply.body.utf8)
      )
    }
    let task = Task { try await server.run() }
    defer { task.cancel() }
    try await server.waitUntilListening()
    guard case .ip4(_, let port)? = await server.listeningAddress else { throw NoAddress() }
    let app = AppServer(port: Int(port), log: [])
    holder.app = app
    do {
      let result = try await body(app)
      await server.stop()
      return result
    } catch {
      await server.stop()
      throw error
    }
  }

  private struct NoAddress: Error {}

  private final class Holder: Sendable {
    private let state = Mutex<AppServer?>(nil)

    var app: AppServer? {
      get { state.withLock { $0 } }
      set { state.withLock { $0 = newValue } }
    }
  }
}
