package import Evidence
package import Formats
package import Suites

/// Performs the steps of one check in order, then its control, and tells what happened as it goes.
package struct CheckPerformer: Sendable {
  package let attempts: Attempts
  package let circumstances: Circumstances
  /// Takes each event as it happens; the order is the order of what happened.
  package let tell: @Sendable (RunEvent.What) -> Void
  /// Told of a secret that was captured before any record of it is made.
  package let learnSecret: @Sendable (_ name: String, _ value: String) -> Void

  package init(
    attempts: Attempts,
    circumstances: Circumstances,
    tell: @escaping @Sendable (RunEvent.What) -> Void,
    learnSecret: @escaping @Sendable (String, String) -> Void = { _, _ in }
  ) {
    var attempts = attempts
    attempts.circumstances = circumstances
    self.attempts = attempts
    self.circumstances = circumstances
    self.tell = tell
    self.learnSecret = learnSecret
  }

  /// Performs steps until one does not pass.
  ///
  /// - Parameter scope: takes what is captured on the way.
  /// - Returns: the outcome of the first step that did not pass, or `passed`.
  package func perform(
    _ steps: [Step],
    of check: CheckID,
    in scope: inout Scope,
    startingAt first: Int = 1
  ) async -> Outcome {
    for (index, step) in steps.enumerated() {
      let number = String(first + index)
      if let reason = circumstances.reasonAgainst(step.when) {
        tell(
          .stepFinished(check: check, step: .skipped(step, number: number, reason: reason))
        )
        continue
      }
      let result = await attempts.perform(step, number: number, in: scope)
      keep(result.captures, of: step, in: &scope)
      for record in [result.record] + result.inner {
        tell(.stepFinished(check: check, step: record))
      }
      if !result.record.outcome.isPassed { return result.record.outcome }
    }
    return .passed
  }

  /// Performs steps once each where they must not be satisfied.
  ///
  /// All but the last are preparation and may pass; it is a control when one of them failed that
  /// looks for a fresh value, and none when one gave no answer before that, or failed for another
  /// reason.
  package func performControl(
    _ kind: ControlRecord.Kind,
    _ steps: [Step],
    in scope: Scope
  ) async -> ControlRecord {
    var scope = scope
    var records: [StepRecord] = []
    for (index, step) in steps.enumerated() where circumstances.reasonAgainst(step.when) == nil {
      let result = await attempts.perform(step, number: String(index + 1), in: scope, once: true)
      records += [result.record] + result.inner
      keep(result.captures, of: step, in: &scope)
      switch result.record.outcome {
      case .passed: continue
      case .failed(let reason):
        let problem =
          scope.isFresh(step) ? Self.refusal(in: records, kind) : "it does not look for it"
        guard let problem else {
          return ControlRecord(kind: kind, result: .failed, steps: records)
        }
        let what = kind == .decoy ? "a value never sent" : "the marker"
        return ControlRecord(
          kind: kind,
          result: .broken(reason: "not for want of \(what), \(problem): \(reason)"),
          steps: records
        )
      case .broken(let reason), .skipped(let reason), .notRun(let reason):
        return ControlRecord(kind: kind, result: .broken(reason: reason), steps: records)
      }
    }
    return ControlRecord(kind: kind, result: .passed, steps: records)
  }

  /// A query that is refused, or an app that fails over a value, shows nothing of what is kept. A
  /// dropped marker may have taken its table with it, which is a good drop.
  private static func refusal(in records: [StepRecord], _ kind: ControlRecord.Kind) -> String? {
    guard kind == .decoy else { return nil }
    for record in records where record.outcome.word == .failed {
      for assertion in record.assertions where !assertion.holds {
        if assertion.subject == "error" { return "the statement was refused" }
        if assertion.subject == "status", let status = assertion.actual.flatMap({ Int($0) }),
          (500...599).contains(status)
        {
          return "the app failed"
        }
      }
    }
    return nil
  }

  /// Puts what a step captured into a scope; what is a secret is learned first.
  package func keep(_ captures: [String: JSONValue], of step: Step, in scope: inout Scope) {
    for capture in step.allCaptures where capture.isSecret {
      guard let value = captures[capture.name] else { continue }
      scope.secretCaptures.insert(capture.name)
      learnSecret(capture.name, Scope.text(of: value))
    }
    scope.captures.merge(captures) { $1 }
  }
}

/// What conditions are held against.
package struct Circumstances: Sendable, Hashable {
  package var driver: String
  /// The recipe version that runs.
  package var version: String

  package init(driver: String, version: String) {
    self.driver = driver
    self.version = version
  }

  /// Why a condition does not hold; nil where it does, or where there is none.
  package func reasonAgainst(_ condition: Condition?) -> String? {
    guard let condition else { return nil }
    if !condition.drivers.isEmpty, !condition.drivers.contains(driver) {
      return "only on driver \(condition.drivers.joined(separator: ", ")), this is \(driver)"
    }
    if let requirement = condition.version, !requirement.isSatisfied(by: version) {
      return "only for version \(requirement), this is \(version)"
    }
    return nil
  }
}

extension Step {
  /// Its own captures and those of the steps of a group.
  package var allCaptures: [Capture] {
    guard case .group(let steps) = action else { return capture }
    return capture + steps.flatMap(\.allCaptures)
  }
}
