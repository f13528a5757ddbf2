import Formats
import Suites
import Testing

@testable import Checks

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

  @Test func decoysReachVariablesThatUseAFreshValue() throws {
    let scope = Scope(variables: [variable("site", "ci-{{unique}}")], fresh: ["unique": "abc"])
    let decoys = scope.withDecoys { "decoy-\($0)" }
    #expect(try decoys.text(of: template("{{site}} {{unique}}")) == "ci-decoy-unique decoy-unique")
    #expect(try scope.text(of: template("{{site}}")) == "ci-abc")
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
