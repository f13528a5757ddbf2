internal import Glibc
internal import Programs

extension Supervision {
  /// Time for what a service leaves behind to go by itself once its first process has gone.
  private static let settlingTime = Duration.milliseconds(200)
  /// Time for killed processes to vanish.
  private static let killingTime = Duration.seconds(5)

  func beginStop(_ unit: SupervisedUnit) {
    guard case .service(let service) = unit.kind else { return }
    switch unit.phase {
    case .running:
      unit.phase = .stopping
      unit.seen.formUnion(members(of: unit).map(\.identity))
      // The leader is not reaped yet, so its id is its own.
      if unit.end == nil { kill(unit.leader, service.stop.signal) }
      unit.deadline = ContinuousClock.now + service.stop.grace
    case .done:
      // Stopped before: the answer is the same, and what came up since is killed.
      unit.phase = .killing
      unit.deadline = ContinuousClock.now + Self.killingTime
    case .stopping, .settling, .killing: break
    }
  }

  func cancelCommand(_ id: UInt64) {
    let found = units.first { unit in
      if case .command(_, id) = unit.kind { true } else { false }
    }
    guard let found else {
      cancelledCommands.insert(id)
      return
    }
    guard found.phase == .running, found.end == nil else { return }
    found.cancelled = true
    beginKilling(found)
  }

  func beginShutdown(_ request: UInt64, removingFolder: Bool) {
    shutdown = Shutdown(request: request, removingFolder: removingFolder)
    for unit in units where !unit.isService && unit.phase == .running {
      unit.cancelled = unit.end == nil
      beginKilling(unit)
    }
  }

  /// Takes every unit as far on its way as it can go now.
  func advance() {
    for unit in units { advance(unit) }
    units.removeAll { !$0.isService && $0.phase == .done }
    advanceShutdown()
  }

  private func advance(_ unit: SupervisedUnit) {
    let now = ContinuousClock.now
    let isDue = unit.deadline.map { now >= $0 } ?? true
    switch unit.phase {
    case .done: break
    case .running:
      guard !unit.isService else { break }
      if unit.end != nil {
        finishCommand(unit)
      } else if isDue {
        unit.timedOut = true
        beginKilling(unit)
      }
    case .stopping:
      if unit.end != nil {
        unit.phase = .settling
        unit.deadline = now + Self.settlingTime
      } else if isDue {
        unit.forced = true
        beginKilling(unit)
      }
    case .settling:
      if members(of: unit).isEmpty {
        finish(unit)
      } else if isDue {
        beginKilling(unit)
      }
    case .killing:
      if killMembers(of: unit), unit.end != nil {
        finish(unit)
      } else if isDue {
        finish(unit)
      }
    }
  }

  private func beginKilling(_ unit: SupervisedUnit) {
    unit.phase = .killing
    unit.deadline = ContinuousClock.now + Self.killingTime
    _ = killMembers(of: unit)
  }

  private func finishCommand(_ unit: SupervisedUnit) {
    guard case .command(let command, _) = unit.kind else { return }
    if command.keepsDescendants { finish(unit) } else { beginKilling(unit) }
  }

  private func finish(_ unit: SupervisedUnit) {
    unit.phase = .done
    unit.deadline = nil
    endOutputs(of: unit)
    for id in unit.waiting { reply(id, answer(unit)) }
    unit.waiting = []
    if unit.isService, shutdown != nil { shutdown?.report.stopped.append(stopRecord(unit)) }
  }

  private func stopRecord(_ unit: SupervisedUnit) -> ServiceStop {
    ServiceStop(service: unit.name, ending: unit.end, forced: unit.forced, killed: unit.killed.list)
  }

  private func answer(_ unit: SupervisedUnit) -> GuardianMessage.Reply {
    guard !unit.isService else { return .stopped(stopRecord(unit)) }
    if unit.cancelled { return .failed(GuardianError(.cancelled, unit.name)) }
    return .ended(
      CommandOutput(
        ending: unit.timedOut ? .timedOut : unit.end ?? .timedOut,
        isCut: unit.isOutputCut,
        duration: ContinuousClock.now - unit.started
      )
    )
  }
}
