import ArgumentParser
import Auditing
import Formats
import Glibc
import Guarding
import Synchronization

/// The program's two lives.
package enum Tool {
  /// Makes sure that neither a closed stream nor a full disk ends this process, or lets it write
  /// where it should not. Call it before anything is opened.
  package static func secureProcess() {
    // A file that gets the number of a closed stream would get what is meant for the terminal.
    for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDWR)
    }
    // Both come as errors of write(2) as well: a pipe that nobody reads, a file that must not grow.
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    // Its environment has what no suite is to have.
    RunnerProtection.hide()
  }

  /// Becomes the process that supervises a run's services, where the arguments say so, and does
  /// not return then. Only the tool itself starts it.
  package static func becomeGuardianIfAsked() {
    guard CommandLine.arguments.dropFirst().first == "guardian" else { return }
    GuardianProcess.main { RedactingLogFilter(secrets: $0) }
  }

  /// - Parameter commit: what was built; empty where the build does not know it.
  package static func main(commit: String) async {
    ToolVersion.commit.withLock { $0 = commit }
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let message = ParityCommand.unknownCommand(arguments) {
      Console.complain(message)
      exit(ExitStatus.wrongUsage.rawValue)
    }
    await ParityCommand.main()
  }
}

/// Takes secrets out of a service's log before it is written.
struct RedactingLogFilter: LogFilter {
  private var stream: Redactor.Stream?

  init(secrets: [String]) {
    let named = secrets.enumerated().map { Redactor.Secret(name: "s\($0)", value: $1) }
    stream = try? Redactor(secrets: named.filter { !$0.value.isEmpty }).stream()
  }

  mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    stream?.feed([UInt8](bytes)) ?? []
  }

  mutating func finish() -> [UInt8] { stream?.finish() ?? [] }
}
