internal import CLinux
import Deployments
internal import Glibc
internal import Synchronization

/// A program of the machine that runs as this process's own user, to its end: for those that need
/// what no service may have, such as the way to an engine.
struct SubprocessRun: Sendable {
  var program: String
  /// The program's name first.
  var arguments: [String]
  var environment: [String: String]
  var folder: String
  /// After this long it is killed with its session.
  var deadline: Duration
  /// Bytes of each output that are kept.
  var outputLimit = 1 << 20

  func output() async throws(DeploymentError) -> CommandOutput {
    let box = Box()
    let result: Result<CommandOutput, DeploymentError>? = await withTaskCancellationHandler {
      await DedicatedThread.value {
        do throws(DeploymentError) {
          return .success(try self.perform(box))
        } catch {
          return .failure(error)
        }
      }
    } onCancel: {
      box.kill()
    }
    guard let result else {
      throw DeploymentError(.driverBroken, "\(arguments[0]): no thread could be started")
    }
    return try result.get()
  }

  /// The process's session, to be killed from another thread.
  private final class Box: Sendable {
    private let session = Mutex<(id: Int32, isCancelled: Bool)>((0, false))

    /// False where it is to be killed already.
    func begin(_ id: Int32) -> Bool {
      session.withLock {
        $0.id = id
        return !$0.isCancelled
      }
    }

    func end() { session.withLock { $0.id = 0 } }

    var isCancelled: Bool { session.withLock { $0.isCancelled } }

    func kill() {
      session.withLock {
        $0.isCancelled = true
        if $0.id > 0 { _ = Glibc.kill(-$0.id, SIGKILL) }
      }
    }
  }

  private func perform(_ box: Box) throws(DeploymentError) -> CommandOutput {
    let start = ContinuousClock.now
    var pipes: [Int32] = [-1, -1, -1, -1]
    let made = pipes.withUnsafeMutableBufferPointer { pair in
      guard let base = pair.baseAddress else { return false }
      return shim_linux_pipe(base) == 0 && shim_linux_pipe(base + 2) == 0
    }
    defer { DescriptorList.close(pipes.filter { $0 >= 0 }) }
    let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { if null >= 0 { close(null) } }
    guard made, null >= 0 else {
      throw DeploymentError(.driverBroken, "\(arguments[0]): \(String(cString: strerror(errno)))")
    }
    let spawn = ProcessSpawn(
      program: program,
      arguments: arguments,
      environment: environment,
      workingDirectory: folder,
      descriptors: [null, pipes[1], pipes[3]]
    )
    let process: Int32
    do throws(GuardianError) {
      process = try spawn.start()
    } catch {
      throw DeploymentError(.driverBroken, error.description)
    }
    if !box.begin(process) { kill(-process, SIGKILL) }
    for index in [1, 3] {
      close(pipes[index])
      pipes[index] = -1
    }
    var outputs: [[UInt8]] = [[], []]
    var isCut = false
    var timedOut = false
    var open = [true, true]
    while open.contains(true) {
      var entries = [0, 1].map {
        pollfd(fd: open[$0] ? pipes[$0 * 2] : -1, events: Int16(POLLIN), revents: 0)
      }
      let left = deadline - (ContinuousClock.now - start)
      if left <= .zero, !timedOut {
        timedOut = true
        kill(-process, SIGKILL)
      }
      let count = poll(&entries, 2, timedOut ? 1000 : left.pollMilliseconds)
      // Whoever left the session keeps the pipe open.
      if timedOut, count == 0 { break }
      for index in [0, 1] where open[index] && entries[index].revents != 0 {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let read = Glibc.read(pipes[index * 2], &buffer, buffer.count)
        if read <= 0 {
          if read < 0, errno == EINTR { continue }
          open[index] = false
          continue
        }
        let room = outputLimit - outputs[index].count
        if read > room { isCut = true }
        outputs[index] += buffer[..<min(read, max(room, 0))]
      }
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    box.end()
    if box.isCancelled {
      throw DeploymentError(.interrupted, "\(arguments[0]) was interrupted")
    }
    let signal = status & 0x7F
    return CommandOutput(
      ending: timedOut
        ? .timedOut : signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal),
      stdout: outputs[0],
      stderr: outputs[1],
      isCut: isCut,
      duration: ContinuousClock.now - start
    )
  }
}
