internal import CLinux
internal import Deployments
internal import Glibc
internal import Synchronization
internal import Threads

/// A socket of this machine whose connections lead to somewhere else.
///
/// It lives as long as this object; with it, every connection ends.
final class SocketRelay: Sendable {
  /// The far end of one connection: what is read from it may be packed in frames.
  struct FarEnd: Sendable {
    var socket: StreamSocket
    /// What came on it already.
    var rest: [UInt8] = []
    var isFramed = false
  }

  enum Place: Sendable, Hashable {
    /// In a folder that only those can enter who may connect.
    case unix(path: String)
    /// A free port of 127.0.0.1.
    case loopback
  }

  let endpoint: Endpoint
  private let listener: Int32
  private let state: State

  /// What the threads of a relay share. They do not hold the relay itself.
  private final class State: Sendable {
    private let open = Mutex<(ends: [ObjectIdentifier: StreamSocket], isEnded: Bool)>(([:], false))
    /// Why the far end was last not reached.
    let problem = Mutex<String?>(nil)

    func add(_ socket: StreamSocket) -> Bool {
      open.withLock {
        guard !$0.isEnded else { return false }
        $0.ends[ObjectIdentifier(socket)] = socket
        return true
      }
    }

    func remove(_ socket: StreamSocket) {
      _ = open.withLock { $0.ends.removeValue(forKey: ObjectIdentifier(socket)) }
    }

    func end() {
      let ends = open.withLock {
        $0.isEnded = true
        return Array($0.ends.values)
      }
      for socket in ends { socket.interrupt() }
    }

    /// Ends what is open, and nothing that comes later.
    func endConnections() {
      for socket in open.withLock({ Array($0.ends.values) }) { socket.interrupt() }
    }
  }

  /// Listens, and dials the far end anew for each connection.
  ///
  /// - Parameter dial: where it throws, the connection is closed without a byte. What it is given is
  ///   told why a far end that was there has gone.
  init(
    at place: Place,
    dial: @escaping Dial
  ) throws(EngineError) {
    (listener, endpoint) = try Self.listen(at: place)
    let state = State()
    self.state = state
    let listener = self.listener
    guard DedicatedThread.start({ Self.accept(on: listener, state, dial) }) else {
      close(listener)
      throw .system("thread")
    }
  }

  typealias Dial =
    @Sendable (_ complain: @escaping @Sendable (String) -> Void) async throws(EngineError) -> FarEnd

  /// Takes connections until the listener is shut down.
  private static func accept(on listener: Int32, _ state: State, _ dial: @escaping Dial) {
    while true {
      let accepted = shim_linux_accept(listener, Int32(SOCK_CLOEXEC.rawValue))
      guard accepted >= 0 else {
        switch errno {
        case EINVAL, EBADF:
          close(listener)
          return
        case EINTR, ECONNABORTED: break
        default:
          // No descriptor is free, or no memory: there may be again.
          usleep(100_000)
        }
        continue
      }
      let near = StreamSocket(descriptor: accepted)
      guard state.add(near) else { continue }
      Task {
        do throws(EngineError) {
          let far = try await dial { text in state.problem.withLock { $0 = text } }
          if state.add(far.socket) { return join(near, far, state) }
        } catch {
          state.problem.withLock { $0 = error.description }
        }
        state.remove(near)
        near.interrupt()
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    state.end()
    if case .unix(let path) = endpoint { unlink(path) }
  }

  /// Why the far end was last not reached; nil where it always was.
  var problem: String? { state.problem.withLock { $0 } }

  /// Ends all connections; new ones are taken.
  func endConnections() { state.endConnections() }

  private static func listen(at place: Place) throws(EngineError) -> (Int32, Endpoint) {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    switch place {
    case .unix(let path):
      guard var address = sockaddr_un(path: path) else {
        throw EngineError(.unreachable, "\(path): too long for a unix socket's name")
      }
      let descriptor = socket(AF_UNIX, kind, 0)
      guard descriptor >= 0 else { throw .system(path) }
      let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      guard status == 0, Glibc.listen(descriptor, 64) == 0 else {
        let error = EngineError.system(path)
        close(descriptor)
        throw error
      }
      return (descriptor, .unix(path: path))
    case .loopback:
      let descriptor = socket(AF_INET, kind, 0)
      guard descriptor >= 0 else { throw .system("port") }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let status = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 64) == 0
            && getsockname(descriptor, $0, &length) == 0
        }
      }
      guard status else {
        let error = EngineError.system("port")
        close(descriptor)
        throw error
      }
      let port = Int(UInt16(bigEndian: address.sin_port))
      return (descriptor, .tcp(host: "127.0.0.1", port: port))
    }
  }

  /// Carries bytes both ways until either side ends; then both do.
  private static func join(_ near: StreamSocket, _ far: FarEnd, _ state: State) {
    @Sendable func leave() {
      state.remove(near)
      state.remove(far.socket)
      near.interrupt()
      far.socket.interrupt()
    }
    let outwards = DedicatedThread.start {
      do throws(EngineError) {
        while true {
          let bytes = try near.read(until: nil)
          if bytes.isEmpty { break }
          try far.socket.write(bytes, until: nil)
        }
        far.socket.finishWriting()
      } catch {
        leave()
      }
    }
    let inwards = DedicatedThread.start {
      var frames = OutputFrames()
      func pass(_ bytes: [UInt8]) throws(EngineError) {
        guard far.isFramed else { return try near.write(bytes, until: nil) }
        try frames.feed(bytes) { kind, part throws(EngineError) in
          if kind == .standardOutput { try near.write(part, until: nil) }
        }
      }
      do throws(EngineError) {
        try pass(far.rest)
        while true {
          let bytes = try far.socket.read(until: nil)
          if bytes.isEmpty { break }
          try pass(bytes)
        }
      } catch {
        // Either end has gone, which ends the other.
      }
      leave()
    }
    if !outwards || !inwards { leave() }
  }
}
