import Glibc
import Threads

/// A listening socket on 127.0.0.1.
struct Listener {
  private let descriptor: Int32

  init?(port: UInt16) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let isBound = withUnsafePointer(to: &address) { [descriptor] in
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound, listen(descriptor, 64) == 0 else { return nil }
  }

  func accept() -> Int32? {
    while true {
      let connection = Glibc.accept(descriptor, nil, nil)
      if connection >= 0 { return connection }
      guard errno == EINTR || errno == ECONNABORTED else { return nil }
    }
  }
}

/// One connection, used by one thread.
final class Connection {
  private var descriptor: Int32
  private var pending: [UInt8] = []

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Serves on a thread of its own and closes afterwards.
  static func serve(_ descriptor: Int32, _ body: @escaping @Sendable (Connection) -> Void) {
    let isStarted = DedicatedThread.start {
      let connection = Connection(descriptor)
      body(connection)
      connection.close()
    }
    if !isStarted { Glibc.close(descriptor) }
  }

  /// The path of the next request, whose body is read too; nil when the client has gone.
  func readRequest() -> (method: String, path: String)? {
    while true {
      if let end = pending.firstRange(of: Array("\r\n\r\n".utf8)) {
        let head = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
        pending.removeSubrange(..<end.upperBound)
        let lines = head.split(separator: "\r\n")
        let lengths = lines.compactMap { line -> Int? in
          let parts = line.split(separator: ":", maxSplits: 1)
          guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
          return Int(parts[1].drop { $0 == " " })
        }
        let length = lengths.first ?? 0
        while pending.count < length, readMore() {}
        pending.removeSubrange(..<min(length, pending.count))
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count >= 2 else { return nil }
        return (String(words[0]), String(words[1]))
      }
      if !readMore() { return nil }
    }
  }

  /// - Returns: Whether the client still listens.
  @discardableResult
  func write(_ text: String) -> Bool { write(Array(text.utf8)) }

  @discardableResult
  func write(_ bytes: [UInt8]) -> Bool {
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

  func answer(_ status: String, _ body: String, type: String = "text/plain") {
    write(
      "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        + body
    )
  }

  /// Blocks until the client closes.
  func waitForEnd() {
    while readMore() {}
  }

  /// Closes with RST, once the client has read what was written.
  func reset() {
    usleep(50_000)
    var now = linger(l_onoff: 1, l_linger: 0)
    let size = socklen_t(MemoryLayout<Glibc.linger>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, size)
    close()
  }

  func close() {
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
