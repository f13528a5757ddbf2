/// A process, told from a later one that has its id.
package struct ProcessIdentity: Codable, Hashable, Sendable {
  package var processID: Int32
  /// In clock ticks since boot.
  package var startTime: UInt64

  package init(processID: Int32, startTime: UInt64) {
    self.processID = processID
    self.startTime = startTime
  }

  /// Nil if there is no such process.
  package init?(_ processID: Int32) {
    guard let status = ProcessTable.status(of: processID) else { return nil }
    self.init(processID: processID, startTime: status.startTime)
  }

  /// This boot of this machine, and the process ids that are seen here: elsewhere an identity means
  /// another process.
  package static var space: String {
    "\(RunOwner.currentBootID())/\(ProcessTable.link("/proc/self/ns/pid") ?? "")"
  }

  package var isAlive: Bool {
    guard let status = ProcessTable.status(of: processID) else { return false }
    return status.startTime == startTime && status.state != "Z" && status.state != "X"
  }
}

extension GuardedProcess {
  var identity: ProcessIdentity {
    ProcessIdentity(processID: processID, startTime: startTime)
  }
}

/// Processes in the order in which they were killed, each once; as it was when it was first seen,
/// for orphans get another parent and programs another name.
struct KilledProcesses {
  private(set) var list: [GuardedProcess] = []
  private var known: Set<ProcessIdentity> = []

  mutating func insert(_ process: GuardedProcess) {
    if known.insert(process.identity).inserted { list.append(process) }
  }
}
