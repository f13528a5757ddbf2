import ArgumentParser
import Auditing
import Formats
import FoundationEssentials
import Glibc
import Reports
import Suites
import Synchronization

/// Results go to standard output, everything else to standard error.
enum Console {
  /// For a person: nothing of it drives a terminal or a CI runner, whoever wrote its parts.
  static func out(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// For a program that reads JSON; a terminal or a CI runner finds nothing in it either.
  static func json(_ text: String) { send(TerminalText.printed(json: text), to: STDOUT_FILENO) }

  /// A line of JSON on standard error.
  static func errorJSON(_ text: String) {
    send(TerminalText.printed(json: text + "\n"), to: STDERR_FILENO)
  }

  /// For a program: a format that escapes for itself.
  static func data(_ text: String) { send(text, to: STDOUT_FILENO) }

  /// Puts a line in the place of the one that the terminal's cursor stands on.
  static func replaceLine(with text: String) {
    let colour = hasColour(STDERR_FILENO)
    send("\r\u{1B}[K" + TerminalText.printed(text, keepsColour: colour), to: STDERR_FILENO)
  }

  private static func write(_ text: String, to descriptor: Int32) {
    let printed = TerminalText.printed(text, keepsColour: hasColour(descriptor))
    send(printed, to: descriptor)
  }

  /// Messages are for whoever reads them: where nobody does, they are dropped after a second, and
  /// the run and its teardown go on. Results wait for their reader.
  private static func send(_ text: String, to descriptor: Int32) {
    // What one run says in one breath is not broken into by another's.
    writing.withLock { _ in writeAll(text, to: descriptor) }
  }

  private static let writing = Mutex(())

  private static func writeAll(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      if descriptor == STDERR_FILENO, !isRead(descriptor) { return }
      // pipe(7): what is no longer than this never blocks once there is room.
      let count = bytes.prefix(4096).withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  private static let isStalled = Mutex(false)

  private static func isRead(_ descriptor: Int32) -> Bool {
    isStalled.withLock { isStalled in
      var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      // Asked once with patience, and then no more than in passing.
      while poll(&polled, 1, isStalled ? 0 : 1000) < 0 { if errno != EINTR { return true } }
      isStalled = polled.revents == 0
      return !isStalled
    }
  }

  /// What somebody wrote, as a message may quote it: short, on one line, and driving no terminal.
  static func quotable(_ text: String) -> String {
    let shown = DiagnosticRenderer.printable(GitAddress.masked(text))
    return shown.count <= 80 ? shown : shown.prefix(80) + "…"
  }

  /// One line of standard error for each line of a message.
  static func complain(_ message: String) {
    for line in message.split(separator: "\n") {
      error("parity: \(DiagnosticRenderer.printable(String(line)))")
    }
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Colour only on a terminal and without `NO_COLOR` (no-color.org: any value but an empty one).
  static func hasColour(_ descriptor: Int32) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal(descriptor) && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }

  /// Columns of the terminal; 100 elsewhere.
  static func width(_ descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return 100 }
    return Int(size.ws_col)
  }

  /// Of results on standard output.
  static var style: TerminalSummary.Style {
    TerminalSummary.Style(
      width: min(width(STDOUT_FILENO), 120),
      hasColour: hasColour(STDOUT_FILENO)
    )
  }

  /// Whether a path is a folder; nil where there is nothing.
  static func isFolder(_ path: String) -> Bool? {
    var isFolder = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return isThere ? isFolder : nil
  }

  /// Says what went wrong.
  ///
  /// - Returns: what the process says of it to its caller.
  static func tell(_ error: any Error) -> ExitStatus {
    switch error {
    case let errors as SuiteErrors:
      report(errors)
      return .wrongSuite
    case let failure as Failure:
      complain(failure.message)
      return failure.status
    default:
      complain("\(error)")
      return .broken
    }
  }

  static func report(_ errors: SuiteErrors, folder: String = "") {
    write(
      DiagnosticRenderer(usesColor: hasColour(STDERR_FILENO), folder: folder)
        .render(errors.diagnostics),
      to: STDERR_FILENO
    )
  }
}

/// A message for a person and the status that goes with it.
struct Failure: Error {
  var status: ExitStatus
  var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}

extension AsyncParsableCommand {
  /// Runs a command's body and turns what it throws into a message and an exit status.
  func concluding(_ body: () async throws -> ExitStatus) async throws {
    let status: ExitStatus
    do {
      status = try await body()
    } catch let exit as ExitCode {
      throw exit
    } catch {
      status = Console.tell(error)
    }
    if status != .proven { throw ExitCode(status.rawValue) }
  }
}
