import Evidence
import Formats
import Testing

@testable import Checks
@testable import Suites

struct ScopeTests {
  private func variable(_ name: String, _ value: String) -> Variable {
    Variable(name: name, value: template(value), place: nil)
  }

  @Test func aVariableUsesTheFreshValueAndEarlierVariables() throws {
    let scope = Scope(
      variables: [variable("site", "ci-{{unique}}.test"), variable("url", "https://{{site}}/")],
      fresh: ["unique": "abc"]
    )
    #expect(try scope.text(of: template("{{url}}x")) == "https://ci-abc.test/x")
  }

  @Test func aStepThatIsDoneAgainHasTheCapturesOfItsTime() {
    var scope = Scope(captures: ["run": .int(9)])
    scope.keep(["key": .string("hers")], of: 0)
    scope.keep(["id": .int(1)], of: 1)
    scope.keep(["key": .string("his"), "run": .int(8)], of: 3)
    #expect(
      scope.captures(beforeEachOf: [2, 4]) == [
        ["key": .string("hers"), "id": .int(1)],
        ["key": .string("his"), "id": .int(1), "run": .int(8)],
      ]
    )
    // What one of them captures anew is its own.
    #expect(scope.captures(beforeEachOf: [0, 2, 3, 4])[1] == ["id": .int(1)])
    #expect(scope.captures(beforeEachOf: [0, 2, 3, 4])[3] == ["id": .int(1)])
    #expect(scope.captures(beforeEachOf: [0, 2, 4])[2]["key"] == .string("his"))
  }

  @Test func theNamesOfAMarkerFollowFromIt() throws {
    let marker = Marker(token: "ci1", isPlain: false)
    let scope = Scope(fresh: ["marker": marker.text])
    #expect(try scope.text(of: template("{{marker.token}}.txt")) == "ci1.txt")
    #expect(try scope.text(of: template("{{marker.large}}")) == marker.large)
    #expect(throws: Scope.UnknownName.self) { try scope.value(of: "marker.other") }
    func isFresh(_ target: String) -> Bool {
      let action = HTTPAction(method: "GET", target: template(target))
      return scope.isFresh(Step(action: .http(action), place: somewhere))
    }
    #expect(isFresh("/{{marker.token}}") && !isFresh("/"))
  }

  /// The registration of Synapse: a keyed hash of a nonce that the app gives.
  @Test func functionsMakeValuesOfOthers() throws {
    func function(_ kind: ValueFunction.Kind, _ text: String, _ form: ValueFunction.Form)
      -> Variable
    {
      let function = ValueFunction(kind: kind, text: template(text), form: form)
      return Variable(name: "made", value: function.inputs, function: function)
    }
    var scope = Scope(
      secrets: ["key": "Jefe"],
      captures: ["nonce": .string("what do ya want")]
    )
    let key = template("{{secret.key}}")
    scope.variables = [function(.hmac(.sha1, key: key), "{{nonce}} for nothing?", .hex)]
    #expect(try scope.text(of: template("{{made}}")) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    // What is made of a secret is one.
    #expect(scope.derivedSecrets.map(\.name) == ["made"])
    #expect(scope.allSecrets.contains { $0.value == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" })
    scope.variables = [function(.sha256, "{{nonce}}", .base64url)]
    #expect(
      try scope.text(of: template("{{made}}")) == "zquuZ8hEfwNHZs23q1L6r1oXztDD4zj_ewUF0-LSd3U"
    )
    #expect(scope.derivedSecrets.isEmpty)
    scope.variables = [function(.base64, "{{nonce}}?", .base64)]
    #expect(try scope.text(of: template("{{made}}")) == "d2hhdCBkbyB5YSB3YW50Pw==")
  }

  @Test func decoysReachVariablesThatUseAFreshValue() throws {
    let scope = Scope(variables: [variable("site", "ci-{{unique}}")], fresh: ["unique": "abc"])
    let decoys = scope.withDecoys { "decoy-\($0)" }
    #expect(try decoys.text(of: template("{{site}} {{unique}}")) == "ci-decoy-unique decoy-unique")
    #expect(try scope.text(of: template("{{site}}")) == "ci-abc")
  }

  /// What was captured and holds what was sent would answer for it.
  @Test(arguments: [
    ("list abc", "list decoy"), ("YWJj", "ZGVjb3k="), ("bGlzdCBhYmM=", "bGlzdCBkZWNveQ=="),
    ("616263", "6465636f79"), ("17", "17"), ("other", "other"),
  ])
  func decoysReachCapturesThatHoldAFreshValue(value: String, other: String) throws {
    let scope = Scope(fresh: ["unique": "abc"], captures: ["it": .string(value)])
    let decoys = scope.withDecoys { _ in "decoy" }
    let found = try decoys.text(of: template("{{it}}"))
    #expect(found.replacing("=", with: "") == other.replacing("=", with: ""))
    #expect(decoys.decoys.contains("it") == (value != other))
  }

  /// Base64 of another length has other padding, and a column may be just long enough.
  @Test func aDecoyIsAsLongAsWhatItStandsFor() throws {
    let scope = Scope(fresh: ["unique": "v905d3rcykq8"], captures: ["id": "djkwNWQzcmN5a3E4"])
    let decoys = scope.withDecoys { _ in "decoyabcdefghijkl" }
    #expect(decoys.fresh["unique"]?.count == 12)
    #expect(decoys.captures["id"]?.stringValue?.count == 16)
    #expect(decoys.captures["id"] != scope.captures["id"])
  }

  /// Where a capture is all that is looked for, it is another one of its kind.
  @Test(arguments: [
    JSONValue.int(7), .string("7"), .string("2f1c7f0e-6a55-4a39-9d0c-4d7f2f0b8a11"), .string("a-b"),
  ])
  func aCaptureThatIsLookedForHasADecoyOfItsForm(value: JSONValue) {
    let decoys = Scope(captures: ["id": value]).withDecoys(of: ["id"]) { _ in "decoy" }
    let other = decoys.captures["id"]
    #expect(other != value)
    switch value {
    case .int: #expect(other?.intValue != nil)
    case .string(let text):
      #expect((Int(text) == nil) == (other?.stringValue.flatMap { Int($0) } == nil))
      #expect(text.utf8.count < 36 || other?.stringValue?.utf8.count == 36)
    default: break
    }
  }

  @Test func ofTwoVariablesTheLastCountsAndSeesTheFirst() throws {
    let scope = Scope(variables: [variable("a", "1"), variable("a", "{{a}}2")])
    #expect(try scope.text(of: template("{{a}}")) == "12")
  }

  @Test func aVariableNeverSeesItselfOrLaterOnes() {
    let scope = Scope(variables: [variable("a", "{{b}}"), variable("b", "{{b}}")])
    #expect(throws: Scope.UnknownName.self) { try scope.text(of: template("{{a}}")) }
    #expect(throws: Scope.UnknownName.self) { try scope.text(of: template("{{b}}")) }
  }

  @Test(arguments: [
    JSONValue.int(7), .number("1.10"), .bool(true), .null, .string("7"), .array([.int(1)]),
    .object(["a": .int(1)]),
  ])
  func aCaptureAloneKeepsItsTypeAndInsideATextIsText(value: JSONValue) throws {
    let scope = Scope(captures: ["it": value])
    #expect(try scope.json(of: tree("{{it}}")) == value)
    #expect(try scope.json(of: tree("<{{it}}>")) == .string("<\(Scope.text(of: value))>"))
  }

  @Test func treesAreFilledAtEveryDepthAndNumbersStayAsWritten() throws {
    let scope = Scope(fresh: ["unique": "u"])
    let whole = TemplateTree.object([
      .init(key: "a", value: .list([tree("{{unique}}"), .number("1.10"), .null, .bool(false)]))
    ])
    #expect(try scope.json(of: whole).description == #"{"a":["u",1.10,null,false]}"#)
  }

  @Test func secretsHaveNamesOfTheirOwn() throws {
    var scope = Scope(secrets: ["db": "hunter2hunter2"], captures: ["token": .string("t0k3n")])
    #expect(try scope.text(of: template("{{secret.db}}")) == "hunter2hunter2")
    #expect(throws: Scope.UnknownName.self) { try scope.text(of: template("{{db}}")) }
    #expect(scope.allSecrets.map(\.name) == ["db"])
    scope.secretCaptures = ["token"]
    #expect(scope.allSecrets.map(\.value) == ["hunter2hunter2", "t0k3n"])
  }

  @Test(arguments: ["nobody", "secret.nobody"])
  func anUnknownNameIsToldAsWritten(name: String) {
    do throws(Scope.UnknownName) {
      let text = try Scope().text(of: template("{{\(name)}}"))
      Issue.record("has the value \(text)")
    } catch {
      #expect(error.description == "{{\(name)}} has no value here")
    }
  }
}
