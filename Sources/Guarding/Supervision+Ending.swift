internal import CLinux
internal import Glibc

extension Supervision {
  /// Stops services one by one, the last one started first; then ends the run.
  func advanceShutdown() {
    guard shutdown != nil else { return }
    let areCommandsDone = units.allSatisfy { $0.isService || $0.phase == .done }
    guard areCommandsDone else { return }
    let open = units.last { $0.isService && $0.phase != .done }
    if let open {
      if open.phase == .running { beginStop(open) }
      return
    }
    guard var ending = shutdown else { return }
    let (killed, leftovers) = killEverything()
    ending.report.killed = killed
    ending.report.leftovers = leftovers
    for unit in units { endOutputs(of: unit) }
    if ending.removingFolder { ending.report.remainingPaths = removeFolder() }
    reply(ending.request, .shutDown(ending.report))
    // Until the runner has read it or gone.
    while control.hasOutput, !control.isClosed {
      var polled = [pollfd(fd: control.descriptor, events: Int16(POLLOUT), revents: 0)]
      poll(&polled, 1, 1000)
      control.flush()
    }
    isOver = true
  }

  /// The runner has gone: nobody waits for a good end.
  func abandon() {
    let (_, leftovers) = killEverything()
    for unit in units { endOutputs(of: unit) }
    _ = removeFolder()
    // The last thing that this process does: it is in there, too.
    if !leftovers.isEmpty { _ = RunGroup.killAll(in: GuardianProtocol.groupDescriptor) }
    isOver = true
  }

  /// Kills all children, again and again: the children of those that die come here and are next.
  ///
  /// Only direct children are killed, because their ids cannot become another's before they are
  /// reaped here. waitpid(2) says when there are none left, which no list can.
  private func killEverything() -> (killed: [GuardedProcess], leftovers: [GuardedProcess]) {
    let deadline = ContinuousClock.now + .seconds(10)
    var killed = KilledProcesses()
    while reap() {
      let children = ProcessTable.children(of: getpid())
      for child in children {
        if let process = ProcessTable.guarded(child, unit: unitName(of: child)) {
          killed.insert(process)
        }
        kill(child, SIGKILL)
      }
      if let identity = settings?.identity, identity.isRunsOwn {
        _ = shim_linux_kill_user(identity.user, identity.killer)
      }
      if ContinuousClock.now > deadline { return (killed.list, allProcesses()) }
      usleep(1000)
    }
    return (killed.list, [])
  }

  private func removeFolder() -> [String] {
    guard let settings else {
      EarlyFolder.remove()
      return []
    }
    return settings.base.map { RunFolder.remove($0, of: settings.identity) } ?? []
  }
}
