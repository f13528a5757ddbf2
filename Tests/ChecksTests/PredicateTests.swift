import Evidence
import Formats
import Testing

@testable import Checks
@testable import Suites

struct PredicateTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var predicate: Predicate
    var holds: [String]
    var fails: [String]

    var testDescription: String { name }
  }

  private static func number(_ text: String) -> TemplateTree { .number(text) }
  private static func regex(_ pattern: String) -> Predicate {
    (try? Pattern(pattern)).map { .matches($0) } ?? .exists(false)
  }

  /// Values are written as JSON.
  static let cases: [Case] = [
    Case(
      name: "==",
      predicate: .equals(.number("1.10")),
      holds: ["1.1", "1.10", #""1.10""#],
      fails: [#""1.1""#, "1.2", "null", "[1.10]"]
    ),
    Case(
      name: "== text",
      predicate: .equals(tree("1.10")),
      holds: [#""1.10""#],
      fails: ["1.10", #""1.1""#]
    ),
    Case(
      name: "== true",
      predicate: .equals(.bool(true)),
      holds: ["true", #""true""#],
      fails: ["false", "1", #""TRUE""#]
    ),
    Case(name: "== null", predicate: .equals(.null), holds: ["null"], fails: ["0", #""""#]),
    Case(
      name: "== list",
      predicate: .equals(.list([.number("1"), .number("2")])),
      holds: ["[1,2]", #"["1",2.0]"#],
      fails: ["[2,1]", "[1]", "[1,2,3]"]
    ),
    Case(
      name: "== object",
      predicate: .equals(.object([.init(key: "a", value: .number("1"))])),
      holds: [#"{"a":1}"#],
      fails: [#"{"a":1,"b":2}"#, "{}"]
    ),
    Case(
      name: ">",
      predicate: .greater(.number("9")),
      holds: ["10", "9.5", #""10""#],
      fails: ["9", #""x""#, "[10]"]
    ),
    Case(
      name: ">=",
      predicate: .greaterOrEqual(.number("9")),
      holds: ["9", "9.0", #""10""#],
      fails: ["8", #""x""#, "null"]
    ),
    Case(
      name: "<",
      predicate: .less(.number("9")),
      holds: ["8", #""8""#],
      fails: ["9", "[]", #""x""#]
    ),
    Case(
      name: "<=",
      predicate: .lessOrEqual(.number("9")),
      holds: ["9", "-1"],
      fails: ["9.01", "true"]
    ),
    Case(
      name: "< text",
      predicate: .less(tree("2026-02-01")),
      holds: [#""2026-01-31""#],
      fails: [#""2026-02-01""#, "1"]
    ),
    Case(
      name: "contains",
      predicate: .contains(tree("b")),
      holds: [#""abc""#, #"["a","b"]"#],
      fails: [#""ac""#, #"["ab"]"#, #"{"b":1}"#, #""""#]
    ),
    Case(
      name: "contains object",
      predicate: .contains(.object([.init(key: "a", value: .number("1"))])),
      holds: [#"[{"a":1,"b":2}]"#],
      fails: [#"[{"a":2}]"#]
    ),
    Case(
      name: "startsWith",
      predicate: .startsWith(template("ab")),
      holds: [#""abc""#],
      fails: [#""cab""#, "1"]
    ),
    Case(
      name: "endsWith",
      predicate: .endsWith(template("bc")),
      holds: [#""abc""#],
      fails: [#""bca""#, "[]"]
    ),
    Case(name: "matches", predicate: regex("^a+$"), holds: [#""aa""#], fails: [#""ab""#, "1"]),
    Case(name: "exists", predicate: .exists(true), holds: ["null", "0"], fails: []),
    Case(name: "absent", predicate: .exists(false), holds: [], fails: ["null", "0"]),
    Case(
      name: "count",
      predicate: .count([.greater(.number("1")), .less(.number("4"))]),
      holds: ["[1,2]", #"{"a":1,"b":2,"c":3}"#],
      fails: ["[1]", "[1,2,3,4]", #""ab""#]
    ),
    Case(
      name: "isInteger",
      predicate: .kind(.integer),
      holds: ["1", "-5", "123456789012345678901234567890"],
      fails: ["1.5", #""1""#]
    ),
    Case(
      name: "isNumber",
      predicate: .kind(.number),
      holds: ["1", "1.5"],
      fails: [#""1""#, "true"]
    ),
    Case(name: "isString", predicate: .kind(.string), holds: [#""""#], fails: ["1", "null"]),
    Case(
      name: "isBoolean",
      predicate: .kind(.boolean),
      holds: ["false"],
      fails: ["0", #""true""#]
    ),
    Case(name: "isList", predicate: .kind(.list), holds: ["[]"], fails: ["{}", #""[]""#]),
    Case(name: "isObject", predicate: .kind(.object), holds: ["{}"], fails: ["[]", "null"]),
    Case(
      name: "isEmpty",
      predicate: .isEmpty,
      holds: ["[]", "{}", #""""#],
      fails: ["[0]", "0", "null", #"" ""#]
    ),
    Case(
      name: "isDate",
      predicate: .kind(.date),
      holds: [
        #""2024-02-29""#, #""2026-01-31T23:59:60Z""#, #""2026-01-31 10:00:00.123+02:00""#,
        #""2026-01-31t10:00:00z""#, #""2026-01-31 10:00:00""#,
      ],
      fails: [
        #""2026-02-30""#, #""2026-13-01""#, #""2026-02-29""#, #""2026-01-31T24:00:00Z""#,
        #""2026-01-31 10:00:00 or so""#, #""2026-01-31 10:00:00.""#, "20260131", #""2026-1-1""#,
      ]
    ),
    Case(
      name: "isUUID",
      predicate: .kind(.uuid),
      holds: [#""61f0c404-5cb3-11e7-907b-a6006ad3dba0""#],
      fails: [#""61f0c404-5cb3-11e7-907b-a6006ad3dbag""#, #""61f0c4045cb311e7907ba6006ad3dba0""#]
    ),
    Case(
      name: "subset",
      predicate: .subset(
        .object([
          .init(key: "a", value: .object([.init(key: "b", value: .number("1"))])),
          .init(key: "l", value: .list([.object([.init(key: "x", value: .number("1"))])])),
        ])
      ),
      holds: [#"{"a":{"b":1,"c":2},"l":[{"x":1,"y":2}],"z":0}"#],
      fails: [
        #"{"a":{"b":2},"l":[{"x":1}]}"#, #"{"a":{"b":1}}"#, #"{"a":{"b":1},"l":[{"x":1},{"x":1}]}"#,
        "[]",
      ]
    ),
    Case(
      name: "one of",
      predicate: .oneOf([.number("200"), .number("301")]),
      holds: ["301", #""200""#],
      fails: ["302", "[200]"]
    ),
    Case(
      name: "not",
      predicate: .not(.equals(.number("5"))),
      holds: ["6", #""x""#, "null"],
      fails: ["5", "5.0", #""5""#]
    ),
    Case(name: "not not", predicate: .not(.not(.kind(.list))), holds: ["[]"], fails: ["{}"]),
  ]

  @Test(arguments: cases) func itHoldsOfWhatItNamesAndOfNothingElse(example: Case) throws {
    for text in example.holds {
      #expect(try example.predicate.holds(of: parse(text), isText: true, in: Scope()), "\(text)")
    }
    for text in example.fails {
      #expect(try !example.predicate.holds(of: parse(text), isText: true, in: Scope()), "\(text)")
    }
  }

  /// A number and a text that is written alike, in both directions and at every depth.
  @Test(arguments: [
    (Predicate.equals(.number("5")), #""5""#), (.equals(.bool(true)), #""true""#),
    (.equals(tree("5")), "5"), (.equals(.list([.number("1")])), #"["1"]"#),
    (.subset(.object([.init(key: "n", value: .number("5"))])), #"{"n":"5"}"#),
    (.oneOf([.number("5"), .number("6")]), #""5""#), (.contains(.number("5")), #"["5"]"#),
    (.greater(.number("4")), #""5""#), (.lessOrEqual(.number("6")), #""5""#),
    (.lessOrEqual(tree("6")), "5"),
  ])
  func typesAreComparedWhereThereAreAny(predicate: Predicate, text: String) throws {
    #expect(try !predicate.holds(of: parse(text), in: Scope()))
    let isNumber = text.first?.isNumber == true
    #expect(
      try predicate.holds(of: parse(text), isText: true, in: Scope())
        || isNumber && predicate == .equals(tree("5"))
    )
  }

  // MARK: What is not there

  private enum Word { case holds, fails, unknown }

  private func word(_ predicate: Predicate, _ found: Found) throws -> Word {
    switch try predicate.verdict(of: found, isText: false, in: Scope()) {
    case .holds: .holds
    case .fails: .fails
    case .unknown: .unknown
    }
  }

  /// What cannot be read says nothing, and neither does its contrary.
  @Test(arguments: cases) func nobodyKnowsWhatCannotBeRead(example: Case) throws {
    let found = Found.unreadable(.empty(.body))
    #expect(try word(example.predicate, found) == .unknown)
    #expect(try word(.not(example.predicate), found) == .unknown)
  }

  /// A member that an object does not have: only that it is not there is known.
  @Test(arguments: cases) func whatIsNotThereSatisfiesNothingButItsAbsence(example: Case) throws {
    let found = Found.nothing(counts: nil, why: .noMember("a", in: "$", names: []))
    let expected: Word =
      if case .exists(let wanted) = example.predicate { wanted ? .fails : .holds } else { .unknown }
    #expect(try word(example.predicate, found) == expected)
  }

  @Test func aSelectionThatFindsNothingIsAnEmptyListAndDoesNotExist() throws {
    let read = Found.nothing(counts: .array([]), why: nil)
    let misspelt = Found.nothing(counts: .array([]), why: .noMember("a", in: "$", names: []))
    for found in [read, misspelt] {
      #expect(try word(.exists(true), found) == .fails)
      #expect(try word(.exists(false), found) == .holds)
      #expect(try word(.not(.exists(true)), found) == .holds)
      #expect(try word(.count([.equals(number: 0)]), found) == .holds)
      #expect(try word(.count([.atLeast(1)]), found) == .fails)
      #expect(try word(.isEmpty, found) == .holds)
      #expect(try word(.equals(.list([])), found) == .holds)
      #expect(try word(.kind(.list), found) == .unknown)
      #expect(try word(.matches(try Pattern("a")), found) == .unknown)
    }
    #expect(try word(.not(.contains(tree("x"))), read) == .holds)
    #expect(try word(.not(.contains(tree("x"))), misspelt) == .unknown)
  }

  /// What was cut off might have been it.
  @Test func ofAPartWhatIsNotSeenIsUnknown() throws {
    let found = Found.value(.string("the end"), partial: .cut(.content))
    #expect(try word(.contains(tree("end")), found) == .holds)
    #expect(try word(.endsWith(template("end")), found) == .holds)
    #expect(try word(.not(.contains(tree("end"))), found) == .fails)
    #expect(try word(.not(.contains(tree("begin"))), found) == .unknown)
    #expect(try word(.equals(tree("the end")), found) == .unknown)
    #expect(try word(.startsWith(template("the")), found) == .unknown)
  }

  @Test func countIsOfFieldsAndNodesWhereThereAreSome() throws {
    let found = Found.value(.string("a, b"), elements: 2)
    #expect(try word(.count([.equals(number: 2)]), found) == .holds)
    #expect(try word(.count([.equals(number: 1)]), found) == .fails)
    #expect(try word(.not(.count([.equals(number: 2)])), found) == .fails)
  }

  @Test func anUnknownNameIsAnErrorAndNoAnswer() {
    #expect(throws: Scope.UnknownName.self) {
      try Predicate.equals(tree("{{nobody}}")).holds(of: .int(1), in: Scope())
    }
  }

  private func parse(_ text: String) throws -> JSONValue { try JSONParser().parse(text) }
}
