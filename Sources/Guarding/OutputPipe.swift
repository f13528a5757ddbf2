internal import CLinux
internal import Glibc

/// The guardian's reading end of one output of a process.
final class OutputPipe {
  let stream: OutputStream
  private(set) var descriptor: Int32
  private let consume: (UnsafeRawBufferPointer) -> Void
  private let finish: () -> Void

  /// Takes over `descriptor`.
  ///
  /// - Parameter finish: called once, when the output has ended or nobody listens any more.
  init(
    _ stream: OutputStream,
    descriptor: Int32,
    consume: @escaping (UnsafeRawBufferPointer) -> Void,
    finish: @escaping () -> Void
  ) {
    self.stream = stream
    self.descriptor = descriptor
    self.consume = consume
    self.finish = finish
    _ = shim_linux_fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit {
    if isOpen { close(descriptor) }
  }

  var isOpen: Bool { descriptor >= 0 }

  /// Reads what is there, at most so much that other outputs get their turn.
  func read(into buffer: UnsafeMutableRawBufferPointer, limit: Int = 1 << 20) {
    var total = 0
    while isOpen, total < limit {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return }
      guard count > 0 else { return end() }
      total += count
      consume(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// Stops listening. Whoever still writes gets SIGPIPE.
  func end() {
    guard isOpen else { return }
    close(descriptor)
    descriptor = -1
    finish()
  }
}

/// The guardian's writing end of a command's standard input.
final class InputPipe {
  private(set) var descriptor: Int32
  private var bytes: [UInt8]
  private var sent = 0

  /// Takes over `descriptor`.
  init(descriptor: Int32, bytes: [UInt8]) {
    self.descriptor = descriptor
    self.bytes = bytes
    _ = shim_linux_fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit {
    end()
  }

  var isOpen: Bool { descriptor >= 0 }

  /// Writes as much as the command takes; a command that reads no more is no error.
  func write() {
    while isOpen, sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return }
      guard count > 0 else { return end() }
      sent += count
    }
    end()
  }

  func end() {
    guard isOpen else { return }
    close(descriptor)
    descriptor = -1
    bytes = []
  }
}
