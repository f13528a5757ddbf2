internal import FoundationEssentials
internal import Programs

/// What the runner asks of the guardian: one line of JSON each.
struct GuardianRequest: Codable {
  /// Chosen by the runner; the reply carries it.
  var id: UInt64
  var body: Body

  enum Body: Codable {
    /// The first request; nothing is started before it has succeeded.
    case configure(GuardianSettings)
    /// Comes with two descriptors, the logs of standard output and standard error.
    case startService(GuardedService)
    /// Answered at the command's end; its output comes before as `output` messages.
    /// Its input comes beside it, because bytes are told more shortly so.
    case runCommand(Command, stdin: Data)
    case cancelCommand(id: UInt64)
    case stop(service: String)
    case list
    /// Brings logs that have passed their limit up to date.
    case flushLogs
    /// Stops all services, kills what is left, answers and exits.
    case shutDown(removingFolder: Bool)
    /// Does something to the files below the run's folder; paths start there.
    case files(RunFileRequest)
    /// Clears a dead run away; of a guardian that has started nothing.
    case sweep(DeadRun)
  }
}

/// What may be asked for below the run's folder.
enum RunFileRequest: Codable {
  case makeFolders([String])
  /// Answered with a descriptor.
  case open(String, RunFileAccess)
  case link(String, to: String)
  case list(String)
  case remove([String])
}

/// The part of `GuardianConfiguration` that the guardian itself has to know.
struct GuardianSettings: Codable {
  var runID: String
  /// What tells this run's processes from those of all others, another of the same id too.
  var token: String
  var identity: ServiceIdentity
  var secrets: [String]
  var logLimits: LogLimits
  var processLimit: Int
  /// The base of the run's folder, to be removed with it at the end.
  var base: String?
}

enum OutputStream: String, Codable, CaseIterable {
  case standardOutput = "stdout"
  case standardError = "stderr"
}

/// What the guardian says: one line of JSON each.
enum GuardianMessage: Codable {
  /// Said once, unasked.
  case hello(version: Int)
  case reply(to: UInt64, Reply)
  case output(command: UInt64, stream: OutputStream, bytes: Data)
  /// Comes before the reply, so that what is known of a service is never older than an answer.
  case started(service: String, processID: Int32)
  case exited(ServiceExit)

  enum Reply: Codable {
    case done
    case started(processID: Int32)
    /// Without the output, which came before.
    case ended(CommandOutput)
    case stopped(ServiceStop)
    case processes([GuardedProcess])
    case shutDown(ShutdownReport)
    /// Comes with a descriptor.
    case opened
    case files([RunFile])
    case swept(DeadRun.Report)
    case failed(GuardianError)
  }
}

enum GuardianProtocol {
  /// Raised with every change that the other side would not understand.
  static let version = 3
  /// Descriptors the guardian is started with.
  static let controlDescriptor: Int32 = 3
  static let lockDescriptor: Int32 = 4
  /// 5 is where its signals come.
  static let leaseDescriptor: Int32 = 6
  /// The run's control group, so that its lock lasts as long as the guardian.
  static let groupDescriptor: Int32 = 7
  static let maximumStandardInput = 64 << 20
  /// In bytes; a longer line ends the conversation.
  static let maximumLine = 128 << 20
}
