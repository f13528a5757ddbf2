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

  @Test func eachSetCookieStandsByItself() throws {
    var answer = answer(status: 200)
    answer.headers = [("Set-Cookie", "sid=abc; HttpOnly"), ("set-cookie", "theme=dark; Path=/")]
    func holds(_ predicate: Predicate) throws -> Bool {
      try assess(answer, expecting(.header("set-cookie"), predicate)).isSatisfied
    }
    #expect(try holds(.startsWith(template("theme="))))
    #expect(try holds(.equals(tree("sid=abc; HttpOnly"))))
    #expect(try holds(.count([.equals(number: 2)])))
    // What is of one is not of the other.
    #expect(try !holds(.matches(Pattern("theme.*HttpOnly|sid.*Path"))))
    #expect(try !holds(.contains(tree("HttpOnly; theme"))))
    #expect(try !holds(.not(.contains(tree("sid=")))))
    #expect(try holds(.not(.contains(tree("HttpOnly; theme")))))
  }

  @Test func bytesAreComparedWhateverTheyMean() throws {
    let fresh = FreshBytes(size: 1000, seed: template("{{unique}}"))
    var scope = Scope(fresh: ["unique": "abc"])
    let sent = fresh.bytes(of: "abc")
    #expect(Set(sent).count > 200)
    func actual(_ body: [UInt8], _ predicate: Predicate) throws -> (Bool, Assertion.Actual?) {
      var answer = answer(status: 200)
      answer.headers = [("Content-Type", "application/octet-stream")]
      answer.body = body
      let step = get(expect: [expecting(.body, predicate)])
      let assessment = try AnswerAssessment(of: step, answer: answer, in: scope)
      return (assessment.isSatisfied, assessment.assertions.last?.actual)
    }
    #expect(try actual(sent, .hasBytes(.fresh(fresh))).0)
    #expect(try !actual(sent, .not(.hasBytes(.fresh(fresh)))).0)
    let cut = try actual(Array(sent.prefix(512)), .hasBytes(.fresh(fresh)))
    #expect(cut.0 == false)
    #expect(cut.1 == .value(.object(["bytes": 512, "differsAt": 512])))
    #expect(try !actual(sent + [0], .hasBytes(.fresh(fresh))).0)
    let digest = Digest.sha256.text(of: sent)
    #expect(try actual(sent, .hasBytes(.sha256(template(digest)))).0)
    #expect(try !actual(cut.0 ? [] : [1], .hasBytes(.sha256(template(digest)))).0)
    scope.fresh = ["unique": "abd"]
    #expect(try !actual(sent, .hasBytes(.fresh(fresh))).0)
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
    answer.error = Answer.Refusal(code: "42P01", message: "relation does not exist")
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
    for wanted in [true, false] {
      let assessment = try assess(answer, expecting(.jsonpath(path), .exists(wanted)))
      let assertion = try #require(assessment.assertions.last)
      #expect(!assertion.holds && assessment.unknown == [1])
      // Whoever wants something does not get it; whoever wants nothing does not know.
      #expect(assessment.isBlind == !wanted)
      guard case .unreadable(.notJSON(.body, _)) = assertion.actual else {
        Issue.record("\(assertion.actual)")
        return
      }
    }
  }

  @Test func whatFailsForCertainDecides() throws {
    var answer = answer(status: 404)
    answer.body = Array("<html>".utf8)
    let absent = expecting(.jsonpath(try JSONPath("$.a")), .exists(false))
    #expect(try assess(answer, expecting(.status, .equals(number: 404)), absent).isBlind)
    #expect(try !assess(answer, expecting(.status, .equals(number: 200)), absent).isBlind)
    #expect(try !assess(answer, absent).isBlind)
    let present = expecting(.jsonpath(try JSONPath("$.b")), .exists(true))
    let both = try assess(answer, expecting(.status, .equals(number: 404)), absent, present)
    #expect(!both.isBlind && both.unseen?.subject == absent.subject)
  }

  private static func jsonpath(_ path: String) throws -> Subject { .jsonpath(try JSONPath(path)) }

  /// What is no list, no text and no number has no part, no length and no size.
  @Test(arguments: [
    ("null", Predicate.contains(tree("x")), false), ("5", .contains(tree("x")), false),
    ("{}", .contains(tree("x")), false), ("[]", .contains(tree("x")), true),
    (#""y""#, .contains(tree("x")), true), ("null", .startsWith(template("x")), false),
    ("null", .isEmpty, false), ("[1]", .isEmpty, true),
    ("null", .count([.equals(number: 0)]), false), ("[1]", .count([.equals(number: 0)]), true),
    ("null", .less(.number("5")), false), ("[]", .less(.number("5")), false),
    ("7", .less(.number("5")), true), ("null", .equals(number: 5), true),
  ])
  func aNegationHoldsOnlyOfWhatCanBeAsked(
    value: String,
    predicate: Predicate,
    holds: Bool
  ) throws {
    var answer = answer(status: 200)
    answer.body = Array(#"{"it":\#(value)}"#.utf8)
    let it = try Self.jsonpath("$.it")
    let assessment = try assess(answer, expecting(it, .not(predicate)))
    #expect(assessment.isSatisfied == holds)
    if !holds {
      #expect(assessment.unseen?.subject == it)
      guard case .otherKind? = assessment.unseen?.why else {
        Issue.record("\(String(describing: assessment.unseen))")
        return
      }
    }
    #expect(try !assess(answer, expecting(it, predicate)).isSatisfied)
  }

  @Test func inAnEmptyBodyNothingCouldHaveBeen() throws {
    var answer = answer(status: 200)
    answer.body = []
    let nothing: [Predicate] = [
      .not(.contains(tree("Error"))), .not(.matches(try Pattern("E"))),
      .not(.startsWith(template("E"))),
    ]
    for predicate in nothing {
      let assessment = try assess(answer, expecting(.body, predicate))
      #expect(assessment.isBlind)
      #expect(assessment.unseen?.why == .empty(.body))
    }
    let absent = expecting(.regex(try Pattern("Error")), .exists(false))
    #expect(try assess(answer, absent).isBlind)
    for predicate in [Predicate.isEmpty, .equals(tree(""))] {
      let assessment = try assess(answer, expecting(.body, predicate))
      #expect(assessment.isSatisfied)
      #expect(assessment.assertions.last?.actual == .text(""))
    }
    #expect(try !assess(answer, expecting(.body, .contains(tree("x")))).isSatisfied)
    // A command that prints nothing has printed no error.
    var output = Answer()
    output.exit = 0
    output.stdout = []
    #expect(try assess(output, expecting(.stdout, .not(.contains(tree("Error"))))).isSatisfied)
  }

  @Test func aRangeIsNotTheWhole() throws {
    var answer = answer(status: 206)
    answer.body = Array("<p>part</p>".utf8)
    #expect(try assess(answer, expecting(.body, .contains(tree("part")))).isSatisfied)
    let other = try assess(answer, expecting(.body, .not(.contains(tree("Error")))))
    #expect(other.isBlind)
    #expect(other.unseen?.why == .cut(.body))
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
