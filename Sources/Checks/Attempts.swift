package import Evidence
package import Formats
package import Suites

/// Performs one step, again and again where it says so, and records what it saw.
package struct Attempts: Sendable {
  package let probes: Probes
  /// Of a step that does not say otherwise, in one attempt.
  package let stepLimit: Duration
  package let seed: UInt64
  /// Asked between attempts: what is dead, where waiting has no sense any more.
  package let hopeless: @Sendable () async -> Reason.Note?
  /// Told between attempts: what is awaited, for how long so far, and the limit.
  package let awaiting: @Sendable (String, Duration, Duration) -> Void
  /// What the conditions of steps inside a group are held against; nil: all of them run.
  package var circumstances: Circumstances?

  package init(
    probes: Probes,
    stepLimit: Duration,
    seed: UInt64,
    hopeless: @escaping @Sendable () async -> Reason.Note? = { nil },
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
    /// Secrets that stand in the answer, under the names of their captures, whether these were kept or
    /// not: what is recorded holds them.
    package var seenSecrets: [String: JSONValue] = [:]
    /// True where it did not pass and will not by being performed again.
    package var isHopeless: Bool
    /// With the cookies of all attempts, and the page of the last one where it passed.
    package var sessions: Sessions
    /// What the last look came to, for what it is a part of.
    var look: Look

    /// The last attempt's; nil where none came.
    var answer: Answer? { look.answer }
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
    var scope = scope
    scope.sessions.note(before: step)
    let start = ContinuousClock.now
    let within = once ? nil : step.retry?.within
    var polling = Polling(within: within ?? .zero, seed: seed)
    var count = 0
    var failed = 0
    while true {
      count += 1
      let left = within.map { $0 - (ContinuousClock.now - start) }
      let limit = max(min(stepLimit, left ?? stepLimit), .milliseconds(500))
      var look = await self.look(step, number: number, in: scope, within: limit, once: once)
      scope.sessions = look.sessions
      if once { look.becomeControl() }
      let elapsed = ContinuousClock.now - start
      if let note = await deadServiceNote(look, isAskedAgain: within != nil) {
        look.stop(because: note, isCutShort: once || within.map { elapsed < $0 } ?? false)
      }
      var action = polling.next(after: look.attempt, elapsed: elapsed)
      if Task.isCancelled, action != .stop {
        look.attempt = .unanswered
        look.reason = Reason(.interrupted, during: step.title)
        action = .stop
      }
      guard case .again(let pause) = action else {
        var result = result(step, number, look, attempts: count, elapsed)
        result.record.failedAttempts = failed > 0 ? failed : nil
        return result
      }
      if look.isError { failed += 1 }
      awaiting(step.title, elapsed, within ?? .zero)
      try? await Task.sleep(for: pause)
    }
  }

  /// Looks again and again for a while; fails as soon as what must never be is there.
  private func watch(_ step: Step, number: String, in scope: Scope, for duration: Duration) async
    -> Result
  {
    var scope = scope
    let start = ContinuousClock.now
    var count = 0
    while true {
      count += 1
      var look = await self.look(step, number: number, in: scope, within: stepLimit)
      scope.sessions = look.sessions
      let elapsed = ContinuousClock.now - start
      look.notes = []
      if look.attempt == .satisfied {
        look.attempt = .unsatisfied
        let limit = duration.microseconds / 1000
        look.reason = Reason(.happened(milliseconds: limit), during: step.title)
      } else if look.isRefused {
        look.reason = nil
      } else if look.isUntried {
        look.attempt = .unanswered
      } else if let silence = look.silence {
        look.attempt = .unanswered
        look.reason = Reason(.inconclusive(silence, never: true), during: step.title)
      } else if look.attempt == .unanswered || look.attempt == .hopelessUnanswered {
        look.attempt = .unanswered
      } else {
        look.attempt = .satisfied
      }
      if Task.isCancelled {
        look.attempt = .unanswered
        look.reason = Reason(.interrupted, during: step.title)
      }
      guard look.attempt == .satisfied, elapsed < duration else {
        if let note = await deadServiceNote(look, isAskedAgain: false) { look.notes.append(note) }
        if !look.isRefused { look.invert() }
        return result(step, number, look, attempts: count, elapsed)
      }
      awaiting("never: " + step.title, elapsed, duration)
      try? await Task.sleep(for: min(.milliseconds(250), duration - elapsed + .milliseconds(1)))
    }
  }

  /// What is dead, where an attempt did not satisfy.
  func deadServiceNote(_ look: Look, isAskedAgain: Bool) async -> Reason.Note? {
    guard look.attempt != .satisfied else { return nil }
    if let note = await hopeless() { return note }
    guard look.attempt == .unanswered, !isAskedAgain, !Task.isCancelled else { return nil }
    // A connection is lost a moment before the end of its process is known.
    try? await Task.sleep(for: .milliseconds(100))
    return await hopeless()
  }

  // MARK: One attempt

  struct Look: Sendable {
    var attempt: Polling.Attempt
    /// Nil where the assertions say it.
    var reason: Reason?
    /// What else is to be known of it.
    var notes: [Reason.Note] = []
    var exchange: Exchange?
    var answer: Answer?
    var assertions: [Assertion] = []
    /// Of these, those of which nobody knows whether they hold.
    var unknown: Set<Int> = []
    var captures: [String: JSONValue] = [:]
    var sessions = Sessions()
    var seenSecrets: [String: JSONValue] = [:]
    /// Of a group: what the steps inside it came to.
    var inner: [StepRecord] = []
    /// The statement itself was refused: whatever it was to show, it did not.
    var isRefused = false
    /// Why nothing can be concluded from what is not in the answer.
    var silence: Reason.Inconclusive?
    /// Why nobody was there to answer.
    var absence: Reason.Inconclusive?
    /// What the answer before leads to cannot be asked.
    var isUntried = false
    /// An act that the server failed over, or that was not answered.
    var isError = false

    /// - Parameter isCutShort: more was to be looked at: a wait that a dead service ends tells
    ///   nothing of its end, and neither does a control that it fails.
    mutating func stop(because note: Reason.Note, isCutShort: Bool) {
      if attempt == .unsatisfied { attempt = isCutShort ? .hopelessUnanswered : .hopeless }
      // A step of a group has said it already.
      if reason?.notes.contains(note) != true, !notes.contains(note) { notes.append(note) }
      if attempt == .unanswered { attempt = .hopelessUnanswered }
    }

    /// What did not hold is what was wanted, and the record says so. Where something did not hold,
    /// what did is nothing to object to and is left out, and so is what nobody knows, where something
    /// is known.
    mutating func invert() {
      let failed = assertions.indices.filter { !assertions[$0].holds }
      let known = failed.filter { !unknown.contains($0) }
      let kept = failed.isEmpty ? Array(assertions.indices) : known.isEmpty ? failed : known
      assertions = kept.map { index in
        var assertion = assertions[index]
        assertion.isNever = true
        assertion.holds = !assertion.holds && !unknown.contains(index)
        if assertion.holds, case .unreadable = assertion.actual { assertion.actual = .absent }
        return assertion
      }
    }

    /// What must fail must be failed by an answer, and is not asked again anyway.
    mutating func becomeControl() {
      if attempt == .hopeless { attempt = .unsatisfied }
      if isUntried { attempt = .unanswered }
      guard let absence, attempt == .unsatisfied else { return }
      attempt = .unanswered
      reason = Reason(.inconclusive(absence, never: false))
    }

    /// Of the step that it is a look of.
    func reason(of step: Step) -> Reason {
      let violated = assertions.filter { !$0.holds }
      let code: Reason.Code =
        violated.isEmpty ? .noAnswer(detail: "") : .violated(assertions: violated)
      var reason = self.reason ?? Reason(code)
      reason.act = reason.act ?? step.title
      reason.notes += notes.filter { !reason.notes.contains($0) }
      return reason
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
    var sessions = scope.sessions
    var look = await lookOnce(step, in: scope, within: limit)
    if let answer = look.answer {
      sessions.keep(answer, of: step.action)
      if look.attempt == .satisfied { sessions.show(answer, of: step.action) }
    }
    look.sessions = sessions
    return look
  }

  private func lookOnce(_ step: Step, in scope: Scope, within limit: Duration) async -> Look {
    switch await probes.perform(step.action, in: scope, within: limit) {
    // An answer came before, and it is not as it must be.
    case .unanswered(let code, _, _) where code.isOfForm:
      var look = Look(attempt: .unsatisfied, reason: Reason(code))
      look.isUntried = true
      return look
    case .unanswered(let code, let exchange, let isHopeless):
      return Look(
        attempt: isHopeless ? .hopelessUnanswered : .unanswered,
        reason: Reason(code),
        exchange: exchange,
        isError: !step.action.isReading
      )
    case .answered(let answer, let exchange) where answer.isCut(for: step):
      return Look(
        attempt: .unanswered,
        reason: Reason(.outputTruncated),
        exchange: exchange
      )
    case .answered(let answer, let exchange):
      do {
        let assessment = try AnswerAssessment(
          of: step,
          answer: answer,
          in: scope,
          without: probes.options.secrets()
        )
        var look = Look(
          attempt: assessment.isSatisfied ? .satisfied : .unsatisfied,
          exchange: exchange,
          answer: answer,
          assertions: assessment.assertions,
          unknown: assessment.unknown,
          isRefused: answer.error != nil,
          isError: !step.action.isReading && (answer.status ?? 0) >= 500
        )
        if assessment.isBlind {
          look.attempt = .unanswered
        } else if !assessment.isSatisfied,
          EarlyStop.applies(to: answer, stopOn: step.retry?.stopOn ?? [])
        {
          look.attempt = .hopeless
        }
        look.seenSecrets = Self.secrets(step, in: answer)
        if look.attempt == .satisfied { try capture(step, answer, in: scope, into: &look) }
        if look.attempt != .satisfied {
          look.absence = InconclusiveAnswer.absence(in: answer)
          look.silence =
            InconclusiveAnswer.silence(in: answer, of: step)
            ?? assessment.unseen.map { .unreadable($0.subject, $0.why) }
          if let owner = answer.proxyPage { look.notes = [.foreignPage(owner: owner)] }
        }
        return look
      } catch {
        let unknown = error as? Scope.UnknownName
        let code: Reason.Code =
          unknown.map { .unknownName(name: $0.name) } ?? .searchGivenUp(detail: "\(error)")
        var look = Look(
          attempt: .hopelessUnanswered,
          reason: Reason(code),
          exchange: exchange,
          answer: answer
        )
        look.seenSecrets = Self.secrets(step, in: answer)
        return look
      }
    }
  }

  static func secrets(_ step: Step, in answer: Answer) -> [String: JSONValue] {
    var seen = repeated(in: answer)
    let captures = step.capture.filter(\.holdsSecret)
    if captures.isEmpty { return seen }
    var reader = AnswerReader(answer)
    for capture in captures {
      seen[capture.name] = try? reader.look(at: capture.subject)
        .captured(isList: capture.subject.isList)
    }
    return seen
  }

  /// Values of secret headers that the body says again: a session that an app answers with too.
  private static func repeated(in answer: Answer) -> [String: JSONValue] {
    guard let body = answer.body, !body.isEmpty else { return [:] }
    var seen: [String: JSONValue] = [:]
    for (name, value) in answer.headers where SecretHeaders.contains(name) {
      let isCookie = name.lowercased() == "set-cookie"
      for part in isCookie ? SecretHeaders.cookieValues(value) : [value]
      where part.utf8.count >= 16 && body.firstRange(of: Array(part.utf8)) != nil {
        seen["\(name.lowercased()).\(seen.count)"] = .string(part)
      }
    }
    return seen
  }

  /// Captures that find nothing, or nothing in it, make the attempt unsatisfied: a later step would
  /// lie without them, since every text contains an empty one.
  private func capture(
    _ step: Step,
    _ answer: Answer,
    in scope: Scope,
    into look: inout Look
  ) throws {
    var reader = AnswerReader(answer)
    var scope = scope
    for capture in step.capture {
      let found = try reader.look(at: try scope.filled(capture.subject))
      var value = found.captured(isList: capture.subject.isList)
      if let pattern = capture.pattern {
        let fields = reader.fields(of: capture.subject)
        let texts = fields.isEmpty ? value.map { [Scope.text(of: $0)] } ?? [] : fields
        value = try texts.lazy.compactMap { try pattern.firstMatch(in: $0)?.kept }.first
          .map { .string($0) }
      }
      scope.captures[capture.name] = value
      if let value, value != .null, value != .string("") {
        look.captures[capture.name] = value
      } else {
        look.attempt = .unsatisfied
        look.assertions.append(
          Assertion(
            capture.subject,
            .captured(name: capture.name),
            actual: found.actual(holds: false, without: probes.options.secrets()),
            holds: false,
            place: capture.place
          )
        )
        if case .unreadable(let why) = found, why.isUndecoded { look.attempt = .unanswered }
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
      scope.sessions = result.sessions
      look.captures.merge(result.captures) { $1 }
      look.seenSecrets.merge(result.seenSecrets) { $1 }
      scope.captures.merge(result.captures) { $1 }
      look.isRefused = result.look.isRefused
      look.silence = result.look.silence
      look.absence = result.look.absence
      look.isError = result.look.isError
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
    look.sessions = scope.sessions
    return look
  }

  func result(
    _ step: Step,
    _ number: String,
    _ look: Look,
    attempts: Int,
    _ elapsed: Duration
  ) -> Result {
    let outcome: Outcome =
      switch look.attempt {
      case .satisfied: .passed
      case .unsatisfied, .hopeless: .failed(reason: look.reason(of: step))
      case .unanswered, .hopelessUnanswered: .broken(reason: look.reason(of: step))
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
      inner: look.inner
        + (look.answer?.recorded ?? []).map { record in
          var record = record
          record.number = number + record.number
          return record
        },
      captures: look.captures,
      seenSecrets: look.seenSecrets,
      isHopeless: look.attempt == .hopeless || look.attempt == .hopelessUnanswered,
      sessions: look.sessions,
      look: look
    )
  }
}

extension Reason.Code {
  var isOfForm: Bool { if case .form = self { true } else { false } }
}

extension Capture {
  /// By the suite's word, or by the header that it is taken from.
  var holdsSecret: Bool { isSecret || subject.confidentialHeader != nil }
}

extension Subject {
  /// Whether a capture keeps all of it.
  fileprivate var isList: Bool { if case .column = self { true } else { false } }
}

extension StepRecord {
  /// A step that was passed over.
  static func skipped(_ step: Step, number: String, reason: Reason) -> StepRecord {
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
