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
    startingAt first: Int = 1,
    with captures: [[String: JSONValue]] = []
  ) async -> Outcome {
    for (index, step) in steps.enumerated() {
      let number = String(first + index)
      if index < captures.count { scope.captures.merge(captures[index]) { $1 } }
      if let reason = circumstances.reasonAgainst(step.when) {
        tell(
          .stepFinished(check: check, step: .skipped(step, number: number, reason: reason))
        )
        continue
      }
      let result = await attempts.perform(step, number: number, in: scope)
      scope.sessions = result.sessions
      keep(result, of: step, index, in: &scope)
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
    in scope: Scope,
    with captures: [[String: JSONValue]] = []
  ) async -> ControlRecord {
    var scope = scope
    var records: [StepRecord] = []
    for (index, step) in steps.enumerated() where circumstances.reasonAgainst(step.when) == nil {
      if index < captures.count { scope.captures.merge(captures[index]) { $1 } }
      let isKnown = scope.sessions.rewind(to: step)
      let result = await attempts.perform(step, number: String(index + 1), in: scope, once: true)
      // Who begins without cookies has those that the steps before it were given.
      if !isKnown { scope.sessions = result.sessions }
      records += [result.record] + result.inner
      keep(result, of: step, index, in: &scope)
      switch result.record.outcome {
      case .passed: continue
      case .failed(let reason):
        let problem = scope.isFresh(step) ? Self.refusal(in: records, kind) : .looksForNoValue
        guard kind != .sibling, let problem else {
          return ControlRecord(kind: kind, result: .failed, steps: records)
        }
        return ControlRecord(
          kind: kind,
          result: .broken(reason: Reason(.controlMissedItsPoint(problem, because: reason))),
          steps: records
        )
      case .broken(let reason) where kind == .sibling && reason.isAnswer:
        return ControlRecord(kind: kind, result: .failed, steps: records)
      case .broken(let reason), .skipped(let reason), .notRun(let reason):
        return ControlRecord(kind: kind, result: .broken(reason: reason), steps: records)
      }
    }
    return ControlRecord(kind: kind, result: .passed, steps: records)
  }

  /// A query that is refused, or an app that fails over a value, shows nothing of what is kept. A
  /// dropped marker may have taken its table with it, which is a good drop.
  package static func refusal(in records: [StepRecord], _ kind: ControlRecord.Kind)
    -> Reason.ControlProblem?
  {
    guard kind == .decoy else { return nil }
    for record in records where record.outcome.word == .failed {
      for assertion in record.assertions where !assertion.holds {
        if assertion.subject == .error { return .statementRefused }
        if assertion.subject == .status, case .value(.int(500...599)) = assertion.actual {
          return .appFailed
        }
      }
    }
    return nil
  }

  /// Puts what a step captured into a scope; what is a secret is learned first.
  package func keep(
    _ result: Attempts.Result,
    of step: Step,
    _ index: Int,
    in scope: inout Scope
  ) {
    learnSecrets(result, of: step)
    for capture in step.allCaptures
    where capture.holdsSecret && result.captures[capture.name] != nil {
      scope.secretCaptures.insert(capture.name)
    }
    scope.keep(result.captures, of: index)
  }

  /// Tells of secrets that stand in a step's answer, kept or not.
  package func learnSecrets(_ result: Attempts.Result, of step: Step) {
    let captures = step.allCaptures.filter(\.holdsSecret)
    for (name, value) in result.seenSecrets where !captures.contains(where: { $0.name == name }) {
      learnSecret(name, Scope.text(of: value))
    }
    for capture in captures {
      let values = [result.captures[capture.name], result.seenSecrets[capture.name]]
      for value in Set(values.compactMap { $0.map(Scope.text) }) {
        learnSecret(capture.name, value)
        // A cookie is sent back without its attributes.
        guard capture.subject.confidentialHeader != nil else { continue }
        for part in SecretHeaders.cookieValues(value) { learnSecret(capture.name, part) }
      }
    }
  }
}

extension Reason {
  /// An answer came: a page that does not exist may well be refused by whoever stands before the app.
  fileprivate var isAnswer: Bool {
    if case .inconclusive = code { true } else { false }
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
  package func reasonAgainst(_ condition: Condition?) -> Reason? {
    condition?.reasonAgainst(driver: driver, version: version)
  }
}

extension Step {
  /// Its own captures and those of the steps of a group.
  package var allCaptures: [Capture] {
    guard case .group(let steps) = action else { return capture }
    return capture + steps.flatMap(\.allCaptures)
  }
}
