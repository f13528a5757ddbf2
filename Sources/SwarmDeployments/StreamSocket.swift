internal import CLinux
internal import Deployments
internal import Glibc
internal import Programs
internal import Threads

/// One end of a stream of bytes both ways.
///
/// Reads and writes block, each until its deadline; they belong on a `DedicatedThread`. One thread
/// may read while another writes. `interrupt` ends both from anywhere.
final class StreamSocket: Sendable {
  private let descriptor: Int32

  /// - Parameter descriptor: from here on this object's own.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    let flags = shim_linux_fcntl(descriptor, F_GETFL, 0)
    _ = shim_linux_fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
  }

  deinit { close(descriptor) }

  /// Connects to a unix socket.
  static func connect(path: String) async throws(EngineError) -> StreamSocket {
    let result: Result<StreamSocket, EngineError>? = await DedicatedThread.value {
      do throws(EngineError) {
        return .success(try connectNow(path))
      } catch {
        return .failure(error)
      }
    }
    guard let result else { throw .system("thread") }
    return try result.get()
  }

  private static func connectNow(_ path: String) throws(EngineError) -> StreamSocket {
    guard var address = sockaddr_un(path: path) else {
      throw EngineError(.unreachable, "\(path): too long for a unix socket's name")
    }
    let kind =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw .system(path) }
    let start = ContinuousClock.now
    while true {
      let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      if status == 0 { return StreamSocket(descriptor: descriptor) }
      // Too many wait to be accepted: an engine that is stopped takes nobody.
      if errno == EAGAIN || errno == EINTR, ContinuousClock.now - start < .seconds(10) {
        usleep(20_000)
        continue
      }
      let error = EngineError.system(path)
      close(descriptor)
      throw error
    }
  }

  /// Starts a `docker` program whose standard streams are the other end; it ends when this one does.
  ///
  /// - Parameter complain: told the last line of what it says when it fails.
  static func program(
    _ arguments: [String],
    _ complain: @escaping @Sendable (String) -> Void
  ) throws(EngineError) -> StreamSocket {
    let environment = Docker.ownEnvironment
    guard let docker = Docker.program(environment) else {
      throw EngineError(.missing, Docker.missing.message)
    }
    var pair: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw .system("socketpair") }
    let command = Command(
      argv: ["docker"] + arguments,
      environment: environment,
      folder: "/",
      deadline: .seconds(1 << 30)
    )
    Task.detached { [far = pair[1]] in
      let streams = (Program.Input.descriptor(far), Program.Output.descriptor(far))
      do throws(ProgramError) {
        let output = try await docker.run(command, input: streams.0, output: streams.1)
        if !output.succeeded { complain(output.lastLine) }
      } catch {
        complain(error.description)
      }
      close(far)
    }
    return StreamSocket(descriptor: pair[0])
  }

  /// Up to `limit` bytes, at least one; nothing at the end.
  func read(limit: Int = 65_536, until deadline: ContinuousClock.Instant?) throws(EngineError)
    -> [UInt8]
  {
    while true {
      try Self.require(deadline)
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
      default: throw .system("the engine")
      }
    }
  }

  func write(_ bytes: some Sequence<UInt8>, until deadline: ContinuousClock.Instant?)
    throws(EngineError)
  {
    let bytes = Array(bytes)
    var start = 0
    while start < bytes.count {
      try Self.require(deadline)
      let count = bytes.withUnsafeBytes {
        send(
          descriptor,
          $0.baseAddress?.advanced(by: start),
          bytes.count - start,
          Int32(MSG_NOSIGNAL)
        )
      }
      if count >= 0 {
        start += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN: try wait(for: Int16(POLLOUT), until: deadline)
      default: throw .system("the engine")
      }
    }
  }

  /// Also where the other side is always fast enough that nothing has to be waited for.
  private static func require(_ deadline: ContinuousClock.Instant?) throws(EngineError) {
    if let deadline, deadline < .now {
      throw EngineError(.timedOut, "the engine did not answer in time")
    }
  }

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
      throw .system("the engine")
    }
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

extension EngineError {
  /// What the machine refused in the call just made; reads `errno`.
  static func system(_ subject: String) -> EngineError {
    EngineError(.unreachable, "\(subject): \(String(cString: strerror(errno)))")
  }
}

extension StreamSocket {
  /// Hands the socket to a body on a thread of its own. A cancelled task ends both at once.
  func blocking<Value: Sendable>(
    _ body: @escaping @Sendable (StreamSocket) throws(EngineError) -> Value
  ) async throws(EngineError) -> Value {
    let result: Result<Value, EngineError>? = await withTaskCancellationHandler {
      await DedicatedThread.value {
        do throws(EngineError) {
          return .success(try body(self))
        } catch {
          return .failure(error)
        }
      }
    } onCancel: {
      interrupt()
    }
    guard let result else { throw .system("thread") }
    return try result.get()
  }
}
