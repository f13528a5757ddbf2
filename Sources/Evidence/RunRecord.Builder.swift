extension RunRecord {
  /// Makes a record from events, in their order; what never finished is told as such.
  package struct Builder: Sendable {
    private var header: RunHeader?
    private var stages: [Stage: StageRecord] = [:]
    private var checks: [CheckID: CheckRecord] = [:]
    private var planned: [CheckID: PlannedCheck] = [:]
    private var findings: [Finding] = []
    private var values: [String: String] = [:]
    private var attempts: [RunAttempt]?
    private var end: RunEnd?
    private var last = 0
    private var current: (stage: Stage?, check: CheckID?) = (nil, nil)
    private var unfinishedChecks: Set<CheckID> = []
    private var unfinishedStages: Set<Stage> = []
    private var unreadableLines = 0

    package init() {}

    /// A line that tells nothing. After the last event there is nothing to be told: what a crash of
    /// the machine appended there took nothing away.
    package mutating func addUnreadable() {
      if end == nil { unreadableLines += 1 }
    }

    package mutating func add(_ event: RunEvent) {
      last = max(last, event.at)
      switch event.what {
      case .runStarted(_, let header):
        self.header = header
        for check in header.planned { planned[check.id] = check }
      case .valuesMade(let values):
        self.values.merge(values) { $1 }
      case .stageStarted(let stage):
        current.stage = stage
        unfinishedStages.insert(stage)
        stages[stage] = StageRecord(
          stage: stage,
          outcome: .notRun(reason: Reason(.notPerformed)),
          startedAt: event.at
        )
      case .operationFinished(let stage, let operation):
        stages[stage]?.operations.append(operation)
      case .readinessFinished(let stage, let readiness):
        stages[stage]?.readiness = readiness
      case .checkLearned(let check): learn(check)
      case .checkStarted(let id, let fresh):
        guard let plan = planned[id] else { return }
        current.check = id
        unfinishedChecks.insert(id)
        var check = CheckRecord(of: plan, .notRun(reason: Reason(.notPerformed)))
        (check.startedAt, check.fresh) = (event.at, fresh)
        checks[id] = check
      case .stepFinished(let id, let step):
        checks[id]?.steps.append(step)
      case .controlFinished(let id, let control):
        checks[id]?.control = control
      case .checkFinished(let id, let outcome):
        unfinishedChecks.remove(id)
        guard let plan = planned[id] else { return }
        var check = checks[id] ?? CheckRecord(of: plan, outcome)
        check.outcome = outcome
        if let start = check.startedAt { check.microseconds = max(0, event.at - start) }
        checks[id] = check
      case .stageFinished(let stage, let outcome):
        unfinishedStages.remove(stage)
        var record = stages[stage] ?? StageRecord(stage: stage, outcome: outcome)
        record.outcome = outcome
        if let start = record.startedAt { record.microseconds = max(0, event.at - start) }
        stages[stage] = record
      case .findingMade(let finding):
        findings.append(finding)
      case .attemptsMerged(let attempts):
        self.attempts = attempts
      case .runFinished(let end):
        self.end = end
      }
    }

    /// Into the plan, so that whatever reads it knows the check as it is.
    private mutating func learn(_ check: PlannedCheck) {
      let isNew = planned.updateValue(check, forKey: check.id) == nil
      // Of an imported file nothing was planned, and there may be a hundred thousand.
      if isNew, header?.plan.imported != nil {
        header?.plan.planned.append(check)
        return
      }
      guard let all = header?.planned else { return }
      if let place = all.firstIndex(where: { $0.id == check.id }) {
        header?.planned[place] = check
        return
      }
      let last = all.lastIndex { $0.stage == check.stage && $0.id.stem == check.id.stem }
      header?.planned.insert(check, at: last.map { $0 + 1 } ?? all.endIndex)
    }

    /// The record as far as the events tell; nil where not even the first line was there.
    package func record() -> RunRecord? {
      guard let header else { return nil }
      let end = self.end ?? .died
      let hasGaps = end == .finished && unreadableLines > 0
      func why(_ part: Reason.UnendedPart) -> Reason {
        if hasGaps, part == .notBegun { return Reason(.eventsUnreadable) }
        return Reason(.unended(part, run: end, in: end == .died ? current.stage : nil))
      }
      let stages = Stage.allCases.map { stage -> StageRecord in
        guard var record = self.stages[stage] else {
          return StageRecord(stage: stage, outcome: .notRun(reason: why(.notBegun)))
        }
        if unfinishedStages.contains(stage) {
          record.outcome = .broken(reason: why(.stage))
          record.microseconds = last - (record.startedAt ?? last)
        }
        return record
      }
      let checks = header.planned.map { plan -> CheckRecord in
        guard var record = self.checks[plan.id] else {
          return CheckRecord(of: plan, .notRun(reason: why(.notBegun)))
        }
        if unfinishedChecks.contains(plan.id) {
          record.outcome = .broken(reason: why(.check))
          record.microseconds = last - (record.startedAt ?? last)
        }
        return record
      }
      return RunRecord(
        header: header,
        stages: stages,
        checks: checks,
        findings: findings,
        values: values,
        end: end,
        microseconds: last,
        unreadableLines: unreadableLines,
        attempts: attempts
      )
    }
  }
}
