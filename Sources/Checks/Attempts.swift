package import Evidence
package import Formats
package import Suites

/// Performs one step, again and again where it says so, and records what it saw.
package struct Attempts: Sendable {
  package let probes: Probes
  /// Of a step that does not say otherwise, in one attempt.
  package let stepLimit: Duration
  package let seed: UInt64
  /// Asked between attempts: a word about what is dead, where waiting has no sense any more.
  package let hopeless: @Sendable () async -> String?
  /// Told between attempts: what is awaited, for how long so far, and the limit.
  package let awaiting: @Sendable (String, Duration, Duration) -> Void
  /// What the conditions of steps inside a group are held against; nil: all of them run.
  package var circumstances: Circumstances?

  package init(
    probes: Probes,
    stepLimit: Duration,
    seed: UInt64,
    hopeless: @escaping @Sendable () async -> String? = { nil },
    awaiting: @escaping @Sendable (String, Duration, Duration) -> Void = { _, _, _ in }
  ) {
    self.probes = probes
    self.stepLimit = stepLimit
    self.seed = seed
    self.hopeless = hopeless
    self.awaiting = awaiting
  }

  /// What one step came to. Captures are those of the last attempt.
  package struct Result: Sendable {
    package var record: StepRecord
    /// Of the steps inside a group, at every depth, in order; the last attempt's.
    package var inner: [StepRecord] = []
    package var captures: [String: JSONValue]
    /// True where it did not pass and will not by being performed again.
    package var isHopeless: Bool
    /// What the last look came to, for what it is a part of.
    fileprivate var look: Look
  }

  /// Performs a step to its end.
  ///
  /// - Parameter once: without `retry` and `never`, at any depth, for controls.
  package func perform(_ step: Step, number: String, in scope: Scope, once: Bool = false) async
    -> Result
  {
    if let never = step.never, !once {
      return await watch(step, number: number, in: scope, for: never.duration)
    }
    let start = ContinuousClock.now
    let within = once ? nil : step.retry?.within
    var polling = Polling(within: within ?? .zero, seed: seed)
    var count = 0
    while true {
      count += 1
      let left = within.map { $0 - (ContinuousClock.now - start) }
      let limit = max(min(stepLimit, left ?? stepLimit), .milliseconds(500))
      var look = await self.look(step, number: number, in: scope, within: limit, once: once)
      if once { look.becomeControl() }
      let elapsed = ContinuousClock.now - start
      if let word = await wordOfTheDead(look, isAskedAgain: within != nil) {
        look.stop(because: word, isCutShort: once || within.map { elapsed < $0 } ?? false)
      }
      var action = polling.next(after: look.attempt, elapsed: elapsed)
      if Task.isCancelled, action != .stop {
        look.attempt = .unanswered
        look.reason = "interrupted"
        action = .stop
      }
      guard case .again(let pause) = action else {
        return result(step, number, look, attempts: count, elapsed, within)
      }
      awaiting(step.title, elapsed, within ?? .zero)
      try? await Task.sleep(for: pause)
    }
  }

  /// Looks again and again for a while; fails as soon as what must never be is there.
  private func watch(_ step: Step, number: String, in scope: Scope, for duration: Duration) async
    -> Result
  {
    let start = ContinuousClock.now
    var count = 0
    while true {
      count += 1
      var look = await self.look(step, number: number, in: scope, within: stepLimit)
      let elapsed = ContinuousClock.now - start
      look.notes = []
      if look.attempt == .satisfied {
        look.attempt = .unsatisfied
        look.reason = "happened after \(elapsed.shown), and must not within \(duration.shown)"
      } else if look.isRefused {
        look.reason = look.assertions.last { !$0.holds }?.complaint ?? look.reason
      } else if let silence = look.silence {
        look.attempt = .unanswered
        look.reason = "whether it never happens cannot be told: \(silence)"
      } else if look.attempt == .unsatisfied || look.attempt == .hopeless {
        look.attempt = .satisfied
      }
      if Task.isCancelled {
        look.attempt = .unanswered
        look.reason = "interrupted"
      }
      guard look.attempt == .satisfied, elapsed < duration else {
        if let word = await wordOfTheDead(look, isAskedAgain: false) { look.notes.append(word) }
        if !look.isRefused { look.assertions = Self.inverted(look.assertions) }
        return result(step, number, look, attempts: count, elapsed, nil)
      }
      awaiting("never: " + step.title, elapsed, duration)
      try? await Task.sleep(for: min(.milliseconds(250), duration - elapsed + .milliseconds(1)))
    }
  }

  /// What did not hold is what was wanted: the record says so by the subject. Where something did
  /// not hold, what did is nothing to object to and is left out.
  private static func inverted(_ assertions: [AssertionRecord]) -> [AssertionRecord] {
    let violated = assertions.filter { !$0.holds }
    return (violated.isEmpty ? assertions : violated).map { assertion in
      var assertion = assertion
      assertion.subject = "never " + assertion.subject
      assertion.holds = !assertion.holds
      return assertion
    }
  }

  /// What is dead, where an attempt did not satisfy.
  private func wordOfTheDead(_ look: Look, isAskedAgain: Bool) async -> String? {
    guard look.attempt != .satisfied else { return nil }
    if let word = await hopeless() { return word }
    guard look.attempt == .unanswered, !isAskedAgain, !Task.isCancelled else { return nil }
    // A connection is lost a moment before the end of its process is known.
    try? await Task.sleep(for: .milliseconds(100))
    return await hopeless()
  }

  // MARK: One attempt

  fileprivate struct Look: Sendable {
    var attempt: Polling.Attempt
    var reason: String?
    /// What else is to be known of it, after the reason.
    var notes: [String] = []
    var exchange: Exchange?
    var assertions: [AssertionRecord] = []
    var captures: [String: JSONValue] = [:]
    /// Of a group: what the steps inside it came to.
    var inner: [StepRecord] = []
    /// The statement itself was refused: whatever it was to show, it did not.
    var isRefused = false
    /// Why nothing can be concluded from what is not in the answer.
    var silence: String?
    /// Why nobody was there to answer.
    var absence: String?

    /// - Parameter isCutShort: more was to be looked at: a wait that a dead service ends tells
    ///   nothing of its end, and neither does a control that it fails.
    mutating func stop(because word: String, isCutShort: Bool) {
      if attempt == .unsatisfied {
        attempt = isCutShort ? .hopelessUnanswered : .hopeless
        if reason == nil { reason = assertions.first { !$0.holds }?.complaint }
      }
      // A step of a group has said it already.
      if !notes.contains(word), reason?.contains(word) != true { notes.append(word) }
      if attempt == .unanswered { attempt = .hopelessUnanswered }
    }

    /// What must fail must be failed by an answer, and is not asked again anyway.
    mutating func becomeControl() {
      if attempt == .hopeless { attempt = .unsatisfied }
      guard let absence, attempt == .unsatisfied else { return }
      attempt = .unanswered
      reason = absence
    }
  }

  private func look(
    _ step: Step,
    number: String,
    in scope: Scope,
    within limit: Duration,
    once: Bool = false
  ) async -> Look {
    if case .group(let steps) = step.action {
      return await lookAtGroup(steps, number: number, in: scope, once: once)
    }
    switch await probes.perform(step.action, in: scope, within: limit) {
    case .unanswered(let reason, let exchange, let isHopeless):
      return Look(
        attempt: isHopeless ? .hopelessUnanswered : .unanswered,
        reason: reason,
        exchange: exchange
      )
    case .answered(let answer, let exchange) where answer.isCut(for: step):
      return Look(
        attempt: .unanswered,
        reason: "it printed more than is kept, so that what it printed cannot be judged",
        exchange: exchange
      )
    case .answered(let answer, let exchange):
      do {
        let assessment = try AnswerAssessment(of: step, answer: answer, in: scope)
        var look = Look(
          attempt: assessment.isSatisfied ? .satisfied : .unsatisfied,
          exchange: exchange,
          assertions: assessment.assertions,
          isRefused: answer.error != nil
        )
        if !assessment.isSatisfied, EarlyStop.applies(to: answer, stopOn: step.retry?.stopOn ?? [])
        {
          look.attempt = .hopeless
        }
        if look.attempt == .satisfied { try capture(step, answer, into: &look) }
        if look.attempt != .satisfied {
          look.absence = Evasion.absence(in: answer)
          look.silence = Evasion.silence(in: answer, of: step)
          if let page = answer.proxyPage { look.notes = ["the answer looks like \(page)"] }
        }
        return look
      } catch {
        return Look(attempt: .hopelessUnanswered, reason: "\(error)", exchange: exchange)
      }
    }
  }

  /// Captures that find nothing, or nothing in it, make the attempt unsatisfied: a later step would
  /// lie without them, since every text contains an empty one.
  private func capture(_ step: Step, _ answer: Answer, into look: inout Look) throws {
    var reader = AnswerReader(answer)
    for capture in step.capture {
      let value = try reader.value(of: capture.subject)
      if let value, value != .null, value != .string("") {
        look.captures[capture.name] = value
      } else {
        look.attempt = .unsatisfied
        look.assertions.append(
          AssertionRecord(
            subject: capture.subject.description,
            expected: "exists and is not empty, for {{\(capture.name)}}",
            wanted: "exists and is not empty, for {{\(capture.name)}}",
            actual: value?.description,
            holds: false,
            place: capture.place
          )
        )
      }
    }
  }

  private func lookAtGroup(
    _ steps: [Step],
    number: String,
    in scope: Scope,
    once: Bool
  ) async -> Look {
    var scope = scope
    var look = Look(attempt: .satisfied)
    for (index, step) in steps.enumerated() {
      let number = "\(number).\(index + 1)"
      if let reason = circumstances?.reasonAgainst(step.when) {
        look.inner.append(.skipped(step, number: number, reason: reason))
        continue
      }
      let result = await perform(step, number: number, in: scope, once: once)
      look.inner += [result.record] + result.inner
      look.captures.merge(result.captures) { $1 }
      scope.captures.merge(result.captures) { $1 }
      look.isRefused = result.look.isRefused
      look.silence = result.look.silence
      look.absence = result.look.absence
      switch result.record.outcome {
      case .passed: continue
      case .failed(let reason):
        look.attempt = result.isHopeless ? .hopeless : .unsatisfied
        look.reason = reason
      case .broken(let reason), .skipped(let reason), .notRun(let reason):
        look.attempt = result.isHopeless ? .hopelessUnanswered : .unanswered
        look.reason = reason
      }
      break
    }
    return look
  }

  private func result(
    _ step: Step,
    _ number: String,
    _ look: Look,
    attempts: Int,
    _ elapsed: Duration,
    _ within: Duration?
  ) -> Result {
    let violated = look.assertions.filter { !$0.holds }
    let waited =
      within == nil || attempts == 1 ? "" : " after \(attempts) tries in \(elapsed.shown)"
    let notes = look.notes.map { "; " + $0 }.joined()
    let outcome: Outcome =
      switch look.attempt {
      case .satisfied: .passed
      case .unsatisfied, .hopeless:
        .failed(
          reason: ([step.title + waited]
            + (look.reason.map { [$0] } ?? violated.map(\.complaint)))
            .joined(separator: ": ") + notes
        )
      case .unanswered, .hopelessUnanswered:
        .broken(reason: "\(step.title)\(waited): \(look.reason ?? "no answer")\(notes)")
      }
    return Result(
      record: StepRecord(
        number: number,
        kind: step.word,
        title: step.title,
        place: step.place,
        outcome: outcome,
        attempts: attempts,
        microseconds: elapsed.microseconds,
        exchange: look.exchange,
        assertions: look.assertions,
        captured: step.capture.map(\.name)
      ),
      inner: look.inner,
      captures: look.captures,
      isHopeless: look.attempt == .hopeless || look.attempt == .hopelessUnanswered,
      look: look
    )
  }
}

extension StepRecord {
  /// A step that was passed over.
  static func skipped(_ step: Step, number: String, reason: String) -> StepRecord {
    StepRecord(
      number: number,
      kind: step.word,
      title: step.title,
      place: step.place,
      outcome: .skipped(reason: reason),
      attempts: 0
    )
  }
}

extension AssertionRecord {
  /// `rows >= 1 does not hold: was 0`.
  package var complaint: String {
    "\(subject) \(wanted) does not hold: \(actual.map { "was \($0)" } ?? "there is none")"
  }
}

extension Duration {
  /// `420 ms`, `3.2 s`, `2 min 5 s`.
  package var shown: String {
    let milliseconds = microseconds / 1000
    if milliseconds < 1000 { return "\(milliseconds) ms" }
    if milliseconds < 60_000 { return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s" }
    let seconds = milliseconds / 1000
    return "\(seconds / 60) min" + (seconds % 60 == 0 ? "" : " \(seconds % 60) s")
  }
}
