internal import Glibc

/// The processes of a run that has lost its guardian.
///
/// A process is one of them if it is the run's user's, began after the guardian, and
/// - was started with the run's tag in its environment, or
/// - is the child of one of them, or
/// - has its working folder or an open file in the run's folder, no terminal, a session as young as
///   the run, and was orphaned: whoever works in that folder by hand has a parent.
struct RunRemains {
  /// The first part of each of its units' tags.
  var token: String
  var folder: String?
  var user: UInt32
  /// The guardian's start, in clock ticks since boot.
  var since: UInt64
  /// Processes that orphans of the run fall to.
  var adopters: [ProcessIdentity]

  /// Kills until nothing is found any more, for 10 seconds at most.
  func kill() -> (killed: [GuardedProcess], leftovers: [GuardedProcess]) {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(10)
    var killed = KilledProcesses()
    while true {
      let found = find()
      for process in found where ProcessTable.send(SIGKILL, to: process) {
        killed.insert(process)
      }
      if found.isEmpty || clock.now > deadline { return (killed.list, found) }
      usleep(10_000)
    }
  }

  func find() -> [GuardedProcess] {
    var candidates: [Int32: ProcessTable.Status] = [:]
    for process in ProcessTable.all() where process != getpid() {
      guard let status = ProcessTable.status(of: process), status.state != "Z",
        status.startTime >= since, ProcessTable.user(of: process) == user
      else { continue }
      candidates[process] = status
    }
    var proven = Set(
      candidates.keys.filter {
        ProcessTable.environmentValue(SupervisedUnit.tag, of: $0)?.hasPrefix(token + "/") == true
      }
    )
    var isGrowing = true
    while isGrowing {
      isGrowing = false
      for (process, status) in candidates where !proven.contains(process) {
        guard proven.contains(status.parentID) || isOrphanInFolder(status) else { continue }
        proven.insert(process)
        isGrowing = true
      }
    }
    return proven.sorted().compactMap { ProcessTable.guarded($0, unit: nil) }
  }

  private func isOrphanInFolder(_ status: ProcessTable.Status) -> Bool {
    guard let folder, status.terminal == 0, isAdopter(status.parentID) else { return false }
    if let leader = ProcessTable.status(of: status.session), leader.startTime < since {
      return false
    }
    return uses(folder, status.processID)
  }

  /// Processes of anybody that have their working folder or an open file in the run's folder.
  func bystanders() -> [GuardedProcess] {
    guard let folder else { return [] }
    return ProcessTable.all()
      .filter { $0 != getpid() && uses(folder, $0) }
      .compactMap { ProcessTable.guarded($0, unit: nil) }
  }

  private func uses(_ folder: String, _ process: Int32) -> Bool {
    ProcessTable.paths(of: process).contains { $0 == folder || $0.hasPrefix(folder + "/") }
  }

  private func isAdopter(_ process: Int32) -> Bool {
    process <= 1 || adopters.contains { $0.processID == process && $0.isAlive }
  }
}
