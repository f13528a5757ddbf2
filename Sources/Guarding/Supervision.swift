internal import CLinux
internal import Formats
internal import FoundationEssentials
internal import Glibc
internal import Programs

/// The guardian's state and its loop: one thread, one poll(2).
final class Supervision {
  let control: MessageSocket
  let signals: Int32
  let makeFilter: ([String]) -> any LogFilter
  var settings: GuardianSettings?
  /// In the order of their start.
  var units: [SupervisedUnit] = []
  var serials = 0
  /// Commands that were given up before they were asked for.
  var cancelledCommands: Set<UInt64> = []
  var shutdown: Shutdown?
  var isOver = false
  private let encoder = JSONTextEncoder()
  private let decoder = JSONTextDecoder()
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

  struct Shutdown {
    var request: UInt64
    var removingFolder: Bool
    var report = ShutdownReport()
  }

  init(
    control: MessageSocket,
    signals: Int32,
    makeFilter: @escaping ([String]) -> any LogFilter
  ) {
    self.control = control
    self.signals = signals
    self.makeFilter = makeFilter
  }

  deinit {
    buffer.deallocate()
  }

  /// Returns when the run has ended and nothing of it is left that could be removed.
  func run() {
    send(.hello(version: GuardianProtocol.version))
    while !isOver {
      let isTerminated = waitForEvents()
      guard !isTerminated, !control.isClosed else { return abandon() }
      // Orders before ends, so that a command that was cancelled is not said to have failed.
      for line in control.receive() { handle(line) }
      for unit in units {
        for output in unit.outputs where output.isOpen { output.read(into: buffer) }
        unit.input?.write()
      }
      reap()
      advance()
      control.flush()
    }
  }

  /// Takes over `descriptors`.
  func send(_ message: GuardianMessage, descriptors: [Int32] = []) {
    guard let line = try? encoder.bytes(of: message) else {
      return DescriptorList.close(descriptors)
    }
    control.queue(line + [0x0A], descriptors: descriptors)
  }

  func reply(_ id: UInt64, _ reply: GuardianMessage.Reply) {
    send(.reply(to: id, reply))
  }

  /// Collects every child that has ended, those that came as orphans too.
  ///
  /// - Returns: whether there are children left.
  @discardableResult
  func reap() -> Bool {
    while true {
      var status: Int32 = 0
      let process = waitpid(-1, &status, WNOHANG)
      if process < 0, errno == EINTR { continue }
      guard process > 0 else { return process == 0 }
      guard let unit = units.first(where: { $0.leader == process && $0.end == nil }) else {
        continue
      }
      let end = CommandOutput.Ending(waitStatus: status)
      unit.end = end
      if case .service(let service) = unit.kind {
        // Its last words are in the logs before anybody hears that it has gone.
        for output in unit.outputs where output.isOpen { output.read(into: buffer) }
        unit.flushLogs()
        let exit = ServiceExit(
          service: service.name,
          processID: process,
          ending: end,
          requested: unit.phase != .running
        )
        send(.exited(exit))
      }
    }
  }

  /// Reads what the pipes still hold and lets go of them, which finishes the logs.
  func endOutputs(of unit: SupervisedUnit) {
    for output in unit.outputs where output.isOpen {
      output.read(into: buffer)
      output.end()
    }
    unit.input?.end()
  }

  private func handle(_ line: ArraySlice<UInt8>) {
    guard let request = try? decoder.decode(GuardianRequest.self, from: Array(line)) else {
      // A runner that cannot be understood is as good as gone.
      control.giveUp()
      return
    }
    do throws(GuardianError) {
      try handle(request)
    } catch {
      reply(request.id, .failed(error))
    }
  }

  /// - Returns: whether SIGTERM has come.
  private func waitForEvents() -> Bool {
    let wanted = Int16(POLLIN) | (control.hasOutput ? Int16(POLLOUT) : 0)
    var polled = [
      pollfd(fd: control.descriptor, events: wanted, revents: 0),
      pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
    ]
    for unit in units {
      // While the runner does not read, commands wait too.
      let isWaiting = !unit.isService && control.pendingBytes > 16 << 20
      for output in unit.outputs where output.isOpen && !isWaiting {
        polled.append(pollfd(fd: output.descriptor, events: Int16(POLLIN), revents: 0))
      }
      if let input = unit.input, input.isOpen {
        polled.append(pollfd(fd: input.descriptor, events: Int16(POLLOUT), revents: 0))
      }
    }
    poll(&polled, nfds_t(polled.count), timeout())
    var isTerminated = false
    var numbers = [UInt8](repeating: 0, count: 256)
    while true {
      let count = read(signals, &numbers, numbers.count)
      guard count > 0 else { return isTerminated }
      if numbers[..<count].contains(UInt8(SIGTERM)) { isTerminated = true }
    }
  }

  /// Milliseconds until the next thing is due; -1 if nothing is.
  private func timeout() -> Int32 {
    let now = ContinuousClock.now
    var least: Int32 = -1
    for unit in units {
      guard unit.phase != .done else { continue }
      let due: Int32
      switch unit.phase {
      case .settling, .killing: due = 10
      default:
        guard let deadline = unit.deadline else { continue }
        let left = (deadline - now).components
        let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
        due = Int32(min(max(0, milliseconds), 3_600_000)) + 1
      }
      least = least < 0 ? due : min(least, due)
    }
    return least
  }
}

extension CommandOutput.Ending {
  /// As wait(2) has it.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7F
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xFF) : .signalled(signal)
  }
}
