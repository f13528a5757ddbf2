internal import CLinux
internal import Formats
internal import FoundationEssentials
internal import Glibc
internal import Synchronization
internal import Threads

/// The runner's end of the control socket, on a thread of its own.
///
/// `onMessage` and `onEnd` are called on that thread, in order, `onEnd` once and last.
final class GuardianChannel: Sendable {
  private struct Outbox {
    var lines: [(bytes: [UInt8], descriptors: [Int32])] = []
    var isEnded = false
    var isClosing = false
  }

  private let outbox = Mutex(Outbox())
  /// Written to make the thread look at the outbox; the thread closes both ends.
  private let wakeWriter: Int32

  /// Takes over `descriptor`.
  ///
  /// - Parameter onEnd: the guardian has closed its end, or `close` was called.
  static func open(
    descriptor: Int32,
    onMessage: @escaping @Sendable (GuardianMessage, _ descriptor: Int32?) -> Void,
    onEnd: @escaping @Sendable () -> Void
  ) throws(GuardianError) -> GuardianChannel {
    var wake: [Int32] = [-1, -1]
    guard shim_linux_pipe(&wake) == 0 else { throw .system("pipe") }
    for end in wake { _ = shim_linux_fcntl(end, F_SETFL, O_NONBLOCK) }
    let channel = GuardianChannel(wakeWriter: wake[1])
    let reader = wake[0]
    let started = DedicatedThread.start {
      channel.loop(MessageSocket(descriptor: descriptor), wakeReader: reader, onMessage)
      onEnd()
    }
    guard started else {
      Glibc.close(descriptor)
      DescriptorList.close(wake)
      throw .system("thread")
    }
    return channel
  }

  private init(wakeWriter: Int32) {
    self.wakeWriter = wakeWriter
  }

  /// Queues a request; takes over `descriptors`.
  ///
  /// - Returns: false if the conversation has ended, so that no reply will come.
  func send(_ request: GuardianRequest, descriptors: [Int32] = []) -> Bool {
    guard let line = try? JSONTextEncoder().bytes(of: request) else {
      DescriptorList.close(descriptors)
      return false
    }
    let isOpen = outbox.withLock { box in
      guard !box.isEnded, !box.isClosing else { return false }
      box.lines.append((line + [0x0A], descriptors))
      wake()
      return true
    }
    if !isOpen { DescriptorList.close(descriptors) }
    return isOpen
  }

  /// Closes the control socket, upon which the guardian ends the run at once.
  func close() {
    outbox.withLock { box in
      guard !box.isEnded else { return }
      box.isClosing = true
      wake()
    }
  }

  /// Under the lock only, so that the descriptor is not closed meanwhile.
  private func wake() {
    var byte: UInt8 = 1
    _ = Glibc.write(wakeWriter, &byte, 1)
  }

  private func loop(
    _ socket: MessageSocket,
    wakeReader: Int32,
    _ onMessage: (GuardianMessage, _ descriptor: Int32?) -> Void
  ) {
    let decoder = JSONTextDecoder()
    while !socket.isClosed {
      var polled = [
        pollfd(
          fd: socket.descriptor,
          events: Int16(POLLIN) | (socket.hasOutput ? Int16(POLLOUT) : 0),
          revents: 0
        ),
        pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0),
      ]
      _ = poll(&polled, 2, -1)
      if polled[1].revents != 0 {
        var bytes = [UInt8](repeating: 0, count: 256)
        _ = read(wakeReader, &bytes, bytes.count)
        let isClosing = outbox.withLock { box in
          for line in box.lines { socket.queue(line.bytes, descriptors: line.descriptors) }
          box.lines = []
          return box.isClosing
        }
        if isClosing { break }
      }
      if socket.hasOutput { socket.flush() }
      for line in socket.receive() {
        // A guardian that cannot be understood is given up like one that has died.
        guard let message = try? decoder.decode(GuardianMessage.self, from: Array(line)) else {
          return end(wakeReader)
        }
        if case .reply(_, .opened) = message {
          guard let descriptor = socket.takeDescriptors(1)?.first else { return end(wakeReader) }
          onMessage(message, descriptor)
        } else {
          onMessage(message, nil)
        }
      }
    }
    end(wakeReader)
  }

  private func end(_ wakeReader: Int32) {
    outbox.withLock { box in
      box.isEnded = true
      for line in box.lines { DescriptorList.close(line.descriptors) }
      box.lines = []
      Glibc.close(wakeReader)
      Glibc.close(wakeWriter)
    }
  }
}
