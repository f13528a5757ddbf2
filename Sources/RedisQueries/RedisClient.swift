import Threads

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Asks a Redis server, or one that speaks its protocol, with a connection for each command.
package struct RedisClient: Sendable {
  package enum Address: Sendable, Hashable {
    case tcp(host: String, port: Int)
    case unix(path: String)
  }

  let address: Address
  let database: String
  let user: String?
  let password: String?
  let maximumReplyBytes: Int

  package init(
    _ address: Address,
    database: String = "0",
    user: String? = nil,
    password: String? = nil,
    maximumReplyBytes: Int = 64 << 20
  ) {
    self.address = address
    self.database = database
    self.user = user
    self.password = password
    self.maximumReplyBytes = maximumReplyBytes
  }

  /// Sends one command; an error that the server answers with is a reply.
  package func send(
    _ words: [String],
    within limit: Duration
  ) async throws(RedisError) -> RedisReply {
    guard let wakeup = Wakeup() else {
      throw RedisError(.connectionFailed, "the process has no descriptor left")
    }
    let deadline = Deadline(within: limit, wakeup: wakeup)
    let result = await withTaskCancellationHandler {
      await DedicatedThread.value { [self] () -> Result<RedisReply, RedisError> in
        do throws(RedisError) { return .success(try perform(words, deadline)) } catch {
          return .failure(error)
        }
      }
    } onCancel: {
      wakeup.fire()
    }
    guard let result else {
      throw RedisError(.connectionFailed, "the process has no thread left")
    }
    return try result.get()
  }

  private func perform(
    _ words: [String],
    _ deadline: Deadline
  ) throws(RedisError) -> RedisReply {
    let socket = try connect(deadline)
    defer { close(socket) }
    if let password {
      let reply = try ask(["AUTH"] + (user.map { [$0] } ?? []) + [password], socket, deadline)
      if case .error(let code, let message) = reply {
        throw RedisError(.authenticationFailed, "\(code) \(message)")
      }
    }
    if database != "0" {
      let reply = try ask(["SELECT", database], socket, deadline)
      if case .error(let code, let message) = reply {
        let isAboutWho = ["NOAUTH", "WRONGPASS", "NOPERM"].contains(code)
        throw RedisError(
          isAboutWho ? .authenticationFailed : .connectionFailed,
          "\(code) \(message)"
        )
      }
    }
    let reply = try ask(words, socket, deadline)
    if case .error("NOAUTH", let message) = reply {
      throw RedisError(.authenticationFailed, "NOAUTH \(message)")
    }
    return reply
  }

  // MARK: Sockets

  private func connect(_ deadline: Deadline) throws(RedisError) -> Int32 {
    switch address {
    case .unix(let path):
      var place = sockaddr_un()
      place.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(path.utf8)
      let fits = withUnsafeMutableBytes(of: &place.sun_path) { room in
        guard bytes.count < room.count else { return false }
        room.copyBytes(from: bytes)
        return true
      }
      guard fits else { throw RedisError(.connectionFailed, "\(path) is too long for a socket") }
      return try withUnsafePointer(to: &place) { place throws(RedisError) in
        try connect(
          AF_UNIX,
          UnsafeRawPointer(place).assumingMemoryBound(to: sockaddr.self),
          socklen_t(MemoryLayout<sockaddr_un>.size),
          deadline
        )
      }
    case .tcp(let host, let port):
      let lookup = NameLookup.addresses(of: host, until: deadline)
      try Self.check(lookup.outcome)
      var failure = RedisError(.connectionFailed, "the host \(host) is not known")
      for address in lookup.addresses {
        do throws(RedisError) { return try connect(address, port, deadline) } catch {
          guard error.code == .connectionFailed else { throw error }
          failure = error
        }
      }
      throw failure
    }
  }

  /// - Parameter address: in numbers, so that nothing is looked up.
  private func connect(
    _ address: String,
    _ port: Int,
    _ deadline: Deadline
  ) throws(RedisError) -> Int32 {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address, String(port), &hints, &list) == 0, let entry = list?.pointee else {
      throw RedisError(.connectionFailed, "\(address):\(port) is not an address")
    }
    defer { freeaddrinfo(list) }
    return try connect(entry.ai_family, entry.ai_addr, entry.ai_addrlen, deadline)
  }

  private func connect(
    _ family: Int32,
    _ place: UnsafePointer<sockaddr>,
    _ length: socklen_t,
    _ deadline: Deadline
  ) throws(RedisError) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { throw Self.failure(.connectionFailed, errno) }
    do throws(RedisError) {
      if connectSocket(descriptor, place, length) != 0 {
        guard errno == EINPROGRESS else { throw Self.failure(.connectionFailed, errno) }
        try Self.check(deadline.wait(descriptor, reading: false, writing: true))
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        if code != 0 { throw Self.failure(.connectionFailed, code) }
      }
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  private func ask(
    _ words: [String],
    _ socket: Int32,
    _ deadline: Deadline
  ) throws(RedisError) -> RedisReply {
    var request = Array("*\(words.count)\r\n".utf8)
    for word in words { request += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
    var sent = 0
    while sent < request.count {
      let count = request[sent...].withUnsafeBytes { sendBytes(socket, $0) }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        try Self.check(deadline.wait(socket, reading: false, writing: true))
      } else if errno != EINTR {
        throw Self.failure(.connectionLost, errno)
      }
    }
    return try receive(socket, deadline)
  }

  private func receive(_ socket: Int32, _ deadline: Deadline) throws(RedisError) -> RedisReply {
    var bytes: [UInt8] = []
    var tried = 0
    while true {
      // Only when there is twice as much as at the last time: a long reply is not read again and again.
      if bytes.count >= tried * 2 || bytes.suffix(2) == [13, 10] {
        tried = bytes.count
        do throws(ReplyParser.Problem) { return try ReplyParser.first(of: bytes).reply } catch {
          switch error {
          case .isCut: break
          case .notRedis:
            throw RedisError(.notRedis, "what answers does not speak its protocol")
          case .tooMany: throw tooLarge
          }
        }
      }
      guard bytes.count <= maximumReplyBytes else { throw tooLarge }
      try Self.check(deadline.wait(socket, reading: true, writing: false))
      var count = 0
      let piece = [UInt8](unsafeUninitializedCapacity: 65_536) { room, filled in
        count = recv(socket, room.baseAddress, room.count, 0)
        filled = max(count, 0)
      }
      if count > 0 {
        bytes += piece
      } else if count == 0 {
        throw RedisError(.connectionLost, "the server closed the connection")
      } else if errno != EAGAIN, errno != EINTR {
        throw Self.failure(.connectionLost, errno)
      }
    }
  }

  private var tooLarge: RedisError {
    let limit = maximumReplyBytes
    return RedisError(.replyTooLarge(limit: limit), "the reply is over \(limit) bytes")
  }

  private static func check(_ outcome: Deadline.Outcome) throws(RedisError) {
    switch outcome {
    case .ready: return
    case .timedOut: throw RedisError(.timedOut, "the time was up")
    case .cancelled: throw RedisError(.cancelled, "cancelled")
    }
  }

  private static func failure(_ code: RedisError.Code, _ number: Int32) -> RedisError {
    RedisError(code, String(cString: strerror(number)))
  }
}

/// The system's, which has a namesake in the client; the same with `send`.
private func connectSocket(
  _ descriptor: Int32,
  _ place: UnsafePointer<sockaddr>,
  _ length: socklen_t
) -> Int32 { connect(descriptor, place, length) }

private func sendBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
}
