/// An engine's answer, of which the body is read as it comes (HTTP/1.1, RFC 9112).
struct EngineReply {
  let status: Int
  /// Names in lower case.
  let headers: [String: String]
  private let socket: EngineSocket
  private let deadline: ContinuousClock.Instant?
  /// Read and not yet given away.
  private var buffer: [UInt8]
  private var body: Body

  private enum Body {
    case none
    case length(Int)
    case chunks
    /// Inside a chunk, with what is left of it.
    case chunk(Int)
    case untilEnd
    /// The connection is no longer HTTP.
    case raw
  }

  /// Reads the head of an answer.
  init(
    to method: String,
    on socket: EngineSocket,
    until deadline: ContinuousClock.Instant?
  ) throws(EngineError) {
    self.socket = socket
    self.deadline = deadline
    var bytes: [UInt8] = []
    var end: Int?
    while end == nil {
      guard bytes.count <= 65_536 else {
        throw EngineError(.malformed, "the engine's answer has no end of its head")
      }
      let more = try socket.read(until: deadline)
      guard !more.isEmpty else {
        throw EngineError(
          .unreachable,
          socket.complaint ?? "the engine closed the connection without an answer"
        )
      }
      bytes += more
      end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.lowerBound
    }
    let head = String(decoding: bytes[..<(end ?? 0)], as: UTF8.self)
    buffer = Array(bytes[((end ?? 0) + 4)...])
    var lines = head.split(separator: "\r\n")[...]
    let parts = (lines.popFirst() ?? "").split(separator: " ", maxSplits: 2)
    guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else {
      throw EngineError(.malformed, "what answers is no engine")
    }
    var headers: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      headers[line[..<colon].lowercased()] = String(value)
    }
    self.status = status
    self.headers = headers
    if status == 101 {
      body = .raw
    } else if method == "HEAD" || status == 204 || status == 304 {
      body = .none
    } else if headers["transfer-encoding"]?.lowercased() == "chunked" {
      body = .chunks
    } else if let length = headers["content-length"] {
      guard let bytes = Int(length), bytes >= 0 else {
        throw EngineError(.malformed, "the engine's answer has no length: \(length)")
      }
      body = .length(bytes)
    } else {
      body = .untilEnd
    }
  }

  /// Whether another request may be sent on the same connection.
  var isReusable: Bool {
    guard buffer.isEmpty, headers["connection"]?.lowercased() != "close" else { return false }
    switch body {
    case .none: return true
    case .length(let left): return left == 0
    case .chunks, .chunk, .untilEnd, .raw: return false
    }
  }

  /// What came behind the head of an answer after which the connection is no longer HTTP.
  mutating func takeRest() -> [UInt8] {
    defer { buffer = [] }
    return buffer
  }

  /// The next bytes of the body; nil at its end.
  mutating func next() throws(EngineError) -> [UInt8]? {
    switch body {
    case .none: return nil
    case .length(let left):
      guard left > 0 else { return nil }
      let bytes = try take(atMost: left)
      body = .length(left - bytes.count)
      return bytes
    case .chunks:
      guard let size = Int(try line().prefix { $0 != ";" && $0 != " " }, radix: 16), size >= 0
      else { throw EngineError(.malformed, "the engine's answer has a chunk without a length") }
      if size == 0 {
        while try !line().isEmpty {}
        body = .none
        return nil
      }
      body = .chunk(size)
      return try next()
    case .chunk(let left):
      let bytes = try take(atMost: left)
      body = .chunk(left - bytes.count)
      if left == bytes.count {
        _ = try line()
        body = .chunks
      }
      return bytes
    case .untilEnd, .raw:
      if !buffer.isEmpty { return takeRest() }
      let bytes = try socket.read(until: deadline)
      return bytes.isEmpty ? nil : bytes
    }
  }

  /// The rest of the body, at most `limit` bytes.
  mutating func all(limit: Int) throws(EngineError) -> [UInt8] {
    var bytes: [UInt8] = []
    while let more = try next() {
      bytes += more
      guard bytes.count <= limit else {
        throw EngineError(.malformed, "the engine says more than \(limit) bytes")
      }
    }
    return bytes
  }

  private mutating func take(atMost count: Int) throws(EngineError) -> [UInt8] {
    if buffer.isEmpty { try fill() }
    let bytes = Array(buffer.prefix(count))
    buffer.removeFirst(bytes.count)
    return bytes
  }

  private mutating func line() throws(EngineError) -> String {
    while true {
      if let end = buffer.firstRange(of: Array("\r\n".utf8)) {
        let text = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
        buffer.removeFirst(end.upperBound)
        return text
      }
      guard buffer.count < 65_536 else {
        throw EngineError(.malformed, "the engine's answer has a line without an end")
      }
      try fill()
    }
  }

  private mutating func fill() throws(EngineError) {
    let more = try socket.read(until: deadline)
    guard !more.isEmpty else {
      throw EngineError(.unreachable, "the engine's answer ends before its end")
    }
    buffer += more
  }
}
