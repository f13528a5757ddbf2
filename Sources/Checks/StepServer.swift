import Glibc
import Synchronization
import Threads

/// Answers lines on a loopback port, one a connection, for as long as a script runs.
final class StepServer: Sendable {
  /// On 127.0.0.1.
  let port: Int
  private let descriptor: Int32
  private let isClosed = Mutex(false)

  /// Bytes of a line at most.
  private static let limit = 4 << 20

  /// - Parameter answer: gives the line to write back, without its end, for a line without its own.
  /// - Throws: `errno` where there is no port or no thread.
  init(answer: @escaping @Sendable ([UInt8]) async -> [UInt8]) throws(LoopbackError) {
    let (descriptor, port) = try Self.bound()
    self.descriptor = descriptor
    self.port = port
    guard listen(descriptor, 16) == 0 else {
      let error = LoopbackError(code: errno)
      Glibc.close(descriptor)
      throw error
    }
    let isStarted = DedicatedThread.start {
      while true {
        let connection = accept(descriptor, nil, nil)
        if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
        if connection < 0 { break }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        Self.limitTime(of: connection)
        guard let line = Self.line(from: connection) else {
          Glibc.close(connection)
          continue
        }
        Task {
          Self.write(await answer(line) + [UInt8(ascii: "\n")], to: connection)
          Glibc.close(connection)
        }
      }
      Glibc.close(descriptor)
    }
    if !isStarted {
      Glibc.close(descriptor)
      throw LoopbackError(code: EAGAIN)
    }
  }

  /// Takes no further connections; the thread closes the socket.
  func close() {
    isClosed.withLock { isClosed in
      if !isClosed { shutdown(descriptor, Int32(SHUT_RDWR)) }
      isClosed = true
    }
  }

  /// A port of 127.0.0.1 on which nobody listens, as long as the descriptor is open.
  static func bound() throws(LoopbackError) -> (descriptor: Int32, port: Int) {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, type, 0)
    guard descriptor >= 0 else { throw LoopbackError(code: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isBound else {
      let error = LoopbackError(code: errno)
      Glibc.close(descriptor)
      throw error
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// Who connects and says nothing keeps nobody waiting for long.
  private static func limitTime(of connection: Int32) {
    var time = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &time, size)
  }

  private static func line(from connection: Int32) -> [UInt8]? {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while line.count < limit {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      if let end = buffer[..<count].firstIndex(of: UInt8(ascii: "\n")) {
        return line + buffer[..<end]
      }
      line += buffer[..<count]
    }
    return nil
  }

  private static func write(_ bytes: [UInt8], to connection: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}

/// Why there is no port of our own.
struct LoopbackError: Error, CustomStringConvertible {
  var code: Int32
  var description: String { "no port on 127.0.0.1: \(String(cString: strerror(code)))" }
}
