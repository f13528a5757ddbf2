package import Evidence
import Formats
package import Suites

/// Holds an answer against what is expected of it.
package struct AnswerAssessment: Sendable {
  package var assertions: [Assertion]

  /// True where every assertion holds. A step without assertions is satisfied by any answer that
  /// is no error.
  package var isSatisfied: Bool { assertions.allSatisfy(\.holds) }

  /// Adds what nobody has to write: an SQL statement must not fail, a command must exit with 0, a
  /// request must be answered below 400, where the step does not say otherwise.
  ///
  /// - Throws: where nothing can be concluded: a name has no value, a search was given up.
  package init(of step: Step, answer: Answer, in scope: Scope) throws {
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
    for expectation in step.expect {
      try add(expectation, &reader, scope)
    }
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
    let found = try reader.value(of: expectation.subject)
    for predicate in expectation.predicates {
      let looked = expectation.subject == .rows ? predicate.rowsOperand(of: found) : found
      let holds = try predicate.holds(of: looked, in: scope)
      var actual = Assertion.Actual(looked)
      if looked == nil, let problem = reader.jsonProblem { actual = .unreadable(problem) }
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

extension Predicate {
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
  fileprivate func rowsOperand(of value: JSONValue?) -> JSONValue? {
    guard case .array(let rows)? = value else { return value }
    let count = JSONValue.int(Int64(rows.count))
    return switch self {
    case .equals(.list), .subset, .contains, .exists, .isEmpty, .kind(.list), .count: value
    case .not(let predicate): predicate.rowsOperand(of: value)
    default: count
    }
  }
}
