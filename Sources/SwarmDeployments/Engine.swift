internal import Deployments
internal import Formats
internal import FoundationEssentials
internal import Guarding
internal import HTTPRequests
internal import Programs

/// One engine: its API (Docker Engine API 1.41 and later), and the `docker` program on it.
///
/// All of it goes through one socket of this process, whether the engine is on this machine or
/// behind ssh, TLS or a context: what speaks to the engine there ends with this process. Paths carry
/// no version: the engine then speaks its own.
final class Engine: Sendable {
  let address: EngineAddress
  let docker: Docker
  /// The path of the socket.
  let socket: String
  private let folder: PrivateFolder
  private let relay: SocketRelay
  /// One for all engines, for as long as this process lives: at its end no thread of libcurl's is
  /// just letting go of anything.
  private static let http = HTTPClient()

  init(_ address: EngineAddress) throws(EngineError) {
    self.address = address
    do throws(GuardianError) {
      folder = try PrivateFolder()
    } catch {
      throw EngineError(.unreachable, error.description)
    }
    socket = folder.path + "/engine"
    docker = Docker(socket: socket)
    relay = try SocketRelay(at: .unix(path: socket), dial: address.dial)
  }

  typealias Query = [(String, String)]

  // MARK: Requests

  func get(_ path: String, _ query: Query = []) async throws(EngineError) -> JSONValue {
    try await json("GET", path, query)
  }

  @discardableResult
  func post(
    _ path: String,
    _ query: Query = [],
    _ body: JSONValue
  ) async throws(EngineError) -> JSONValue {
    try await json("POST", path, query, body)
  }

  func delete(_ path: String, _ query: Query = []) async throws(EngineError) {
    _ = try await send("DELETE", path, query)
  }

  /// The same as `get`; nil where the engine has no such thing.
  func find(_ path: String, _ query: Query = []) async throws(EngineError) -> JSONValue? {
    do throws(EngineError) {
      return try await get(path, query)
    } catch {
      guard error.isNotFound else { throw error }
      return nil
    }
  }

  /// What a list gives for filters, such as `["label": ["a=b"]]`.
  ///
  /// - Parameter key: of the list in the answer, where it is not the answer itself.
  func list(
    _ path: String,
    _ filters: [String: [String]],
    _ query: Query = [],
    in key: String? = nil
  ) async throws(EngineError) -> [JSONValue] {
    let members = filters.sorted { $0.key < $1.key }.map { name, values in
      (name, JSONValue.array(values.map { .string($0) }))
    }
    let text = JSONValue.object(JSONObject(members)).description
    let answer = try await get(path, query + [("filters", text)])
    return (key.map { answer[$0] ?? .null } ?? answer).arrayValue ?? []
  }

  private func json(
    _ method: String,
    _ path: String,
    _ query: Query,
    _ body: JSONValue? = nil
  ) async throws(EngineError) -> JSONValue {
    let bytes = try await send(method, path, query, body)
    guard bytes.contains(where: { $0 > 0x20 }) else { return .null }
    do throws(JSONParsingError) {
      return try JSONParser().parse(bytes)
    } catch {
      throw EngineError(.malformed, "\(method) \(path): \(error)")
    }
  }

  /// The body of an answer with a status below 400.
  ///
  /// - Parameter limit: of the body, in bytes.
  func send(
    _ method: String,
    _ path: String,
    _ query: Query = [],
    _ body: JSONValue? = nil,
    limit: Int = 64 << 20,
    within timeout: Duration = .seconds(60)
  ) async throws(EngineError) -> [UInt8] {
    let parameters = query.map { "\($0)=\($1.percentEncoded)" }.joined(separator: "&")
    let request = HTTPRequest(
      method: method,
      url: "http://docker\(PercentEncoding().text(of: path, keeping: "/:@"))"
        + (query.isEmpty ? "" : "?\(parameters)"),
      headers: body == nil ? [] : [HTTPHeader("Content-Type", "application/json")],
      body: body.map { Array($0.description.utf8) },
      timeout: timeout,
      maximumBodyBytes: limit,
      unixSocketPath: socket
    )
    let subject = "\(method) \(path)"
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await Self.http.send(request)
    } catch {
      throw await self.error(error, subject)
    }
    guard response.status >= 400 else { return response.body }
    throw Self.refusal(response.status, response.body, subject)
  }

  /// What an engine says of a request that it refuses.
  static func refusal(_ status: Int, _ body: [UInt8], _ subject: String) -> EngineError {
    let said = (try? JSONParser().parse(body))?["message"]?.stringValue
    // Not every refusal is the engine's own: a port that wants TLS says so in plain words.
    let text = String(decoding: TextCut.start(body, limit: 300), as: UTF8.self)
      .split(whereSeparator: \.isNewline).joined(separator: " ")
    return EngineError(.refused(status: status), said ?? "\(subject): status \(status) \(text)")
  }

  private func error(_ error: HTTPError, _ subject: String) async -> EngineError {
    switch error.code {
    case .cancelled: return EngineError(.cancelled, "\(subject): interrupted")
    case .timedOut, .connectTimedOut: return EngineError(.timedOut, "\(subject): \(error.reason)")
    case .notHTTP, .bodyTooLarge, .headersTooLarge, .invalidURL:
      return EngineError(.malformed, "\(subject): \(error.reason)")
    default:
      // What leads to the engine says why a moment after the connection has gone.
      if address.isRemote { try? await Task.sleep(for: .milliseconds(200)) }
      return EngineError(.unreachable, relay.problem ?? "\(subject): \(error.reason)")
    }
  }
}

extension EngineAddress {
  /// A new connection to the engine.
  fileprivate func dial(_ complain: @escaping @Sendable (String) -> Void)
    async throws(EngineError) -> SocketRelay.FarEnd
  {
    switch self {
    case .socket(let path): SocketRelay.FarEnd(socket: try await StreamSocket.connect(path: path))
    case .relayed(let options, _):
      SocketRelay.FarEnd(
        socket: try StreamSocket.program(options + ["system", "dial-stdio"], complain)
      )
    }
  }
}
