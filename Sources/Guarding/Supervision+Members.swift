internal import Glibc

extension Supervision {
  /// The live processes of a unit: its first one, all below that, and the orphans that carry its
  /// tag, are in its session or group, hold one of its outputs, or were once seen below it.
  ///
  /// An orphan of which none of this holds is of no unit, and lives until the run's end.
  func members(of unit: SupervisedUnit) -> [GuardedProcess] {
    var found: Set<Int32> = []
    for child in ProcessTable.children(of: getpid()) where owner(of: child) === unit {
      found.insert(child)
      found.formUnion(ProcessTable.descendants(of: child))
    }
    return found.sorted().compactMap { ProcessTable.guarded($0, unit: unit.name) }
  }

  /// All live processes of the run, each with its unit where that can be told.
  func allProcesses() -> [GuardedProcess] {
    ProcessTable.children(of: getpid()).flatMap { child in
      let unit = unitName(of: child)
      return ([child] + ProcessTable.descendants(of: child)).compactMap {
        ProcessTable.guarded($0, unit: unit)
      }
    }
  }

  func unitName(of child: Int32) -> String? {
    owner(of: child)?.name
  }

  /// Kills what is found of a unit now.
  ///
  /// - Returns: whether nothing was found.
  func killMembers(of unit: SupervisedUnit) -> Bool {
    let found = members(of: unit)
    unit.seen.formUnion(found.map(\.identity))
    for process in found where ProcessTable.send(SIGKILL, to: process) {
      unit.killed.insert(process)
    }
    return found.isEmpty
  }

  /// The unit that a direct child of the guardian belongs to.
  private func owner(of child: Int32) -> SupervisedUnit? {
    if let unit = units.first(where: { $0.leader == child && $0.end == nil }) { return unit }
    guard let status = ProcessTable.status(of: child) else { return nil }
    // An id stays taken while it is a session's or a group's, so a dead leader's id tells, too.
    let byID = units.last { $0.leader == status.session || $0.leader == status.group }
    if let byID { return byID }
    if let value = ProcessTable.environmentValue(SupervisedUnit.tag, of: child),
      let unit = units.last(where: { $0.tagValue == value })
    {
      return unit
    }
    let identity = ProcessIdentity(processID: child, startTime: status.startTime)
    if let unit = units.last(where: { $0.seen.contains(identity) }) { return unit }
    let open = Set(ProcessTable.paths(of: child))
    return units.last { !$0.pipeNames.isDisjoint(with: open) }
  }
}
