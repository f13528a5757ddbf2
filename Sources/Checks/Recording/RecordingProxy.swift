import Glibc
import Synchronization
import Threads

/// A port of 127.0.0.1 that leads to the app, byte for byte, and sees what is asked there.
///
/// It never answers itself: where the app cannot be reached, the connection is reset.
final class RecordingProxy: Sendable {
  /// On 127.0.0.1.
  let port: Int
  private let descriptor: Int32
  private let wakeup: Wakeup
  private let app: in_addr_t
  private let appPort: in_port_t
  private let recording: Recording

  /// Connections at a time; more wait.
  private static let limit = 256

  /// - Parameter host: an address of this machine itself, 127.0.0.0/8; nil for any other.
  /// - Throws: `errno` where there is no port.
  init?(host: String, port appPort: Int, _ recording: Recording) throws(LoopbackError) {
    var address = in_addr()
    guard inet_pton(AF_INET, host, &address) == 1, UInt32(bigEndian: address.s_addr) >> 24 == 127,
      let number = in_port_t(exactly: appPort)
    else { return nil }
    guard let wakeup = Wakeup() else { throw LoopbackError(code: errno) }
    (descriptor, port) = try StepServer.bound()
    (self.wakeup, self.recording) = (wakeup, recording)
    (app, self.appPort) = (address.s_addr, number.bigEndian)
    guard listen(descriptor, 128) == 0, Self.becomeNonblocking(descriptor) else {
      throw LoopbackError(code: errno)
    }
  }

  deinit { close(descriptor) }

  /// Ends all connections and takes no further ones.
  func stop() { wakeup.fire() }

  /// Serves until `stop`, on a thread of its own: it waits for no task that is to begin first.
  ///
  /// - Returns: what ends once all is seen; what is still open at `stop` has no answer.
  func start() throws(LoopbackError) -> AsyncStream<Void> {
    let (ended, end) = AsyncStream<Void>.makeStream()
    let isStarted = DedicatedThread.start {
      self.serve()
      end.finish()
    }
    guard isStarted else { throw LoopbackError(code: EAGAIN) }
    return ended
  }

  private func serve() {
    var connections: [ProxiedConnection] = []
    defer { for connection in connections { connection.end() } }
    while true {
      let isFull = connections.count >= Self.limit
      var polled = [
        pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isFull ? -1 : descriptor, events: Int16(POLLIN), revents: 0),
      ]
      for connection in connections { polled += connection.polled }
      if poll(&polled, nfds_t(polled.count), -1) < 0 {
        if errno == EINTR { continue }
        return
      }
      if polled[0].revents != 0 { return }
      for (index, connection) in connections.enumerated() {
        connection.advance(polled[2 + 2 * index].revents, polled[3 + 2 * index].revents)
      }
      connections.removeAll { connection in
        if connection.isOver { connection.end() }
        return connection.isOver
      }
      if polled[1].revents != 0, let connection = accepted() { connections.append(connection) }
    }
  }

  private func accepted() -> ProxiedConnection? {
    let near = accept(descriptor, nil, nil)
    guard near >= 0 else {
      // Without a free descriptor it would be asked again at once.
      if errno == EMFILE || errno == ENFILE { usleep(50_000) }
      return nil
    }
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let far = socket(AF_INET, type, 0)
    guard far >= 0, Self.becomeNonblocking(near), Self.becomeNonblocking(far) else {
      close(near)
      if far >= 0 { close(far) }
      return nil
    }
    _ = fcntl(near, F_SETFD, FD_CLOEXEC)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = app
    address.sin_port = appPort
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(far, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    let connection = ProxiedConnection(near, far, SeenConnection(recording))
    if status == 0 || errno == EINPROGRESS { return connection }
    connection.fail()
    connection.end()
    return nil
  }

  private static func becomeNonblocking(_ descriptor: Int32) -> Bool {
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0
  }
}

/// Two sockets whose bytes go to each other. Of one thread.
private final class ProxiedConnection {
  /// One direction.
  private struct Stream {
    /// Read and not written yet; nothing is read meanwhile.
    var pending: ArraySlice<UInt8> = []
    var isEnded = false
    var isShut = false
  }

  private let near: Int32
  private let far: Int32
  private var seen: SeenConnection
  private var outward = Stream()
  private var inward = Stream()
  private var isConnecting = true
  private var isBroken = false

  init(_ near: Int32, _ far: Int32, _ seen: SeenConnection) {
    (self.near, self.far, self.seen) = (near, far, seen)
  }

  var isOver: Bool { isBroken && inward.pending.isEmpty || outward.isShut && inward.isShut }

  /// What is waited for: of the script's socket, then of the app's.
  var polled: [pollfd] {
    func wanted(_ descriptor: Int32, _ from: Stream, _ to: Stream) -> pollfd {
      let reads = !from.isEnded && from.pending.isEmpty
      let events = (reads ? POLLIN : 0) | (to.pending.isEmpty ? 0 : POLLOUT)
      // An end that nobody asks for is told again and again.
      return pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
    }
    return [
      wanted(near, outward, inward),
      isConnecting
        ? pollfd(fd: far, events: Int16(POLLOUT), revents: 0) : wanted(far, inward, outward),
    ]
  }

  func advance(_ nearEvents: Int16, _ farEvents: Int16) {
    if isConnecting, farEvents != 0 {
      var problem: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(far, SOL_SOCKET, SO_ERROR, &problem, &size)
      if problem != 0 { return fail() }
      isConnecting = false
    }
    if nearEvents != 0, read(near, into: &outward, { seen.sent($0) }) { fail() }
    if farEvents != 0, read(far, into: &inward, { seen.received($0) }) { fail() }
    if inward.isEnded { seen.receivedAll() }
    // An app that reads no further may have answered all the same.
    if !isConnecting, !isBroken, !write(&outward, to: far) {
      outward = Stream(isEnded: true, isShut: true)
    }
    if !write(&inward, to: near) {
      fail()
      inward.pending = []
    }
  }

  /// There is nobody on the other side.
  func fail() {
    isBroken = true
    inward.isEnded = true
    outward.pending = []
  }

  /// - Returns: whether the socket has failed.
  private func read(_ descriptor: Int32, into stream: inout Stream, _ tell: ([UInt8]) -> Void)
    -> Bool
  {
    guard !stream.isEnded, stream.pending.isEmpty else { return false }
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, length in
      count = recv(descriptor, buffer.baseAddress, 65_536, 0)
      length = max(count, 0)
    }
    if count < 0 { return errno != EAGAIN && errno != EINTR }
    if count == 0 { stream.isEnded = true } else { tell(bytes) }
    stream.pending = bytes[...]
    return false
  }

  /// - Returns: false where nobody reads any more.
  private func write(_ stream: inout Stream, to descriptor: Int32) -> Bool {
    while !stream.pending.isEmpty {
      let count = stream.pending.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        stream.pending = stream.pending.dropFirst(count)
      } else if errno != EINTR {
        return errno == EAGAIN
      }
    }
    if stream.isEnded, !stream.isShut {
      shutdown(descriptor, Int32(SHUT_WR))
      stream.isShut = true
    }
    return true
  }

  func end() {
    seen.finish()
    if isBroken {
      // As a port does where nobody listens: no end that could be taken for an answer's.
      var reset = linger(l_onoff: 1, l_linger: 0)
      setsockopt(near, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
    }
    close(near)
    close(far)
  }
}
