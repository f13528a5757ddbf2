import Foundation
import Synchronization
import Threads

/// A listening socket on loopback whose connections do exactly what a test says.
package final class RawServer: Sendable {
  package let port: Int
  private let listener: Int32
  private let accepted = Mutex(0)

  package var url: String { "http://127.0.0.1:\(port)" }

  /// How many connections there have been.
  package var connections: Int { accepted.withLock { $0 } }

  /// - Parameter serve: Run for every connection on a thread of its own; the connection is closed
  ///   afterwards.
  package init(_ serve: @escaping @Sendable (RawConnection) -> Void) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { [listener] in
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    port = Int(UInt16(bigEndian: address.sin_port))
    try start(serve)
  }

  /// Listens at a path, which the test removes.
  package init(
    unixSocketPath path: String,
    _ serve: @escaping @Sendable (RawConnection) -> Void
  ) throws {
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    port = 0
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isBound = withUnsafePointer(to: &address) { [listener] in
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    try start(serve)
  }

  private func start(_ serve: @escaping @Sendable (RawConnection) -> Void) throws {
    guard listen(listener, 512) == 0 else { throw POSIXError(.EADDRINUSE) }
    let isStarted = DedicatedThread.start { [self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        if descriptor < 0 { break }
        accepted.withLock { $0 += 1 }
        _ = DedicatedThread.start {
          let connection = RawConnection(descriptor)
          serve(connection)
          connection.close()
        }
      }
      close(listener)
    }
    guard isStarted else { throw POSIXError(.EAGAIN) }
  }

  package func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
  }
}

/// One connection, used by one thread.
package final class RawConnection {
  private var descriptor: Int32
  private var pending: [UInt8] = []

  fileprivate init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// The next request's line, fields and body, or `nil` when the client has gone.
  package func readRequest() -> (head: String, body: [UInt8])? {
    while true {
      if let end = pending.firstRange(of: Array("\r\n\r\n".utf8)) {
        let head = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
        pending.removeSubrange(..<end.upperBound)
        var length = 0
        for line in head.split(separator: "\r\n") {
          let parts = line.split(separator: ":", maxSplits: 1)
          if parts[0].lowercased() == "content-length" {
            length = Int(parts[1].trimmingCharacters(in: .whitespaces)) ?? 0
          }
        }
        while pending.count < length, readMore() {}
        defer { pending.removeSubrange(..<min(length, pending.count)) }
        return (head, Array(pending.prefix(length)))
      }
      if !readMore() { return nil }
    }
  }

  /// - Returns: Whether the client still listens.
  @discardableResult
  package func write(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      rest.removeFirst(count)
    }
    return true
  }

  @discardableResult
  package func write(_ text: String) -> Bool {
    write(Array(text.utf8))
  }

  /// Blocks until the client closes.
  package func waitForEnd() {
    while readMore() {}
  }

  /// Closes with RST.
  package func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor,
      SOL_SOCKET,
      SO_LINGER,
      &linger,
      socklen_t(MemoryLayout<Glibc.linger>.size)
    )
    close()
  }

  package func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  private func readMore() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return false }
    pending.append(contentsOf: buffer[..<count])
    return true
  }
}

/// What is done with each connection.
package struct RawService: Sendable {
  package let serve: @Sendable (RawConnection) -> Void

  package init(_ serve: @escaping @Sendable (RawConnection) -> Void) {
    self.serve = serve
  }
}

/// Serves while the body runs.
package func withRawServer<Result>(
  _ service: RawService,
  _ body: (RawServer) async throws -> Result
) async throws -> Result {
  let server = try RawServer(service.serve)
  defer { server.stop() }
  return try await body(server)
}

/// Answers every request with the same bytes and keeps the connection.
package func always(_ answer: String) -> RawService {
  RawService { connection in
    while connection.readRequest() != nil { connection.write(answer) }
  }
}
