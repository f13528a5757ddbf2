package import Files

/// How a run's guardian is started and what it may do.
package struct GuardianConfiguration: Sendable {
  /// The program whose `arguments` make it call `GuardianProcess.main`. By default this program.
  var executable: String
  var arguments: [String]
  /// 1 to 64 letters, digits, `-`, `_` and `.`; unique among runs of one deployment.
  var runID: String
  /// Must be the own user and group unless this process is root, and never root's.
  var identity: ServiceIdentity
  /// Values to be removed from the logs. They are sent over the control socket, never as arguments
  /// or environment.
  var secrets: [String]
  var logLimits: LogLimits
  /// An existing folder of this process's own user. The logs are created here and handed to the
  /// guardian as descriptors, so that no service can reach or replace them.
  var logFolder: String
  /// Below it no link is followed.
  var logTree: FileTree
  /// The run's scratch folder; removed when the run has ended, however it has.
  var folder: RunFolder?
  /// The deployment's lock; the guardian holds it until it has ended.
  var lock: RunLock?
  /// The hold on the run's users, which the guardian shares until it has ended.
  var lease: UserLease?
  /// A file for what the guardian itself has to say (only if something is wrong with it); nil:
  /// nowhere.
  var diagnosticsPath: String?
  /// How long it may take to answer, beyond what the thing that was asked for takes by itself. A
  /// guardian that takes longer is killed.
  var patience = Duration.seconds(30)
  /// How many processes and threads the run's services may have at a time, where the kernel lets us say
  /// so: more than any has, and less than the machine.
  var processLimit = usualProcessLimit
  static let usualProcessLimit = 4096

  package init(
    runID: String,
    identity: ServiceIdentity,
    logFolder: String,
    logTree: FileTree? = nil,
    executable: String = "/proc/self/exe",
    arguments: [String] = ["guardian"],
    secrets: [String] = [],
    logLimits: LogLimits = LogLimits(),
    folder: RunFolder? = nil,
    lock: RunLock? = nil,
    lease: UserLease? = nil,
    diagnosticsPath: String? = nil
  ) {
    self.executable = executable
    self.arguments = arguments
    self.runID = runID
    self.identity = identity
    self.secrets = secrets
    self.logLimits = logLimits
    self.logFolder = logFolder
    self.logTree = logTree ?? FileTree(logFolder)
    self.folder = folder
    self.lock = lock
    self.lease = lease
    self.diagnosticsPath = diagnosticsPath
  }
}
