import Formats
internal import Glibc
internal import Synchronization

/// Speaks the Engine API with one engine (Docker Engine API 1.41 and later).
///
/// Paths carry no version: the engine then speaks its own. Connections are kept and used again,
/// since behind some addresses each of them is a process.
final class EngineClient: Sendable {
  let address: EngineAddress
  private let idle = Mutex<[EngineSocket]>([])

  init(_ address: EngineAddress) {
    self.address = address
  }

  struct Request: Sendable {
    var method = "GET"
    var path: String
    var query: [(String, String)] = []
    var body: [UInt8]?
    /// Sent piece by piece in place of a body.
    var upload: OpenFile?
    var contentType = "application/json"
    /// Asks for the connection itself once the engine has answered.
    var upgrades = false

    init(_ method: String, _ path: String, _ query: [(String, String)] = []) {
      self.method = method
      self.path = path
      self.query = query
    }

    func sending(_ json: JSONValue) -> Request {
      var copy = self
      copy.body = Array(json.description.utf8)
      return copy
    }

    func sending(_ bytes: [UInt8], as type: String) -> Request {
      var copy = self
      copy.body = bytes
      copy.contentType = type
      return copy
    }

    func sending(_ file: OpenFile, as type: String) -> Request {
      var copy = self
      copy.upload = file
      copy.contentType = type
      return copy
    }

    /// What an error says was asked: no query, no body.
    var subject: String { "\(method) \(path)" }

    fileprivate var head: [UInt8] {
      var target = path
      for (index, (name, value)) in query.enumerated() {
        target += (index == 0 ? "?" : "&") + name + "=" + Self.escaped(value)
      }
      var text = "\(method) \(target) HTTP/1.1\r\nHost: docker\r\nUser-Agent: parity\r\n"
      if upgrades { text += "Connection: Upgrade\r\nUpgrade: tcp\r\n" }
      if let body {
        text += "Content-Type: \(contentType)\r\nContent-Length: \(body.count)\r\n"
      } else if let upload {
        text += "Content-Type: \(contentType)\r\nContent-Length: \(upload.size)\r\n"
      } else if method == "POST" {
        text += "Content-Length: 0\r\n"
      }
      return Array((text + "\r\n").utf8)
    }

