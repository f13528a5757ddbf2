import Evidence
import Suites

extension Attempts {
  /// Asks once what nothing is expected of yet; `assess` says later what is.
  func ask(_ step: Step, number: String, in scope: Scope) async -> Result {
    let start = ContinuousClock.now
    var sessions = scope.sessions
    sessions.note(before: step)
    var look: Look
    switch await probes.perform(step.action, in: scope, within: stepLimit) {
    case .unanswered(let code, _, _) where code.isOfForm:
      look = Look(attempt: .unsatisfied, reason: Reason(code))
    case .unanswered(let code, let exchange, _):
      look = Look(attempt: .unanswered, reason: Reason(code), exchange: exchange)
    case .answered(let answer, let exchange):
      look = Look(attempt: .satisfied, exchange: exchange, answer: answer)
      look.seenSecrets = Self.secrets(step, in: answer)
      // What was refused has no answer that anything could be expected of.
      if answer.error != nil { look = held(look, step, answer, in: scope) }
      sessions.keep(answer, of: step.action)
      sessions.show(answer, of: step.action)
    }
    look.sessions = sessions
    if let note = await deadServiceNote(look, isAskedAgain: false) {
      look.stop(because: note, isCutShort: false)
    }
    return result(step, number, look, attempts: 1, ContinuousClock.now - start)
  }

  /// The record of a step that was asked once, with what is expected of its answer now.
  ///
  /// - Parameter isControl: it must be failed by an answer.
  func assess(
    _ step: Step,
    _ record: StepRecord,
    _ answer: Answer,
    in scope: Scope,
    isControl: Bool
  ) -> StepRecord {
    let asked = Look(attempt: .satisfied, exchange: record.exchange, answer: answer)
    var look = held(asked, step, answer, in: scope)
    if isControl { look.becomeControl() }
    let elapsed = Duration.microseconds(record.microseconds)
    return result(step, record.number, look, attempts: 1, elapsed).record
  }

  func held(_ look: Look, _ step: Step, _ answer: Answer, in scope: Scope) -> Look {
    var look = look
    if answer.isCut(for: step) {
      look.attempt = .unanswered
      look.reason = Reason(.outputTruncated)
      return look
    }
    do {
      let assessment = try AnswerAssessment(
        of: step,
        answer: answer,
        in: scope,
        without: probes.options.secrets()
      )
      look.assertions = assessment.assertions
      look.unknown = assessment.unknown
      look.attempt =
        assessment.isBlind ? .unanswered : assessment.isSatisfied ? .satisfied : .unsatisfied
      if !assessment.isSatisfied {
        look.absence = InconclusiveAnswer.absence(in: answer)
        if let owner = answer.proxyPage { look.notes = [.foreignPage(owner: owner)] }
      }
    } catch {
      let unknown = error as? Scope.UnknownName
      look.attempt = .unanswered
      look.reason = Reason(
        unknown.map { .unknownName(name: $0.name) } ?? .searchGivenUp(detail: "\(error)")
      )
    }
    return look
  }
}
