internal import CLinux
internal import Glibc

/// The guardian itself: what `parity guardian` runs.
package enum GuardianProcess {
  /// Where the signal handler writes: a number known beforehand, so that it touches no variable.
  private static let signalDescriptor: Int32 = 5

  /// Supervises the processes of one run until the run has ended, then ends this process: 0, or 64
  /// if it was not started by a runner.
  ///
  /// Blocks its thread and uses no other; call it before anything else is set up.
  ///
  /// - Parameter makeFilter: called once for each output of each service, with the run's secrets.
  package static func main(
    makeFilter: @escaping (_ secrets: [String]) -> any LogFilter = { _ in PassingLogFilter() }
  ) -> Never {
    var status = stat()
    let isStarted =
      fstat(GuardianProtocol.controlDescriptor, &status) == 0
      && status.st_mode & S_IFMT == S_IFSOCK
    guard isStarted, let signals = catchSignals(), shim_linux_set_child_subreaper(1) == 0 else {
      let message = "parity: the guardian is started by a run only\n"
      _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
      exit(64)
    }
    setsid()
    let given = [
      GuardianProtocol.controlDescriptor, GuardianProtocol.lockDescriptor,
      GuardianProtocol.leaseDescriptor, GuardianProtocol.groupDescriptor,
    ]
    for descriptor in given {
      _ = shim_linux_fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
    let control = MessageSocket(descriptor: GuardianProtocol.controlDescriptor)
    Supervision(control: control, signals: signals, makeFilter: makeFilter).run()
    exit(0)
  }

  /// SIGCHLD and SIGTERM as bytes to be read; what a terminal or a closed pipe sends is ignored.
  ///
  /// - Returns: the descriptor to read their numbers from.
  private static func catchSignals() -> Int32? {
    var ends: [Int32] = [-1, -1]
    guard shim_linux_pipe(&ends) == 0 else { return nil }
    // Both out of the way first, since one of them may be the number itself.
    let reader = shim_linux_fcntl(ends[0], F_DUPFD_CLOEXEC, 16)
    let writer = shim_linux_fcntl(ends[1], F_DUPFD_CLOEXEC, 16)
    guard reader >= 0, writer >= 0 else { return nil }
    for end in ends { close(end) }
    guard dup2(writer, signalDescriptor) == signalDescriptor else { return nil }
    close(writer)
    for end in [reader, signalDescriptor] {
      _ = shim_linux_fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = shim_linux_fcntl(end, F_SETFL, O_NONBLOCK)
    }
    for number in [SIGINT, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1, SIGUSR2, SIGXFSZ] {
      signal(number, SIG_IGN)
    }
    for number in [SIGCHLD, SIGTERM] {
      signal(number) { number in
        let failure = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(5, &byte, 1)
        errno = failure
      }
    }
    return reader
  }
}
