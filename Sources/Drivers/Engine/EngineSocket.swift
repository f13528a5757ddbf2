internal import CLinux
internal import Glibc
internal import Synchronization

/// A connection to an engine: a socket, or the standard streams of a program that relays to one.
///
/// Reads and writes block, each until its deadline; they belong on a `DedicatedThread`. One thread
/// may read while another writes. `interrupt` ends both from anywhere.
final class EngineSocket: Sendable {
  let descriptor: Int32
  private let relay: Relay?

  /// A child process on the other end.
  private struct Relay {
    var process: Int32
    /// Its standard error, to be read from.
    var complaints: Int32
  }

  /// - Parameter descriptor: not blocking; from here on this object's own.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    relay = nil
  }

  private init(descriptor: Int32, relay: Relay) {
    self.descriptor = descriptor
    self.relay = relay
  }

  deinit {
    close(descriptor)
    guard let relay else { return }
    close(relay.complaints)
    kill(relay.process, SIGKILL)
    // Not here: the process may take a moment, and this may be any thread.
    _ = DedicatedThread.start {
      var status: Int32 = 0
      while waitpid(relay.process, &status, 0) < 0, errno == EINTR {}
    }
  }

  /// The last line of what the program that relays has said; nil where it said nothing, or there is
  /// none.
  var complaint: String? {
    guard let relay else { return nil }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = Glibc.read(relay.complaints, &bytes, bytes.count)
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isNewline).last
      .map { String($0.prefix(500)) }
  }

  /// Connects to a unix socket.
  static func connect(path: String) throws(EngineError) -> EngineSocket {
    guard var address = sockaddr_un(path: path) else {
      throw EngineError(.unreachable, "\(path): too long for a unix socket's name")
    }
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw .system(.unreachable, path, errno) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else {
      let number = errno
      close(descriptor)
      throw .system(.unreachable, path, number)
    }
    makeNonBlocking(descriptor)
    return EngineSocket(descriptor: descriptor)
  }

  /// Starts a program whose standard streams lead to an engine, such as `docker system dial-stdio`.
  static func relay(
    program: String,
    arguments: [String],
    environment: [String: String]
  ) throws(EngineError) -> EngineSocket {
    var pair: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else {
      throw .system(.unreachable, "socketpair", errno)
    }
    defer { close(pair[1]) }
    var pipe: [Int32] = [-1, -1]
    guard shim_linux_pipe(&pipe) == 0 else {
      close(pair[0])
      throw .system(.unreachable, "pipe", errno)
    }
    defer { close(pipe[1]) }
    let spawn = ProcessSpawn(
      program: program,
      arguments: arguments,
      environment: environment,
      workingDirectory: "/",
      descriptors: [pair[1], pair[1], pipe[1]]
    )
    do throws(GuardianError) {
      let process = try spawn.start()
      makeNonBlocking(pair[0])
      makeNonBlocking(pipe[0])
      return EngineSocket(
        descriptor: pair[0],
        relay: Relay(process: process, complaints: pipe[0])
      )
    } catch {
      close(pair[0])
      close(pipe[0])
      throw EngineError(.unreachable, error.description)
    }
  }

  private static func makeNonBlocking(_ descriptor: Int32) {
    let flags = shim_linux_fcntl(descriptor, F_GETFL, 0)
    _ = shim_linux_fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
  }

  /// Up to `limit` bytes, at least one; nothing at the end.
  func read(limit: Int = 65_536, until deadline: ContinuousClock.Instant?) throws(EngineError)
    -> [UInt8]
  {
    while true {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, length in
        count = Glibc.read(descriptor, buffer.baseAddress, limit)
        length = max(count, 0)
      }
      if count >= 0 { return bytes }
      switch errno {
      case EINTR: continue
      case EAGAIN: try wait(for: Int16(POLLIN), until: deadline)
      case ECONNRESET: return []
      default: throw .system(.unreachable, "the engine", errno)
      }
    }
  }

  func write(_ bytes: some Sequence<UInt8>, until deadline: ContinuousClock.Instant?)
    throws(EngineError)
  {
    let bytes = Array(bytes)
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(descriptor, $0.baseAddress?.advanced(by: start), bytes.count - start, noSignal)
      }
      if count >= 0 {
        start += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN: try wait(for: Int16(POLLOUT), until: deadline)
      default: throw .system(.unreachable, "the engine", errno)
      }
    }
  }

  private var noSignal: Int32 { Int32(MSG_NOSIGNAL) }

  private func wait(for events: Int16, until deadline: ContinuousClock.Instant?)
    throws(EngineError)
  {
    var entry = pollfd(fd: descriptor, events: events, revents: 0)
    var milliseconds: Int32 = -1
    if let deadline {
      let left = deadline - .now
      guard left > .zero else { throw EngineError(.timedOut, "the engine did not answer in time") }
      milliseconds = left.pollMilliseconds
    }
    if poll(&entry, 1, milliseconds) < 0, errno != EINTR {
      throw .system(.unreachable, "the engine", errno)
    }
  }

  /// True where a connection that should be silent has something to say, which is its end.
  var isStale: Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) != 0
  }

  /// Says that nothing more will be written.
  func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Ends every read and write, now and later.
  func interrupt() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

extension Duration {
  /// Whole milliseconds, at least one, at most a day: what poll(2) takes.
  var pollMilliseconds: Int32 {
    let (seconds, attoseconds) = components
    guard seconds < 86_400 else { return 86_400_000 }
    return Int32(max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
  }
}

extension sockaddr_un {
  /// Nil where the path is longer than the 107 bytes that there is room for.
  init?(path: String) {
    self.init()
    sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: sun_path), !bytes.contains(0) else { return nil }
    withUnsafeMutableBytes(of: &sun_path) { $0.copyBytes(from: bytes) }
  }
}
