import Evidence
import Formats
import Testing

@testable import Checks
@testable import Suites

struct AnswerAssessmentTests {
  private func assess(_ answer: Answer, _ expectations: Suites.Expectation...) throws
    -> AnswerAssessment
  {
    try AnswerAssessment(of: get(expect: expectations), answer: answer, in: Scope())
  }

  private func answer(status: Int) -> Answer {
    var answer = Answer()
    answer.status = status
    answer.body = Array("{}".utf8)
    return answer
  }

  @Test(arguments: [(200, true), (202, true), (302, true), (399, true), (400, false), (500, false)])
  func aRequestMustBeAnsweredBelow400WhereNothingElseIsSaid(status: Int, satisfied: Bool) throws {
    let assessment = try assess(answer(status: status))
    #expect(assessment.isSatisfied == satisfied)
    #expect(assessment.assertions.map(\.subject) == [.status])
    #expect(
      try assess(answer(status: status), expecting(.body, .equals(tree("{}")))).isSatisfied
        == satisfied
    )
  }

  @Test func aStatusThatIsMentionedIsNotAssumed() throws {
    let wanted = expecting(.status, .equals(.number("404")))
    #expect(try assess(answer(status: 404), wanted).isSatisfied)
    #expect(try !assess(answer(status: 200), wanted).isSatisfied)
    #expect(try assess(answer(status: 404), wanted).assertions.count == 1)
  }

  @Test(arguments: [(0, true), (1, false), (-1, false)])
  func aCommandMustExitWithZeroWhereNothingElseIsSaid(exit: Int, satisfied: Bool) throws {
    var answer = Answer()
    answer.exit = exit
    #expect(try assess(answer).isSatisfied == satisfied)
    #expect(try assess(answer, expecting(.exit, .less(.number("9")))).isSatisfied)
  }

  @Test func anSQLErrorFailsWhateverIsExpected() throws {
    var answer = Answer()
    answer.error = ("42P01", "relation does not exist")
    let assessment = try assess(answer, expecting(.rows, .exists(false)))
    #expect(!assessment.isSatisfied)
    #expect(assessment.assertions.map(\.actual) == [.text("42P01: relation does not exist")])
  }

  @Test func rowsAreACountOrAList() throws {
    var answer = Answer()
    answer.rows = [.object(["n": .int(1)]), .object(["n": .int(2)])]
    func holds(_ predicate: Predicate, of subject: Subject = .rows) throws
      -> Bool
    {
      try assess(answer, expecting(subject, predicate)).isSatisfied
    }
    func row(_ number: String) -> TemplateTree {
      .object([.init(key: "n", value: .number(number))])
    }
    #expect(try holds(.equals(.number("2"))))
    #expect(try !holds(.equals(.number("1"))))
    #expect(try holds(.greaterOrEqual(.number("1"))))
    #expect(try holds(.equals(.list([row("1"), row("2")]))))
    #expect(try !holds(.equals(.list([row("1")]))))
    #expect(try holds(.contains(row("2"))))
    #expect(try !holds(.isEmpty))
    #expect(try holds(.count([.equals(.number("2"))])))
    #expect(try holds(.not(.equals(.number("3")))))
    #expect(try holds(.not(.contains(row("3")))))
    #expect(try holds(.equals(.list([.number("1"), .number("2")])), of: .column("n")))
    #expect(try holds(.subset(row("1")), of: .row))
    #expect(try holds(.equals(.number("1")), of: .cell("n")))
    answer.rows = []
    #expect(try !holds(.exists(true), of: .row))
    #expect(try holds(.equals(.number("0"))))
  }

  @Test func theRecordKeepsWhatWasWrittenAndWhatWasMeant() throws {
    let step = get(expect: [expecting(.body, .equals(tree("{{unique}}")))])
    let assessment = try AnswerAssessment(
      of: step,
      answer: answer(status: 200),
      in: Scope(fresh: ["unique": "abc"])
    )
    let assertion = assessment.assertions.last
    #expect(assertion?.description == #"body == "{{unique}}""#)
    #expect(assertion?.filled == .equals(tree("abc")))
    #expect(assertion?.actual == .text("{}") && assertion?.holds == false)
  }

  @Test func aBodyThatIsNoJSONSaysSo() throws {
    var answer = answer(status: 200)
    answer.body = Array("<html>".utf8)
    let path = try JSONPath("$.a")
    let assertion = try assess(answer, expecting(.jsonpath(path), .exists(true))).assertions.last
    #expect(assertion?.holds == false)
    guard case .unreadable? = assertion?.actual else {
      Issue.record("\(assertion?.actual as Any)")
      return
    }
  }

  /// Never inside of a word, which could be a secret.
  @Test func longTextsAreCutBetweenWords() {
    let text = "é " + String(repeating: "é", count: 1500)
    #expect(Assertion.Actual(.string(text)) == .excerpt("é ", rest: 3000))
    #expect(
      Assertion.Actual(.string(String(repeating: "x", count: 3000))) == .excerpt("", rest: 3000)
    )
    #expect(Assertion.Actual(.string("é")) == .text("é"))
  }
}