    static func escaped(_ text: String) -> String {
      var result = ""
      for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
          result.unicodeScalars.append(UnicodeScalar(byte))
        default:
          let digits = String(byte, radix: 16, uppercase: true)
          result += digits.count == 1 ? "%0" + digits : "%" + digits
        }
      }
      return result
    }
  }

  // MARK: Calls

  /// An answer as JSON; null where it has no body.
  @discardableResult
  func call(
    _ request: Request,
    within limit: Duration = .seconds(60)
  ) async throws(EngineError) -> JSONValue {
    let bytes = try await exchange(request, within: limit) { reply throws(EngineError) in
      try reply.all(limit: 64 << 20)
    }
    guard bytes.contains(where: { $0 > 0x20 }) else { return .null }
    do throws(JSONParsingError) {
      return try JSONParser().parse(bytes)
    } catch {
      throw EngineError(.malformed, "\(request.subject): \(error)")
    }
  }

  @discardableResult
  func get(
    _ path: String,
    _ query: [(String, String)] = []
  ) async throws(EngineError) -> JSONValue {
    try await call(Request("GET", path, query))
  }

  /// The same; nil where the engine has no such thing.
  func find(
    _ path: String,
    _ query: [(String, String)] = []
  ) async throws(EngineError) -> JSONValue? {
    do throws(EngineError) {
      return try await get(path, query)
    } catch {
      guard error.isNotFound else { throw error }
      return nil
    }
  }

  /// What a list gives for filters, such as `["label": ["a=b"]]`.
  func list(
    _ path: String,
    _ filters: [String: [String]],
    _ query: [(String, String)] = []
  ) async throws(EngineError) -> [JSONValue] {
    let answer = try await get(path, query + [("filters", Self.filters(filters))])
    return answer.arrayValue ?? []
  }

  static func filters(_ filters: [String: [String]]) -> String {
    JSONValue.object(
      JSONObject(
        filters.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map { .string($0) })) }
      )
    ).description
  }

  /// Hands an answer to `work`, on a thread of its own, which may read its body piece by piece.
  ///
  /// - Parameter limit: for all of it; nil for no limit. A cancelled task ends it at once.
  func exchange<Value: Sendable>(
    _ request: Request,
    within limit: Duration? = .seconds(60),
    _ work: @escaping @Sendable (inout EngineReply) throws(EngineError) -> Value
  ) async throws(EngineError) -> Value {
    try await exchange(request, within: limit, OngoingCall(), work)
  }

  private func perform<Value>(
    _ request: Request,
    within limit: Duration?,
    _ call: OngoingCall,
    _ work: (inout EngineReply) throws(EngineError) -> Value
  ) throws(EngineError) -> Value {
    let deadline = limit.map { ContinuousClock.now + $0 }
    let socket = try connection()
    guard call.begin(socket) else { throw EngineError(.cancelled, request.subject) }
    try socket.write(request.head, until: deadline)
    if let body = request.body { try socket.write(body, until: deadline) }
    if let file = request.upload {
      while let bytes = try file.next() { try socket.write(bytes, until: deadline) }
    }
    var reply = try EngineReply(to: request.method, on: socket, until: deadline)
    guard reply.status < 400 else {
      let bytes = try reply.all(limit: 1 << 20)
      keep(socket, after: reply, call)
      let said = (try? JSONParser().parse(bytes))?["message"]?.stringValue
      // Not every refusal is the engine's own: a port that wants TLS says so in plain words.
      let text = String(decoding: bytes.prefix(300), as: UTF8.self)
        .split(whereSeparator: \.isNewline).joined(separator: " ")
      throw EngineError(
        .refused(status: reply.status),
        said ?? "\(request.subject): the answer is \(reply.status) \(text)"
      )
    }
    let value = try work(&reply)
    keep(socket, after: reply, call)
    return value
  }

  /// A call that was cancelled must not end what another one does on the same connection.
  private func keep(_ socket: EngineSocket, after reply: EngineReply, _ call: OngoingCall) {
    if reply.isReusable, call.finish() { idle.withLock { $0.append(socket) } }
  }

  /// A connection of its own that carries what the request began: see `Upgrade` in the API.
  ///
  /// - Returns: the connection, and what came on it already.
  func hijack(_ request: Request) async throws(EngineError) -> (EngineSocket, [UInt8]) {
    var request = request
    request.upgrades = true
    let subject = request.subject
    let call = OngoingCall()
    return try await exchange(request, within: .seconds(60), call) { reply throws(EngineError) in
      guard let socket = call.socket else { throw EngineError(.cancelled, subject) }
      return (socket, reply.takeRest())
    }
  }

  private func exchange<Value: Sendable>(
    _ request: Request,
    within limit: Duration?,
    _ call: OngoingCall,
    _ work: @escaping @Sendable (inout EngineReply) throws(EngineError) -> Value
  ) async throws(EngineError) -> Value {
    let result: Result<Value, EngineError>? = await withTaskCancellationHandler {
      await DedicatedThread.value {
        do throws(EngineError) {
          return .success(try self.perform(request, within: limit, call, work))
        } catch {
          return .failure(call.isCancelled ? EngineError(.cancelled, request.subject) : error)
        }
      }
    } onCancel: {
      call.cancel()
    }
    guard let result else {
      throw EngineError(.unreachable, "\(request.subject): no thread could be started")
    }
    return try result.get()
  }

  // MARK: Connections

  private func connection() throws(EngineError) -> EngineSocket {
    while let socket = idle.withLock({ $0.popLast() }) {
      if !socket.isStale { return socket }
    }
    return try address.dial()
  }

  /// Lets go of all kept connections.
  func disconnect() { idle.withLock { $0.removeAll() } }
}

/// A call that can be cancelled from another thread, also before it has a connection.
private final class OngoingCall: Sendable {
  private struct State {
    var socket: EngineSocket?
    var isCancelled = false
  }

  private let state = Mutex(State())

  var isCancelled: Bool { state.withLock { $0.isCancelled } }
  var socket: EngineSocket? { state.withLock { $0.socket } }

  /// False where the call is cancelled already.
  func begin(_ socket: EngineSocket) -> Bool {
    state.withLock {
      $0.socket = socket
      return !$0.isCancelled
    }
  }

  /// Lets go of the connection; false where it was cancelled.
  func finish() -> Bool {
    state.withLock {
      $0.socket = nil
      return !$0.isCancelled
    }
  }

  func cancel() {
    let socket = state.withLock {
      $0.isCancelled = true
      return $0.socket
    }
    socket?.interrupt()
  }
}
