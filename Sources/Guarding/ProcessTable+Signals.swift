internal import CLinux
internal import Glibc

extension ProcessTable {
  /// Signals this very process, never a later one that has got its id.
  ///
  /// - Returns: whether it was there and could be signalled.
  static func send(_ signal: Int32, to process: GuardedProcess) -> Bool {
    let descriptor = shim_linux_pidfd_open(process.processID)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard status(of: process.processID)?.startTime == process.startTime else { return false }
    return shim_linux_pidfd_send_signal(descriptor, signal) == 0
  }
}
