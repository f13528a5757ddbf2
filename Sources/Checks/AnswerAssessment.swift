package import Evidence
package import Formats
package import Suites

/// Holds an answer against what is expected of it.
package struct AnswerAssessment: Sendable {
  package var assertions: [Assertion]
  /// Nothing fails for certain, and something that would hold of nothing could not be seen.
  package private(set) var isBlind = false
  /// What could not be seen, where nothing else fails: nobody knows whether all of it is so.
  package private(set) var unseen: (subject: Subject, why: Unreadable)?
  /// Of `assertions`, those of which nobody knows whether they hold.
  package private(set) var unknown: Set<Int> = []
  /// Something fails for certain.
  private var hasFailure = false
  /// Something that wants a thing to be there does not get it.
  private var isUnmet = false
  /// Removed from what is kept before it is cut to length.
  private let secrets: Redactor?

  /// True where every assertion holds. A step without assertions is satisfied by any answer that
  /// is no error.
  package var isSatisfied: Bool { assertions.allSatisfy(\.holds) }

  /// Adds what nobody has to write: an SQL statement must not fail, a command must exit with 0, a
  /// request must be answered below 400, where the step does not say otherwise.
  ///
  /// - Throws: where nothing can be concluded: a name has no value, a search was given up.
  package init(of step: Step, answer: Answer, in scope: Scope, without secrets: Redactor? = nil)
    throws
  {
    self.secrets = secrets
    assertions = []
    if let error = answer.error {
      let text = "\(error.code): \(error.message)"
      add(.error, .exists(false), .text(text), holds: false, step)
      return
    }
    func mentions(_ subject: Subject) -> Bool {
      step.expect.contains { $0.subject == subject }
    }
    if let status = answer.status, !mentions(.status) {
      add(.status, .less(.number("400")), .number(status), holds: status < 400, step)
    }
    if let exit = answer.exit, !mentions(.exit) {
      add(.exit, .equals(number: 0), .number(exit), holds: exit == 0, step)
    }
    var reader = AnswerReader(answer)
    hasFailure = !isSatisfied
    for expectation in step.expect {
      try add(expectation, &reader, scope)
    }
    if hasFailure || isUnmet { isBlind = false }
    if hasFailure { unseen = nil }
  }

  private mutating func add(
    _ subject: Subject,
    _ predicate: Predicate,
    _ actual: Assertion.Actual,
    holds: Bool,
    _ step: Step
  ) {
    assertions.append(
      Assertion(subject, predicate, actual: actual, holds: holds, place: step.place)
    )
  }

  private mutating func add(
    _ expectation: Expectation,
    _ reader: inout AnswerReader,
    _ scope: Scope
  ) throws {
    let found = try reader.look(at: try scope.filled(expectation.subject))
    for predicate in expectation.predicates {
      let looked: Found
      let verdict: PredicateVerdict
      if let source = predicate.bytes {
        let bytes = reader.bytes(of: expectation.subject)
        (looked, verdict) = try predicate.verdict(of: bytes, source, in: scope)
      } else {
        looked = expectation.subject == .rows ? predicate.rowsOperand(of: found) : found
        verdict =
          try predicate.inapplicable(to: looked, expectation.subject)
          ?? predicate.verdict(
            ofOne: reader.fields(of: expectation.subject),
            or: looked,
            isText: !expectation.subject.isTyped,
            in: scope
          )
      }
      var actual: Assertion.Actual
      var holds = false
      switch verdict {
      case .holds:
        holds = true
        actual = looked.actual(holds: true, without: secrets)
      case .fails:
        hasFailure = true
        actual = looked.actual(holds: false, without: secrets)
      case .unknown(let why):
        actual = .unreadable(why)
        unknown.insert(assertions.count)
        unseen = unseen ?? (expectation.subject, why)
        // What wants something to be there does not get it, whatever the reason.
        if predicate.holdsOfNothing || why.isUndecoded { isBlind = true } else { isUnmet = true }
      }
      assertions.append(
        Assertion(
          expectation.subject,
          predicate,
          filled: predicate.filled(in: scope),
          actual: actual,
          holds: holds,
          place: expectation.place
        )
      )
    }
  }
}

extension Subject {
  /// Whether what is found has types of its own: `5` is not `"5"` in JSON.
  fileprivate var isTyped: Bool { if case .jsonpath = self { true } else { false } }
}

extension Predicate {
  /// A negation of what cannot be asked of such a value: that `null` does not contain something says
  /// nothing. Nil where it can be asked.
  fileprivate func inapplicable(to found: Found, _ subject: Subject) -> PredicateVerdict? {
    guard case .not(let predicate) = self, case .value(let value, let elements, _) = found,
      !predicate.applies(to: value, isCounted: elements != nil)
    else { return nil }
    return .unknown(.otherKind("\(subject)", kind: value.kindName))
  }

  /// With its values filled in; a name without a value stays as it is.
  func filled(in scope: Scope) -> Predicate {
    if !templates.contains(where: { !$0.isLiteral }) { return self }
    return mapOperands { tree in
      (try? scope.json(of: tree)).map { TemplateTree(literal: $0) } ?? tree
    } text: { template in
      (try? scope.text(of: template)).map { Template(literal: $0) } ?? template
    }
  }

  /// `rows` is looked at as a list where the operand is a list, else as the number of rows.
  fileprivate func rowsOperand(of found: Found) -> Found {
    guard case .value(.array(let rows), _, _) = found else { return found }
    return switch self {
    case .equals(.list), .subset, .contains, .exists, .isEmpty, .kind(.list), .count: found
    case .not(let predicate): predicate.rowsOperand(of: found)
    default: .value(.int(Int64(rows.count)))
    }
  }
}
