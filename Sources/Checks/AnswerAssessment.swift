package import Evidence
import Formats
package import Suites

/// Holds an answer against what is expected of it.
package struct AnswerAssessment: Sendable {
  package var assertions: [AssertionRecord]

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
      assertions.append(
        AssertionRecord(
          subject: "error",
          expected: "does not exist",
          wanted: "does not exist",
          actual: "\(error.code): \(error.message)",
          holds: false,
          place: step.place
        )
      )
      return
    }
    addImplicit(of: step, answer)
    var reader = AnswerReader(answer)
    for expectation in step.expect {
      try add(expectation, &reader, scope)
    }
  }

  private mutating func addImplicit(of step: Step, _ answer: Answer) {
    func mentions(_ subject: Expectation.Subject) -> Bool {
      step.expect.contains { $0.subject == subject }
    }
    if let status = answer.status, !mentions(.status) {
      assertions.append(
        AssertionRecord(
          subject: "status",
          expected: "< 400",
          wanted: "< 400",
          actual: String(status),
          holds: status < 400,
          place: step.place
        )
      )
    }
    if let exit = answer.exit, !mentions(.exit) {
      assertions.append(
        AssertionRecord(
          subject: "exit",
          expected: "== 0",
          wanted: "== 0",
          actual: String(exit),
          holds: exit == 0,
          place: step.place
        )
      )
    }
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
      // Every name in it has a value: `holds` threw otherwise, or did not need it.
      let wanted = predicate.description { (try? scope.json(of: $0).description) ?? $0.unfilled }
      assertions.append(
        AssertionRecord(
          subject: expectation.subject.description,
          expected: predicate.description { $0.unfilled },
          wanted: Self.cut(wanted),
          actual: looked.map { Self.cut($0.description) }
            ?? reader.jsonProblem.map(Self.cut),
          holds: holds,
          place: expectation.place
        )
      )
    }
  }

  /// At most 2 KiB, cut on a character's boundary.
  static func cut(_ text: String) -> String {
    guard text.utf8.count > Answer.shownBytes else { return text }
    var end = text.utf8.index(text.utf8.startIndex, offsetBy: Answer.shownBytes)
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    let rest = text.utf8.count - text.utf8.distance(from: text.utf8.startIndex, to: end)
    return text[..<end] + "… [\(rest) bytes cut]"
  }
}

extension Predicate {
  /// `rows` is looked at as a list where the operand is a list, else as the number of rows.
  fileprivate func rowsOperand(of value: JSONValue?) -> JSONValue? {
    guard case .array(let rows)? = value else { return value }
    let count = JSONValue.int(Int64(rows.count))
    return switch self {
    case .equals(.list), .subset, .contains, .exists, .isEmpty, .isList, .count: value
    case .not(let predicate): predicate.rowsOperand(of: value)
    default: count
    }
  }
}
